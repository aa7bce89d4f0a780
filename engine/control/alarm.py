"""An alarm on a roll-out: the share of requests that fail, point by point, each judged a while after its period is over.

A request counts once, when its client has its answer for good: what a retry has mended fails nobody. Between the modules of
an application every attempt counts, as a balancer sees it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from engine.events import Kind
from engine.scaling.deploying import goes_off, percent_failed

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.control.ecs_rollout import RollOut
    from engine.deployment import DeploymentSettings
    from engine.world import World


def bake_s(settings: DeploymentSettings) -> float:
    """Give how long a finished rolling update is watched: as long as the alarm needs to see it whole.

    ECS computes the time from the alarm (fact `ecs.deploy.alarms`) and does not say how: our assumption.
    """
    return settings.alarm_points * settings.alarm_period_s + settings.alarm_delay_s


def watch(world: World, rollout: RollOut) -> ProcessGenerator:
    """Take a point at the end of each whole period until the roll-out is over."""
    env, every_s = world.env, rollout.settings.alarm_period_s
    percents: list[float] = []
    since_s = env.now
    before = _counts(world, rollout, since_s)
    period = math.floor(env.now / every_s) + 1
    while True:
        yield env.timeout(max(0.0, period * every_s - env.now))
        if not rollout.is_watched:
            return
        now = _counts(world, rollout, since_s)
        env.process(_judge(world, rollout, percents, percent_failed(now[0] - before[0], now[1] - before[1])))
        # Counted anew from here: from the run's beginning on, a month of points would be a month of months.
        since_s, period = env.now, period + 1
        before = _counts(world, rollout, since_s)


def _judge(world: World, rollout: RollOut, percents: list[float], percent: float) -> ProcessGenerator:
    """Read a point once it is there; enough above the limit fail the deployment."""
    settings = rollout.settings
    yield world.env.timeout(settings.alarm_delay_s)
    if not rollout.is_watched:
        return
    percents.append(percent)
    world.log.note(world.env.now, Kind.ALARM_READ, service=rollout.service, value=percent, reason=settings.alarm_on)
    if goes_off(percents, settings.alarm_percent, settings.alarm_points):
        rollout.fail(percent, f"alarm {settings.alarm_points} of {settings.alarm_points}")


def _counts(world: World, rollout: RollOut, since_s: float) -> tuple[int, int]:
    """Count the requests that have failed, and those that have their answer, since the step of a moment began."""
    mine = [task for task in world.cluster.tasks.values() if task.service == rollout.service and task.row]
    if rollout.settings.alarm_on == "new-version":
        rows = [task.row for task in mine if task.version == rollout.version]
    else:
        rows = [0, *(task.row for task in mine)]  # 0: those who found no target
    return world.plane.failed(rollout.service, rows, since_s), world.plane.answered(rollout.service, rows, since_s)
