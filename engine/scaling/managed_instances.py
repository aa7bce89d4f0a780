"""Which hosts Managed Instances brings for tasks that wait: a pure choice from the catalog.

AWS says that it picks types by the tasks' needs and the attributes you allow (fact `ecs.mi.launch_type`); by which rule
is not published. Ours: hosts of one type, the cheapest set that holds everything, and of equal prices the fewest hosts.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from engine.placement import Needs


class Room(NamedTuple):
    """What one host of a type leaves to tasks, and what its hour costs."""

    name: str
    cpu_units: int
    memory_mib: int
    usd_per_hour: float


def hosts_for(tasks: Sequence[Needs], types: Sequence[Room]) -> tuple[str, int]:
    """Choose a type and how many of it hold all the tasks; ("", 0) if no type holds the largest.

    >>> small, large = Room("small", 2048, 8192, 0.1), Room("large", 4096, 16384, 0.2)
    >>> hosts_for([Needs(1024, 2048)] * 3, [small, large]), hosts_for([Needs(1024, 2048)] * 2, [small, large])
    (('large', 1), ('small', 1))
    """
    best: tuple[float, int, str] = (math.inf, 0, "")
    for name, cpu, mib, usd in types:
        n = _count(tasks, cpu, mib)
        if n:
            best = min(best, (round(n * usd, 9), n, name))
    return best[2], best[1]


def _count(tasks: Sequence[Needs], cpu: int, mib: int) -> int:
    """Count like hosts, each filled with the largest tasks first; 0 if one fits nowhere."""
    left = Counter(tasks)
    kinds = sorted(left, key=lambda need: (-need.cpu_units / cpu - need.memory_mib / mib, sorted(need.ports)))
    if any(need.cpu_units > cpu or need.memory_mib > mib for need in kinds):
        return 0
    n = 0
    while kinds:
        n += 1
        free_cpu, free_mib, ports = cpu, mib, set[int]()
        for need in kinds:
            fits = min(left[need], free_cpu // need.cpu_units, free_mib // need.memory_mib)
            if need.ports:
                fits = min(fits, 0 if ports & need.ports else 1)
                ports |= need.ports if fits else set()
            left[need] -= fits
            free_cpu -= fits * need.cpu_units
            free_mib -= fits * need.memory_mib
        kinds = [need for need in kinds if left[need]]
    return n
