"""What a control plane costs, and how much of a year it is away: yours on three machines, beside EKS's by the hour."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from math import comb

from pydantic import field_validator

from engine import catalog
from engine.consensus.quorum import majority
from engine.consensus.scenario import MOST
from engine.fields import Record, known_instance_type, setting

HOURS_A_YEAR = 365.25 * 24
HOURS_A_MONTH = HOURS_A_YEAR / 12


class Upkeep(Record):
    """How often things break, how fast they are mended, and what people cost."""

    places: str = setting(
        "abc", "The zone of each of your machines.", fact="etcd.two_az_trap", pattern=rf"^[a-c]{{1,{MOST}}}$"
    )
    instance_type: str = setting("m5.large", "EC2 instance type of your machines.")
    machine_fails_every_days: float = setting(
        365, "A machine dies so often.", unit="days", assumed=True, ge=1, le=36_500
    )
    mended_h: float = setting(4, "You have replaced it after this, nights and weekends included.", unit="h", assumed=True,
                               ge=0.01, le=720)  # fmt: skip
    eks_mended_h: float = setting(0.1, "AWS has, on EKS.", unit="h", assumed=True, ge=0.01, le=720)
    zone_fails_every_days: float = setting(
        1_000, "A zone is lost so often.", unit="days", assumed=True, ge=30, le=36_500
    )
    zone_back_h: float = setting(6, "And is back after this.", unit="h", assumed=True, ge=0.1, le=720)
    work_h_a_month: float = setting(6, "Your hours for it: patches, certificates, backups, upgrades.", unit="h", assumed=True,
                                     ge=0, le=500)  # fmt: skip
    usd_an_hour: float = setting(60, "What an hour of yours costs.", unit="USD", assumed=True, ge=0, le=1_000)

    @field_validator("instance_type")
    @classmethod
    def _is_known(cls, name: str) -> str:
        return known_instance_type(name)


@dataclass(frozen=True, slots=True)
class Bill:
    """One way to have a control plane. away_h: hours of a year in which nothing can be written, in the long run."""

    machines_usd: float
    people_usd: float
    away_h: float

    @property
    def total_usd(self) -> float:
        """Add it up, for a month."""
        return self.machines_usd + self.people_usd


def self_run(upkeep: Upkeep) -> Bill:
    """Reckon a month of your own machines; disks and load balancer not counted."""
    hourly = catalog.instance_type(upkeep.instance_type).usd_per_hour * len(upkeep.places)
    away_h = without_quorum(
        upkeep.places,
        _share(upkeep.machine_fails_every_days * 24, upkeep.mended_h),
        _share(upkeep.zone_fails_every_days * 24, upkeep.zone_back_h),
    )
    return Bill(hourly * HOURS_A_MONTH, upkeep.work_h_a_month * upkeep.usd_an_hour, away_h * HOURS_A_YEAR)


def eks(upkeep: Upkeep) -> Bill:
    """Reckon a month of EKS's, with three members in three zones, by the same failures. Source: fact `eks.cp.etcd`."""
    places = "abc"[: round(catalog.number("eks.cp.etcd"))]
    away_h = without_quorum(
        places,
        _share(upkeep.machine_fails_every_days * 24, upkeep.eks_mended_h),
        _share(upkeep.zone_fails_every_days * 24, upkeep.zone_back_h),
    )
    return Bill(catalog.number("eks.price.standard") * HOURS_A_MONTH, 0.0, away_h * HOURS_A_YEAR)


def _share(every_h: float, for_h: float) -> float:
    """Give the share of time that something spends broken, which breaks every so often and is mended after so long."""
    return for_h / (every_h + for_h)


def without_quorum(places: str, machine: float, zone: float) -> float:
    """Give the chance that fewer than a quorum run at a moment, each zone and each machine broken independently.

    places: the zone of each member; machine, zone: the share of time that one is broken. Exact: every combination counts.

    >>> round(without_quorum("abc", 0.01, 0.0), 6), without_quorum("a", 0.01, 0.0)
    (0.000298, 0.01)
    """
    zones = sorted(set(places))
    need = majority(len(places))
    total = 0.0
    for lit in product([True, False], repeat=len(zones)):
        chance = 1.0
        for is_lit in lit:
            chance *= 1 - zone if is_lit else zone
        powered = sum(places.count(z) for z, is_lit in zip(zones, lit, strict=True) if is_lit)
        total += chance * _fewer_than(need, powered, machine)
    return total


def _fewer_than(need: int, machines: int, broken: float) -> float:
    """Give the chance that fewer than `need` of the machines work."""
    return sum(
        comb(machines, works) * (1 - broken) ** works * broken ** (machines - works)
        for works in range(min(need, machines + 1))
    )


def away_a_year_s(percent: float) -> float:
    """Say how many seconds of a year a promise leaves open.

    >>> round(away_a_year_s(99.95) / 3600, 2)
    4.38
    """
    return (1 - percent / 100) * HOURS_A_YEAR * 3600


def away_a_month_s(percent: float) -> float:
    """And of a month. Source: facts `eks.sla`, `eks.sla_downtime`."""
    return away_a_year_s(percent) / 12
