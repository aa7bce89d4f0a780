"""A curve said twice: what the formula gives, and what a simulation measured, with the interval it is sure of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.conformance.interval import span_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
DOUBT = 0.001  # of one point: of a curve of twenty points one misses in fifty curves at most


@dataclass(frozen=True, slots=True)
class Curve:
    """One quantity over another. Arrays of shape (n,): where, by the formula, measured, and the interval's ends.

    theory: NaN where there is no closed form.
    """

    x: Ints
    theory: Floats
    mean: Floats
    low: Floats
    high: Floats

    def at(self, x: int) -> tuple[float, float, float, float]:
        """Read one point: formula, mean, low, high."""
        place = int(np.searchsorted(self.x, x))
        return float(self.theory[place]), float(self.mean[place]), float(self.low[place]), float(self.high[place])


def curve(x: Ints, theory: Floats, measured: Floats, *, share_of: int = 0) -> Curve:
    """Put a curve together. measured: shape (replications, n). share_of: requests of all of them, where it is a share."""
    spans = [span_of(measured[:, place], DOUBT, share_of=share_of) for place in range(len(x))]
    return Curve(
        x, theory,
        np.array([span.mean for span in spans]), np.array([span.low for span in spans]), np.array([span.high for span in spans]),
    )  # fmt: skip
