"""Means with intervals, paired differences, and how many replications would do. Student's t; no library behind it.

Sources: Student (1908), "The probable error of a mean"; the finite series of t's distribution is Abramowitz and Stegun 26.7.3
and 26.7.4, its expansion for many degrees of freedom 26.7.5. Common random numbers and paired t: Law, "Simulation Modeling
and Analysis", chapters 10 and 11.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from statistics import NormalDist

import numpy as np

from engine.sweep.measured import MEASURED, Floats
from engine.sweep.plan import as_word, label_of
from engine.sweep.results import Results

LEVEL = 0.95
_MANY = 2_000  # degrees of freedom from which the expansion is right to twelve digits
_MOST_NEEDED = 10**12


@dataclass(frozen=True, slots=True)
class Spread:
    """A mean and how sure it is. n: values; low, high: the interval's ends; nan where too few values came.

    The interval holds the true mean in LEVEL of all sweeps, if values are near normal or many.
    """

    n: int
    mean: float
    sd: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Give half the interval."""
        return (self.high - self.low) / 2


def spread_of(values: Floats, level: float = LEVEL) -> Spread:
    """Boil replications down. values: shape (n,), nan where a run has no such value; those are left out.

    >>> spread_of(np.array([1.0, 2.0, 3.0, 4.0])).mean
    2.5
    """
    known = values[~np.isnan(values)]
    n = len(known)
    if n == 0:
        return Spread(0, math.nan, math.nan, math.nan, math.nan)
    # From the first value on: equal values have their own mean to the bit, and a spread of nought.
    mean = float(known[0] + (known - known[0]).sum() / n)
    if n == 1:
        return Spread(1, mean, math.nan, math.nan, math.nan)
    sd = math.sqrt(float(((known - mean) ** 2).sum()) / (n - 1))
    half = t_value(n - 1, level) * sd / math.sqrt(n)
    return Spread(n, mean, sd, mean - half, mean + half)


@cache
def t_value(degrees: int, level: float = LEVEL) -> float:
    """Give the t that a t-distributed number stays within, on both sides, in `level` of all cases.

    >>> round(t_value(1), 3), round(t_value(10), 3), round(t_value(100_000), 3)
    (12.706, 2.228, 1.96)
    """
    if degrees < 1 or not 0 < level < 1:
        raise ValueError(f"1 degree of freedom or more and a level between 0 and 1 are needed, got {degrees}, {level}")
    if degrees > _MANY:
        return _of_many(degrees, level)
    low, high = 0.0, 1.0
    while _within(high, degrees) < level:
        low, high = high, high * 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, degrees) < level else (low, middle)
    return float(f"{high:.12g}")  # the last digits are the C library's: every machine rounds to the same twelve


def _within(t: float, degrees: int) -> float:
    """Say how probable |T| <= t is: a finite series of positive terms."""
    cos2 = degrees / (degrees + t * t)
    sin = t / math.sqrt(degrees + t * t)
    is_odd = degrees % 2
    if degrees == 1:
        return 2 / math.pi * math.atan(t)
    term = math.sqrt(cos2) if is_odd else 1.0
    total = term
    for k in range(1, (degrees - is_odd) // 2):
        term *= cos2 * (2 * k / (2 * k + 1) if is_odd else (2 * k - 1) / (2 * k))
        total += term
    return 2 / math.pi * (math.atan(t / math.sqrt(degrees)) + sin * total) if is_odd else sin * total


def _of_many(degrees: int, level: float) -> float:
    """Expand around the normal distribution."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
    )
    return float(f"{z + sum(term / degrees**power for power, term in enumerate(terms, 1)):.12g}")


def replications_for(within: float, spread: Spread, level: float = LEVEL) -> int | None:
    """Say how many replications in all would bring half the interval down to `within` of the mean, 0.01 = one hundredth.

    An estimate: it takes the spread seen so far for the true one. None where nothing can be said: fewer than two values, a mean
    of nought, or more replications than anybody would play.

    >>> replications_for(0.01, Spread(n=10, mean=100.0, sd=10.0, low=92.8, high=107.2))
    387
    """
    if not within > 0:
        raise ValueError(f"a share of the mean above 0 is needed, got {within}")
    if spread.n < 2:
        return None
    if spread.sd == 0:
        return 2
    wanted = within * abs(spread.mean)
    if wanted == 0 or (1.9 * spread.sd / wanted) ** 2 > _MOST_NEEDED:
        return None
    low, high = 1, 2  # t and 1/sqrt(n) both fall: the first n that will do is found by halving
    while not _will_do(high, spread.sd, wanted, level):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _will_do(middle, spread.sd, wanted, level) else (middle, high)
    return high


def _will_do(n: int, sd: float, wanted: float, level: float) -> bool:
    return t_value(n - 1, level) * sd / math.sqrt(n) <= wanted


# --- of a sweep ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Row:
    """One measure of one variant. missing: runs that never came to what is measured."""

    variant: int
    label: str
    measure: str
    unit: str
    missing: int
    spread: Spread


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of a variant less the same of another, seed by seed.

    along: the one path in which they differ, and there `value` instead of `instead_of`; where: what both have in the others.

    Runs of the same seed meet the same traffic and the same failures, which cancel: only what is left is chance. Seeds
    under which one of the two has no value are left out. excludes_zero: more than chance, at LEVEL.
    """

    variant: int
    against: int
    along: str
    value: str
    instead_of: str
    where: str
    measure: str
    unit: str
    spread: Spread

    @property
    def excludes_zero(self) -> bool:
        """Tell whether the interval lies on one side of nought."""
        return self.spread.low > 0 or self.spread.high < 0


def summary(results: Results, level: float = LEVEL) -> Iterator[Row]:
    """Give each variant's means. A measure that no run of the whole sweep came to is left out."""
    for variant in results.plan.variants:
        done = results.values[variant.number, results.is_done[variant.number]]
        for name in _met(results):
            values = done[:, list(MEASURED).index(name)]
            spread = spread_of(values, level)
            yield Row(variant.number, variant.label, name, MEASURED[name].unit, len(values) - spread.n, spread)


def differences(results: Results, level: float = LEVEL) -> Iterator[Difference]:
    """Give the paired differences of all variants that differ in one path alone, the later one less the earlier one."""
    variants, met = results.plan.variants, _met(results)
    for first, second in combinations(variants, 2):
        apart = [
            i for i, (a, b) in enumerate(zip(first.values, second.values, strict=True)) if as_word(a) != as_word(b)
        ]
        if len(apart) != 1:
            continue
        axis = apart[0]
        words = (
            results.plan.axes[axis].path,
            as_word(second.values[axis]),
            as_word(first.values[axis]),
            label_of(results.plan.axes, first.values, leave_out=axis),
        )
        less = results.values[second.number] - results.values[first.number]
        for name in met:
            spread = spread_of(less[:, list(MEASURED).index(name)], level)
            yield Difference(second.number, first.number, *words, name, MEASURED[name].unit, spread)


def _met(results: Results) -> list[str]:
    """Name the measures that any run came to."""
    return [name for number, name in enumerate(MEASURED) if not np.isnan(results.values[:, :, number]).all()]
