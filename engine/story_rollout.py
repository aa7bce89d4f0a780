"""What a person would say of a roll-out: it begins, it stalls, it is done; and of a drain that a budget keeps waiting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from engine import catalog, metrics
from engine.events import Intervals, Kind, intervals
from engine.launch import launch_type
from engine.metrics import Steps
from engine.rollouts import GONE, RollOut, promise, ready, rollouts
from engine.scaling.deploying import moves
from engine.sentence import Amount, Line, Values
from engine.simulation import Run

Tone = Literal["lost", "ok", "plain"]
READ_S = 10.0  # a sentence stays so long before the next one about the same failure
PATIENCE_S = 45.0  # a second set may take so long to find hosts before it is said to have none


def of_rollouts(run: Run) -> Iterator[Line]:
    """Tell each service's roll-outs in order, and the drains that a budget held up."""
    for service, asked in enumerate(run.scenario.services):
        found = rollouts(run, service)
        if not found:
            continue
        have = metrics.jumps(ready(run, service), run.scenario.duration_s)
        for one in found:
            yield from _told(run, one, have, asked.desired)
    if run.events.where(Kind.ROLLOUT_STARTED).size:
        yield from _killed(run)
        yield from _held(run)


def _told(run: Run, one: RollOut, have: Steps, desired: int) -> Iterator[Line]:
    least, most = promise(run, one.service, one)
    is_all_at_once = least == 0 and most == desired
    key = "rollout_undone" if one.is_undo else "rollout_recreates" if is_all_at_once else "rollout_begins"
    if one.settings.shifts_traffic and not one.is_undo:
        key = "rollout_beside"
    yield Line(one.began_s, f"caption.{key}", {"least": least, "most": most, "n": desired})
    if one.is_unwatched:
        yield Line(one.began_s, "caption.rollout_unwatched", {})
    yield from _unserved(run, one, have, least)
    yield from _without_room(run, one)
    yield from _moved(one)
    yield from _failed(one)
    if one.stalled_s is not None and one.stalled_why.startswith("may"):
        asked = run.scenario.services[one.service]
        low, high = (0, 100) if is_all_at_once else (asked.min_healthy_percent, asked.max_percent)
        found = moves(desired, desired, desired, low, high)
        values: Values = {"n": desired, "min": low, "max": high, "least": found.least, "most": found.most}
        yield Line(one.stalled_s, "caption.rollout_stuck", values)
    elif one.stalled_s is not None:
        after = Amount(run.scenario.services[one.service].pods.rollout.progress_deadline_s, "s")
        now = int(have.at(np.array([one.stalled_s]))[0])
        yield Line(one.stalled_s, "caption.rollout_stalled", {"after": after, "now": now, "of": desired})
    if one.done_s is not None:
        key = "rollout_undone_done" if one.is_undo else "rollout_done"
        yield Line(one.done_s, f"caption.{key}", {"took": Amount(one.done_s - one.began_s, "s")})


def _moved(one: RollOut) -> Iterator[Line]:
    """Say how the traffic moves: some of it, all of it, and back."""
    for at_s, share in one.weights:
        key = "rollout_all" if share == 1 else "rollout_weight" if share else "rollout_weight_back"
        yield Line(at_s if share else _after(one, at_s, 1), f"caption.{key}", {"share": Amount(share, "share")})


def _after(one: RollOut, at_s: float, turns: int) -> float:
    """Let what follows a failure at once wait until that has been read: going back with a weight takes no time."""
    return at_s if one.failed_s is None else max(at_s, one.failed_s + turns * READ_S)


def _without_room(run: Run, one: RollOut) -> Iterator[Line]:
    """Say, once, that tasks of a second set find no host: traffic moves to a whole set only."""
    events, look_s = run.events, one.began_s + PATIENCE_S
    if not one.settings.shifts_traffic or look_s >= one.end_s:
        return
    made = [row for row in events.where(Kind.TASK_CREATED) if events.service[row] == one.service]
    new = {int(events.task[row]) for row in made if events.value[row] == one.version and events.at_s[row] <= look_s}
    placed = {int(events.task[row]) for row in events.where(Kind.TASK_PLACED) if events.at_s[row] <= look_s}
    if new - placed:
        yield Line(look_s, "caption.rollout_no_room", {"n": len(new - placed)})


