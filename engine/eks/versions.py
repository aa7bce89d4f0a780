"""Versions: a cluster's years, month by month. Who skips upgrades pays six times as much, and is upgraded in the end all the same.

A version comes every few months; each has its months of standard support, then of extended support at a higher price, and
then AWS upgrades the cluster by force to the oldest version that still has extended support.
Source: facts `eks.support_months`, `eks.price.standard`, `eks.price.extended`, `eks.extended_default`; notes
`table.eks_forced`, `table.eks_policy`, `table.k8s_cadence`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from engine import catalog
from engine.eks.asks import VersionsAsk
from engine.eks.rounding import usd_per_month

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Tier = Literal["standard", "extended"]
What = Literal["released", "extended", "upgraded", "forced"]


@dataclass(frozen=True, slots=True)
class Version:
    """A minor version: its number (the one that the cluster begins with is 0), and when its months begin and end."""

    number: int
    released: int
    standard_until: int
    extended_until: int


@dataclass(frozen=True, slots=True)
class Event:
    """What happens at the beginning of a month. version: the one released, entered or reached; passed: versions it moved up."""

    month: int
    what: What
    version: int
    passed: int = 0


@dataclass(frozen=True, slots=True)
class Calendar:
    """A cluster's years. Arrays of shape (months,): the version it runs, whether extended support is paid, US dollars.

    versions: every one that comes or is still supported; events: in order of time. hours: people's work on upgrades.
    newest: how many versions the cluster is behind the newest.
    """

    version: Ints
    behind: Ints
    is_extended: npt.NDArray[np.bool_]
    usd: Floats
    versions: tuple[Version, ...]
    events: tuple[Event, ...]
    hours: float

    @property
    def total_usd(self) -> float:
        """What the control planes cost over all the months."""
        return float(self.usd.sum())

    @property
    def extra_usd(self) -> float:
        """What extended support added."""
        return float(self.usd[self.is_extended].sum()) * (1 - month_usd("standard") / month_usd("extended"))

    def count(self, what: What) -> int:
        """Count the events of a kind."""
        return sum(event.what == what for event in self.events)

    def first(self, what: What) -> Event | None:
        """Find the first event of a kind."""
        return next((event for event in self.events if event.what == what), None)


def month_usd(tier: Tier) -> float:
    """Price a cluster's month.

    >>> round(month_usd("standard")), round(month_usd("extended"))
    (73, 438)
    """
    return usd_per_month(catalog.number(f"eks.price.{tier}"))


def calendar(ask: VersionsAsk) -> Calendar:
    """Live through the months: a version comes, time passes, somebody upgrades or AWS does.

    The cluster begins on the day on which its version comes. Upgrades, planned or forced, count from a month's beginning.
    """
    versions = _versions(ask)
    now, events = 0, list(_releases(ask))
    on, behind, dear = [], [], []
    for month in range(ask.months):
        moved = _move(ask, versions, now, month)
        if moved is not None:
            events.append(moved)
            now = moved.version
        if month == versions[now].standard_until and _is_extended(ask, versions[now], month):
            events.append(Event(month, "extended", now))
        on.append(now)
        behind.append(month // ask.cadence_months - now)
        dear.append(_is_extended(ask, versions[now], month))
    extended = np.array(dear, dtype=np.bool_)
    usd = np.where(extended, month_usd("extended"), month_usd("standard")) * ask.clusters
    return Calendar(
        version=np.array(on, dtype=np.int64),
        behind=np.array(behind, dtype=np.int64),
        is_extended=extended,
        usd=usd,
        versions=versions,
        events=tuple(sorted(events, key=lambda event: event.month)),
        hours=_hours(ask, events),
    )


def _versions(ask: VersionsAsk) -> tuple[Version, ...]:
    return tuple(
        Version(n, at, at + ask.standard_months, at + ask.all_months)
        for n, at in enumerate(range(0, ask.months, ask.cadence_months))
    )


def _releases(ask: VersionsAsk) -> Iterator[Event]:
    """Announce each version after the first: that one the cluster begins with."""
    for n, at in enumerate(range(0, ask.months, ask.cadence_months)):
        if n:
            yield Event(at, "released", n)


def _is_extended(ask: VersionsAsk, version: Version, month: int) -> bool:
    return ask.policy == "extended" and version.standard_until <= month < version.extended_until


def _move(ask: VersionsAsk, versions: tuple[Version, ...], now: int, month: int) -> Event | None:
    """Say which version the cluster moves to this month, if it does: by plan, or else by force."""
    newest = month // ask.cadence_months
    if ask.every_months and month and month % ask.every_months == 0 and newest > now:
        return Event(month, "upgraded", newest, newest - now)
    if month < _ends(ask, versions[now]):
        return None
    to = _oldest(ask, versions, month)
    return Event(month, "forced", to, to - now) if to > now else None


def _oldest(ask: VersionsAsk, versions: tuple[Version, ...], month: int) -> int:
    """Find the oldest version that the policy still supports: with extended support one that is in it, if any is."""
    return next(v.number for v in versions if v.released <= month < _ends(ask, v))


def _ends(ask: VersionsAsk, version: Version) -> int:
    """Say in which month the policy gives a version up."""
    return version.extended_until if ask.policy == "extended" else version.standard_until


def _hours(ask: VersionsAsk, events: list[Event]) -> float:
    """Count people's work: a planned upgrade walks version by version; a forced one finds nobody ready."""
    planned = sum(event.passed for event in events if event.what == "upgraded")
    forced = sum(event.what == "forced" for event in events)
    return (planned * ask.upgrade_h + forced * ask.forced_h) * ask.clusters
