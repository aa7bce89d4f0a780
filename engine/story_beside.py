"""What a person would say of silent agents, releases and Spot capacity: the sentences beside the story of zones and load."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from engine import metrics
from engine.events import Kind
from engine.launch import launch_type
from engine.sentence import Amount, Line
from engine.simulation import Run


def beside(run: Run) -> Iterator[Line]:
    """Tell them in the order in which they happened."""
    for i in run.events.where(*TELLERS):
        line = TELLERS[Kind(int(run.events.kind[i]))](run, int(i))
        if line is not None:
            yield line


def _agent_cut(run: Run, i: int) -> Line | None:
    """Say how many tasks go on. An agent that is being updated is no news."""
    if run.events.reason[i] == "update":
        return None
    return _line(run, i, "agent_cut", host=_host(run, i), n=_serving_on(run, i))


def _agent_missed(run: Run, i: int) -> Line | None:
    """Say what a missed agent means where its host lives; a dead host is another story."""
    silence = _silence_before(run, i)
    if silence is None or launch_type(run.scenario.launch_type).is_kubernetes:  # which says it of any node
        return None
    key = "agent_missed_twice" if run.scenario.assumptions.silent_replaced else "agent_missed"
    return _line(run, i, key, host=_host(run, i))


def _agent_back(run: Run, i: int) -> Line | None:
    silence = _silence_before(run, i)
    if silence is None or run.events.reason[silence] == "update":
        return None
    return _line(run, i, "agent_back", host=_host(run, i), took=_seconds(run, i))


def _patch_started(run: Run, i: int) -> Line:
    return _line(run, i, "patch_started", n=_count(run, i))


def _patch_stuck(run: Run, i: int) -> Line:
    return _line(run, i, f"stuck.{run.events.reason[i].partition(':')[0]}", n=_count(run, i))


def _patch_done(run: Run, i: int) -> Line:
    return _line(run, i, "patch_done", took=_seconds(run, i))


def _retired(run: Run, i: int) -> Line | None:
    n = _at_once(run, i)
    return _line(run, i, "retired", n=n) if n else None


def _spot_warned(run: Run, i: int) -> Line | None:
    n = _at_once(run, i)
    return _line(run, i, "spot", n=n, warning=_seconds(run, i)) if n else None


def _spot_gone(run: Run, i: int) -> Line:
    return _line(run, i, "spot_gone", took=_seconds(run, i))


def _spot_back(run: Run, i: int) -> Line:
    return _line(run, i, "spot_back")


TELLERS: dict[Kind, Callable[[Run, int], Line | None]] = {
    Kind.AGENT_CUT: _agent_cut,
    Kind.AGENT_MISSED: _agent_missed,
    Kind.AGENT_BACK: _agent_back,
    Kind.PATCH_STARTED: _patch_started,
    Kind.PATCH_STUCK: _patch_stuck,
    Kind.PATCH_DONE: _patch_done,
    Kind.TASK_RETIRED: _retired,
    Kind.SPOT_WARNED: _spot_warned,
    Kind.SPOT_GONE: _spot_gone,
    Kind.SPOT_BACK: _spot_back,
}


def _line(run: Run, i: int, key: str, **values: int | str | Amount) -> Line:
    return Line(float(run.events.at_s[i]), f"caption.{key}", dict(values))


def _host(run: Run, i: int) -> str:
    return run.hosts[int(run.events.host[i])][0]


def _seconds(run: Run, i: int) -> Amount:
    return Amount(float(run.events.value[i]), "s")


def _count(run: Run, i: int) -> int:
    """Read a count from the log; an event without one counts nothing."""
    value = float(run.events.value[i])
    return 0 if np.isnan(value) else int(value)


def _silence_before(run: Run, i: int) -> int | None:
    """Find the cut that an event of a living host belongs to; None where the host had died in between."""
    events = run.events
    before = [j for j in events.where(Kind.AGENT_CUT, Kind.HOST_LOST) if j < i and events.host[j] == events.host[i]]
    return int(before[-1]) if before and events.kind[before[-1]] == Kind.AGENT_CUT else None


def _at_once(run: Run, i: int) -> int:
    """Count the events of this kind at this moment, at the last of them; 0 at the others."""
    events = run.events
    rows = events.where(Kind(int(events.kind[i])))
    now = rows[events.at_s[rows] == events.at_s[i]]
    return len(now) if i == now[-1] else 0


def _serving_on(run: Run, i: int) -> int:
    """Count the tasks that serve on the event's host at its moment."""
    events, spans = run.events, metrics.serving(run)
    homes = {int(events.task[j]): int(events.host[j]) for j in events.where(Kind.TASK_PLACED)}
    at_s, host = float(events.at_s[i]), int(events.host[i])
    here = (spans.start_s <= at_s) & (spans.end_s > at_s)
    return sum(homes.get(int(task)) == host for task in spans.subject[here])