def _failed(one: RollOut) -> Iterator[Line]:
    """Say who stopped it, and whether anybody goes back."""
    if one.failed_s is not None:
        who, n, *_ = one.failed_why.split()
        goes_back = "back" if one.settings.rollback else "stays"
        values: Values = {
            "n": n, "share": Amount(one.failed_by / 100, "share"), "limit": Amount(one.settings.alarm_percent / 100, "share"),
        }  # fmt: skip
        yield Line(one.failed_s, f"caption.rollout_{who}_{goes_back}", values)
    if one.rolled_back_s is not None:
        yield Line(
            _after(one, one.rolled_back_s, 2),
            "caption.rollout_back",
            {"took": Amount(one.rolled_back_s - one.began_s, "s")},
        )


def _unserved(run: Run, one: RollOut, have: Steps, least: int) -> Iterator[Line]:
    """Say, once, that enough pods are ready and too few of them in service: the load balancer has not passed the new ones yet."""
    events, end_s = run.events, run.scenario.duration_s
    spans = intervals(events, "task", (Kind.TASK_SERVING,), GONE, end_s)
    mine = {int(events.task[row]) for row in events.where(Kind.TASK_CREATED) if events.service[row] == one.service}
    keep = np.isin(spans.subject, sorted(mine))
    served = metrics.jumps(Intervals(spans.subject[keep], spans.start_s[keep], spans.end_s[keep]), end_s)
    to_s = end_s if one.done_s is None else one.done_s
    moments = np.union1d(have.at_s, served.at_s)
    moments = moments[(moments > one.began_s) & (moments <= to_s)]
    short = moments[(have.at(moments) >= least) & (served.at(moments) < least)]
    if short.size and least:
        now = short[[int(np.argmin(served.at(short)))]]  # where it is worst
        values: Values = {"ready": int(have.at(now)[0]), "served": int(served.at(now)[0])}
        yield Line(float(now[0]), "caption.rollout_unserved", values)


def _killed(run: Run) -> Iterator[Line]:
    """Say, once, that a version outgrew its memory, and who is left alone by what brings its task back."""
    killed = run.events.where(Kind.TASK_OOM_KILLED)
    if not killed.size:
        return
    first = int(killed[0])
    limit = run.scenario.services[int(run.events.service[first])].memory_mib
    values: Values = {"task": str(int(run.events.task[first])), "memory": Amount(limit, "mib")}
    is_pod = launch_type(run.scenario.launch_type).is_kubernetes
    yield Line(float(run.events.at_s[first]), f"caption.oom_{'pod' if is_pod else 'task'}", values)
    waits = [int(i) for i in run.events.where(Kind.CRASH_BACKED_OFF) if run.events.value[i] > 0][:1]
    for i in waits:
        again = Amount(float(run.events.value[i]), "s")
        yield Line(
            float(run.events.at_s[i]), "caption.crash_loop", {"task": str(int(run.events.task[i])), "again": again}
        )


def _held(run: Run) -> Iterator[Line]:
    """Say that a drain waits, once it has asked a second time in vain: what was asked, and what was there."""
    events, again_s = run.events, catalog.seconds("k8s.drain_retry")
    for i in events.where(Kind.EVICTION_REFUSED):
        asked_s, task = float(events.at_s[i]) + again_s, events.task[i]
        gone = [
            j for j in events.where(Kind.POD_EVICTED) if events.task[j] == task and i < j and events.at_s[j] <= asked_s
        ]
        needs = [word for word in events.reason[i].split() if word.isdecimal()]
        if not gone and len(needs) == 2 and asked_s < run.scenario.duration_s:
            yield Line(
                asked_s, "caption.drain_held", {"needs": needs[0], "has": needs[1], "again": Amount(again_s, "s")}
            )


def moments_of_rollouts(run: Run) -> Iterator[tuple[float, str, Tone]]:
    """List the moments to step through: (when, its key, its tone)."""
    for service in range(len(run.scenario.services)):
        for one in rollouts(run, service):
            if one.stalled_s is not None:
                yield one.stalled_s, "mark.rollout_stalled", "lost"
            for at_s, share in one.weights:
                yield at_s, f"mark.rollout_{'shifted' if share else 'shifted_back'}", "plain"
            if one.failed_s is not None:
                yield one.failed_s, "mark.rollout_failed", "lost"
            if one.rolled_back_s is not None:
                yield one.rolled_back_s, "mark.rollout_back", "ok"
            if one.done_s is not None:
                yield one.done_s, f"mark.rollout_{'undone' if one.is_undo else 'done'}", "ok"
