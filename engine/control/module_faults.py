"""Faults of a module that take its process with them: memory that is never given back, and a crash again and again.

Whatever else runs in the same task dies with it, and whatever it was doing: that is what a process is. A task that comes back
while the fault lasts has it again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine import operations as ops
from engine.control import memory, tasks
from engine.events import Kind

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.cluster import Task
    from engine.world import World

Due = Callable[[list["Task"]], list["Task"]]


def crash(world: World, o: ops.CrashModule) -> str:
    """Let every process that holds a module die so long after it came up, for a while: a crash loop."""
    service = service_of(world, o.module)
    since_s = world.env.now

    def due(some: list[Task]) -> list[Task]:
        return [task for task in some if world.env.now >= _dies_s(world, task, since_s, o.lives_s)]

    world.log.note(since_s, Kind.MODULE_HARMED, service=service, reason=o.module, value=o.lives_s)
    world.env.process(_while_it_lasts(world, service, o, due, _crash))
    return ""


def leak(world: World, o: ops.LeakModule) -> str:
    """Let a module keep some memory of every request that it works on, for a while; the kernel ends what outgrows its task."""
    service, module = service_of(world, o.module), world.scenario.application.index(o.module)
    row_of = {task.number: task.row for task in world.schedulers[service].counted.values() if task.row}
    before = dict(zip(row_of, world.plane.worked(service, list(row_of.values()), module), strict=True))
    limit_mib = world.scenario.services[service].memory_mib

    def due(some: list[Task]) -> list[Task]:
        rows = [task.row for task in some]
        worked = world.plane.worked(service, rows, module)
        used = memory.in_use(world, service, some)
        kept = [o.leak_mib * (n - before.get(task.number, 0)) for task, n in zip(some, worked, strict=True)]
        return [task for task, mib, more in zip(some, used, kept, strict=True) if mib + more > limit_mib]

    world.log.note(world.env.now, Kind.MODULE_HARMED, service=service, reason=o.module, value=o.leak_mib)
    world.env.process(_while_it_lasts(world, service, o, due, lambda world, task: memory.kill(world, task, limit_mib)))
    return ""


def _while_it_lasts(
    world: World, service: int, o: ops.CrashModule | ops.LeakModule, due: Due, end: Callable[[World, Task], None]
) -> ProcessGenerator:
    """Look once a second at the tasks that run, and end those whose time has come."""
    until_s = world.env.now + (world.scenario.duration_s if o.for_s is None else o.for_s)
    while world.env.now < until_s:
        yield world.env.timeout(min(memory.LOOK_S, until_s - world.env.now))
        if world.env.now >= until_s:
            break
        counted = world.schedulers[service].counted.values()
        for task in due([task for task in counted if memory.is_up(world, task)]):
            end(world, task)
    world.log.note(world.env.now, Kind.MODULE_MENDED, service=service, reason=o.module)


def _dies_s(world: World, task: Task, since_s: float, lives_s: float) -> float:
    """Say when a task crashes: each at its own moment, half as late or half as early again as the others on average."""
    return max(task.running_s, since_s) + world.draw(0.5, 1.5, "crash", task.number) * lives_s


def _crash(world: World, task: Task) -> None:
    """End a task's container by its own doing: its connections are reset, and its orchestrator hears of it."""
    tasks.note(world, Kind.TASK_CRASHED, task, value=world.env.now - task.running_s, reason="exit 1")
    world.plane.strike(task.service, task.row, is_silent=False)
    world.schedulers[task.service].crashed(task)


def service_of(world: World, module: str) -> int:
    """Find the service whose tasks run a module."""
    application = world.scenario.application
    names = [service.name for service in world.scenario.services]
    return names.index(application.modules[application.index(module)].service)
