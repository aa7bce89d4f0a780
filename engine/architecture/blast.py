"""Blast: what a fault in one module did to users, action by action, while it lasted and afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine.application_flow import is_made, visits
from engine.metrics import bucket_edges_s
from engine.simulation import Run
from engine.traffic.graph.tables import ActionRequests, GraphRequests

Floats = npt.NDArray[np.float64]
FAULTS = ("break-module", "leak-module", "crash-module")
AN_OUTAGE = 0.01  # from this share on users would say that it fails
SETTLING_S = 10.0  # a run begins with empty lines: its first seconds say nothing


@dataclass(frozen=True, slots=True)
class Harm:
    """What one action met. Shares of the requests that were closed: while the fault lasted, and afterwards.

    degraded: answered with less than all, or later than the goal.
    """

    action: str
    asked_per_s: float
    failed: float
    degraded: float
    failed_after: float


@dataclass(frozen=True, slots=True)
class Blast:
    """What a fault did. from_s, until_s: while it lasted; without a fault the whole run.

    failed, degraded, failed_after: of all users' requests. recovered_s: from its end until fewer than one in a hundred failed
    again; None where that did not come. amplified: calls sent for each that was needed, while it lasted.
    """

    module: str
    from_s: float
    until_s: float
    actions: tuple[Harm, ...]
    failed: float
    degraded: float
    failed_after: float
    recovered_s: float | None
    amplified: float


def fault_of(run: Run) -> tuple[str, float, float] | None:
    """Find the first fault of a module: whose, from when, until when."""
    faults = sorted((o for o in run.scenario.operations if o.do in FAULTS), key=lambda o: o.at_s)
    if not faults:
        return None
    first, end_s = faults[0], run.scenario.duration_s
    lasts = getattr(first, "for_s", None)
    return str(getattr(first, "module", "")), first.at_s, end_s if lasts is None else min(end_s, first.at_s + lasts)


@lru_cache(maxsize=8)
def blast(run: Run, goal_s: float = 0.5) -> Blast:
    """Fold a run of an application into what its first fault did to users. goal_s: an answer later than this is degraded.

    Errors: ValueError for a run without an application.
    """
    graph = _graph(run)
    module, from_s, until_s = fault_of(run) or ("", SETTLING_S, run.scenario.duration_s)
    during, after = _window(run, from_s, until_s), _window(run, until_s, run.scenario.duration_s)
    harms = tuple(
        _harm(run, graph.actions, number, during, after, goal_s) for number in range(len(graph.actions.names))
    )
    closed = _closed(graph.actions, during).sum(axis=1)
    weight = closed / max(closed.sum(), 1)
    return Blast(
        module, from_s, until_s, harms,
        failed=_mean(weight, [harm.failed for harm in harms]),
        degraded=_mean(weight, [harm.degraded for harm in harms]),
        failed_after=_share(graph.actions.failed[:, :, after].sum(), _closed(graph.actions, after).sum()),
        recovered_s=_recovered_s(run, graph.actions, until_s),
        amplified=amplified(run, from_s, until_s),
    )  # fmt: skip


def _harm(run: Run, actions: ActionRequests, number: int, during: slice, after: slice, goal_s: float) -> Harm:
    closed = float(_closed(actions, during)[number].sum())
    late_from = int(np.searchsorted(bucket_edges_s()[:-1], goal_s))
    late = float(actions.latency[number, during, late_from:].sum())
    less = float(actions.degraded[number, during].sum())
    return Harm(
        actions.names[number],
        asked_per_s=float(actions.arrived[number, during].sum())
        / max((during.stop - during.start) * run.requests.step_s, 1e-9),
        failed=_share(actions.failed[:, number, during].sum(), closed),
        # An answer may be both late and less: it is counted once where either share says so.
        degraded=min(_share(max(late, less), closed), 1.0),
        failed_after=_share(actions.failed[:, number, after].sum(), _closed(actions, after)[number].sum()),
    )


def failing(run: Run) -> dict[str, Floats]:
    """Give the share of each action's closed requests that failed, step by step. Shape (steps,); NaN where none was closed."""
    actions = _graph(run).actions
    steps = _steps(run)
    closed = _closed(actions, slice(0, steps))
    bad = actions.failed[:, :, :steps].sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = np.where(closed > 0, bad / closed, np.nan)
    return dict(zip(actions.names, found, strict=True))


