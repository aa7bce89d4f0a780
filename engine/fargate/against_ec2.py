"""Break-even: how full your own hosts must be before they cost less than Fargate. Computed from prices, not quoted.

A host is paid whether it is full or not; Fargate only for the tasks that are there. With H the price of a host's hour,
n the tasks it holds and F the price of one task's hour on Fargate, both cost the same at a utilisation of H / (n F).
Above one there is no such point: even a full host costs more.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np
import numpy.typing as npt

from engine.catalog import InstanceType
from engine.errors import Problem, ScenarioError
from engine.fargate import on_sale
from engine.fargate.asks import BreakEvenAsk
from engine.fargate.on_sale import Kind
from engine.fargate.packing import Packing, host_called, pack

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_POINTS = 101


@dataclass(frozen=True, slots=True)
class BreakEven:
    """One host against the tasks it holds. US dollars an hour; utilisation: share of the tasks that fit, inf if none does.

    curve_*: shape (101,), utilisation from 0 to 1 and what one host's worth of it costs an hour, either way.
    """

    host: InstanceType
    kind: Kind
    packing: Packing
    host_usd: float
    task_usd: float
    utilisation: float
    curve_utilisation: Floats
    curve_ec2_usd: Floats
    curve_fargate_usd: Floats

    @property
    def can_ec2_win(self) -> bool:
        """Say whether a full host costs less than its tasks on Fargate."""
        return self.utilisation < 1


@dataclass(frozen=True, slots=True)
class ByTasks:
    """What so many tasks cost an hour: hosts come whole, tasks one by one. Arrays of shape (n,)."""

    tasks: Ints
    hosts: Ints
    ec2_usd: Floats
    fargate_usd: Floats


@dataclass(frozen=True, slots=True)
class BySize:
    """The break-even of every size on sale that the host holds at all. Arrays of shape (n,)."""

    cpu_units: Ints
    memory_mib: Ints
    tasks: Ints
    utilisation: Floats


@dataclass(frozen=True, slots=True)
class ByDiscount:
    """How the break-even falls as hosts get cheaper. Arrays of shape (n,): share off the hosts' price, utilisation."""

    ec2_discount: Floats
    utilisation: Floats


def break_even(ask: BreakEvenAsk) -> BreakEven:
    """Find the utilisation at which a host of yours and Fargate cost the same.

    >>> round(break_even(BreakEvenAsk(cpu_units=256, memory_mib=512)).utilisation, 3)
    0.972
    """
    host, kind = _host_and_kind(ask)
    packing = _packing(ask, host, ask.cpu_units, ask.memory_mib)
    host_usd = host.usd_per_hour * (1 - ask.ec2_discount)
    task_usd = _task_usd(ask, kind)
    utilisation = _break_even(host_usd, packing.tasks, task_usd)
    share = np.linspace(0.0, 1.0, _POINTS)
    return BreakEven(
        host=host,
        kind=kind,
        packing=packing,
        host_usd=host_usd,
        task_usd=task_usd,
        utilisation=utilisation,
        curve_utilisation=share,
        curve_ec2_usd=np.full(_POINTS, host_usd),
        curve_fargate_usd=share * packing.tasks * task_usd,
    )


def by_tasks(ask: BreakEvenAsk, most: int = 200) -> ByTasks:
    """Price 1 to `most` tasks either way; a host that holds no task is refused."""
    found = break_even(ask)
    if not found.packing.tasks:
        came = f"{ask.cpu_units:,} CPU units with {ask.memory_mib:,} MiB"
        raise ScenarioError(
            [Problem("instance_type", came, f"what fits a {found.host.name}", "no host holds the task")]
        )
    tasks = np.arange(1, most + 1)
    hosts = -(-tasks // found.packing.tasks)
    return ByTasks(tasks, hosts, hosts * np.float64(found.host_usd), tasks * np.float64(found.task_usd))


def by_discount(ask: BreakEvenAsk) -> ByDiscount:
    """Find the break-even for every discount on hosts from nothing to nine tenths."""
    found = break_even(ask.model_copy(update={"ec2_discount": 0.0}))
    discount = np.linspace(0.0, 0.9, 91)
    return ByDiscount(discount, (1 - discount) * found.utilisation)


def by_size(ask: BreakEvenAsk) -> BySize:
    """Find the break-even of each size that today's Fargate sells and the host can hold."""
    rows = []
    for size in on_sale.sizes("today"):
        found = break_even(ask.model_copy(update={"cpu_units": size.cpu_units, "memory_mib": size.memory_mib}))
        if found.packing.tasks:
            rows.append((size.cpu_units, size.memory_mib, found.packing.tasks, found.utilisation))
    cpu_units, memory_mib, tasks, utilisation = (np.array([row[column] for row in rows]) for column in range(4))
    return BySize(cpu_units, memory_mib, tasks, utilisation.astype(np.float64))


def whole_box(instance_type: str) -> float:
    """Price a host against Fargate for the same CPU and memory, nothing left to its system: the share the guides quote.

    Source: facts `fargate.vs.m5`, `fargate.vs.m7g` say the same for two of them.

    >>> round(whole_box("m5.large"), 3)
    0.824
    """
    host = host_called(instance_type)
    return host.usd_per_hour / on_sale.usd_for_hour(host.cpu_units, host.memory_mib, kind_of(host))


def by_price(ask: BreakEvenAsk) -> float:
    """Price a host against Fargate for the same CPU and memory, under the reader's own discounts: were nothing lost.

    >>> by_price(BreakEvenAsk()) == whole_box("m5.large")
    True
    """
    host, kind = _host_and_kind(ask)
    fargate_usd = on_sale.usd_for_hour(host.cpu_units, host.memory_mib, kind) * (1 - ask.fargate_discount)
    return host.usd_per_hour * (1 - ask.ec2_discount) / fargate_usd


def kind_of(host: InstanceType) -> Kind:
    """Match a host's processor: ARM is held against ARM."""
    return "arm" if host.arch == "arm64" else "x86"


def _host_and_kind(ask: BreakEvenAsk) -> tuple[InstanceType, Kind]:
    host = host_called(ask.instance_type)
    return host, "spot" if ask.is_spot else kind_of(host)


def _packing(ask: BreakEvenAsk, host: InstanceType, cpu_units: int, memory_mib: int) -> Packing:
    return pack(
        host, cpu_units, memory_mib, memory_share=ask.host_memory_share, has_enis=ask.network == "awsvpc",
        trunking=ask.trunking,
    )  # fmt: skip


def _task_usd(ask: BreakEvenAsk, kind: Kind) -> float:
    """Price a task's hour on Fargate: the cheapest size that holds it; a task that none holds is refused."""
    size = on_sale.smallest(ask.cpu_units, ask.memory_mib, "today")
    if size is None:
        largest = on_sale.sizes("today")[-1]
        came = f"{ask.cpu_units:,} CPU units with {ask.memory_mib:,} MiB"
        allowed = f"up to {largest.cpu_units:,} CPU units with {largest.memory_mib:,} MiB"
        raise ScenarioError([Problem("cpu_units", came, allowed, "Fargate sells no size that holds the task")])
    return on_sale.usd_per_hour(size, kind) * (1 - ask.fargate_discount)


def _break_even(host_usd: float, tasks: int, task_usd: float) -> float:
    return host_usd / (tasks * task_usd) if tasks else inf
