"""What a person would say of a roll-out: it begins, it stalls, it is done; and of a drain that a budget keeps waiting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from engine import catalog, metrics
from engine.events import Kind
from engine.metrics import Steps
from engine.rollouts import RollOut, promise, ready, rollouts
from engine.sentence import Amount, Line
from engine.simulation import Run

Tone = Literal["lost", "ok", "plain"]


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
        yield from _held(run)


def _told(run: Run, one: RollOut, have: Steps, desired: int) -> Iterator[Line]:
    least, most = promise(run, one.service)
    is_all_at_once = least == 0 and most == desired
    key = "rollout_undone" if one.is_undo else "rollout_recreates" if is_all_at_once else "rollout_begins"
    yield Line(one.began_s, f"caption.{key}", {"least": least, "most": most, "n": desired})
    if one.stalled_s is not None:
        after = Amount(run.scenario.services[one.service].pods.rollout.progress_deadline_s, "s")
        now = int(have.at(np.array([one.stalled_s]))[0])
        yield Line(one.stalled_s, "caption.rollout_stalled", {"after": after, "now": now, "of": desired})
    if one.done_s is not None:
        yield Line(one.done_s, "caption.rollout_done", {"took": Amount(one.done_s - one.began_s, "s")})


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
            if one.done_s is not None:
                yield one.done_s, "mark.rollout_done", "ok"
