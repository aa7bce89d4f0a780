"""Moments: the two things about time that SimPy has no word for. The only place that reaches behind its door."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappush

from simpy import Environment, Event

NORMAL, LATE, LAST = 1, 2, 3
AFTER_ALL = 1 << 62  # a rank that no event's own number reaches


def at(env: Environment, when_s: float, order: tuple[int, int] | None = None) -> Event:
    """Make an event at a moment, to the last bit: now + (when - now) may be another number than when.

    order: priority and rank among events of the same moment; none = as they were made.
    """
    event = Event(env)
    event._ok, event._value = True, None
    heappush(env._queue, (when_s, *(order or (NORMAL, next(env._eid))), event))  # type: ignore[misc]  # SimPy's own tuple
    return event


def last_of_now(env: Environment, act: Callable[[], None]) -> None:
    """Act once everything else that happens at this moment has happened."""
    at(env, env.now, (LATE, next(env._eid))).callbacks.append(lambda _: act())
