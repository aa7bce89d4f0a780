"""Traps of rounding: between which percents a rolling update may start tasks, stop tasks, both, or nothing at all.

ECS rounds the tasks that must stay up and those it may have down. Kubernetes makes the same promise with maxUnavailable and
maxSurge, rounds the second one up, and lets one pod go where both would come to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby
from typing import Literal

from engine.fields import Record, setting
from engine.kubernetes.rollout import fenceposts
from engine.scaling import deploying
from engine.scaling.healthy import fewest_tasks, most_tasks

Way = Literal["both", "starts", "stops", "stuck", "refused"]
Orchestrator = Literal["ecs", "kubernetes"]
WHOLE = 100  # percent
ROOMIEST = 200  # percent: twice as many as wanted, which is as far as the picture goes


class TrapsAsk(Record):
    """A service, and how far a roll-out may stray from the tasks that are wanted."""

    desired: int = setting(3, "Tasks wanted.", unit="tasks", ge=1, le=100)
    min_healthy_percent: int = setting(
        100, "Healthy tasks never fall below this on purpose.", unit="%",
        fact="ecs.service.min_healthy_percent_default", ge=0, le=100,
    )  # fmt: skip
    max_percent: int = setting(
        125, "Running and pending tasks never pass this on purpose.", unit="%", fact="ecs.service.max_percent_default",
        ge=100, le=200,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Moves:
    """What a roll-out may do at its first step, while every task wanted is healthy.

    least, most: tasks that must stay, and that there may be. is_forced: by their percents neither could move, and Kubernetes lets one go.
    """

    least: int
    most: int
    may_stop: int
    may_start: int
    way: Way
    is_forced: bool = False


@dataclass(frozen=True, slots=True)
class Patch:
    """A rectangle of percents that all mean the same moves; both ends of each span belong to it."""

    low_percent: int
    high_percent: int
    most_low_percent: int
    most_high_percent: int
    moves: Moves


def ecs_moves(desired: int, min_healthy_percent: int, max_percent: int) -> Moves:
    """Say what ECS may do. Source: facts `ecs.service.rounding`, `ecs.service.deadlock_100_100`.

    >>> ecs_moves(3, 100, 125).way, ecs_moves(3, 100, 134).may_start, ecs_moves(1, 50, 199).way
    ('stuck', 1, 'stuck')
    """
    found = deploying.moves(desired, desired, desired, min_healthy_percent, max_percent)
    return Moves(found.least, found.most, found.may_stop, found.may_start, _way(found.may_stop, found.may_start))


def kubernetes_moves(desired: int, min_healthy_percent: int, max_percent: int) -> Moves:
    """Say what Kubernetes may do by the same promise: what ECS's minimum leaves is maxUnavailable, what its maximum adds is maxSurge.

    Source: fact `k8s.deployment.rolling_default`; with both at 0 the API refuses the deployment.

    >>> kubernetes_moves(3, 100, 125).may_start, kubernetes_moves(3, 75, 100).is_forced, kubernetes_moves(3, 100, 100).way
    (1, True, 'refused')
    """
    unavailable, surge = WHOLE - min_healthy_percent, max_percent - WHOLE
    if unavailable == surge == 0:
        return Moves(desired, desired, 0, 0, "refused")
    posts = fenceposts(f"{surge}%", f"{unavailable}%", desired)
    return Moves(
        desired - posts.unavailable, desired + posts.surge, posts.unavailable, posts.surge,
        _way(posts.unavailable, posts.surge), is_forced=posts.surge == 0 and desired * unavailable < WHOLE,
    )  # fmt: skip


def _way(may_stop: int, may_start: int) -> Way:
    if may_stop and may_start:
        return "both"
    return "stops" if may_stop else "starts" if may_start else "stuck"


MOVES: dict[Orchestrator, Callable[[int, int, int], Moves]] = {"ecs": ecs_moves, "kubernetes": kubernetes_moves}


@lru_cache(maxsize=512)
def patches(whose: Orchestrator, desired: int) -> tuple[Patch, ...]:
    """Cut the square of all percents (minimum 0 to 100, maximum 100 to 200) into rectangles of one meaning each, exactly.

    Row by row from the highest minimum, and in a row from the lowest maximum.
    """
    asks = MOVES[whose]
    found = []
    for high, low in _runs(
        range(WHOLE, -1, -1), lambda minimum: tuple(_key(asks(desired, minimum, most)) for most in _MAXIMA)
    ):
        found += [
            Patch(low, high, first, last, asks(desired, low, first))
            for first, last in _runs(_MAXIMA, partial(_meaning, asks, desired, low))
        ]
    return tuple(found)


_MAXIMA = range(WHOLE, ROOMIEST + 1)


def _meaning(asks: Callable[[int, int, int], Moves], desired: int, low: int, most: int) -> tuple[object, ...]:
    return _key(asks(desired, low, most))


def _key(moves: Moves) -> tuple[object, ...]:
    return moves.may_stop, moves.may_start, moves.way


def _runs(percents: range, meaning: Callable[[int], object]) -> list[tuple[int, int]]:
    """Group neighbours of one meaning: the first and the last of each group."""
    groups = [list(group) for _, group in groupby(percents, meaning)]
    return [(group[0], group[-1]) for group in groups]


def first_start_percent(desired: int) -> int:
    """Give the lowest maximum percent at which ECS may start a task more.

    >>> first_start_percent(3), first_start_percent(1)
    (134, 200)
    """
    return next(most for most in _MAXIMA if most_tasks(desired, most) > desired)


def first_stop_percent(desired: int) -> int:
    """Give the highest minimum healthy percent at which ECS may stop a task.

    >>> first_stop_percent(3), first_stop_percent(1)
    (66, 0)
    """
    return next(low for low in range(WHOLE, -1, -1) if fewest_tasks(desired, low) < desired)
