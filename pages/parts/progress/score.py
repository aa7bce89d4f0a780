"""The score: first answers counted by chapter, and whether who was sure was right. Pure sums; the card shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from pages.parts.progress.records import KINDS, Answer, Kind

BINS = ((50, 59), (60, 69), (70, 79), (80, 89), (90, 100))  # percent, both ends included
Z = 1.96  # a Wilson interval of 95 %


@dataclass(frozen=True, slots=True)
class Count:
    """How many were right, of how many that could be told right from wrong."""

    right: int = 0
    of: int = 0

    def and_also(self, other: Count) -> Count:
        """Add another count."""
        return Count(self.right + other.right, self.of + other.of)


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers given with about the same certainty. low, high: its ends, percent. said, was: means, as shares of one.

    least, most: the ends of the Wilson interval around `was`.
    """

    low: int
    high: int
    n: int
    said: float
    was: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """How sure, against how often right. n: answers with a certainty. brier: the mean squared gap between the two; 0.25 is a coin's."""

    bins: tuple[Bin, ...]
    n: int
    said: float
    was: float
    brier: float


def counted(answers: Iterable[Answer]) -> dict[str, dict[Kind, Count]]:
    """Count first answers by chapter and kind; those that nobody can judge are left out."""
    found: dict[str, dict[Kind, Count]] = {}
    for one in answers:
        if one.right is not None:
            row = found.setdefault(one.chapter, dict.fromkeys(KINDS, Count()))
            row[one.kind] = row[one.kind].and_also(Count(int(one.right), 1))
    return found


def calibration(answers: Iterable[Answer]) -> Calibration | None:
    """Hold certainty against outcome; None where nobody said how sure they were.

    Source of the interval: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    told = [(one.sure / 100, float(one.right)) for one in answers if one.sure is not None and one.right is not None]
    if not told:
        return None
    bins = []
    for low, high in BINS:
        mine = [(said, was) for said, was in told if low <= round(said * 100) <= high]
        if mine:
            was = _mean([was for _, was in mine])
            least, most = wilson(was, len(mine))
            bins.append(Bin(low, high, len(mine), _mean([said for said, _ in mine]), was, least, most))
    return Calibration(
        tuple(bins), len(told), _mean([said for said, _ in told]), _mean([was for _, was in told]),
        _mean([(said - was) ** 2 for said, was in told]),
    )  # fmt: skip


def wilson(share: float, n: int) -> tuple[float, float]:
    """Give the ends of the 95 % interval around a share of n answers.

    >>> [round(end, 3) for end in wilson(0.5, 10)]
    [0.237, 0.763]
    """
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def _mean(numbers: Sequence[float]) -> float:
    return sum(numbers) / len(numbers)
