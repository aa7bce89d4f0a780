"""Roll-outs and pod autoscaling, as a page tells them: which version each task is of, how a roll-out went, what each look saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine import metrics
from engine.events import Floats, Intervals, Kind, intervals
from engine.kubernetes.rollout import fence
from engine.launch import launch_type
from engine.metrics import Steps
from engine.scaling.healthy import fewest_tasks, most_tasks
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


@dataclass(frozen=True, slots=True)
class Course:
    """The pods of a service while versions change. Arrays of shape (n,); each value holds until the next.

    old, new: ready pods of the version before the first roll-out, and of later ones.
    promised: ready pods that a roll-out may not fall below; most: pods that it may have at once.
    """

    at_s: Floats
    old: Floats
    new: Floats
    promised: int
    most: int


def course(run: Run, service: int = 0) -> Course:
    """Count ready pods, old beside new, with what the roll-out promises."""
    by_version = ready_by_version(run, service)
    at_s = np.unique(np.concatenate([np.zeros(1), *(steps.at_s for steps in by_version.values())]))
    old = by_version[0].at(at_s) if 0 in by_version else np.zeros(at_s.size)
    new = sum((steps.at(at_s) for number, steps in by_version.items() if number), start=np.zeros(at_s.size))
    return Course(at_s, old, new, *promise(run, service))


def promise(run: Run, service: int = 0) -> tuple[int, int]:
    """Give the ready pods that a roll-out may not fall below, and the pods that it may have at once, of the service's desired.

    On Kubernetes by maxUnavailable and maxSurge (a Recreate promises none), on ECS by the minimum healthy percent and the maximum
    percent.
    """
    asked = run.scenario.services[service]
    if not launch_type(run.scenario.launch_type).is_kubernetes:
        least = fewest_tasks(asked.desired, asked.min_healthy_percent)
        return least, most_tasks(asked.desired, asked.max_percent)
    rule = asked.pods.rollout
    if rule.strategy == "Recreate":
        return 0, asked.desired
    posts = fence(rule.strategy, rule.max_surge, rule.max_unavailable, asked.desired)
    return asked.desired - posts.unavailable, asked.desired + posts.surge


def least_ready(run: Run, service: int = 0) -> int:
    """Give the fewest pods ready from the first roll-out on, until the next one begins; all of them where there is none."""
    found = rollouts(run, service)
    if not found:
        return run.scenario.services[service].desired
    end_s = found[1].began_s if len(found) > 1 else run.scenario.duration_s
    pods = course(run, service)
    meanwhile = (pods.at_s >= found[0].began_s) & (pods.at_s < end_s)
    at_first = pods.at_s <= found[0].began_s
    return int(min([*(pods.old + pods.new)[meanwhile], (pods.old + pods.new)[at_first][-1]]))


def most_at_once(run: Run, service: int = 0) -> int:
    """Give the most pods of a service that were there at once, ready or not."""
    found = intervals(
        run.events, "task", (Kind.TASK_CREATED,), (Kind.TASK_STOPPED, Kind.TASK_LOST), run.scenario.duration_s
    )
    mine = {int(run.events.task[row]) for row in _rows(run, service, Kind.TASK_CREATED)}
    keep = np.isin(found.subject, sorted(mine))
    spans = Intervals(found.subject[keep], found.start_s[keep], found.end_s[keep])
    return int(metrics.jumps(spans, run.scenario.duration_s).value.max(initial=0))


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
