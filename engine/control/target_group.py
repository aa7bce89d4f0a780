"""A target group as columns: with thousands of targets, whom to send to is asked more often than anything else."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.cluster import Task

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


class TargetGroup:
    """One service's targets. Columns by the targets' rows in the data plane, which count up as they are registered."""

    def __init__(self) -> None:
        """Start empty."""
        self.tasks: dict[int, Task] = {}
        self.was_healthy = False  # it has had a healthy target: it may fail open
        self.is_open = False
        self._zone: Ints = np.zeros(8, dtype=np.int64)
        self._is_there: Bools = np.zeros(8, dtype=np.bool_)
        self._is_healthy: Bools = np.zeros(8, dtype=np.bool_)

    def add(self, task: Task) -> None:
        """Take a target in; it has not passed a check yet."""
        while task.row >= len(self._zone):
            self._zone, self._is_there, self._is_healthy = (
                np.concatenate([column, np.zeros_like(column)])
                for column in (self._zone, self._is_there, self._is_healthy)
            )
        self.tasks[task.row] = task
        self._zone[task.row] = task.zone
        self._is_there[task.row] = True

    def remove(self, task: Task) -> None:
        """Let a target go."""
        del self.tasks[task.row]
        self._is_there[task.row] = self._is_healthy[task.row] = False

    def passes(self, task: Task, *, is_healthy: bool) -> None:
        """Note what the checks say of a target now."""
        self._is_healthy[task.row] = is_healthy

    def absorb(self, other: TargetGroup) -> None:
        """Take over the targets of another group, as they are."""
        for task in other.tasks.values():
            self.add(task)
            self.passes(task, is_healthy=task.is_healthy)
        self.was_healthy = self.was_healthy or other.was_healthy

    def healthy_in_zones(self, n_zones: int) -> Ints:
        """Count the healthy targets of each zone. Shape (n_zones,)."""
        return np.bincount(self._zone[self._is_healthy], minlength=n_zones)

    def rows(self, *, healthy_only: bool) -> Ints:
        """Give the rows of the targets, in the order in which they came."""
        return np.flatnonzero(self._is_healthy if healthy_only else self._is_there)

    def answering(self, now_s: float) -> Ints:
        """Give the rows of the targets whose application has come up by now, healthy or not, dead or alive."""
        return np.array(
            [row for row in self.rows(healthy_only=False) if self.tasks[row].answers_s <= now_s], dtype=np.int64
        )

    def zones(self, rows: Ints) -> Ints:
        """Say in which zone each of the rows is."""
        return np.asarray(self._zone[rows])
