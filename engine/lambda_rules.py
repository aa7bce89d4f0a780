"""The rules of a function's environments: how many, how fast more, how slow the first time, how much CPU, and what is billed.

Pure functions, for whoever runs functions: a box of the order pipeline, or a launch type.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from engine import catalog
from engine.era import Era, day, existed


@dataclass(frozen=True, slots=True)
class ScaleRate:
    """How fast environments may be added: `brim` at once, and `per_s` more each second; what is not used is not saved up."""

    brim: float
    per_s: float

    def left(self, tokens: float, passed_s: float) -> float:
        """Refill an allowance for the time that passed.

        >>> ScaleRate(1000, 100).left(0, 3), ScaleRate(1000, 100).left(950, 3)
        (300, 1000)
        """
        return min(self.brim, tokens + passed_s * self.per_s)


def scale_rate(era: Era) -> ScaleRate:
    """Give the rule of an era. At the talk it was the whole account's. Source: facts `lambda.scale_rate`, `lambda.scale_rate_talk`.

    >>> scale_rate("today"), scale_rate("talk").brim
    (ScaleRate(brim=1000.0, per_s=100.0), 3000.0)
    """
    if era == "talk":
        per_min = catalog.number("lambda.scale_rate_talk", "per_min")
        return ScaleRate(catalog.number("lambda.scale_rate_talk", "burst"), per_min / 60)
    more = catalog.number("lambda.scale_rate")
    return ScaleRate(more, more / 10)


def concurrency(per_s: float, duration_s: float) -> float:
    """Count the environments that a rate keeps busy: rate times duration, and each serves so many a second at most.

    Source: facts `lambda.one_request_per_env`, `lambda.rps_per_env`.

    >>> concurrency(200, 0.25), concurrency(200, 0.001)
    (50.0, 20.0)
    """
    return per_s * max(duration_s, 1 / catalog.number("lambda.rps_per_env"))


def vcpu(memory_mb: float) -> float:
    """Give the CPU that comes with memory. Source: fact `lambda.vcpu_at`.

    >>> vcpu(1769), round(vcpu(128), 3)
    (1.0, 0.072)
    """
    return memory_mb / catalog.number("lambda.vcpu_at")


def run_s(cpu_s: float, wait_s: float, memory_mb: float) -> float:
    """Say how long a request takes: its CPU time on one thread at the speed that the memory buys, and its waiting.

    >>> run_s(0.1, 0.05, 1769), run_s(0.1, 0.05, 3538), round(run_s(0.1, 0.05, 884.5), 3)
    (0.15000000000000002, 0.15000000000000002, 0.25)
    """
    return cpu_s / min(1.0, vcpu(memory_mb)) + wait_s


def cold_start_s(
    boot_s: float, package_mib: float, fetch_mib_per_s: float, init_cpu_s: float, memory_mb: float
) -> float:
    """Say how long a first request waits: a new environment, its code fetched, its start-up code run."""
    return boot_s + package_mib / fetch_mib_per_s + init_cpu_s / min(1.0, vcpu(memory_mb))


def is_init_billed(era: Era) -> bool:
    """Say whether the start-up code is on the bill. Source: fact `lambda.init_billed`.

    >>> is_init_billed("today"), is_init_billed("talk")
    (True, False)
    """
    return existed(str(catalog.value("lambda.init_billed")), day(era))


def billed_s(duration_s: float, era: Era) -> float:
    """Round a duration up to what is billed. Source: fact `lambda.billing_step`.

    >>> billed_s(0.0123, "today"), billed_s(0.0123, "talk")
    (0.013, 0.1)
    """
    step = step_ms(era)
    return ceil(round(duration_s * 1000 / step, 9)) * step / 1000


def step_ms(era: Era) -> int:
    """Give the step in which time is billed. Source: fact `lambda.billing_step`.

    >>> step_ms("today"), step_ms("talk")
    (1, 100)
    """
    return int(catalog.number("lambda.billing_step", f"{era}_ms"))


def gb_s(memory_mb: float, duration_s: float) -> float:
    """Multiply memory and time, as the bill does."""
    return memory_mb / 1024 * duration_s


def usd(requests: float, used_gb_s: float) -> float:
    """Price requests and memory-seconds, the free tier not counted. Source: facts `lambda.price.request`, `lambda.price.gb_s`.

    >>> round(usd(1_000_000, gb_s(1024, 100_000)), 2)
    1.87
    """
    million = catalog.number("lambda.price.request")
    return requests / 1e6 * million + used_gb_s * catalog.number("lambda.price.gb_s")
