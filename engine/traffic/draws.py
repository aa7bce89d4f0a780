"""The draws behind a service's requests: gaps between arrivals, and work. Nothing here knows the launch type."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from engine.rng import stream
from engine.scenario import Service

Floats = npt.NDArray[np.float64]
BLOCK = 1 << 16  # two buffers of 512 kB stay in the second cache; measured best between 8 k and 128 k


class Draws:
    """Two endless streams in reused blocks: unit-rate gaps and unit-mean work."""

    def __init__(self, seed: int, service: Service, block: int = BLOCK) -> None:
        """Open the service's own two streams."""
        self.gaps: Floats = np.empty(block)
        self.works: Floats = np.ones(block)
        self._gap_stream = stream(seed, "gaps", service.name)
        self._work_stream = stream(seed, "work", service.name)
        self._kind = service.work
        self._is_long_stream = stream(seed, "is-long", service.name)
        self._is_long: Floats = np.empty(block if service.work == "hyperexponential" else 0)
        self._short_share = short_share(service.work_cv)
        self._sigma = math.sqrt(math.log1p(service.work_cv**2))

    def refill(self) -> None:
        """Overwrite both blocks with the next draws."""
        self._gap_stream.standard_exponential(out=self.gaps)
        if self._kind == "exponential":
            self._work_stream.standard_exponential(out=self.works)
        elif self._kind == "lognormal":
            self._work_stream.standard_normal(out=self.works)
            # math.exp, not np.exp: NumPy picks its own by the processor, and the last bit may differ.
            for i, z in enumerate(self.works.tolist()):
                self.works[i] = math.exp(self._sigma * z - self._sigma**2 / 2)
        elif self._kind == "hyperexponential":
            self._work_stream.standard_exponential(out=self.works)
            self._is_long_stream.random(out=self._is_long)
            short = self._short_share
            self.works /= np.where(self._is_long < short, 2 * short, 2 * (1 - short))


def short_share(cv: float) -> float:
    """Give the share of short requests where short and long ones bring half of the work each (both exponential).

    cv: standard deviation over mean of them all, 1 or more.

    >>> round(short_share(1), 3), round(short_share(2), 3), round(short_share(10), 3)
    (0.5, 0.887, 0.995)
    """
    return (1 + math.sqrt(max(0.0, cv * cv - 1) / (cv * cv + 1))) / 2
