"""What is counted of a function's environments, beside its requests."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]

CAUSES = ("concurrency", "scaling", "requests")  # why an attempt was throttled, in the order of the kernel's


@dataclass(frozen=True)
class Environments:
    """A function's environments by step of time. Tables of shape (zones, steps), but for those named here.

    initial: (zones,), those that were there and idle at the start. started: cold starts begun. reclaimed: nobody used them for
    long. died: with their zone. taken, returned: into use and out of it. throttled: (causes, steps), attempts, in the order of
    CAUSES. peak: (steps,), the most in use at once. invoked, billed_ms: (2, steps), attempts that ran and their billed time, by
    the step in which the work ended: on demand, and on an environment that is kept warm.
    """

    name: str
    initial: Ints
    started: Counts
    reclaimed: Counts
    died: Counts
    taken: Counts
    returned: Counts
    throttled: Counts
    peak: Counts
    invoked: Counts
    billed_ms: Ints

    @property
    def there(self) -> Ints:
        """Count the environments at each step's end, in use or idle. Shape (zones, steps)."""
        gone = self.reclaimed.astype(np.int64) + self.died
        return np.asarray(self.initial[:, np.newaxis] + (self.started - gone).cumsum(axis=1), dtype=np.int64)

    @property
    def in_use(self) -> Ints:
        """Count those that have a request, or start for one, at each step's end. Shape (zones, steps)."""
        return np.asarray((self.taken.astype(np.int64) - self.returned).cumsum(axis=1), dtype=np.int64)

    @property
    def most_in_use(self) -> Ints:
        """Count the most in use at once within each step. Shape (steps,)."""
        at_end = self.in_use.sum(axis=0)
        return np.asarray(np.maximum(self.peak, np.concatenate([[0], at_end[:-1]])), dtype=np.int64)

    def update(self, digest: hashlib._Hash) -> None:
        """Let every column take part in a digest."""
        for name in (
            "initial",
            "started",
            "reclaimed",
            "died",
            "taken",
            "returned",
            "throttled",
            "peak",
            "invoked",
            "billed_ms",
        ):
            digest.update(np.ascontiguousarray(getattr(self, name)).tobytes())


@dataclass(frozen=True, slots=True)
class Moves:
    """What happened to a function's environments in one step: by zone, and the attempts that were throttled, by cause."""

    started: list[int]
    reclaimed: list[int]
    died: list[int]
    throttled: list[int]
