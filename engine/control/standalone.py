"""Stand-alone tasks: started by hand, kept by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.cluster import Task
from engine.control import tasks
from engine.events import Kind
from engine.placement.constraints import all_of

if TYPE_CHECKING:
    from engine.operations import RunTasks
    from engine.world import World

WHO = "run-tasks"


def run_tasks(world: World, operation: RunTasks) -> str:
    """Start tasks from a service's definition. One that finds no host is refused at once, as RunTask refuses it.

    On Kubernetes they are bare pods, which wait for room as others do.
    """
    names = [service.name for service in world.scenario.services]
    service = names.index(operation.service) if operation.service else 0
    rules = all_of(operation.constraints)
    for _ in range(operation.count):
        task = world.cluster.new_task(service, is_standalone=True)
        task.lasts_s = float("inf") if operation.for_s is None else operation.for_s
        tasks.note(world, Kind.TASK_CREATED, task, reason=WHO)
        if world.launch.owns_hosts and not world.launch.is_kubernetes:
            verdict = world.fleet.chooser.by(task, operation.placement, rules)
            if verdict.host is None:
                world.fleet.chooser.note(Kind.TASK_REFUSED, task, verdict)
                world.cluster.uncount(task)
                tasks.end(world, task, f"RESOURCE:{verdict.reason.upper()}")
                continue
            world.cluster.settle(task, world.cluster.hosts[verdict.host])
            world.fleet.chooser.note(Kind.TASK_PLACED, task, verdict)
        world.env.process(world.schedulers[service].life.live(world, task, is_created=True))
    return ""


def stop_by_hand(world: World, task: Task) -> None:
    """Stop a stand-alone task as a person would."""
    world.cluster.uncount(task)
    if task.is_alive:
        world.env.process(world.schedulers[task.service].life.stop(world, task, "UserInitiated"))
    else:
        tasks.bury(world, task, "UserInitiated")
