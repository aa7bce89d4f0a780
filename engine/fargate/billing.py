"""Billing: by the second with one minute at least, from the start of the pull, for what is configured.

Source: fact `fargate.billing`. Many short tasks pay the minute each; EC2's own minimum is per start of a host.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from engine import catalog
from engine.catalog import FargateSize
from engine.fargate.on_sale import Kind, usd_per_hour

Floats = npt.NDArray[np.float64]
_HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Short:
    """Many short tasks, billed. All times in seconds for one task; usd for all of them.

    overhead: the share of the bill that bought no work: the pull, and what the minimum adds.
    """

    tasks: int
    pull_s: float
    work_s: float
    billed_s: float
    usd: float
    work_usd: float
    overhead: float


@dataclass(frozen=True, slots=True)
class ByLength:
    """What an hour of work costs as tasks get longer. Arrays of shape (n,): seconds of work, US dollars an hour of work."""

    work_s: Floats
    usd_per_work_hour: Floats


def billed_s(running_s: float) -> float:
    """Round up to what is billed.

    >>> billed_s(3), billed_s(60), billed_s(60.2)
    (60.0, 60.0, 61.0)
    """
    step = catalog.number("fargate.billing", "granularity_s")
    return max(catalog.number("fargate.billing", "minimum_s"), ceil(running_s / step) * step)


def short_tasks(tasks: int, work_s: float, pull_s: float, size: FargateSize, kind: Kind = "x86") -> Short:
    """Bill many tasks that each pull their image, work for a while and end."""
    billed = billed_s(pull_s + work_s)
    usd_per_s = usd_per_hour(size, kind) / _HOUR_S
    return Short(
        tasks=tasks,
        pull_s=pull_s,
        work_s=work_s,
        billed_s=billed,
        usd=tasks * billed * usd_per_s,
        work_usd=tasks * work_s * usd_per_s,
        overhead=1 - work_s / billed,
    )


def by_length(lengths_s: Floats, pull_s: float, size: FargateSize, kind: Kind = "x86") -> ByLength:
    """Price an hour of work for tasks of different lengths (above nought)."""
    billed = np.array([billed_s(pull_s + float(work)) for work in lengths_s])
    return ByLength(np.asarray(lengths_s, dtype=np.float64), billed / lengths_s * usd_per_hour(size, kind))


def disk_usd_per_hour(disk_gib: float) -> float:
    """Price a task's disk for an hour: what comes with it is free. Source: facts `fargate.storage.default`, `fargate.price.storage`.

    >>> disk_usd_per_hour(20), round(disk_usd_per_hour(200), 5)
    (0.0, 0.01998)
    """
    return max(0.0, disk_gib - catalog.number("fargate.storage.default")) * catalog.number("fargate.price.storage")
