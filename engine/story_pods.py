"""What a person would say of an autoscaler of pods: what it saw when it asked for more, what held it back, and what it waits for."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Literal

from engine import loops, sights
from engine.events import Kind
from engine.scaling.hpa import Sight
from engine.sentence import Amount, Line, Values
from engine.simulation import Run

Tone = Literal["lost", "ok", "plain"]


def of_scaling(run: Run) -> Iterator[Line]:
    """Tell each step of a HorizontalPodAutoscaler, and when its window keeps more than it asks for, the first time and whenever it asks for still fewer.

    Where nodes follow the pods, they are the story, and it is told elsewhere.
    """
    if run.events.looks:
        return
    lowest: int | None = None  # the fewest that the window has kept it from, since the last step
    for turn in sights.turns(run):
        if turn.step:
            lowest = None
            yield _step(turn)
        elif turn.held == "window" and turn.recommended < (turn.stabilized if lowest is None else lowest):
            lowest = turn.recommended
            window = Amount(run.scenario.services[0].pods.hpa.down_window_s, "s")
            values: Values = {"wish": turn.recommended, "n": turn.stabilized, "window": window}
            yield Line(turn.at_s, "caption.pods_wait", values)


def _step(turn: sights.Turn) -> Line:
    """Say what was seen and what came of it; where its pace held it back, what it wanted."""
    sight = turn.sight
    values: Values = {"value": _read(sight, sight.metric), "target": _read(sight, sight.target)}
    if turn.held == "rate":
        return Line(turn.at_s, "caption.pods_paced", values | {"wish": turn.stabilized, "n": turn.desired})
    return Line(turn.at_s, "caption.scaled", values | {"metric": sight.name, "tasks": turn.desired})


def _read(sight: Sight, value: float) -> Amount | int:
    """Write a reading: a share of what was asked for, or requests a minute. It may be none where bounds alone moved it."""
    if math.isnan(value):
        return 0
    return round(value) if sight.name == "requests" else Amount(value / 100, "share")


def moments_of_scaling(run: Run) -> Iterator[tuple[float, str, Tone]]:
    """List the turns of traffic that tasks or pods alone follow, and the first step that follows each."""
    events, traffic, fell_s = run.events, run.scenario.traffic, loops.calm_again_s(run)
    if fell_s is None or events.looks or events.readings or not events.where(Kind.METRIC_READ).size:
        return
    out_s, in_s = sights.scaled_out_s(run), sights.scaled_in_s(run)
    yield traffic.at_s, "mark.traffic_rises", "plain"
    yield fell_s, "mark.traffic_falls", "plain"
    if out_s is not None:
        yield traffic.at_s + out_s, "mark.grows", "plain"
    if in_s is not None:
        yield fell_s + in_s, "mark.shrinks", "plain"
