"""How busy something is, when each parcel stands for a second's worth of messages spread evenly over that second."""

from __future__ import annotations

from heapq import heappop, heappush

from engine.serverless.world import STEP_S

HAIR = 1e-9


def share_of(duration_s: float) -> float:
    """Say how much of a place one message keeps, on the average of the second in which its parcel comes.

    >>> share_of(0.25), share_of(8)
    (0.25, 1.0)
    """
    return min(1.0, duration_s / STEP_S)


class Load:
    """Places in use. What was taken for less than a second is given back when the second is over."""

    def __init__(self) -> None:
        """Begin empty."""
        self._level = 0.0
        self._due: list[tuple[float, float]] = []

    def at(self, now_s: float) -> float:
        """Give the places in use at a moment."""
        while self._due and self._due[0][0] <= now_s + HAIR:
            self._level -= heappop(self._due)[1]
        return max(0.0, self._level)

    def take(self, places: float) -> None:
        """Take places."""
        self._level += places

    def give(self, places: float, since_s: float, now_s: float) -> None:
        """Give places back that were taken at a moment."""
        if now_s >= since_s + STEP_S:
            self._level -= places
        else:
            heappush(self._due, (since_s + STEP_S, places))
