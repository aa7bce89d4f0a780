"""Roll-outs and pod autoscaling, as a page tells them: which version each task is of, how a roll-out went, what each look saw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine import metrics
from engine.deployment import SHIFTING, DeploymentSettings
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
    """One roll-out. done_s, stalled_s, failed_s, rolled_back_s: none = it never was.

    sizes: (moment, version, pods asked for), on Kubernetes alone. weights: (moment, share of the traffic that the new version
    gets from then on), where traffic moves by weights. bakes: (moment, seconds, canary, step or bake). points: (moment, percent of
    the requests that failed), as its alarm read them. stalled_why, failed_why: as the log says it. end_s: the next roll-out's
    begin, or the run's end.
    """

    service: int
    version: int
    is_undo: bool
    began_s: float
    done_s: float | None
    stalled_s: float | None
    sizes: tuple[tuple[float, int, int], ...]
    settings: DeploymentSettings
    end_s: float
    failed_s: float | None
    rolled_back_s: float | None
    failed_why: str
    failed_by: float
    stalled_why: str
    is_unwatched: bool
    weights: tuple[tuple[float, float], ...]
    bakes: tuple[tuple[float, float, str], ...]
    points: tuple[tuple[float, float], ...]

    @property
    def over_s(self) -> float | None:
        """Say when only one version was left, the new one or the old; none = never."""
        return self.done_s if self.rolled_back_s is None else self.rolled_back_s


def rollouts(run: Run, service: int = 0) -> tuple[RollOut, ...]:
    """List a service's roll-outs, in order. One that another overtook is not done."""
    events = run.events
    mine = _rows(run, service, Kind.ROLLOUT_STARTED)
    ends = [*mine[1:], len(events)] if mine else []
    return tuple(_rollout(run, service, row, end) for row, end in zip(mine, ends, strict=True))


def _rollout(run: Run, service: int, begin: int, end: int) -> RollOut:
    events = run.events

    def all_of(kind: Kind) -> list[int]:
        return [row for row in _rows(run, service, kind) if begin < row < end]

    def first(kind: Kind) -> float | None:
        rows = all_of(kind)
        return float(events.at_s[rows[0]]) if rows else None

    def told(kind: Kind) -> tuple[tuple[float, float], ...]:
        return tuple((float(events.at_s[row]), float(events.value[row])) for row in all_of(kind))

    def why(kind: Kind) -> str:
        return next((events.reason[row] for row in all_of(kind)), "")

    sizes = tuple(
        (float(events.at_s[row]), int(events.reason[row].rpartition(" ")[2]), int(events.value[row]))
        for row in _rows(run, service, Kind.ROLLOUT_SIZED)
        if begin < row < end
    )
    version, is_undo = int(events.value[begin]), events.reason[begin] == "undo"
    began_s = float(events.at_s[begin])
    bakes = tuple((at_s, for_s, events.reason[row]) for row, (at_s, for_s) in
                  zip(all_of(Kind.ROLLOUT_BAKING), told(Kind.ROLLOUT_BAKING), strict=True))  # fmt: skip
    failed = told(Kind.ROLLOUT_FAILED)
    return RollOut(
        service, version, is_undo, began_s, first(Kind.ROLLOUT_DONE), first(Kind.ROLLOUT_STALLED), sizes,
        settings=_settings(run, service, begin),
        end_s=float(events.at_s[end]) if end < len(events) else run.scenario.duration_s,
        failed_s=first(Kind.ROLLOUT_FAILED), rolled_back_s=first(Kind.ROLLOUT_ROLLED_BACK),
        failed_why=why(Kind.ROLLOUT_FAILED), failed_by=failed[0][1] if failed else 0.0,
        stalled_why=why(Kind.ROLLOUT_STALLED), is_unwatched=first(Kind.ROLLOUT_UNWATCHED) is not None,
        weights=told(Kind.ROLLOUT_SHIFTED), bakes=bakes, points=told(Kind.ALARM_READ),
    )  # fmt: skip


def _settings(run: Run, service: int, begin: int) -> DeploymentSettings:
    """Find the operation that a roll-out followed, and how it asked to be rolled out."""
    names = [one.name for one in run.scenario.services]
    mine = [o for o in run.scenario.operations if o.do == "deploy" and names.index(o.service or names[0]) == service]
    at_s = run.events.at_s[begin]
    now = sum(run.events.at_s[row] == at_s for row in _rows(run, service, Kind.ROLLOUT_STARTED) if row < begin)
    asked = [o.deployment for o in mine if o.at_s == at_s]
    chosen = asked[min(now, len(asked) - 1)] if asked else None
    return chosen or run.scenario.services[service].deployment


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


def promise(run: Run, service: int = 0, one: RollOut | None = None) -> tuple[int, int]:
    """Give the ready pods that a roll-out may not fall below, and the pods that it may have at once, of the service's desired.

    On Kubernetes by maxUnavailable and maxSurge (a Recreate promises none), on ECS by the minimum healthy percent and the maximum
    percent. A roll-out may ask otherwise: all at once promises none, and a second set is there beside the first.
    """
    asked = run.scenario.services[service]
    strategy = (one.settings if one is not None else asked.deployment).strategy
    if strategy == "all-at-once":
        return 0, asked.desired
    if strategy == "blue-green" or (strategy in SHIFTING and not launch_type(run.scenario.launch_type).is_kubernetes):
        return fewest_tasks(asked.desired, asked.min_healthy_percent), 2 * asked.desired
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
