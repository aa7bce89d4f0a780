"""Rounding: from a pod's requests to the size of Fargate that is billed, and what the rounding costs.

The same sum with 256 MiB on top decides in the simulation what a pod on Fargate costs (`engine.placement.eks_fargate_size`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine import catalog
from engine.catalog import FargateSize
from engine.eks.asks import PodAsk
from engine.fargate.on_sale import HOURS_A_MONTH
from engine.placement import eks_fargate_size
from engine.pricing import fargate_usd_per_hour

Floats = npt.NDArray[np.float64]
MILLI, GIB = 1_000, 1_024


@dataclass(frozen=True, slots=True)
class Rounded:
    """A pod's way to its bill. CPU in millicores, memory in MiB, US dollars an hour for one pod.

    asked: what counts of its containers; is_init: whether an init container made it so large; needed_mib: with
    Kubernetes' own share on top. size: what is billed, None if no size holds it. asked_usd: what exactly the requests
    would cost at Fargate's prices; usd: what is billed. trap: the size that the requests alone would have taken, where
    the share on top pushed them past it. smaller_mib: the largest memory request with a cheaper size, CPU as it
    is, and what that size costs; None where no smaller one does.
    """

    asked_m: int
    asked_mib: int
    is_init: bool
    needed_mib: int
    size: FargateSize | None
    asked_usd: float
    usd: float
    trap: FargateSize | None
    smaller_mib: int | None
    smaller_usd: float

    @property
    def extra(self) -> float:
        """What rounding adds to the price of the trap's size, as a share; 0 where there is no trap."""
        return self.usd / _usd(self.trap) - 1 if self.trap and self.size else 0.0


@dataclass(frozen=True, slots=True)
class Staircase:
    """What is billed as a request grows. Arrays of shape (n,): MiB asked, US dollars an hour (nan where no size holds it)."""

    memory_mib: Floats
    billed_usd: Floats
    asked_usd: Floats


def rounded(ask: PodAsk) -> Rounded:
    """Round one pod's requests up.

    Source: facts `eks.fargate.pod_sum_rule`, `eks.fargate.overhead`, `fargate.combos`.

    >>> found = rounded(PodAsk(cpu_m=1000, memory_mib=8192))
    >>> found.size.cpu_units, found.size.memory_mib, round(found.extra, 2)
    (2048, 9216, 0.59)
    """
    asked_m, asked_mib = max(ask.cpu_m, ask.init_cpu_m), max(ask.memory_mib, ask.init_memory_mib)
    overhead = int(catalog.number("eks.fargate.overhead"))
    size = eks_fargate_size(asked_m / MILLI, asked_mib)
    bare = eks_fargate_size(asked_m / MILLI, asked_mib - overhead)  # as if nothing came on top
    smaller = _smaller(asked_m, size, overhead) if size else None
    return Rounded(
        asked_m=asked_m,
        asked_mib=asked_mib,
        is_init=ask.init_cpu_m > ask.cpu_m or ask.init_memory_mib > ask.memory_mib,
        needed_mib=asked_mib + overhead,
        size=size,
        asked_usd=_exactly(asked_m, asked_mib),
        usd=_usd(size),
        trap=bare if size and bare != size else None,
        smaller_mib=smaller.memory_mib - overhead if smaller else None,
        smaller_usd=_usd(smaller),
    )


def by_memory(cpu_m: int, most_mib: int, step_mib: int = 64) -> Staircase:
    """Draw the staircase: the bill by the memory asked, CPU as it is."""
    memory = np.arange(step_mib, most_mib + 1, step_mib, dtype=np.float64)
    billed = [_usd(eks_fargate_size(cpu_m / MILLI, float(mib))) or np.nan for mib in memory]
    return Staircase(memory, np.array(billed), np.array([_exactly(cpu_m, mib) for mib in memory]))


def usd_per_month(usd_per_hour: float) -> float:
    """Price a month of average length.

    >>> round(usd_per_month(0.1))
    73
    """
    return usd_per_hour * HOURS_A_MONTH


def _smaller(cpu_m: int, size: FargateSize, overhead: int) -> FargateSize | None:
    """Find the size with the most memory among those that cost less, and that a pod with this CPU may have."""
    fits = [
        one
        for one in catalog.fargate_sizes()
        if one.memory_mib > overhead
        and _usd(one) < _usd(size)
        and eks_fargate_size(cpu_m / MILLI, one.memory_mib - overhead) == one
    ]
    return max(fits, key=lambda one: one.memory_mib, default=None)


def _usd(size: FargateSize | None) -> float:
    return fargate_usd_per_hour(size.cpu_units, size.memory_mib) if size else 0.0


def _exactly(cpu_m: float, memory_mib: float) -> float:
    """Price requests as if every size were on sale."""
    vcpu, gb = catalog.number("fargate.price.x86_vcpu_h"), catalog.number("fargate.price.x86_gb_h")
    return cpu_m / MILLI * vcpu + memory_mib / GIB * gb
