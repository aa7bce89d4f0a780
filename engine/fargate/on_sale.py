"""Sizes: what Fargate sells in an era, what a task needs of it, and what an hour of it costs.

Prices are today's list prices of us-east-1 in both eras: what was charged in early 2020 stands in no source of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal, get_args

from engine import catalog, pricing
from engine.catalog import FargateSize
from engine.era import Era, day, existed
from engine.fargate import rules

Kind = Literal["x86", "arm", "spot"]
KINDS: tuple[Kind, ...] = get_args(Kind)
HOURS_A_MONTH = 365 * 24 / 12


@dataclass(frozen=True, slots=True)
class Offer:
    """One size as one kind of task: what it costs, US dollars."""

    kind: Kind
    size: FargateSize
    usd_per_hour: float
    usd_per_month: float


@dataclass(frozen=True, slots=True)
class Sizing:
    """Asked against used against billed.

    asked: the CPU units and MiB of the task definition; billed: the cheapest size that holds them, None if none does;
    largest: what an era sells at most. better: the cheapest size that holds what is used, with room to spare.
    cpu_share, memory_share: what is used of what is billed. used_usd_per_hour: what that alone would cost.
    """

    era: Era
    asked: tuple[int, int]
    used: tuple[int, int]
    billed: FargateSize | None
    better: FargateSize | None
    largest: FargateSize
    offers: tuple[Offer, ...]
    cpu_share: float
    memory_share: float
    used_usd_per_hour: float
    saves_usd_per_month: float


def sizes(era: Era) -> tuple[FargateSize, ...]:
    """Give the pairs of CPU and memory that Fargate sells in an era, smallest first.

    Source: facts `fargate.combos`, `fargate.combos_2020`.

    >>> sizes("talk")[-1].memory_mib, sizes("today")[-1].memory_mib
    (30720, 249856)
    """
    return tuple(size for size in catalog.fargate_sizes() if existed(size.since, day(era)))


def kinds(era: Era) -> tuple[Kind, ...]:
    """Give the kinds of task that an era sells."""
    return tuple(kind for kind in KINDS if existed(str(rules.setting("prices", kind, "since")), day(era)))


def smallest(cpu_units: int, memory_mib: int, era: Era) -> FargateSize | None:
    """Find the cheapest size that holds a task; None if nothing on sale does.

    >>> size = smallest(1024, 8193, "today")
    >>> (size.cpu_units, size.memory_mib)
    (2048, 9216)
    """
    fits = [size for size in sizes(era) if size.cpu_units >= cpu_units and size.memory_mib >= memory_mib]
    return min(fits, key=lambda size: (usd_per_hour(size, "x86"), size.cpu_units), default=None)


def usd_for_hour(cpu_units: float, memory_mib: float, kind: Kind) -> float:
    """Price so much CPU and memory for an hour, on sale as a size or not. Source: facts `fargate.price.*`."""
    facts = rules.setting("prices", kind)
    return pricing.usd_for_hour(cpu_units, memory_mib, facts["vcpu"], facts["gb"])


def usd_per_hour(size: FargateSize, kind: Kind) -> float:
    """Price one task's hour by its size, whatever it uses.

    >>> round(usd_per_hour(smallest(1024, 2048, "today"), "x86"), 5)
    0.04937
    """
    return usd_for_hour(size.cpu_units, size.memory_mib, kind)


def right_size(
    asked: tuple[int, int], used: tuple[int, int], era: Era, headroom: float = 0.0, kind: Kind = "x86"
) -> Sizing:
    """Hold what is asked (CPU units, MiB) against what is used and what is billed.

    headroom: share to add to what is used before looking for the better size.  kind: for shares of money.
    """
    billed = smallest(*asked, era)
    better = smallest(ceil(used[0] * (1 + headroom)), ceil(used[1] * (1 + headroom)), era)
    saves = usd_per_hour(billed, kind) - usd_per_hour(better, kind) if billed and better else 0.0
    return Sizing(
        era=era,
        asked=asked,
        used=used,
        billed=billed,
        better=better,
        largest=sizes(era)[-1],
        offers=tuple(_offer(billed, one) for one in kinds(era)) if billed else (),
        cpu_share=used[0] / billed.cpu_units if billed else 0.0,
        memory_share=used[1] / billed.memory_mib if billed else 0.0,
        used_usd_per_hour=usd_for_hour(*used, kind),
        saves_usd_per_month=saves * HOURS_A_MONTH,
    )


def _offer(size: FargateSize, kind: Kind) -> Offer:
    usd = usd_per_hour(size, kind)
    return Offer(kind, size, usd, usd * HOURS_A_MONTH)
