"""What came of a sweep, as plain columns: one row a run, one column a measure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from engine.sweep.measured import MEASURED, Floats
from engine.sweep.plan import Batch, Plan


@dataclass(frozen=True, eq=False)
class Results:
    """What was measured so far.

    values: shape (variants, replications, measures), nan where a run never came to a measure, or was not played yet.
    is_done: shape (variants, replications).
    """

    plan: Plan
    values: Floats
    is_done: npt.NDArray[np.bool_]

    @classmethod
    def empty(cls, plan: Plan) -> Results:
        """Make room for all of it."""
        shape = (len(plan.variants), plan.replications)
        return cls(plan, np.full((*shape, len(MEASURED)), np.nan), np.zeros(shape, dtype=np.bool_))

    def take(self, batch: Batch, rows: Floats) -> None:
        """Put a batch in its place."""
        place = slice(batch.first, batch.first + batch.count)
        self.values[batch.variant, place] = rows
        self.is_done[batch.variant, place] = True

    def copy(self) -> Results:
        """Take a picture of it, which stays as it is while another thread takes more in."""
        is_done = self.is_done.copy()  # first: a run is marked only after its values are in place
        return Results(self.plan, np.where(is_done[:, :, None], self.values, np.nan), is_done)

    @property
    def done(self) -> int:
        """Count the runs that are in."""
        return int(self.is_done.sum())

    @property
    def is_whole(self) -> bool:
        """Tell whether every run is in."""
        return bool(self.is_done.all())

    def of(self, measure: str) -> Floats:
        """Give one measure. Shape (variants, replications)."""
        return self.values[:, :, list(MEASURED).index(measure)]

    def columns(self) -> dict[str, Any]:
        """Give one row for each run that is in, by variant and replication: who it was, then what was measured.

        One row is one observation and one column one variable: that is the tidy form here, for measures have units of their
        own and no two are the same variable. Melt it for one row a measure.
        """
        plan = self.plan
        variant, replication = np.nonzero(self.is_done)
        columns: dict[str, Any] = {"variant": variant}
        for number, axis in enumerate(plan.axes):
            columns[axis.path] = [plan.variants[row].values[number] for row in variant]
        columns |= {"replication": replication, "seed": replication + plan.seed(0)}
        return columns | {name: self.of(name)[variant, replication] for name in MEASURED}
