"""Moments: the few things about time that SimPy has no word for. The only place that reaches behind its door."""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappush

from simpy import Environment, Event

URGENT, NORMAL, LATE, LAST = 0, 1, 2, 3
EARLY, FORE = 0.5, 0.75  # between SimPy's own two: before whatever the control plane does at that moment
AFTER_ALL = 1 << 62  # a rank that no event's own number reaches


def at(env: Environment, when_s: float, order: tuple[float, int] | None = None) -> Event:
    """Make an event at a moment, to the last bit: now + (when - now) may be another number than when.

    order: priority and rank among events of the same moment; none = as they were made.
    """
    event = Event(env)
    event._ok, event._value = True, None
    heappush(env._queue, (when_s, *(order or (NORMAL, next(env._eid))), event))
    return event


def at_once(env: Environment, event: Event | None = None) -> Event:
    """Let an event (or a new one) happen before anything else of this moment, but for what was urgent earlier."""
    event = event or Event(env)
    event._ok, event._value = True, None
    env.schedule(event, URGENT)  # type: ignore[arg-type]  # SimPy's own names for priorities are numbers too
    return event


def last_of_now(env: Environment, act: Callable[[], None]) -> None:
    """Act once everything else that happens at this moment has happened."""
    at(env, env.now, (LATE, next(env._eid))).callbacks.append(lambda _: act())
