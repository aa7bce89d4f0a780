"""Evictions: whoever drains on purpose asks the disruption budget first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.events import Kind
from engine.kubernetes.disruption import Budget, Owner, budget, refusal

if TYPE_CHECKING:
    from engine.cluster import Task
    from engine.world import World


def may_evict(world: World, task: Task) -> str:
    """Say why a pod may not be evicted now, in words; "" = it may go.

    Ask before each pod that a drain takes, and ask again later where the answer was no: what other pods do meanwhile
    changes it. A service without a budget, or a task that no service keeps, may always go.
    """
    rule = world.scenario.services[task.service].pods.disruption
    if rule is None or world.cluster.is_standalone(task) or not task.is_counted:
        return ""
    is_running = task.row > 0
    return refusal(rule, status(world, task.service), is_ready=task.is_healthy, is_pending=not is_running)


def status(world: World, service: int) -> Budget:
    """Work the status of a service's budget out, as it stands now; one without a budget expects nothing."""
    rule = world.scenario.services[service].pods.disruption
    scheduler = world.schedulers[service]
    pods = list(scheduler.counted.values())
    if rule is None:
        return Budget(0, 0, 0)
    return budget(rule, [Owner(scheduler.desired, len(pods), sum(pod.is_healthy for pod in pods))])


def evict(world: World, task: Task, reason: str) -> str:
    """Evict a pod if its budget allows: it is stopped in peace and replaced. Gives the refusal, which the log keeps too."""
    why_not = may_evict(world, task)
    if why_not:
        world.log.note(
            world.env.now, Kind.EVICTION_REFUSED, service=task.service, task=task.number, host=task.host, zone=task.zone,
            reason=why_not,
        )  # fmt: skip
        return why_not
    world.schedulers[task.service].reclaimed(task, reason)
    return ""
