"""The metric and the alarm: read what the tasks did, let the rule decide, set the desired count."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.events import Kind
from engine.scaling import Tracker

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.scenario import Scaling
    from engine.world import World


def track(world: World, service: int, settings: Scaling) -> ProcessGenerator:
    """Read a service's metric once a period and act on it."""
    tracker = Tracker(settings)
    scheduler = world.schedulers[service]
    while True:
        yield world.env.timeout(settings.period_s)
        running = [task for task in scheduler.counted.values() if task.is_alive and task.running_s < world.env.now]
        metric = read(world, service, settings, [task.row for task in running], [t.running_s for t in running])
        world.log.note(world.env.now, Kind.METRIC_READ, service=service, value=metric, reason=settings.metric)
        wanted = tracker.decide(world.env.now, metric, len(running), scheduler.desired)
        scheduler.set_desired(wanted, "target tracking")


def read(world: World, service: int, settings: Scaling, rows: list[int], running_s: list[float]) -> float:
    """Read the metric of the last period over the tasks that run: CPU in percent, or requests for each target and minute.

    A worker that is busy uses its share of the task's CPU to the full: our assumption.
    """
    if not rows:
        return 0.0
    now = world.env.now
    since = max(0.0, now - settings.period_s)
    if settings.metric == "requests":
        return world.plane.answered(service, rows, since) / len(rows) * 60 / settings.period_s
    busy_s = world.plane.busy_ns(service, rows, since) / 1e9
    there_s = sum(now - max(since, start) for start in running_s)
    return 100 * busy_s / (there_s * world.scenario.services[service].concurrency)
