"""Bounds: how few and how many tasks scaling may want. A schedule moves them."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from engine.scenario import ScheduledChange

DAY_S = 86_400.0


@dataclass(slots=True)
class Bounds:
    """The least and the most tasks, as they stand now."""

    min_tasks: int
    max_tasks: int

    def within(self, tasks: int) -> int:
        """Move a count to the nearer bound if it is outside."""
        return max(self.min_tasks, min(self.max_tasks, tasks))

    def move(self, change: ScheduledChange) -> None:
        """Take over what a scheduled change sets."""
        self.min_tasks = self.min_tasks if change.min_tasks is None else change.min_tasks
        self.max_tasks = self.max_tasks if change.max_tasks is None else change.max_tasks


def agenda(schedule: Sequence[ScheduledChange], until_s: float) -> Iterator[tuple[float, int]]:
    """List when each change of a schedule falls due: (moment, its number), in order; equal times as they are written.

    >>> list(agenda([ScheduledChange(at_s=100, daily=True), ScheduledChange(at_s=50)], 90_000))
    [(50.0, 1), (100.0, 0), (86500.0, 0)]
    """
    due = [(change.at_s, number) for number, change in enumerate(schedule)]
    heapq.heapify(due)
    while due and due[0][0] <= until_s:
        at_s, number = heapq.heappop(due)
        yield at_s, number
        if schedule[number].daily:
            heapq.heappush(due, (at_s + DAY_S, number))
