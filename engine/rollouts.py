"""Roll-outs and pod autoscaling, as a page tells them: which version each task is of, how a roll-out went, what each look saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine import metrics
from engine.events import Intervals, Kind, intervals
from engine.metrics import Steps
from engine.scaling.hpa import Sight
from engine.simulation import Run

GONE = (Kind.TASK_UNHEALTHY, Kind.TASK_LOST, Kind.TASK_DEACTIVATING, Kind.TASK_STOPPING, Kind.TASK_STOPPED)


@dataclass(frozen=True, slots=True)
class RollOut:
    """One roll-out. done_s, stalled_s: none = it never was. sizes: (moment, version, pods asked for), on Kubernetes alone."""

    service: int
    version: int
    is_undo: bool
    began_s: float
    done_s: float | None
    stalled_s: float | None
    sizes: tuple[tuple[float, int, int], ...]


def rollouts(run: Run, service: int = 0) -> tuple[RollOut, ...]:
    """List a service's roll-outs, in order. One that another overtook is not done."""
    events = run.events
    mine = _rows(run, service, Kind.ROLLOUT_STARTED)
    ends = [*mine[1:], len(events)] if mine else []
    return tuple(_rollout(run, service, row, end) for row, end in zip(mine, ends, strict=True))


def _rollout(run: Run, service: int, begin: int, end: int) -> RollOut:
    events = run.events

    def first(kind: Kind) -> float | None:
        rows = [row for row in _rows(run, service, kind) if begin < row < end]
        return float(events.at_s[rows[0]]) if rows else None

    sizes = tuple(
        (float(events.at_s[row]), int(events.reason[row].rpartition(" ")[2]), int(events.value[row]))
        for row in _rows(run, service, Kind.ROLLOUT_SIZED)
        if begin < row < end
    )
    version, is_undo = int(events.value[begin]), events.reason[begin] == "undo"
    began_s = float(events.at_s[begin])
    return RollOut(
        service, version, is_undo, began_s, first(Kind.ROLLOUT_DONE), first(Kind.ROLLOUT_STALLED), sizes
    )  # fmt: skip


def versions(run: Run) -> dict[int, int]:
    """Say which version each task is of, by its number; all are of version 0 where nothing was ever rolled out."""
    events = run.events
    return {
        int(events.task[row]): 0 if np.isnan(events.value[row]) else int(events.value[row])
        for row in events.where(Kind.TASK_CREATED)
    }


def ready(run: Run, service: int = 0) -> Intervals:
    """Give when each pod was ready: on Kubernetes by its probe, on ECS by its target's health. Subjects are tasks."""
    opens = (Kind.POD_READY, Kind.TASK_SERVING)
    found = intervals(run.events, "task", opens, GONE, run.scenario.duration_s)
    mine = {int(run.events.task[row]) for row in _rows(run, service, Kind.TASK_CREATED)}
    keep = np.isin(found.subject, sorted(mine))
    return Intervals(found.subject[keep], found.start_s[keep], found.end_s[keep])


def ready_by_version(run: Run, service: int = 0) -> dict[int, Steps]:
    """Count the ready pods of each version, over time."""
    found, of = ready(run, service), versions(run)
    version = np.array([of[int(task)] for task in found.subject], dtype=np.int64)
    return {
        number: metrics.jumps(
            Intervals(
                found.subject[version == number], found.start_s[version == number], found.end_s[version == number]
            ),
            run.scenario.duration_s,
        )
        for number in sorted(set(of.values()))
    }


def sights(run: Run, service: int = 0) -> tuple[tuple[float, Sight], ...]:
    """List the looks of a service's HorizontalPodAutoscaler, each with its moment; none where nothing scales its pods."""
    events = run.events
    return tuple(
        (float(events.at_s[row]), seen) for row, seen in events.sights.items() if events.service[row] == service
    )


def _rows(run: Run, service: int, kind: Kind) -> list[int]:
    return [int(row) for row in run.events.where(kind) if run.events.service[row] == service]
