"""The draws behind a service's requests: gaps between arrivals, and work. Nothing here knows the launch type."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from engine.rng import stream
from engine.scenario import Service

Floats = npt.NDArray[np.float64]
BLOCK = 1 << 15  # two buffers of 256 kB stay in the cache; measured best between 8 k and 128 k


class Draws:
    """Two endless streams in reused blocks: unit-rate gaps and unit-mean work."""

    def __init__(self, seed: int, service: Service, block: int = BLOCK) -> None:
        """Open the service's own two streams."""
        self.gaps: Floats = np.empty(block)
        self.works: Floats = np.ones(block)
        self._gap_stream = stream(seed, "gaps", service.name)
        self._work_stream = stream(seed, "work", service.name)
        self._kind = service.work
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
