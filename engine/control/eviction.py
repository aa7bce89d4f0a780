"""Evictions: whoever drains on purpose asks the disruption budget first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.kubernetes.disruption import Budget, Owner, budget, refusal

if TYPE_CHECKING:
    from engine.cluster import Task
    from engine.world import World


def may_evict(world: World, task: Task) -> str:
    """Say why a pod may not be evicted now, in words; "" = it may go.

    Ask before each pod that a drain takes, and ask again later where the answer was no: what other pods do meanwhile
    changes it. A service without a budget, or a task that no service keeps, may always go; a pod that somebody deletes
    already is no longer counted.
    """
    rule = world.scenario.services[task.service].pods.disruption
    if rule is None or world.cluster.is_standalone(task) or not task.is_counted:
        return ""
    return refusal(
        rule, status(world, task.service), is_ready=is_ready(world, task), is_pending=task.running_s > world.env.now
    )


def status(world: World, service: int) -> Budget:
    """Work the status of a service's budget out, as it stands now; one without a budget expects nothing."""
    rule = world.scenario.services[service].pods.disruption
    if rule is None:
        return Budget(0, 0, 0)
    scheduler = world.schedulers[service]
    pods = scheduler.counted.values()
    return budget(rule, [Owner(scheduler.desired, len(pods), sum(is_ready(world, pod) for pod in pods))])


def is_ready(world: World, task: Task) -> bool:
    """Say whether the API holds a pod for ready: its probe passed, and its node is heard."""
    return task.is_registered and world.nodes.is_ready(task)
