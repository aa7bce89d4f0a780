"""Sizing: how large the tasks of a service are and how many it has, by one rule for one service and for ten.

The rule: a vCPU works on so many requests at once, and is busy for the same share of the time in whichever service. Workers that
wait for another service's answer need memory and no CPU: there are so many for each that waits on average. A service has as many
tasks for each zone, and the least is one each; they are as small as Fargate sells them, and past the largest there are more of
them. What each task needs besides, its runtime and its side-car, comes with every task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from engine import catalog
from engine.application import Application
from engine.application_flow import held_ms, mean_visits, visits_from_outside
from engine.fargate.on_sale import sizes
from engine.fields import Record, setting

WORKERS_MOST = 256  # what a task's `concurrency` may be


class Sizing(Record):
    """How much room the modules get, as one service or as many."""

    busy: float = setting(0.4, "Share of the time that a vCPU is busy, in every service.", unit="share",
                           assumed=True, gt=0, le=0.9)  # fmt: skip
    workers_per_vcpu: int = setting(4, "Requests that one vCPU works on at once.", unit="requests", assumed=True, ge=1,
                                     le=32)  # fmt: skip
    waiting_workers: float = setting(
        10, "Workers for each one that waits for an answer on average: they cost memory alone.", unit="requests", assumed=True,
        ge=1, le=100,
    )  # fmt: skip
    least_per_zone: int = setting(1, "Tasks of every service in each zone, at least.", unit="tasks", ge=1, le=5)
    largest_units: int = setting(1024, "The largest task; what needs more has more tasks.", unit="CPU units", assumed=True,
                                  ge=256, le=16_384)  # fmt: skip
    runtime_mib: int = setting(64, "Memory of a task's own runtime, before any module.", unit="MiB", assumed=True, ge=0,
                                le=4_096)  # fmt: skip
    sidecar_mib: int = setting(64, "Memory of the side-car beside each task of a service that calls or is called.", unit="MiB",
                                assumed=True, ge=0, le=4_096)  # fmt: skip
    sidecar_units: int = setting(32, "CPU of that side-car.", unit="CPU units", assumed=True, ge=0, le=1_024)
    heavy: str = setting("recommendation", "A module that keeps more in memory than the others: a model, a cache.")
    heavy_mib: int = setting(
        0, "So much more, in every process that runs it.", unit="MiB", assumed=True, ge=0, le=65_536
    )
    request_mib: float = setting(2, "Memory of one request in a worker.", unit="MiB", assumed=True, ge=0, le=1_000)


@dataclass(frozen=True, slots=True)
class Size:
    """One service's tasks. workers: requests that one task works on or waits for at once.

    needed_units, needed_mib: what a task needs; the rest of what it has is rounding. idle_mib: of the need, runtime and side-car.
    """

    tasks: int
    cpu_units: int
    memory_mib: int
    workers: int
    needed_units: float
    needed_mib: float
    idle_mib: float


def memory_of(modules: Sequence[str], sizing: Sizing) -> float:
    """Give the memory of some modules in one task, without its runtime. Source: fact `boutique.memory`; unknown ones: its front's.

    >>> memory_of(["front", "ads"], Sizing())
    300.0
    """
    known = catalog.value("boutique.memory")
    limits: Mapping[str, float] = known if isinstance(known, Mapping) else {}  # type: ignore[assignment]
    return float(
        sum(max(limits.get(name, limits["front"]) - sizing.runtime_mib, 0) for name in modules)
        + sizing.heavy_mib * (sizing.heavy in modules)
    )


def sized(application: Application, service: str, rps: float, zones: int, sizing: Sizing) -> Size:
    """Size one service for the users' requests a second."""
    load = load_of(application, service, rps)
    units, tasks = catalog.number("ecs.placement.cpu_unit"), zones * sizing.least_per_zone
    needed = load.working / (sizing.workers_per_vcpu * sizing.busy) * units
    is_alone = all(module.service == service for module in application.modules)
    sidecar_units, sidecar_mib = (0, 0) if is_alone else (sizing.sidecar_units, sizing.sidecar_mib)
    room = sizing.largest_units - sidecar_units
    if needed > tasks * room:
        tasks = zones * ceil(needed / room / zones)
    each_units, waiting = needed / tasks + sidecar_units, ceil(load.waiting * sizing.waiting_workers / tasks)
    idle = sizing.runtime_mib + sidecar_mib
    names = [module.name for module in application.modules if module.service == service]
    each_mib = idle + memory_of(names, sizing) + (waiting + sizing.workers_per_vcpu) * sizing.request_mib
    size = next(one for one in sizes("today") if one.cpu_units >= each_units and one.memory_mib >= each_mib)
    working = max(round(size.cpu_units / units * sizing.workers_per_vcpu), 1)
    return Size(
        tasks, size.cpu_units, size.memory_mib, min(working + waiting, WORKERS_MOST), each_units, each_mib, idle
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Load:
    """What the users' requests bring to a service, in workers that are busy on average: at work, and waiting for others."""

    working: float
    waiting: float


def load_of(application: Application, service: str, rps: float) -> Load:
    """Add up the work of a service's modules, and how long its workers wait where nothing stands in line."""
    times, held = mean_visits(application), held_ms(application)
    working = sum(times[module.name] * module.work_ms for module in application.modules if module.service == service)
    # What is called within the service is held by its caller: only visits from outside take a worker of their own.
    taken = sum(visited * held[name] for name, visited in visits_from_outside(application, service).items())
    return Load(rps * working / 1000, rps * max(taken - working, 0.0) / 1000)
