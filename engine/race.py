"""The race: how long a jump in traffic was too much for a service, and what each second of that waited for, from the log.

Where tasks serve, one task's life tells it: that of the task whose first passed check made enough of them. Where functions
do, environments start at once, or are refused.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engine import environments, metrics
from engine.events import Kind
from engine.simulation import Run

# What is waited for, in its order. asked: until somebody asks for the task (metrics, alarms, pauses, steps before it). room: for a
# host, or for what the platform brings. check: for the load balancer's first passed check.
TASK_WAITS = ("asked", "room", "pull", "start", "check")
FUNCTION_WAITS = ("throttled", "cold")
AT_ONCE = 2  # steps
WAITS = (*TASK_WAITS, *FUNCTION_WAITS)
_ENDS = (Kind.TASK_CREATED, Kind.TASK_PENDING, Kind.TASK_PULLED, Kind.TASK_RUNNING, Kind.TASK_SERVING)


@dataclass(frozen=True, slots=True)
class Catching:
    """How a service caught up with its traffic. since_s: when the traffic rose.

    took_s: seconds until enough served; None if that was not so by the run's end. waits: seconds by what was waited for, in the
    order of WAITS; they add up to `took_s`, and are empty where there is none.
    """

    since_s: float
    took_s: float | None
    waits: Mapping[str, float]


def enough_tasks(run: Run, service: int = 0) -> int:
    """Count the tasks that the traffic's peak keeps busy altogether, and one more: with fewer the queue only grows."""
    settings = run.scenario.services[service]
    traffic = settings.traffic or run.scenario.traffic
    busy = traffic.peak_rps * settings.share * settings.work_ms / 1000
    return math.floor(busy / settings.concurrency + 1e-9) + 1


def catching(run: Run, service: int = 0) -> Catching:
    """Find when enough served after the traffic rose, and what was waited for until then."""
    since_s = (run.scenario.services[service].traffic or run.scenario.traffic).at_s
    return _functions(run, since_s) if run.requests.functions else _tasks(run, service, since_s)


def _tasks(run: Run, service: int, since_s: float) -> Catching:
    events, enough = run.events, enough_tasks(run, service)
    mine = set(events.task[(events.kind == Kind.TASK_CREATED) & (events.service == service)].tolist())
    spans = metrics.serving(run)
    ours = np.isin(spans.subject, list(mine))
    starts, ends = spans.start_s[ours], spans.end_s[ours]
    if _serve_at(starts, ends, since_s) >= enough:
        return Catching(since_s, 0.0, {})
    for place in np.argsort(starts, kind="stable"):
        moment = float(starts[place])
        if moment > since_s and _serve_at(starts, ends, moment) >= enough:
            task = int(spans.subject[ours][place])
            return Catching(since_s, moment - since_s, _life(run, task, since_s, moment))
    return Catching(since_s, None, {})


def _serve_at(starts: metrics.Floats, ends: metrics.Floats, moment: float) -> int:
    return int(((starts <= moment) & (ends > moment)).sum())


def _life(run: Run, task: int, since_s: float, served_s: float) -> dict[str, float]:
    """Cut the time until a task served by the steps of its life; what lies before the rise does not count."""
    events, waits, before = run.events, {}, since_s
    of_task = events.task == task
    for wait, kind in zip(TASK_WAITS, _ENDS, strict=True):
        rows = np.flatnonzero(of_task & (events.kind == kind) & (events.at_s <= served_s))
        until = max(before, float(events.at_s[rows[-1]])) if len(rows) else before
        waits[wait], before = until - before, until
    return waits


def _functions(run: Run, since_s: float) -> Catching:
    """Find the first step without a shortage of environments: until then some were refused, or still started."""
    course, step_s = environments.course(run), run.requests.step_s
    first = int(since_s / step_s)
    short = course.ready[first:] < course.wanted[first:]
    if not short[:AT_ONCE].any():  # a rise reaches functions in the step that it falls in, or in the next
        return Catching(since_s, 0.0, {})
    begun = int(np.argmax(short))
    well = np.flatnonzero(~short[begun:])
    if not len(well):
        return Catching(since_s, None, {})
    over = first + begun + int(well[0])
    took_s = float(course.at_s[over]) - since_s
    refused = course.throttled[:, first:over].sum(axis=0) > 0
    throttled_s = min(took_s, float(refused.sum()) * step_s)
    return Catching(since_s, took_s, {"throttled": throttled_s, "cold": took_s - throttled_s})
