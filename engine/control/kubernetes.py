"""Kubernetes' controllers: a Deployment keeps as many pods as wanted, a DaemonSet one on each node.

A pod that was deleted is replaced at once; one that is only out of reach counts until somebody deletes it. Nobody starts a
replacement first, nobody replaces a pod whose target fails its checks, and nobody moves pods back after a loss
(fact `k8s.no_rebalance`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from engine.cluster import NONE, Host, Task
from engine.control import kubelet, tasks
from engine.control.daemon import DaemonScheduler
from engine.control.ecs import Life, ServiceScheduler
from engine.events import Kind
from engine.kubernetes.leaving import Going, first_to_go

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

EVICTED, DELETED = "Evicted", "Deleted"


class Controller(ServiceScheduler):
    """What the two have in common. They act through the API, so not at all while it is away."""

    life: ClassVar[Life] = kubelet

    def set_desired(self, desired: int, who: str) -> None:
        """Change the number of replicas, if the API answers."""
        if self._world.control_plane.is_up:
            super().set_desired(desired, who)

    def give_up(self, task: Task, reason: str) -> None:
        """Hear of a pod that is lost. That its target fails its checks is the load balancer's business alone."""
        if reason != "unhealthy":
            super().give_up(task, reason)

    def evict(self, task: Task, reason: str) -> None:
        """Let the API delete a pod: it is no longer counted, and so is replaced at once."""
        if task.number not in self.counted:
            return
        tasks.note(self._world, Kind.POD_EVICTED, task, reason=reason)
        if not task.is_alive:
            tasks.note(self._world, Kind.TASK_GIVEN_UP, task, reason=reason)
        self._stop(task, EVICTED)
        self.poke()

    @property
    def keeps_zones_even(self) -> bool:
        """Say no: running pods stay where they are."""
        return False

    def _loop(self) -> ProcessGenerator:
        env = self._world.env
        while True:
            yield self._wake
            yield env.timeout(self._world.scenario.assumptions.scheduler_s)
            yield from self._world.control_plane.up()
            self._wake = env.event()
            self._act()


class Deployment(Controller):
    """Keeps as many pods as wanted, through its ReplicaSet."""

    def _act(self) -> None:
        """Delete what somebody retires, create what is missing, delete what is too much."""
        for task in [task for task in self.counted.values() if task.is_retired]:
            if self._world.nodes.may_evict(task):
                self.evict(task, "retired")
        missing = self.desired - len(self.counted)
        if missing > 0 and self._world.env.now >= self._not_before_s:
            for provider in self._world.capacity.providers_for(self.service, missing):
                self._start(provider)
        for _ in range(-missing):
            self._delete_one()

    def _delete_one(self) -> None:
        """Delete the pod that the ReplicaSet can spare first."""
        found = first_to_go([self._going(task) for task in self.counted.values()])
        if found.task is not None:
            self._stop(self.counted[found.task], DELETED, found)

    def _going(self, task: Task) -> Going:
        """Show a pod to the rule that picks who goes."""
        world = self._world
        is_ready = task.is_registered and world.nodes.is_ready(task)
        return Going(
            task.number, task.zone, task.host, is_assigned=task.zone != NONE, is_running=task.running_s <= world.env.now,
            is_ready=is_ready, ready_s=task.answers_s, restarts=task.life,
        )  # fmt: skip


class DaemonSet(Controller, DaemonScheduler):
    """Keeps a pod on each node. It tolerates a node that is cordoned or not ready: it leaves with the node alone."""

    def _act(self) -> None:
        """Start where one is missing; a pod that never came to a node that is gone is forgotten."""
        hosts = self._world.cluster.hosts
        for task in [task for task in self.counted.values() if hosts[task.bound_to].is_gone and task.host == NONE]:
            self._stop(task, DELETED)
        self._start_where_missing()
        self.count()

    def _targets(self) -> list[Host]:
        """List the nodes that should run one: those that have joined and are not gone."""
        return [host for host in self._world.cluster.hosts if host.is_ready and not host.is_gone]

    def _start_where_missing(self) -> None:
        """Start only where the node can be told, and never twice."""
        there = {task.bound_to for task in self.counted.values()}
        for host in self._targets():
            if host.number not in there and self._world.cluster.is_open(host):
                self._start_on(host)
