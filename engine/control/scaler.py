"""The metric and the alarm: read what the tasks did, let the rule decide, set the desired count."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.control import hpa, memory
from engine.events import Kind
from engine.scaling import Bounds, Stepper, Tracker, agenda

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.cluster import Task
    from engine.scenario import Scaling
    from engine.world import World

WHO = {"target": "target tracking", "step": "step scaling"}


def start(world: World, service: int, settings: Scaling) -> None:
    """Set a service's policy and its schedule going; both work within the same bounds."""
    bounds = Bounds(settings.min_tasks, settings.max_tasks)
    if settings.policy != "scheduled":
        follows = hpa.track if world.launch.is_kubernetes else track
        world.env.process(follows(world, service, settings, bounds))
    if settings.schedule:
        world.env.process(follow(world, service, settings, bounds))


def track(world: World, service: int, settings: Scaling, bounds: Bounds) -> ProcessGenerator:
    """Read a service's metric once a period and act on it."""
    rule = Stepper(settings, bounds) if settings.policy == "step" else Tracker(settings, bounds)
    scheduler = world.schedulers[service]
    while True:
        yield world.env.timeout(settings.period_s)
        running = [
            task for task in scheduler.counted.values() if task.is_alive and task.row and task.running_s < world.env.now
        ]
        metric = read(world, service, settings, running)
        world.log.note(world.env.now, Kind.METRIC_READ, service=service, value=metric, reason=settings.metric)
        wanted = rule.decide(world.env.now, metric, len(running), scheduler.desired)
        scheduler.set_desired(wanted, WHO[settings.policy])


def follow(world: World, service: int, settings: Scaling, bounds: Bounds) -> ProcessGenerator:
    """Move the bounds when the schedule says so; a desired count that is now outside moves with them."""
    scheduler = world.schedulers[service]
    for at_s, number in agenda(settings.schedule, world.scenario.duration_s):
        yield world.env.timeout(max(0.0, at_s - world.env.now))
        bounds.move(settings.schedule[number])
        world.log.note(
            world.env.now, Kind.BOUNDS_SET, service=service, value=bounds.min_tasks,
            reason=f"{bounds.min_tasks} to {bounds.max_tasks}",
        )  # fmt: skip
        scheduler.set_desired(bounds.within(scheduler.desired), "schedule")


def read(world: World, service: int, settings: Scaling, running: list[Task]) -> float:
    """Read the metric of the last period over the tasks that run: percent, or requests for each target and minute.

    A worker that is busy uses its share of the task's CPU to the full, and each request that is worked on takes its
    memory: our assumptions.
    """
    if not running:
        return 0.0
    rows = [task.row for task in running]
    now = world.env.now
    since = max(0.0, now - settings.period_s)
    if settings.metric == "requests":
        return world.plane.answered(service, rows, since) / len(rows) * 60 / settings.period_s
    asks = world.scenario.services[service]
    busy_s = world.plane.busy_ns(service, rows, since) / 1e9
    there_s = math.fsum(now - max(since, start) for start in (task.running_s for task in running))
    if settings.metric == "memory":
        used_mib = asks.memory_base_share * asks.memory_mib + asks.memory_per_request_mib * busy_s / there_s
        used_mib += math.fsum(memory.leaked(world, service, running)) / len(running)
        return min(100.0, 100 * used_mib / asks.memory_mib)
    return 100 * busy_s / (there_s * asks.concurrency)
