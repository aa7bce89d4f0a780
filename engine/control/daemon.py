"""Daemon services: one task on each active host, the first to come and the last to go (fact `ecs.daemon.strategy`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine.cluster import Host, Stage
from engine.control import tasks
from engine.control.ecs import ServiceScheduler
from engine.events import Kind

if TYPE_CHECKING:
    from engine.world import World


class DaemonScheduler(ServiceScheduler):
    """Keeps one task on each host that is open and that the service's constraints allow."""

    def __init__(self, world: World, service: int) -> None:
        """Begin with no host, so with no task."""
        super().__init__(world, service)
        self.desired = 0

    def host_is_ready(self, host: Host) -> None:  # noqa: ARG002 - others are missing where a host is, too
        """Start here before anybody else takes the room."""
        self._start_where_missing()
        self.poke()

    def host_emptied(self) -> None:
        """Look again whether the daemon is alone now."""
        self.poke()

    def count(self) -> None:
        """Write down how many tasks are wanted, when that changes: as many as there are hosts for them."""
        wanted = len(self._targets())
        if wanted != self.desired:
            self.desired = wanted
            self._world.log.note(
                self._world.env.now, Kind.DESIRED_SET, service=self.service, value=wanted, reason="daemon"
            )

    @property
    def keeps_zones_even(self) -> bool:
        """Say no: a daemon is where the hosts are."""
        return False

    def _act(self) -> None:
        """Leave hosts that are closed, as the last; start where one is missing."""
        for task in list(self.counted.values()):
            host = self._world.cluster.hosts[task.bound_to]
            never_came = task.stage == Stage.CREATED and not self._world.cluster.is_open(host)
            if never_came or (host.is_draining and self._world.cluster.has_only_daemons(host)):
                self._stop(task, "ServiceSchedulerInitiated")
        self._start_where_missing()
        self.count()

    def _start_where_missing(self) -> None:
        if self._world.env.now < self._not_before_s:
            return
        there = {task.bound_to for task in self.counted.values()}
        for host in self._targets():
            if host.number not in there:
                self._start_on(host)

    def _start_on(self, host: Host) -> None:
        """Take the room now; the rest of the start takes its time."""
        world = self._world
        task = world.cluster.new_task(self.service)
        task.bound_to = host.number
        self.counted[task.number] = task
        tasks.note(world, Kind.TASK_CREATED, task, reason="daemon")
        is_placed = world.fleet.place(task)
        if is_placed and world.scenario.warm and world.env.now == 0:
            host.images.add(self.service)
            self.life.run(world, task, is_warm=True)
        else:
            world.env.process(self.life.live(world, task, is_created=True))

    def _targets(self) -> list[Host]:
        """List the hosts that should run one."""
        cluster = self._world.cluster
        allowed = np.ones(len(cluster.hosts), dtype=np.bool_)
        for constraint in self._world.fleet.chooser.constraints(self.service):
            if constraint.expression is not None:  # of its own kind there is one on each host anyway
                allowed &= constraint.allows(cluster.view(self.service))
        return [host for host in cluster.hosts if allowed[host.number] and cluster.is_open(host)]
