"""Target tracking: scale out fast and in proportion, scale in late and with care."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engine.scaling.bounds import Bounds
from engine.scenario import Scaling


@dataclass(slots=True)
class Tracker:
    """Two alarms and two cool-downs around a target.

    Source: facts `ecs.sas.alarm_out`, `ecs.sas.alarm_in`, `ecs.sas.proportional`, `ecs.sas.cooldown`,
    `ecs.sas.uses_running_count`; that scale-in is proportional too, and rounded up, is our assumption.
    """

    settings: Scaling
    bounds: Bounds
    above: int = 0
    below: int = 0
    out_again_s: float = 0.0
    in_again_s: float = 0.0

    def decide(self, now_s: float, metric: float, running: int, desired: int) -> int:
        """Take one point of the metric; return the desired count, changed or not.

        metric: in the target's unit. running: tasks that run; desired: tasks wanted now.

        >>> tracker = Tracker(Scaling(target=50, points_out=2), Bounds(1, 100))
        >>> tracker.decide(60, 100, running=4, desired=4), tracker.decide(120, 100, running=4, desired=4)
        (4, 8)
        """
        settings = self.settings
        self.above = self.above + 1 if metric > settings.target else 0
        self.below = self.below + 1 if metric < settings.target * settings.low_share else 0
        ideal = math.ceil(running * metric / settings.target)
        if self.above >= settings.points_out and now_s >= self.out_again_s:
            wanted = self.bounds.within(ideal)
            if wanted > desired:
                self.out_again_s = now_s + settings.cooldown_out_s
                self.in_again_s = max(self.in_again_s, now_s + settings.cooldown_out_s)
                return wanted
        if self.below >= settings.points_in and now_s >= self.in_again_s:
            wanted = self.bounds.within(ideal)
            if wanted < desired:
                self.in_again_s = now_s + settings.cooldown_in_s
                return wanted
        return desired
