"""What a way asks for a workload in a month: list prices, on demand, us-east-1. Load balancer, disks, logs, traffic are left out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Literal

from engine import catalog, lambda_rules, pricing
from engine.era import Era
from engine.fargate import pack, smallest
from engine.fargate.on_sale import HOURS_A_MONTH
from engine.landscape.ways import TABLE, Registry, Way
from engine.landscape.workload import Workload
from engine.placement import eks_fargate_size
from engine.placement.allocatable import node_room
from engine.responsibility import YearAsk
from engine.scenario import Assumptions

Bought = Literal[
    "hosts", "machines", "fee", "cluster", "masters", "tasks", "function_time", "function_requests", "storage", "nat"
]
Misfit = Literal["host", "size", "memory", "time"]
DAY_H = 24
MIB_PER_GB = 1024


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a month's bill, US dollars. number: how many of them, 0 where they are not counted; facts: who says so."""

    what: Bought
    usd: float
    facts: tuple[str, ...]
    number: int = 0


@dataclass(frozen=True, slots=True)
class Bill:
    """A month's bill. hosts: how many are there; misfit: what keeps the workload out, "" if nothing does (then the items are empty)."""

    items: tuple[Item, ...]
    hosts: int = 0
    misfit: Misfit | Literal[""] = ""

    @property
    def usd(self) -> float:
        """The month's sum; infinite where the workload does not fit."""
        return sum(item.usd for item in self.items) if not self.misfit else float("inf")


def bill(way: Way, workload: Workload, era: Era, registry: Registry = "ecr") -> Bill:
    """Price a month.

    Source: facts `eks.price.standard`, `eks.automode.fee`, `fargate.price.*`, `lambda.price.*`, `ecr.price`; note `table.land_nat`;
    instance prices in data/catalog/instance_types.csv. The talk's time has its own Fargate sizes and steps of Lambda's bill;
    prices of 2020 nobody wrote down here.
    """
    if way.hosting == "lambda":
        found = _functions(workload, era)
    elif way.holds:
        found = _hosts(way, workload)
    else:
        found = _tasks(way, workload, era)
    if found.misfit:
        return found
    return Bill((*found.items, *_control_plane(way, workload), *_registry(workload, registry)), found.hosts)


def running_h(workload: Workload) -> float:
    """Count the hours a month in which the copies run."""
    return HOURS_A_MONTH * workload.hours / DAY_H


def per_host(way: Way, workload: Workload) -> int:
    """Say how many copies one host holds: tasks with an interface each, or pods in what a node leaves them."""
    host = catalog.instance_type(workload.instance_type)
    if way.holds == "tasks":
        share = Assumptions().host_memory_share
        return pack(
            host, workload.cpu_units, workload.memory_mib, memory_share=share, has_enis=True, trunking=workload.trunking
        ).tasks
    room = node_room(host)
    cpu_m = workload.cpu_units * 1000 / catalog.number("ecs.placement.cpu_unit")
    return min(int(room.cpu_m // cpu_m), room.memory_mib // workload.memory_mib, room.pods)


def _hosts(way: Way, workload: Workload) -> Bill:
    each = per_host(way, workload)
    if not each:
        return Bill((), misfit="host")
    hosts = ceil(workload.tasks / each)
    if way.machines or way.model == "on-prem":
        usd = hosts * YearAsk().server_usd / 12
        return Bill((Item("machines", usd, ("resp.on_prem",), hosts),), hosts)
    usd = hosts * catalog.instance_type(workload.instance_type).usd_per_hour * running_h(workload)
    items = [Item("hosts", usd, ("ec2.billing",), hosts)]
    if way.hosting == "auto":
        items.append(Item("fee", usd * catalog.number("eks.automode.fee") / 100, ("eks.automode.fee",)))
    if way.hosting == "managed-instances":
        items.append(Item("fee", usd * Assumptions().managed_fee_percent / 100, ("ecs.price",)))
    return Bill(tuple(items), hosts)


def _tasks(way: Way, workload: Workload, era: Era) -> Bill:
    """Bill tasks by the smallest size that holds them; a pod's memory grows by its overhead first."""
    cpu, memory = workload.cpu_units, workload.memory_mib
    if way.management == "eks":
        size = eks_fargate_size(cpu / catalog.number("ecs.placement.cpu_unit"), memory)
        if size is None or smallest(size.cpu_units, size.memory_mib, era) is None:
            return Bill((), misfit="size")
    elif (size := smallest(cpu, memory, era)) is None:
        return Bill((), misfit="size")
    spot = "spot" if way.hosting == "fargate-spot" else "x86"
    prices = (f"fargate.price.{spot}_vcpu_h", f"fargate.price.{spot}_gb_h")
    usd = workload.tasks * pricing.usd_for_hour(size.cpu_units, size.memory_mib, *prices) * running_h(workload)
    return Bill((Item("tasks", usd, prices, workload.tasks),))


def _functions(workload: Workload, era: Era) -> Bill:
    """Bill requests and the time spent on them; nothing is kept warm, cold starts are not billed here."""
    most_mb = catalog.number("lambda.memory", "max") if era == "today" else catalog.number("lambda.memory_talk")
    if workload.function_mb > most_mb:
        return Bill((), misfit="memory")
    request_s = workload.request_ms / 1000
    if request_s > catalog.seconds("lambda.timeout", "max"):
        return Bill((), misfit="time")
    requests = workload.rps * running_h(workload) * 3600
    used = lambda_rules.gb_s(workload.function_mb, lambda_rules.billed_s(request_s, era)) * requests
    time, asked = lambda_rules.usd(0, used), lambda_rules.usd(requests, 0)
    return Bill((
        Item("function_time", time, ("lambda.price.gb_s", "lambda.billing_step")),
        Item("function_requests", asked, ("lambda.price.request",)),
    ))  # fmt: skip


def _control_plane(way: Way, workload: Workload) -> Iterator[Item]:
    """Bill what remembers the wishes: it runs all month, whatever the copies do."""
    if way.management == "eks":
        price = catalog.number("eks.price.standard")
        yield Item("cluster", price * HOURS_A_MONTH, ("eks.price.standard",))
    if way.management == "k8s":
        masters = YearAsk().masters
        each = catalog.instance_type(workload.instance_type).usd_per_hour * HOURS_A_MONTH
        if way.hosting == "own":
            each = YearAsk().server_usd / 12
        yield Item("masters", masters * each, ("etcd.tolerance",), masters)


def _registry(workload: Workload, registry: Registry) -> Iterator[Item]:
    """Bill where the image lies, and the way it takes: from outside of AWS it comes through a NAT gateway each time."""
    stored_gb = workload.image_mib * workload.versions / MIB_PER_GB
    if registry == "ecr-public":
        stored_gb = max(0.0, stored_gb - float(str(catalog.notes(TABLE)["table.land_public"].value)))
    if registry != "other":
        yield Item("storage", stored_gb * catalog.number("ecr.price"), ("ecr.price",))
    if registry in ("ecr-public", "other"):
        per_gb = float(str(catalog.notes(TABLE)["table.land_nat"].value))
        yield Item("nat", workload.pulled_gb * per_gb, ("table.land_nat",))
