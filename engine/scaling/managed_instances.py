"""Which hosts Managed Instances brings for tasks that wait: a pure choice from the catalog.

AWS says that it picks types by the tasks' needs and the attributes you allow (fact `ecs.mi.launch_type`); by which rule
is not published. Ours: hosts of one type, the cheapest set that holds everything, and of equal prices the fewest hosts.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from engine.placement import Needs


@dataclass(frozen=True, slots=True)
class Offer:
    """What one host of a type leaves to tasks, and what its hour costs."""

    name: str
    cpu_units: int
    memory_mib: int
    enis: int
    usd_per_hour: float

    def less(self, needs: Needs) -> Offer:
        """Give what is left once a task has settled; below zero where it does not fit."""
        cpu, mib = self.cpu_units - needs.cpu_units, self.memory_mib - needs.memory_mib
        return Offer(self.name, cpu, mib, self.enis - needs.enis, self.usd_per_hour)

    def holds(self, needs: Needs) -> int:
        """Count how many tasks of a kind fit side by side."""
        if min(self.cpu_units, self.memory_mib, self.enis) < 0:
            return 0
        by_eni = self.enis // needs.enis if needs.enis else math.inf
        by_port = 1 if needs.ports else math.inf
        return int(min(self.cpu_units // needs.cpu_units, self.memory_mib // needs.memory_mib, by_eni, by_port))


def cheapest_hosts(tasks: Sequence[Needs], offers: Sequence[Offer]) -> tuple[str, int]:
    """Choose a type and how many of it hold all the tasks; ("", 0) if no type holds the largest.

    >>> small, large = Offer("small", 2048, 8192, 2, 0.1), Offer("large", 4096, 16384, 3, 0.2)
    >>> cheapest_hosts([Needs(1024, 2048)] * 3, [small, large]), cheapest_hosts([Needs(1024, 2048)] * 2, [small, large])
    (('large', 1), ('small', 1))
    """
    best: tuple[float, int, str] = (math.inf, 0, "")
    for offer in offers:
        n = _count(tasks, offer)
        if n:
            best = min(best, (round(n * offer.usd_per_hour, 9), n, offer.name))
    return best[2], best[1]


def _count(tasks: Sequence[Needs], offer: Offer) -> int:
    """Count like hosts, each filled with the largest tasks first; 0 if one fits nowhere."""
    left = Counter(tasks)
    kinds = sorted(left, key=lambda need: (-need.cpu_units, -need.memory_mib, need.enis, sorted(need.ports)))
    if not all(offer.holds(need) for need in kinds):
        return 0
    n = 0
    while kinds:
        n += 1
        room, ports = offer, set[int]()
        for need in kinds:
            fits = min(left[need], 0 if ports & need.ports else room.holds(need))
            for _ in range(fits):
                room = room.less(need)
            ports |= need.ports if fits else set()
            left[need] -= fits
        kinds = [need for need in kinds if left[need]]
    return n
