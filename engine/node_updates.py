"""What a node update did: how it ended, how many pods moved or were deleted, and what the budget kept. Folds over the log."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine import metrics
from engine.events import Kind, intervals
from engine.kubernetes.disruption import Owner, budget
from engine.kubernetes.update import SLOW
from engine.metrics import Steps
from engine.patch_work import PAID, beside
from engine.simulation import Run

Outcome = Literal["done", "failed", "held", "waiting"]
NOT_READY = (Kind.TASK_UNHEALTHY, Kind.TASK_LOST, Kind.TASK_DEACTIVATING, Kind.TASK_STOPPING, Kind.TASK_STOPPED)
_ENDS = (Kind.UPDATE_DONE, Kind.UPDATE_FAILED)
_ON_PURPOSE = ("drain", "patch", "force")


@dataclass(frozen=True, slots=True)
class Update:
    """One update. Times in simulated seconds; counts of nodes (on Fargate: pods) and of pods.

    ended_s: when it was done or given up, None if the run ended first. outcome: "held" where AWS waits for a budget,
    "waiting" where somebody's drain does. old: nodes that ran the old image at the beginning; left: those that still do.
    moved: pods evicted as their budget allowed; deleted: those that force took; refused: evictions that a budget refused,
    each reason once; expired: drains that reached their limit. least_ready: the fewest pods ready meanwhile.
    extra_host_s: host time paid beyond what was paid for at the beginning.
    """

    started_s: float
    ended_s: float | None
    outcome: Outcome
    reason: str
    old: int
    left: int
    moved: int
    deleted: int
    refused: int
    expired: int
    least_ready: int
    extra_host_s: float

    @property
    def took_s(self) -> float | None:
        """How long it took until nothing ran the old image; None where something does."""
        return self.ended_s - self.started_s if self.outcome == "done" and self.ended_s is not None else None


def updates(run: Run) -> tuple[Update, ...]:
    """Report each update of a run."""
    return tuple(_update(run, int(row)) for row in run.events.where(Kind.UPDATE_STARTED))


def ready(run: Run, service: int = 0) -> Steps:
    """Count a service's pods that the API holds for ready: a budget knows no other."""
    spans = intervals(run.events, "task", (Kind.POD_READY,), NOT_READY, run.scenario.duration_s)
    of = {
        int(run.events.task[row]) for row in run.events.where(Kind.TASK_CREATED) if run.events.service[row] == service
    }
    keep = np.array([int(task) in of for task in spans.subject], dtype=np.bool_)
    return metrics.jumps(
        type(spans)(spans.subject[keep], spans.start_s[keep], spans.end_s[keep]), run.scenario.duration_s
    )


def promised(run: Run, service: int = 0) -> int:
    """Count the pods that a service's budget wants ready while all is well; 0 without a budget."""
    asked = run.scenario.services[service]
    rule = asked.pods.disruption
    return budget(rule, [Owner(asked.desired, asked.desired, asked.desired)]).desired_healthy if rule else 0


def longest_s(run: Run) -> float | None:
    """Say how long the slowest update took; None if one did not come to its end, or none came."""
    took = [update.took_s for update in updates(run)]
    done = [seconds for seconds in took if seconds is not None]
    return max(done) if done and len(done) == len(took) else None


def least_ready(run: Run) -> int:
    """Give the fewest pods ready during any update."""
    return min((update.least_ready for update in updates(run)), default=0)


def _update(run: Run, start: int) -> Update:
    events = run.events
    started_s = float(events.at_s[start])
    ends = [int(row) for row in events.where(*_ENDS) if row > start]
    ended_s = float(events.at_s[ends[0]]) if ends else None
    end_s = run.scenario.duration_s if ended_s is None else ended_s
    rows = list(range(start, ends[0] + 1 if ends else len(events)))
    kinds = [Kind(int(events.kind[row])) for row in rows]
    outcome, reason, left = _outcome(run, start, ends[0] if ends else None, rows)
    evicted = [events.reason[row] for row, kind in zip(rows, kinds, strict=True) if kind == Kind.POD_EVICTED]
    have = ready(run)
    meanwhile = have.value[(have.at_s >= started_s) & (have.at_s <= end_s)]
    return Update(
        started_s=started_s,
        ended_s=ended_s,
        outcome=outcome,
        reason=reason,
        old=int(events.value[start]),
        left=left,
        moved=sum(why in _ON_PURPOSE and why != "force" for why in evicted),
        deleted=evicted.count("force"),
        refused=len(_refused(run, rows)),
        expired=kinds.count(Kind.DRAIN_EXPIRED),
        least_ready=int(min([*meanwhile, have.at(np.array([started_s]))[0]])),
        extra_host_s=beside(run, PAID[bool(run.hosts)], start, end_s)[0],
    )


def _refused(run: Run, rows: list[int]) -> list[int]:
    """Find the refusals of budgets. On Fargate AWS says it once, in the end, unless pods are merely slow."""
    kinds = (Kind.EVICTION_REFUSED,) if run.hosts else (Kind.EVICTION_REFUSED, Kind.UPDATE_HELD)
    return [row for row in rows if run.events.kind[row] in kinds and run.events.reason[row] != SLOW]


def _outcome(run: Run, start: int, end: int | None, rows: list[int]) -> tuple[Outcome, str, int]:
    """Say how an update ended, why, and how many nodes still run the old image."""
    events = run.events
    if end is not None and events.kind[end] == Kind.UPDATE_DONE:
        return "done", "", 0
    if end is not None:
        return "failed", events.reason[end], int(events.value[end])
    held = [row for row in rows if events.kind[row] == Kind.UPDATE_HELD]
    refused = [row for row in rows if events.kind[row] == Kind.EVICTION_REFUSED]
    why = events.reason[held[-1]] if held else events.reason[refused[-1]] if refused else ""
    gone = {int(events.host[row]) for row in rows if events.kind[row] == Kind.HOST_GONE}
    there = {int(events.host[row]) for row in events.where(Kind.HOST_ASKED) if row < start}
    evicted = sum(events.kind[row] == Kind.POD_EVICTED for row in rows)
    left = int(events.value[start]) - (len(gone & there) if run.hosts else evicted)
    return "held" if held else "waiting", why, max(0, left)
