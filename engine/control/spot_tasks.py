"""Fargate Spot: AWS takes a task's capacity back with two minutes' warning, and there may be none for the next.

The container hears SIGTERM at once, while its target is only being deregistered, and is killed when its stop time-out is
over (fact `fargate.spot.warning`). The scheduler asks for another task on Spot, and on Spot only (fact
`fargate.spot.no_fallback`): while there is no capacity every start fails, and the restart throttle spaces them out.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine import catalog
from engine.cluster import Stage, Task
from engine.events import Kind

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.world import World

STOP_CODE = "SpotInterruption"  # ECS's own word


def interrupt(world: World, at_s: float, share: float, for_s: float) -> None:
    """Take a share of the running tasks back, chosen by lot, and keep capacity away for a while."""
    running = [
        task
        for scheduler in world.schedulers
        for task in scheduler.counted.values()
        if task.is_alive and task.stage in (Stage.STARTING, Stage.SERVING)
    ]
    lots = {task.number: world.draw(0, 1, "spot", round(at_s * 1000), task.number) for task in running}
    if for_s > 0:
        world.env.process(_keep_away(world, for_s))
    for task in sorted(running, key=lambda task: lots[task.number])[: math.ceil(share * len(running))]:
        reclaim(world, task)


def reclaim(world: World, task: Task) -> None:
    """Warn one task and let its scheduler replace it."""
    world.log.note(
        world.env.now, Kind.SPOT_WARNED, service=task.service, task=task.number, zone=task.zone,
        value=catalog.seconds("fargate.spot.warning"),
    )  # fmt: skip
    world.schedulers[task.service].reclaimed(task, STOP_CODE)


def live_on_spot(world: World, task: Task) -> ProcessGenerator:
    """Let a task run until its capacity is wanted back: at any moment with the same chance, at the rate assumed."""
    chance = world.draw(0, 1, "spot life", task.number)
    yield world.env.timeout(-math.log(1 - chance) * 3600 / world.scenario.assumptions.spot_tasks_per_h)
    if task.is_alive and task.is_counted:
        reclaim(world, task)


def _keep_away(world: World, for_s: float) -> ProcessGenerator:
    """Let no task start until capacity is back. Outages may overlap: the last one's end counts."""
    fleet = world.fleet
    fleet.spot_outages += 1
    world.log.note(world.env.now, Kind.SPOT_GONE, value=for_s)
    yield world.env.timeout(for_s)
    fleet.spot_outages -= 1
    if not fleet.spot_outages:
        world.log.note(world.env.now, Kind.SPOT_BACK)
