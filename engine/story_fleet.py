"""What a person would say of hosts that follow the tasks, and of Spot hosts that are taken back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from engine import loops, treadmill
from engine.events import Kind
from engine.sentence import Amount, Line, Values
from engine.simulation import Run


def of_hosts(run: Run) -> Iterator[Line]:
    """Tell each step of managed scaling, when the hosts it asked for are there, each beginning of a quiet stretch, and each notice."""
    was_quiet: dict[str, bool] = {}
    is_short: set[str] = set()  # providers that asked for hosts which the tasks still wait for
    for row, reading in run.events.readings.items():
        at_s = float(run.events.at_s[row])
        values: Values = {"m": reading.needed, "n": reading.up, "step": abs(reading.step)}
        if reading.step > 0:
            is_short.add(reading.provider)
            yield Line(at_s, "caption.hosts_out", values)
        elif reading.step < 0:
            yield Line(
                at_s, "caption.hosts_in", values | {"n": abs(reading.step), "left": reading.up - abs(reading.step)}
            )
        elif reading.reason == "quiet" and not was_quiet.get(reading.provider):
            is_short.discard(reading.provider)
            yield Line(at_s, "caption.hosts_quiet", values | {"points": reading.quiet_needed})
        elif reading.provider in is_short and reading.up >= reading.needed:
            is_short.remove(reading.provider)
            yield Line(at_s, "caption.hosts_enough", values)
        elif reading.seen.too_large and reading.quiet == 0 and not was_quiet.get(f"stuck {reading.provider}"):
            was_quiet[f"stuck {reading.provider}"] = True
            yield Line(at_s, "caption.hosts_stuck", {"n": reading.seen.too_large})
        was_quiet[reading.provider] = reading.reason == "quiet"
    yield from _notices(run)
    yield from _batches(run)


def _batches(run: Run) -> Iterator[Line]:
    """Say at each batch how many hosts it takes, and how many still run the old release."""
    events, left = run.events, treadmill.left(run)
    for row in events.where(Kind.PATCH_BATCH_STARTED):
        at_s = float(events.at_s[row])
        if events.at_s[row - 1] == at_s and events.kind[row - 1] == Kind.PATCH_STARTED:
            continue  # that a release is out is the news of this moment
        values: Values = {"n": int(events.value[row]), "left": int(left.at(np.array([at_s]))[0])}
        yield Line(at_s, "caption.patch_batch", values)


def _notices(run: Run) -> Iterator[Line]:
    """Count the hosts that got their notice at one moment, and tell what became of their tasks at its end."""
    events = run.events
    rows = events.where(Kind.SPOT_NOTICE)
    for at_s in sorted({float(events.at_s[row]) for row in rows}):
        now = [row for row in rows if events.at_s[row] == at_s]
        notice_s = float(events.value[now[0]])
        hosts = {int(events.host[row]) for row in now}
        tasks = _tasks_on(run, hosts, at_s)
        drains = any(events.kind[row] == Kind.HOST_DRAINING and events.at_s[row] == at_s for row in range(len(events)))
        key = "caption.spot_hosts_drain" if drains else "caption.spot_hosts"
        yield Line(at_s, key, {"n": len(hosts), "tasks": tasks, "warning": Amount(notice_s, "s")})
        end_s = at_s + notice_s
        if end_s < run.scenario.duration_s:
            killed = sum(
                int(events.host[row]) in hosts and abs(float(events.at_s[row]) - end_s) < 0.001
                for row in events.where(Kind.TASK_LOST)
            )
            yield Line(end_s, "caption.spot_hosts_gone", {"n": len(hosts), "killed": killed})


def _tasks_on(run: Run, hosts: set[int], at_s: float) -> int:
    """Count the tasks that were on some hosts at a moment."""
    events, there = run.events, set[int]()
    for row in events.where(Kind.TASK_PLACED, Kind.TASK_STOPPED):
        if events.at_s[row] > at_s:
            break
        if int(events.host[row]) in hosts:
            (there.add if events.kind[row] == Kind.TASK_PLACED else there.discard)(int(events.task[row]))
    return len(there)


Tone = Literal["lost", "ok", "plain"]


def moments(run: Run) -> Iterator[tuple[float, str, Tone]]:
    """List the moments to step through: the traffic's turns, hosts asked for and let go, releases that are done or stuck."""
    events = run.events
    yield from ((float(events.at_s[row]), "mark.patch_done", "ok") for row in events.where(Kind.PATCH_DONE))
    yield from ((float(events.at_s[row]), "mark.patch_stuck", "lost") for row in events.where(Kind.PATCH_STUCK)[:1])
    yield from _turns(run)


def _turns(run: Run) -> Iterator[tuple[float, str, Tone]]:
    """List the turns of two loops: there are none without a managed provider and a spike to follow."""
    readings = [(float(run.events.at_s[row]), reading) for row, reading in run.events.readings.items()]
    fell_s = loops.calm_again_s(run)
    if not readings or fell_s is None:
        return
    yield run.scenario.traffic.at_s, "mark.traffic_rises", "plain"
    yield fell_s, "mark.traffic_falls", "plain"
    steps = [(at_s, reading.step) for at_s, reading in readings if reading.step]
    for key, found in (
        ("mark.hosts_asked", [at_s for at_s, step in steps if step > 0]),
        ("mark.host_goes", [at_s for at_s, step in steps if step < 0]),
    ):
        if found:
            yield found[0], key, "plain"
