"""What a roll-out may do next, and when enough has gone wrong. Rules alone: engine/control carries them out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import catalog
from engine.scaling.healthy import fewest_tasks, most_tasks

if TYPE_CHECKING:
    from engine.deployment import DeploymentSettings, ThresholdType


# --- the circuit breaker ---------------------------------------------------------------------------------------------


def threshold(kind: ThresholdType, value: int, desired: int) -> int:
    """Give the failed tasks at which the deployment circuit breaker opens: at least one.

    Source: facts `ecs.circuit_breaker.formula`, `ecs.circuit_breaker.configurable`. A share is rounded up.

    >>> [threshold("BOUNDED_PERCENT", 50, desired) for desired in (1, 10, 25, 1000)]
    [3, 5, 13, 200]
    >>> threshold("UNBOUNDED_PERCENT", 50, 1), threshold("COUNT", 7, 1000)
    (1, 7)
    """
    if kind == "COUNT":
        return value
    share = -(-desired * value // 100)
    if kind == "UNBOUNDED_PERCENT":
        return max(1, share)
    low, high = (int(catalog.number("ecs.circuit_breaker.formula", name)) for name in ("min", "max"))
    return min(max(share, low), high)


# --- within the percents ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Moves:
    """How many tasks a rolling update may start and stop now, and the two limits that say so.

    least: healthy tasks that must stay, rounded up; most: tasks that may run at once, rounded down.
    """

    may_start: int
    may_stop: int
    least: int
    most: int

    @property
    def is_stuck(self) -> bool:
        """Say whether nothing may ever change: none may start, and none may stop."""
        return self.may_start == 0 and self.may_stop == 0

    def why(self, desired: int, min_healthy_percent: int, max_percent: int) -> str:
        """Say in words which roundings hold it."""
        return (
            f"may start {self.may_start}: {max_percent} % of {desired} rounded down is {self.most}; "
            f"may stop {self.may_stop}: {min_healthy_percent} % of {desired} rounded up is {self.least}"
        )


def moves(desired: int, there: int, healthy: int, min_healthy_percent: int, max_percent: int) -> Moves:
    """Say what a rolling update may do with so many tasks there, so many of them healthy.

    Source: fact `ecs.service.rounding`. The maximum is never below the desired count.

    >>> moves(3, 3, 3, 100, 125)
    Moves(may_start=0, may_stop=0, least=3, most=3)
    >>> moves(1, 1, 1, 50, 150).is_stuck, moves(2, 2, 2, 50, 100)
    (True, Moves(may_start=0, may_stop=1, least=1, most=2))
    """
    least, most = fewest_tasks(desired, min_healthy_percent), max(desired, most_tasks(desired, max_percent))
    return Moves(max(0, most - there), max(0, healthy - least), least, most)


# --- moving traffic --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Step:
    """One weight of the new set, and how long it stands. stage: canary, step or bake."""

    share: float
    wait_s: float
    stage: str


def steps(settings: DeploymentSettings) -> tuple[Step, ...]:
    """List the weights that the new version's set gets, one after the other; the last is all of the traffic.

    Source: facts `ecs.deploy.canary`, `ecs.deploy.linear`, `ecs.deploy.bake`.
    """
    last = Step(1.0, settings.bake_s, "bake")
    if settings.strategy == "canary" and settings.canary_percent < 100:
        return Step(settings.canary_percent / 100, settings.canary_bake_s, "canary"), last
    if settings.strategy == "linear":
        n = math.ceil(100 / settings.step_percent - 1e-9)
        return (*(Step(k * settings.step_percent / 100, settings.step_bake_s, "step") for k in range(1, n)), last)
    return (last,)


def pods_for(share: float, desired: int) -> int:
    """Give the pods of the new version whose number comes nearest to a share: one at least, and all of them only for all.

    Behind one Service a weight is a count of pods: 5 % of 3 cannot be had.

    >>> pods_for(0.05, 3), pods_for(0.05, 20), pods_for(0.5, 3), pods_for(0.9, 3), pods_for(1.0, 3)
    (1, 1, 2, 2, 3)
    """
    if share >= 1 or desired <= 1:
        return desired
    return min(max(1, math.floor(share * desired + 0.5)), desired - 1)


# --- the alarm -------------------------------------------------------------------------------------------------------


def percent_failed(failed: int, closed: int) -> float:
    """Give the share of failed requests in percent; no request is no failure."""
    return 100 * failed / closed if closed else 0.0


def goes_off(percents: Sequence[float], limit: float, points: int) -> bool:
    """Say whether the last points are all above the limit.

    >>> goes_off([5, 0, 3, 4], 1, 2), goes_off([5, 0, 3], 1, 2)
    (True, False)
    """
    return len(percents) >= points and all(percent > limit for percent in percents[-points:])
