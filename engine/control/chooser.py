"""Where a task goes as things stand: by ECS's constraints and strategies, or by the Kubernetes scheduler."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from engine.cluster import NONE, Task
from engine.events import Kind
from engine.placement import Constraint, Verdict, choose
from engine.placement.constraints import DAEMON, all_of
from engine.placement.hosts import Bools
from engine.placement.kube.decide import Ruling
from engine.placement.kube.desk import Desk
from engine.rng import stream

if TYPE_CHECKING:
    from engine.world import World


class Chooser:
    """It decides, and writes decisions down; nothing is moved."""

    def __init__(self, world: World) -> None:
        """Read every service's rules."""
        self._world = world
        self._constraints = [all_of(service.constraints) for service in world.scenario.services]
        self._desk = Desk(world.scenario.services) if world.launch.is_kubernetes else None

    def by(self, task: Task, strategies: Sequence[str], constraints: Sequence[Constraint]) -> Verdict:
        """Choose a host for a task as things stand; nothing is changed."""
        cluster = self._world.cluster
        chance = None
        if "random" in strategies:
            chance = stream(self._world.scenario.seed, "place", task.number).random(len(cluster.hosts))
        hosts = cluster.view(task.kin, task.provider)
        return choose(cluster.needs[task.service], hosts, strategies, chance, constraints)

    def constraints(self, service: int) -> tuple[Constraint, ...]:
        """Give a service's constraints."""
        return self._constraints[service]

    def may_run(self, service: int) -> Bools:
        """Say on which hosts a DaemonSet wants a pod, room or not. Shape (n_hosts,)."""
        cluster = self._world.cluster
        if self._desk is None or not cluster.hosts:
            return np.ones(len(cluster.hosts), dtype=np.bool_)
        return self._desk.may_run(service, cluster.view(service))

    def decide(self, task: Task) -> Verdict:
        """Choose a host by the service's own rules."""
        rules = self._constraints[task.service]
        if task.bound_to != NONE:
            rules = (Constraint(DAEMON, only_host=task.bound_to), *rules)
        world = self._world
        if self._desk is not None:
            return self._ruling(self._desk, task)
        return self.by(task, world.launch.strategies or world.scenario.services[task.service].placement, rules)

    def _ruling(self, desk: Desk, task: Task) -> Ruling:
        """Ask the Kubernetes scheduler: nodes are hosts that joined and are not gone, ready or not."""
        cluster = self._world.cluster
        hosts = cluster.hosts
        return desk.decide(
            task.service,
            cluster.view(task.kin, task.provider),
            stream(self._world.scenario.seed, "place", task.number).random(len(hosts)),
            is_there=np.array([host.is_ready and not host.is_gone for host in hosts], dtype=np.bool_),
            holds=np.array([task.service in host.images for host in hosts], dtype=np.bool_),
            only_host=task.bound_to,
            is_owned=not cluster.is_standalone(task),
        )

    def note(self, kind: Kind, task: Task, verdict: Verdict) -> None:
        """Write a decision down, with the verdict that explains it."""
        self._world.log.note(
            self._world.env.now, kind, service=task.service, task=task.number, host=task.host, zone=task.zone,
            reason=verdict.reason, verdict=verdict,
        )  # fmt: skip
