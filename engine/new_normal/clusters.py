"""Pace against stability: the groups of teams that DORA published, and which of them a team's four numbers look like.

A group is a band, not a point: DORA says "between once a week and once a month", and no more. Which of several groups a
number is nearest to is therefore asked measure by measure; no distance over all four is made up here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import inf, log
from typing import Any, Literal, get_args

from engine import catalog
from engine.catalog import Fact
from engine.fields import Record, setting

TABLE = "new_normal"
OPEN = "open"  # an end that nobody gives
Measure = Literal["deploys", "lead", "fails", "mend"]
MEASURES: tuple[Measure, ...] = get_args(Measure)
Pace = Literal[
    "half-yearly", "quarterly", "monthly", "fortnightly", "weekly", "twice-a-week", "daily", "three-a-day", "ten-a-day"
]
Lead = Literal["1h", "4h", "1d", "3d", "1w", "2w", "1mo", "3mo", "6mo"]
Mend = Literal["10min", "1h", "4h", "1d", "3d", "1w", "2w", "1mo"]


class PaceAsk(Record):
    """A team's own four numbers."""

    pace: Pace = setting("weekly", "How often your team brings a change to its users.", fact="dora.metrics")
    lead: Lead = setting("3d", "From a change's last commit until users have it.", fact="dora.metrics")
    fail_share: float = setting(
        0.1, "Of a hundred deployments, how many need a fix or have to be undone.", unit="share", fact="dora.metrics", ge=0, le=1
    )  # fmt: skip
    mend: Mend = setting("4h", "Until a deployment that failed is mended.", fact="dora.metrics")

    @property
    def deploys(self) -> float:
        """Deployments a month."""
        return float(catalog.table(TABLE)["paces"][self.pace])

    @property
    def lead_h(self) -> float:
        """Hours until a change is live."""
        return float(catalog.table(TABLE)["leads"][self.lead])

    @property
    def mend_h(self) -> float:
        """Hours until a failed deployment is mended."""
        return float(catalog.table(TABLE)["mends"][self.mend])


@dataclass(frozen=True, slots=True)
class Span:
    """From low to high, both included; inf where nobody says where it ends. One published number is a span without length."""

    low: float
    high: float

    def away(self, value: float, *, is_ratio: bool) -> float:
        """Say how far a value lies outside: in powers of e where what counts is how many times as much, else in plain units."""
        if self.low <= value <= self.high:
            return 0.0
        near = self.low if value < self.low else self.high
        return abs(log(value / near)) if is_ratio else abs(value - near)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A group of teams of one year's report. deploys: a month; lead_h, mend_h: hours; fails: share; share: of the answers, None if unsaid."""

    name: str
    year: int
    deploys: Span
    lead: Span
    fails: Span
    mend: Span
    share: float | None
    fact: Fact

    def span(self, measure: Measure) -> Span:
        """Give the band of one measure."""
        found: Span = getattr(self, measure)
        return found


@cache
def clusters(year: int) -> tuple[Cluster, ...]:
    """Give the groups of a year's report, slowest first; of 2019 only the two that could be read.

    Source: facts `dora.2019.*`, `dora.2024.low`, `dora.2024.medium`, `dora.2024.high`, `dora.2024.elite`,
    `dora.2024.shares`.
    """
    return tuple(_cluster(str(name), year, row) for name, row in catalog.table(TABLE)["clusters"][year].items())


def _cluster(name: str, year: int, row: Mapping[str, Any]) -> Cluster:
    fact = catalog.fact(str(row["fact"]))
    share = catalog.number(str(row["share"]), name) / 100 if "share" in row else None
    return Cluster(
        name=name, year=year, deploys=_span(row["deploys"]), lead=_span(row["lead_h"]), fails=_fails(fact), mend=_span(row["mend_h"]),
        share=share, fact=fact,
    )  # fmt: skip


def _fails(fact: Fact) -> Span:
    """Read the share of failing changes: one number, or from and to."""
    if isinstance(catalog.value(fact.id, "cfr_pct"), tuple):
        return Span(catalog.number(fact.id, "cfr_pct", 0) / 100, catalog.number(fact.id, "cfr_pct", 1) / 100)
    percent = catalog.number(fact.id, "cfr_pct") / 100
    return Span(percent, percent)


def _span(ends: tuple[Any, Any]) -> Span:
    low, high = ends
    return Span(float(low), inf if high == OPEN else float(high))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a team stands among a year's groups. near: by measure, the groups nearest to it (several where it lies in all of them).

    names: the groups that most measures speak for; agreeing: how many of the four do; fits: whether one group is nearest in
    all four.
    """

    near: Mapping[Measure, tuple[str, ...]]
    names: tuple[str, ...]
    agreeing: int

    @property
    def fits(self) -> bool:
        """Say whether one single group fits."""
        return self.agreeing == len(MEASURES) and len(self.names) == 1


def place(ask: PaceAsk, year: int = 2024) -> Place:
    """Compare a team with a year's groups, measure by measure.

    >>> found = place(PaceAsk(pace="ten-a-day", lead="4h", fail_share=0.4, mend="1h"))
    >>> found.near["deploys"], found.near["fails"], found.fits
    (('elite',), ('low',), False)
    """
    found = clusters(year)
    values: dict[Measure, float] = {
        "deploys": ask.deploys,
        "lead": ask.lead_h,
        "fails": ask.fail_share,
        "mend": ask.mend_h,
    }
    near = {measure: _nearest(found, measure, value) for measure, value in values.items()}
    votes = {one.name: sum(one.name in names for names in near.values()) for one in found}
    most = max(votes.values())
    return Place(near, tuple(name for name, n in votes.items() if n == most), most)


def _nearest(found: tuple[Cluster, ...], measure: Measure, value: float) -> tuple[str, ...]:
    """Name the groups that a number is nearest to: all that hold it, where several do (less than an hour is less than a day too)."""
    away = {one.name: one.span(measure).away(value, is_ratio=measure != "fails") for one in found}
    least = min(away.values())
    return tuple(name for name, far in away.items() if far <= least + 1e-9)