def amplified(run: Run, from_s: float = 0.0, until_s: float | None = None) -> float:
    """Count the calls that were sent for each that the users' requests need where all goes well; 1 where none is needed.

    Calls over the network alone. Retries make it more than one, and callers that fail before they call make it less.
    """
    graph, window = _graph(run), _window(run, from_s, run.scenario.duration_s if until_s is None else until_s)
    away = ~graph.calls.is_local
    needed = sum(
        float(graph.actions.arrived[number, window].sum()) * per for number, per in enumerate(_calls_of_actions(run))
    )
    return float(graph.calls.sent[away][:, window].sum()) / needed if needed else 1.0


def sent_to(run: Run, module: str) -> Floats:
    """Count the calls over the network that were sent to a module, for each that was needed. Shape (steps,); NaN where none was."""
    graph, steps = _graph(run), _steps(run)
    here = np.array([callee == module for _, callee in graph.calls.pairs]) & ~graph.calls.is_local
    sent = graph.calls.sent[here][:, :steps].sum(axis=0)
    per = list(_calls_of_actions(run, module))
    needed = (graph.actions.arrived[:, :steps] * np.array(per)[:, np.newaxis]).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.where(needed > 0, sent / needed, np.nan), dtype=np.float64)


def crossed_per_s(run: Run) -> float:
    """Count the calls a second that went from one zone to another, over the whole run."""
    return float(_graph(run).calls.crossed.sum()) / run.scenario.duration_s


def _calls_of_actions(run: Run, module: str = "") -> Iterator[float]:
    """Count the network calls that one request of each action needs. module: only those to this one."""
    application, graph = run.scenario.application, _graph(run)
    by_name = {module.name: module for module in application.modules}
    found = visits(application)
    for name in graph.actions.names:
        yield sum(
            found[name][caller.name] * call.share
            for caller in by_name.values()
            for call in caller.calls
            if by_name[call.to].service != caller.service and is_made(call, name) and module in {"", call.to}
        )


def _recovered_s(run: Run, actions: ActionRequests, until_s: float) -> float | None:
    """Find how long after the fault's end users went on failing; 0 where they did not."""
    steps, step_s = _steps(run), run.requests.step_s
    first = int(np.ceil(until_s / step_s))
    closed, bad = _closed(actions, slice(first, steps)).sum(axis=0), actions.failed[:, :, first:steps].sum(axis=(0, 1))
    ill = np.flatnonzero(bad > AN_OUTAGE * np.maximum(closed, 1))
    if not ill.size:
        return 0.0
    last = int(ill[-1]) + 1
    return None if first + last >= steps - 1 else last * step_s


def _graph(run: Run) -> GraphRequests:
    if run.requests.graph is None:
        raise ValueError("this run has no application: nobody calls anybody")
    return run.requests.graph


def _steps(run: Run) -> int:
    return round(run.scenario.duration_s / run.requests.step_s)


def _window(run: Run, from_s: float, until_s: float) -> slice:
    step_s = run.requests.step_s
    return slice(int(np.ceil(from_s / step_s)), max(int(until_s / step_s), int(np.ceil(from_s / step_s))))


def _closed(actions: ActionRequests, window: slice) -> npt.NDArray[np.int64]:
    """Count what was answered or failed, by action and step."""
    return np.asarray(actions.served[:, window] + actions.failed[:, :, window].sum(axis=0), dtype=np.int64)


def _share(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else 0.0


def _mean(weight: Floats, values: list[float]) -> float:
    return float((weight * np.array(values)).sum())
