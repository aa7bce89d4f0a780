"""What a person would say of functions: how many environments serve, when many start at once, and why requests are turned away."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from engine import environments, metrics
from engine.events import Kind
from engine.functions import function_of
from engine.sentence import Amount, Line
from engine.simulation import Run

MANY = 0.1  # of the environments in use: so many cold starts in one step are worth a sentence
QUIET_S = 30.0  # of one kind of thing, the next sentence comes after this


def of_functions(run: Run) -> Iterator[Line]:
    """Tell a run of functions, sentence by sentence; nothing where there are tasks."""
    if not run.requests.functions:
        return
    course, line, events = environments.course(run), metrics.timeline(run), run.events
    zones, step_s = run.scenario.zone_letters, run.requests.step_s
    first = course.at_s < 10
    yield Line(0.0, "caption.function_calm", {
        "rate": round(float(line.arrived[first].mean())), "n": round(float(course.in_use.sum(axis=0)[first].mean())),
    })  # fmt: skip
    in_use = course.in_use.sum(axis=0)
    cold = Amount(function_of(run.scenario, 0).cold_s, "s")
    told_s = -QUIET_S
    for step in np.flatnonzero(course.started >= np.maximum(3, MANY * np.maximum(in_use, 1))):
        at_s = float(course.at_s[step])
        if at_s - told_s >= QUIET_S:
            n = int(course.started[step : step + round(max(1, 10 / step_s))].sum())
            yield Line(at_s, "caption.function_cold", {"n": n, "cold": cold})
            told_s = at_s
    told: dict[str, float] = {}
    for i in events.where(Kind.FUNCTION_THROTTLED):
        at_s, why = float(events.at_s[i]), events.reason[i]
        if at_s - told.get(why, -QUIET_S) >= QUIET_S:
            most = function_of(run.scenario, int(events.service[i])).limit
            yield Line(at_s, f"caption.function_{why}", {"n": int(events.value[i]), "most": most})
        told[why] = at_s
    for i in events.where(Kind.ZONE_FAILED):
        at_s, zone = float(events.at_s[i]), int(events.zone[i])
        before = max(0, int(at_s / step_s) - 1)
        n = int(sum(table.there[zone, before] for table in run.requests.functions))
        yield Line(at_s, "caption.function_zone", {"zone": zones[zone], "n": n})
    for i in events.where(Kind.ZONE_RESTORED):
        yield Line(float(events.at_s[i]), "caption.function_back", {"zone": zones[int(events.zone[i])]})
