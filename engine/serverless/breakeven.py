"""Where one way to pay becomes dearer than another, by how busy you are. Every curve comes from prices, nothing is quoted."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, pi
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import field_validator

from engine import catalog
from engine import lambda_rules as rules
from engine.consensus.upkeep import HOURS_A_MONTH
from engine.era import Era
from engine.fields import Record, known_instance_type, setting
from engine.pricing import fargate_usd_per_hour
from engine.serverless.bill import on_demand_usd

Floats = npt.NDArray[np.float64]
Dial = Literal["lambda_fargate", "fargate_ec2", "table"]
DIALS: tuple[Dial, ...] = ("lambda_fargate", "fargate_ec2", "table")
SHARES = 101
MINUTES = 24 * 60


class Dials(Record):
    """What is compared: sizes, the time, and the day's course of a table."""

    era: Era = setting("today", "Prices of today, or of the talk.", fact="ddb.price.ondemand_talk")
    memory_mb: int = setting(
        int(catalog.number("lambda.vcpu_at")),
        "Memory of the function.",
        unit="MB",
        fact="lambda.vcpu_at",
        ge=128,
        le=10_240,
    )
    request_ms: float = setting(
        0, "How long a request takes; 0: the price of requests is left out.", unit="ms", fact="lambda.price.request", ge=0,
        le=900_000,
    )  # fmt: skip
    cpu_units: int = setting(1024, "CPU of the Fargate task.", unit="CPU units", fact="fargate.price.x86_vcpu_h", ge=256,
                             le=16_384)  # fmt: skip
    memory_mib: int = setting(2048, "Memory of the Fargate task.", unit="MiB", fact="fargate.price.x86_gb_h", ge=512,
                              le=122_880)  # fmt: skip
    instance_type: str = setting("m5.large", "The EC2 host that is packed.", fact="fargate.vs.m5")
    units: float = setting(
        1_000, "Write units a second that the table is provisioned for.", unit="1/s", ge=1, le=40_000
    )
    trough_share: float = setting(
        0.1, "What the quietest minute of the day uses, of the busiest.", unit="share", ge=0, le=1
    )
    peak_width: float = setting(2, "How narrow the busy time is: 1 a wave, 8 a needle.", ge=1, le=16)

    @field_validator("instance_type")
    @classmethod
    def _is_known(cls, name: str) -> str:
        return known_instance_type(name)


@dataclass(frozen=True, slots=True)
class Crossing:
    """Two ways to pay for the same. US dollars a month. even: the share at which both cost the same, inf if they never do.

    share: shape (101,), how busy, from 0 to 1. by_use_usd: what is paid by use; flat_usd: what is paid anyway.
    """

    dial: Dial
    share: Floats
    by_use_usd: Floats
    flat_usd: Floats
    even: float

    @property
    def full_ratio(self) -> float:
        """Say how many times dearer paying by use is when all is used."""
        return float(self.by_use_usd[-1] / self.flat_usd[-1])


def crossing(dials: Dials, dial: Dial) -> Crossing:
    """Draw one dial.

    >>> [round(crossing(Dials(), dial).even, 3) for dial in DIALS]
    [0.476, 0.824, 0.289]
    >>> round(crossing(Dials(era="talk"), "table").even, 3)
    0.144
    """
    by_use, flat = {"lambda_fargate": _function, "fargate_ec2": _host, "table": _table}[dial](dials)
    share = np.linspace(0.0, 1.0, SHARES)
    even = flat / by_use if by_use > 0 else inf
    return Crossing(
        dial, share, share * by_use * HOURS_A_MONTH, np.full(SHARES, flat * HOURS_A_MONTH), even if even <= 1 else inf
    )


def _function(dials: Dials) -> tuple[float, float]:
    """Price an hour of a function that is busy all the time, and an hour of a task.

    Source: facts `lambda.price.gb_s`, `lambda.price.request`, `lambda.billing_step`, `fargate.price.x86_vcpu_h`.
    """
    if not dials.request_ms:
        busy = rules.usd(0, rules.gb_s(dials.memory_mb, 3600))
    else:
        requests = 3600 / (dials.request_ms / 1000)
        billed_s = rules.billed_s(dials.request_ms / 1000, dials.era)
        busy = rules.usd(requests, rules.gb_s(dials.memory_mb, requests * billed_s))
    return busy, fargate_usd_per_hour(dials.cpu_units, dials.memory_mib)


def _host(dials: Dials) -> tuple[float, float]:
    """Price an hour of a host's CPU and memory as Fargate tasks, and an hour of the host.

    Source: facts `fargate.vs.m5`, `fargate.vs.m7g` say the same of two hosts.
    """
    host = catalog.instance_type(dials.instance_type)
    arch: Literal["x86", "arm"] = "arm" if host.arch == "arm64" else "x86"
    return fargate_usd_per_hour(host.cpu_units, host.memory_mib, arch), host.usd_per_hour


def _table(dials: Dials) -> tuple[float, float]:
    """Price an hour of a table that writes all its units on demand, and of the same units provisioned."""
    by_use = dials.units * 3600 * on_demand_usd(dials.era) / 1e6
    return by_use, dials.units * catalog.number("ddb.price.provisioned", "wcu_h")


@dataclass(frozen=True, slots=True)
class Day:
    """A table's day, minute by minute. Shape (1440,): units used, provisioned for the peak, and following at the target.

    used_share: of what is provisioned for the peak, how much is used. usd: a month of each way to pay.
    """

    used: Floats
    flat: Floats
    following: Floats
    used_share: float
    usd: dict[str, float]


def day(dials: Dials) -> Day:
    """Lay what a table uses over what is provisioned for it.

    Source: fact `ddb.autoscaling_target`. That auto scaling follows without delay here is a simplification.

    >>> found = day(Dials(trough_share=1))
    >>> found.used_share, found.usd["flat"] < found.usd["on_demand"]
    (1.0, True)
    """
    wave = (0.5 - 0.5 * np.cos(2 * pi * np.arange(MINUTES) / MINUTES)) ** dials.peak_width
    used = dials.units * (dials.trough_share + (1 - dials.trough_share) * wave)
    flat = np.full(MINUTES, float(dials.units))
    following = np.minimum(flat, used / (catalog.number("ddb.autoscaling_target") / 100))
    unit_h, month = catalog.number("ddb.price.provisioned", "wcu_h"), HOURS_A_MONTH
    mean = float(used.mean())
    usd = {
        "on_demand": mean * 3600 * month * on_demand_usd(dials.era) / 1e6,
        "flat": float(flat.mean()) * month * unit_h,
        "following": float(following.mean()) * month * unit_h,
    }
    return Day(used, flat, following, float(used.sum() / flat.sum()), usd)
