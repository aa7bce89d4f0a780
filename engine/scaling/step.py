"""Step scaling: the further past the alarm, the larger the step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from engine.scaling.bounds import Bounds
from engine.scenario import Scaling, ScalingStep


@dataclass(slots=True)
class Stepper:
    """Two alarms, at the target and at the low share of it, each with its steps and its cool-down.

    A cool-down after scaling out lets only a larger step through, of which what was added counts as done; scaling in waits
    for both cool-downs. Alarms, points and cool-downs as for target tracking; AWS documents the rules of steps in the Application
    Auto Scaling guide, which no fact here cites: our assumption.
    """

    settings: Scaling
    bounds: Bounds
    above: int = 0
    below: int = 0
    out_again_s: float = 0.0
    in_again_s: float = 0.0
    before_out: int = 0

    def decide(self, now_s: float, metric: float, _running: int, desired: int) -> int:
        """Take one point of the metric; return the desired count, changed or not. Steps start from the desired count.

        >>> steps = (ScalingStep(lower=0, upper=20, change=1), ScalingStep(lower=20, change=3))
        >>> settings = Scaling(policy="step", target=50, points_out=1, steps_out=steps)
        >>> [Stepper(settings, Bounds(1, 9)).decide(60, metric, 4, 4) for metric in (50, 60, 70, 99)]
        [4, 5, 7, 7]
        """
        settings = self.settings
        low = settings.target * settings.low_share
        self.above = self.above + 1 if metric > settings.target else 0
        self.below = self.below + 1 if metric < low else 0
        if self.above >= settings.points_out:
            is_cooling = now_s < self.out_again_s
            wanted = self._after(
                settings.steps_out, metric - settings.target, self.before_out if is_cooling else desired
            )
            if wanted is not None and wanted > desired:
                self.before_out = self.before_out if is_cooling else desired
                self.out_again_s = now_s + settings.cooldown_out_s
                return wanted
        if self.below >= settings.points_in and now_s >= max(self.in_again_s, self.out_again_s):
            wanted = self._after(settings.steps_in, metric - low, desired)
            if wanted is not None and wanted < desired:
                self.in_again_s = now_s + settings.cooldown_in_s
                return wanted
        return desired

    def _after(self, steps: Sequence[ScalingStep], past: float, tasks: int) -> int | None:
        step = step_at(steps, past)
        return None if step is None else self.bounds.within(adjusted(tasks, step.change, self.settings.adjust))


def step_at(steps: Sequence[ScalingStep], past: float) -> ScalingStep | None:
    """Find the step for a metric so far past its alarm. A bound belongs to the step that is further out."""
    for step in steps:
        lower = -math.inf if step.lower is None else step.lower
        upper = math.inf if step.upper is None else step.upper
        if lower <= past < upper if past >= 0 else lower < past <= upper:
            return step
    return None


def adjusted(tasks: int, change: int, adjust: str) -> int:
    """Apply a step's change. Percent are cut to whole tasks, but a change is never less than one task.

    >>> adjusted(10, 3, "count"), adjusted(10, 25, "percent"), adjusted(3, 10, "percent"), adjusted(10, -25, "percent")
    (13, 12, 4, 8)
    """
    if adjust == "exact":
        return change
    if adjust == "count":
        return tasks + change
    delta = tasks * change / 100
    if delta and abs(delta) < 1:
        return tasks + (1 if delta > 0 else -1)
    return tasks + int(delta)
