"""All ways beside each other: a month's money, and whose the duties are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from engine.duties import OWNERS
from engine.era import Era
from engine.landscape.bill import Bill, bill
from engine.landscape.ways import Registry, Way, WayName, no_between, no_from, owners, ways
from engine.landscape.workload import Workload


@dataclass(frozen=True, slots=True)
class Compared:
    """One way for one workload. duties: how many of the thirteen layers are the customer's, shared, AWS's."""

    way: Way
    bill: Bill
    duties: tuple[int, int, int]


def compare(workload: Workload, era: Era, registry: Registry = "ecr") -> tuple[Compared, ...]:
    """Give every way that stands in an era with this registry, cheapest first; what the workload does not fit comes last."""
    found = [
        Compared(way, bill(way, workload, era, registry), _counted(way))
        for way in ways().values()
        if not no_between(way.management, way.hosting, era) and not no_from(way.management, way.hosting, registry, era)
    ]
    return tuple(sorted(found, key=lambda one: one.bill.usd))


def cheapest(workload: Workload, era: Era, among: Collection[WayName]) -> WayName | None:
    """Name the way that costs least of a few; None if the workload fits none of them."""
    fits = [one for one in compare(workload, era) if one.way.name in among and not one.bill.misfit]
    return fits[0].way.name if fits else None


def _counted(way: Way) -> tuple[int, int, int]:
    who = list(owners(way).values())
    yours, shared, aws = (who.count(owner) for owner in OWNERS)
    return yours, shared, aws
