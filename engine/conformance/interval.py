"""Confidence intervals over independent replications, honest also where hardly anything happened."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from engine.conformance.cases import Span

Floats = npt.NDArray[np.float64]


def span_of(values: Floats, doubt: float, rare: float = 0.0, share_of: int = 0) -> Span:
    """Give the interval that holds the mean but for a chance of `doubt`: Student's t over the replications.

    Forty replications in which nothing happened agree perfectly, and know little: the spread is therefore taken to be
    at least that of a count of rare events, by the score interval (Wilson's, for shares): the true mean m lies so that
    |mean - m| is at most t times the root of m x `rare`, or of m x (1 - m) / `share_of`.
    rare: how much one event moves the mean; share_of: requests, where the figure is a share of them. 0: no such floor.

    >>> nothing = span_of(np.zeros(40), doubt=1e-4, share_of=1_000_000)
    >>> nothing.low, 1.5e-5 < nothing.high < 2.5e-5
    (0.0, True)
    """
    n, mean = len(values), float(values.mean())
    t = student_t(1 - doubt / 2, n - 1)
    half = t * float(values.std(ddof=1)) / math.sqrt(n)
    low, high = mean - half, mean + half
    for floor_low, floor_high in _floors(mean, t, rare, share_of):
        low, high = min(low, floor_low), max(high, floor_high)
    return Span(max(0.0, low), high, mean)


def _floors(mean: float, t: float, rare: float, share_of: int) -> list[tuple[float, float]]:
    """Give the narrowest interval that a count of events allows, where the figure is one."""
    if share_of:
        widen = t * t / share_of
        middle = (mean + widen / 2) / (1 + widen)
        half = math.sqrt(widen * mean * (1 - mean) + widen * widen / 4) / (1 + widen)
        return [(middle - half, middle + half)]
    if rare:
        widen = t * t * rare
        half = math.sqrt(widen * mean + widen * widen / 4)
        return [(mean + widen / 2 - half, mean + widen / 2 + half)]
    return []


def student_t(chance: float, freedom: int) -> float:
    """Give Student's t for a one-sided chance, by Cornish and Fisher's expansion (Abramowitz and Stegun 26.7.5).

    Within 0.1 % from 20 degrees of freedom on, down to a chance of one in a million beyond it.

    >>> round(student_t(0.995, 39), 3), round(student_t(0.9995, 39), 3)
    (2.708, 3.558)
    """
    z, v = NormalDist().inv_cdf(chance), freedom
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )
