"""Kubernetes' controllers: a Deployment keeps as many pods as wanted, a DaemonSet one on each node.

A pod that was deleted is replaced at once; one that is only out of reach counts until somebody deletes it. Nobody starts a
replacement first, nobody replaces a pod whose target fails its checks, and nobody moves pods back after a loss
(fact `k8s.no_rebalance`).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from engine import catalog
from engine.cluster import NONE, Host, Task
from engine.control import eviction, kubelet, tasks
from engine.control.by_hand import ByHand
from engine.control.daemon import DaemonScheduler
from engine.control.ecs import Life, ServiceScheduler
from engine.control.rollout import Rolling
from engine.events import Kind
from engine.kubernetes.leaving import Going, first_to_go

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.control.versions import Version
    from engine.deployment import DeploymentSettings
    from engine.operations import Deploy
    from engine.world import World

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

    def failed_to_start(self, task: Task) -> None:
        """Start another at once: a ReplicaSet knows no growing pause, that is ECS's."""
        self.counted.pop(task.number, None)
        self._world.cluster.uncount(task)
        tasks.end(self._world, task, DELETED)
        self.poke()

    def crashed(self, task: Task) -> None:
        """Leave it to the kubelet, which starts the container again where it is."""
        kubelet.crash(self._world, task)
        self.poke()

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
    """Keeps as many pods as wanted, through a ReplicaSet for each version that has pods."""

    def __init__(self, world: World, service: int) -> None:
        """Begin with the scenario's version."""
        super().__init__(world, service)
        self.rollout = Rolling(world, self)
        self._by_hand: ByHand | None = None

    def deploy(self, asked: Deploy) -> str:
        """Roll a version out, if the API answers."""
        if not self._world.control_plane.is_up:
            return "the API does not answer"
        return super().deploy(asked)

    def _turns_back(self) -> bool:
        """Say no: to go back is a roll-out like another."""
        return False

    def _roll_out(self, version: int, settings: DeploymentSettings) -> None:
        """Roll a version out by the Deployment's own strategies, or by hand."""
        if self._by_hand is not None:
            self._by_hand.supersede(version)
            self._by_hand = None
        self.version = version
        if settings.breaker or settings.alarm:
            self._world.log.note(
                self._world.env.now, Kind.ROLLOUT_UNWATCHED, service=self.service,
                reason="no circuit breaker and no alarm: that needs a controller such as Argo Rollouts or Flagger",
            )  # fmt: skip
        if settings.shifts_traffic and version not in self.rollout.sets:
            self.rollout.is_on = False
            self._by_hand = ByHand(self._world, self, self.rollout, settings)
        else:
            self.rollout.begin(recreates=settings.strategy == "all-at-once")

    def by_hand_done(self) -> None:
        """Give the one version that is left back to the Deployment."""
        self._by_hand = None
        self.rollout.settle()

    def _asked(self, asked: Deploy) -> Version:
        """Go back to the earlier version's own ReplicaSet: the pods that it still has stay."""
        return self.versions[self._earlier[-1]] if asked.undo else super()._asked(asked)

    def pods(self, version: int) -> list[Task]:
        """List the pods of a version that nobody deletes yet."""
        return [task for task in self.counted.values() if task.version == version]

    def pod_ready(self) -> None:
        """Look again at a roll-out: now, and once the pod has been ready for long enough."""
        if self._steps.is_on:
            self.poke()
            min_ready_s = self.settings.pods.rollout.min_ready_s
            if min_ready_s:
                self._world.env.process(self._poke_later(min_ready_s))

    def _act(self) -> None:
        """Delete what somebody retires, then take one step: grow and create, shrink and delete."""
        self._evict_retired()
        one = self._steps
        if one.follow():
            changed = True
        else:
            changed = one.grow()
            self._create_missing()
            changed = one.shrink() or changed
        self._create_missing()
        self.delete_surplus()
        one.judge()
        if changed and one.is_on:
            self.poke()

    @property
    def _steps(self) -> Rolling | ByHand:
        """Say who sizes the versions' sets now."""
        return self._by_hand if self._by_hand is not None else self.rollout

    def _evict_retired(self) -> None:
        refused = False
        for task in [task for task in self.counted.values() if task.is_retired]:
            if self._world.nodes.may_evict(task):
                self.evict(task, "retired")
            else:
                refused = True
        if refused:
            self._world.env.process(self._poke_later(catalog.seconds("k8s.drain_retry")))

    def _create_missing(self) -> None:
        for version, sized in self.rollout.sets.items():
            missing = sized.replicas - len(self.pods(version))
            for provider in self._world.capacity.providers_for(self.service, max(0, missing)):
                self._start(provider, version)

    def delete_surplus(self) -> None:
        """Delete the pods that a set has beyond its size."""
        for version, sized in self.rollout.sets.items():
            pods = self.pods(version)
            if (many := len(pods) - sized.replicas) > 0:
                crowd = Counter(task.host for task in self.counted.values() if task.host != NONE)
                for found in first_to_go([self._going(task) for task in pods], crowd, many):
                    if found.task is not None:
                        self._stop(self.counted[found.task], DELETED, found)

    def _going(self, task: Task) -> Going:
        """Show a pod to the rule that picks who goes."""
        world = self._world
        is_ready = eviction.is_ready(world, task)
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
        """List the nodes that should run one: those that have joined, are not gone, and that its rules allow."""
        may_run = self._world.fleet.chooser.may_run(self.service)
        hosts = self._world.cluster.hosts
        return [host for host in hosts if host.is_ready and not host.is_gone and may_run[host.number]]

    def _start_where_missing(self) -> None:
        """Start only where the node can be told, and never twice."""
        there = {task.bound_to for task in self.counted.values()}
        for host in self._targets():
            if host.number not in there and self._world.cluster.is_open(host):
                self._start_on(host)
