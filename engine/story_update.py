"""What a person would say of a node update: its phases, limits reached, how it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

from engine import treadmill
from engine.events import Kind
from engine.launch import launch_type
from engine.sentence import Amount, Line
from engine.simulation import Run

Tone = Literal["lost", "ok", "plain"]


def of_updates(run: Run) -> Iterator[Line]:
    """Tell each update, from its beginning to its end. What its drains evict, and are refused, story_kubernetes says."""
    for row in run.events.where(*TELLERS):
        line = TELLERS[Kind(int(run.events.kind[row]))](run, int(row))
        if line is not None:
            yield line


def moments(run: Run) -> Iterator[tuple[float, str, Tone]]:
    """List the moments to step through: the first refusal, limits reached, and the end."""
    events = run.events
    found: tuple[tuple[Kind, str, Tone], ...] = (
        (Kind.EVICTION_REFUSED, "mark.refused", "plain"), (Kind.DRAIN_EXPIRED, "mark.expired", "lost"),
        (Kind.UPDATE_HELD, "mark.held", "lost"), (Kind.UPDATE_FAILED, "mark.update_failed", "lost"),
        (Kind.UPDATE_DONE, "mark.update_done", "ok"),
    )  # fmt: skip
    for kind, key, tone in found:
        rows = events.where(kind)
        yield from ((float(events.at_s[row]), key, tone) for row in rows[: 1 if kind != Kind.UPDATE_DONE else None])


def _started(run: Run, row: int) -> Line:
    per_task = not launch_type(run.scenario.launch_type).has_hosts
    return _line(run, row, "update_started_pods" if per_task else "update_started", n=_count(run, row))


def _phase(run: Run, row: int) -> Line | None:
    """Tell growth, closing and shrinking; each drain tells itself."""
    phase = run.events.reason[row]
    if phase == "drain":
        return None
    return _line(run, row, f"update_{phase.replace('-', '_')}", n=_count(run, row))


def _draining(run: Run, row: int) -> Line | None:
    if not _is_updating(run, row):
        return None
    left = treadmill.left(run)
    still = int(left.value[left.at_s <= run.events.at_s[row]][-1])
    return _line(run, row, "update_drains", host=_host(run, row), n=still) if still else None


def _expired(run: Run, row: int) -> Line:
    return _line(run, row, "update_expired", host=_host(run, row), n=_count(run, row))


def _held(run: Run, row: int) -> Line:
    per_task = not launch_type(run.scenario.launch_type).has_hosts
    return _line(run, row, "update_held_pods" if per_task else "update_held", n=_count(run, row))


def _failed(run: Run, row: int) -> Line:
    return _line(run, row, "update_failed", n=_count(run, row), why=run.events.reason[row])


def _done(run: Run, row: int) -> Line:
    return _line(run, row, "update_done", took=Amount(float(run.events.value[row]), "s"))


TELLERS: dict[Kind, Callable[[Run, int], Line | None]] = {
    Kind.UPDATE_STARTED: _started,
    Kind.UPDATE_PHASE: _phase,
    Kind.HOST_DRAINING: _draining,
    Kind.DRAIN_EXPIRED: _expired,
    Kind.UPDATE_HELD: _held,
    Kind.UPDATE_FAILED: _failed,
    Kind.UPDATE_DONE: _done,
}


def _is_updating(run: Run, row: int) -> bool:
    """Say whether an update is under way at an event."""
    events = run.events
    rows = [i for i in events.where(Kind.UPDATE_STARTED, Kind.UPDATE_DONE, Kind.UPDATE_FAILED) if i < row]
    return bool(rows) and events.kind[rows[-1]] == Kind.UPDATE_STARTED


def _line(run: Run, row: int, key: str, **values: int | str | Amount) -> Line:
    return Line(float(run.events.at_s[row]), f"caption.{key}", dict(values))


def _host(run: Run, row: int) -> str:
    return run.hosts[int(run.events.host[row])][0]


def _count(run: Run, row: int) -> int:
    return int(run.events.value[row])
