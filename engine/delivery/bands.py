"""The bands that DORA published, in this model's minutes: an hour is an hour, a day a working day, a week five, a month a third of a quarter.

Source: facts `dora.metrics`, `dora.2024.*`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

from engine import catalog
from engine.errors import CatalogError

CLUSTERS = ("elite", "high", "medium", "low")
WEEK_DAYS, MONTH_DAYS = 5, 65 / 3  # working days
_UNITS = ("hour", "day", "week", "month")
_OFTEN = {"daily": 1.0, "weekly": 1 / WEEK_DAYS, "monthly": 1 / MONTH_DAYS, "half-yearly": 1 / (6 * MONTH_DAYS)}
_ON_DEMAND = "on demand"  # several times a day
_SPAN = re.compile(
    r"(?:(?P<low>[\d.]+)\s*(?P<low_unit>[a-z]*)\s*-\s*|(?P<under><)\s*)(?P<high>[\d.]+)\s*(?P<unit>[a-z]+?)s?"
)


@dataclass(frozen=True, slots=True)
class Cluster:
    """One of a year's clusters. Spans: from, to; the failure rate was published as one number.

    lead_min, recovery_min: minutes of working time; frequency_per_day: releases a working day.
    """

    name: str
    lead_min: tuple[float, float]
    frequency_per_day: tuple[float, float]
    fail_rate: float
    recovery_min: tuple[float, float]


def clusters(day_min: float, year: str = "2024") -> tuple[Cluster, ...]:
    """Give a year's clusters, the best first. day_min: minutes of a working day.

    >>> [round(one.lead_min[1]) for one in clusters(480)]
    [480, 2400, 10400, 62400]
    """
    return tuple(_cluster(name, f"dora.{year}.{name}", day_min) for name in CLUSTERS)


def cluster_of(value: float, measure: str, all_: tuple[Cluster, ...]) -> str | None:
    """Name the first cluster in whose span a value lies; None where none was published that holds it, or for nan.

    >>> cluster_of(600, "lead_min", clusters(480)), cluster_of(900, "recovery_min", clusters(480))
    ('high', None)
    """
    for cluster in all_:
        low, high = getattr(cluster, measure)
        if low <= value <= high:
            return cluster.name
    return None


@cache
def _cluster(name: str, fact: str, day_min: float) -> Cluster:
    return Cluster(
        name=name,
        lead_min=span_min(str(catalog.value(fact, "lead")), day_min),
        frequency_per_day=span_per_day(str(catalog.value(fact, "freq"))),
        fail_rate=catalog.number(fact, "cfr_pct") / 100,
        recovery_min=span_min(str(catalog.value(fact, "recovery")), day_min),
    )


def span_min(text: str, day_min: float) -> tuple[float, float]:
    """Read a published span of time.

    >>> span_min("<1 hour", 480), span_min("1 day-1 week", 480)
    ((0.0, 60.0), (480.0, 2400.0))
    """
    minutes = dict(zip(_UNITS, (60, day_min, WEEK_DAYS * day_min, MONTH_DAYS * day_min), strict=True))
    found = _SPAN.fullmatch(text)
    if found is None or {found["unit"], found["low_unit"] or found["unit"]} - set(_UNITS):
        raise CatalogError(f"facts.yaml dora: a span such as '1 day-1 week' is needed, got {text!r}")
    low = 0.0 if found["under"] else float(found["low"]) * minutes[found["low_unit"] or found["unit"]]
    return low, float(found["high"]) * minutes[found["unit"]]


def span_per_day(text: str) -> tuple[float, float]:
    """Read how often was published; `on demand` is more than once a day.

    >>> span_per_day("on demand"), span_per_day("daily-weekly")
    ((1.0, inf), (0.2, 1.0))
    """
    if text == _ON_DEMAND:
        return _OFTEN["daily"], math.inf
    most, _, least = text.partition("-")
    if not {most, least} <= set(_OFTEN):
        raise CatalogError(f"facts.yaml dora: a span such as 'daily-weekly' is needed, got {text!r}")
    return _OFTEN[least], _OFTEN[most]
