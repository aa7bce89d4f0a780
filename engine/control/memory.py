"""Memory that is never given back: a version that leaks grows with every request until the kernel kills its task.

A task's memory is what it has at rest, what the requests that it works on take, and what it leaked: the first two by our
assumptions, the third by the version. Only versions that leak are watched: of the others nobody says that they outgrow
themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from engine.control import tasks
from engine.control.versions import version_of
from engine.events import Kind
from engine.moments import AFTER_ALL, LATE, at

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.cluster import Task
    from engine.world import World

LOOK_S = 1.0  # a simulation's patience: the kernel itself does not wait for a round second


def watch(world: World, service: int) -> ProcessGenerator:
    """Look at a service's leaking tasks once a second, and kill those whose memory has run over."""
    limit_mib = world.scenario.services[service].memory_mib
    while True:
        # A client may give up at this very moment: it was first, as it is in the compiled data plane.
        yield at(world.env, world.env.now + LOOK_S, (LATE, AFTER_ALL + service))
        leaking = [task for task in world.schedulers[service].counted.values() if _leaks(world, task)]
        for task, used_mib in zip(leaking, in_use(world, service, leaking), strict=True):
            if used_mib > limit_mib:
                kill(world, task, used_mib)


def _leaks(world: World, task: Task) -> bool:
    return is_up(world, task) and version_of(world, task).leak_mib > 0


def is_up(world: World, task: Task) -> bool:
    """Say whether a task's containers run."""
    return task.is_alive and bool(task.row) and task.running_s <= world.env.now


def in_use(world: World, service: int, some: Sequence[Task]) -> list[float]:
    """Give the memory that some tasks of a service use now, in MiB."""
    asks = world.scenario.services[service]
    working = world.plane.working(service, [task.row for task in some])
    rest_mib = asks.memory_base_share * asks.memory_mib
    return [
        rest_mib + asks.memory_per_request_mib * busy + lost_mib
        for busy, lost_mib in zip(working, leaked(world, service, some), strict=True)
    ]


def leaked(world: World, service: int, some: Sequence[Task]) -> list[float]:
    """Give the memory that some tasks of a service have leaked since they started, in MiB."""
    lost = dict.fromkeys((task.number for task in some), 0.0)
    found = [(task, version) for task in some if (version := version_of(world, task)).leak_mib]
    for module in sorted({version.module for _, version in found}):
        of = [(task, version.leak_mib) for task, version in found if version.module == module]
        worked = world.plane.worked(service, [task.row for task, _ in of], module)
        lost |= {task.number: leak_mib * n for (task, leak_mib), n in zip(of, worked, strict=True)}
    return [lost[task.number] for task in some]


def kill(world: World, task: Task, used_mib: float) -> None:
    """Let the kernel end a task's container: its connections are reset, and its orchestrator hears of it."""
    tasks.note(world, Kind.TASK_OOM_KILLED, task, value=used_mib, reason="exit 137")
    world.plane.strike(task.service, task.row, is_silent=False)
    world.schedulers[task.service].crashed(task)
