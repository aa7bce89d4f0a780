"""The load balancer: fronts in zones, targets, health checks. Checks are computed, not looped over, while all is well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.cluster import Stage, Task
from engine.control.target_group import Ints, TargetGroup
from engine.control.versions import version_of
from engine.events import Kind
from engine.moments import last_of_now
from engine.traffic.plane import Fronts, Split

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.world import World


@dataclass(slots=True)
class OtherGroup:
    """A listener's second target group, for the tasks of one version, and its part of the traffic."""

    group: TargetGroup
    version: int
    share: float = 0.0


class LoadBalancer:
    """One Application Load Balancer with a front in every zone, and a target group for each service."""

    def __init__(self, world: World) -> None:
        """Start with every front in DNS and no target."""
        self._world = world
        self._settings = world.scenario.balancer
        n = world.scenario.zones
        self._targets = [TargetGroup() for _ in world.scenario.services]
        self._is_dirty = [False] * len(self._targets)
        self._others: dict[int, OtherGroup] = {}  # services whose listener has two target groups
        self._is_dead = [False] * n
        self._known_dead = [False] * n
        self._turns = [0] * n  # how often each front died or returned
        self._shifts = [0] * n  # shifts of each zone that are in force
        self._in_dns = [True] * n
        self._fade = [0] * n
        self._fade_since_s = [0.0] * n
        self._fade_turn = [0] * n
        self.extra_s = [0.0] * n
        self.loss = [0.0] * n

    # --- targets -------------------------------------------------------------------------------------------------------

    def register(self, task: Task, *, is_healthy: bool = False) -> None:
        """Make a running task a target; a warm start skips the first check."""
        world = self._world
        version = version_of(world, task)
        task.row = world.plane.add(task.service, task.number, task.zone, version.errors, version.module)
        task.is_registered = True
        self._group(task).add(task)
        every = self._settings.check_every_s
        task.check_s = world.env.now + world.draw(0, every, "check", task.number)
        if is_healthy:
            self._healthy(task)
        else:
            self._dirty(task.service)
            world.env.process(self._first_checks(task))

    def deregister(self, task: Task) -> None:
        """Send the task no more requests; what it holds may finish."""
        if task.is_registered:
            task.is_registered = task.is_healthy = False
            self._group(task).remove(task)
            self._dirty(task.service)

    # --- two target groups -----------------------------------------------------------------------------------------------

    def split(self, service: int, version: int) -> None:
        """Give a service's listener a second target group, for the tasks of a version; it has no weight yet."""
        self._others[service] = OtherGroup(TargetGroup(), version)

    def weigh(self, service: int, share: float) -> None:
        """Send a share of the requests to the second group from now on, whether or not a target of it is healthy.

        Source: fact `elb.alb.weights`.
        """
        self._others[service].share = share
        self._dirty(service)

    def unite(self, service: int) -> None:
        """Take the second target group away; the targets of both are the service's."""
        other = self._others.pop(service)
        self._targets[service].absorb(other.group)
        self._dirty(service)

    def _group(self, task: Task) -> TargetGroup:
        """Give the target group that a task is in, or would join."""
        other = self._others.get(task.service)
        return other.group if other is not None and other.version == task.version else self._targets[task.service]

    def _every_group(self) -> list[TargetGroup]:
        return [*self._targets, *(other.group for other in self._others.values())]

    def went_dark(self, task: Task) -> None:
        """Work out when the checks will have seen that a target no longer answers."""
        if task.is_registered and task.is_healthy:
            self._world.env.process(self._failing_checks(task))

    def _healthy(self, task: Task) -> None:
        task.is_healthy = True
        self._group(task).passes(task, is_healthy=True)
        task.stage = Stage.SERVING
        world = self._world
        world.log.note(
            world.env.now, Kind.TASK_SERVING, service=task.service, task=task.number, host=task.host, zone=task.zone
        )
        self._dirty(task.service)
        if world.schedulers:
            world.schedulers[task.service].became_healthy(task)
            world.schedulers[task.service].poke()
        if self.loss[task.zone] or self.extra_s[task.zone]:
            world.env.process(self._doubtful_checks(task))

    def _unhealthy(self, task: Task) -> None:
        """Take the target out and tell the scheduler, which replaces it."""
        task.is_healthy = False
        self._group(task).passes(task, is_healthy=False)
        world = self._world
        world.log.note(
            world.env.now, Kind.TASK_UNHEALTHY, service=task.service, task=task.number, host=task.host, zone=task.zone
        )
        self._dirty(task.service)
        world.schedulers[task.service].give_up(task, "unhealthy")
        if task.is_registered and world.launch.is_kubernetes:  # nobody replaces it: it may come back
            world.env.process(self._returning_checks(task))

    def _first_checks(self, task: Task) -> ProcessGenerator:
        """Check a new target: one pass brings traffic; failures count once the grace is over."""
        env, settings = self._world.env, self._settings
        grace_s = self._world.scenario.services[task.service].grace_s
        failed, row = 0, task.row
        while True:
            yield env.timeout(max(0.0, task.check_s - env.now))
            if not task.is_registered or task.row != row:  # it may be there again, as another target
                return
            if task.is_alive and env.now >= task.answers_s and not self._swallows(task):
                self._healthy(task)
                return
            failed += 1
            if failed >= settings.unhealthy_after and env.now - task.running_s >= grace_s:
                self._unhealthy(task)
                return
            task.check_s += settings.check_every_s

    def _failing_checks(self, task: Task) -> ProcessGenerator:
        """Wait for as many failed checks in a row as it takes, then for the last one's time-out."""
        env, settings, row = self._world.env, self._settings, task.row
        every = settings.check_every_s
        missed = max(0, -int((task.check_s - env.now) // every))
        first_s = task.check_s + missed * every
        out_s = first_s + (settings.unhealthy_after - 1) * every + settings.check_timeout_s
        yield env.timeout(out_s - env.now)
        if task.is_registered and task.is_healthy and task.row == row:
            self._unhealthy(task)

    def _returning_checks(self, task: Task) -> ProcessGenerator:
        """Check a target that is out until as many checks in a row have passed as it takes."""
        env, settings, row = self._world.env, self._settings, task.row
        every = settings.check_every_s
        check = max(0, int((env.now - task.check_s) // every) + 1)
        passed = 0
        while passed < settings.healthy_after:
            yield env.timeout(max(0.0, task.check_s + check * every - env.now))
            check += 1
            if not (task.is_registered and task.is_alive and task.row == row) or task.is_healthy:
                return
            passed = passed + 1 if env.now >= task.answers_s and not self._swallows(task) else 0
        self._healthy(task)

    def _doubtful_checks(self, task: Task) -> ProcessGenerator:
        """Check one by one while the target's zone is impaired: some checks pass, some do not."""
        env, settings, row = self._world.env, self._settings, task.row
        every = settings.check_every_s
        check = max(0, int((env.now - task.check_s) // every) + 1)
        failed = 0
        while (
            task.row == row
            and task.is_registered
            and task.is_alive
            and (self.loss[task.zone] or self.extra_s[task.zone])
        ):
            yield env.timeout(max(0.0, task.check_s + check * every - env.now))
            check += 1
            if not (task.row == row and task.is_registered and task.is_alive and task.is_healthy):
                return
            failed = failed + 1 if self._swallows(task) else 0
            if failed >= settings.unhealthy_after:
                self._unhealthy(task)
                return

    def _swallows(self, task: Task) -> bool:
        """Say whether an impaired zone eats the check that falls now."""
        zone = task.zone
        if self.extra_s[zone] > self._settings.check_timeout_s:
            return True
        loss = self.loss[zone]
        return loss > 0 and self._world.draw(0, 1, "check", task.number, round(self._world.env.now * 1000)) < loss

    # --- zones and DNS -------------------------------------------------------------------------------------------------

    def front_died(self, zone: int) -> None:
        """Take a zone's front away; DNS learns of it later."""
        self._is_dead[zone] = True
        self._all_dirty()
        self._world.env.process(self._notice(zone))

    def front_returned(self, zone: int) -> None:
        """Let a zone's front answer again."""
        self._is_dead[zone] = False
        self._all_dirty()
        self._world.env.process(self._notice(zone))

    def impair(self, zone: int, extra_s: float, loss: float) -> None:
        """Slow a zone down, or make it swallow requests; zeroes mend it."""
        was_well = not (self.extra_s[zone] or self.loss[zone])
        self.extra_s[zone], self.loss[zone] = extra_s, loss
        self._all_dirty()
        if was_well and (extra_s or loss):
            for group in self._every_group():
                for task in group.tasks.values():
                    if task.zone == zone and task.is_healthy and task.is_alive:
                        self._world.env.process(self._doubtful_checks(task))

    def shift_away(self, zone: int, for_s: float) -> ProcessGenerator:
        """Move traffic out of a zone by hand, and back when the time is over."""
        world = self._world
        self._shifts[zone] += 1
        world.log.note(world.env.now, Kind.SHIFT_STARTED, zone=zone, value=for_s)
        self._all_dirty()
        yield world.env.timeout(for_s)
        self._shifts[zone] -= 1
        if not self._shifts[zone]:
            world.log.note(world.env.now, Kind.SHIFT_ENDED, zone=zone)
            self._all_dirty()

    def _notice(self, zone: int) -> ProcessGenerator:
        """Let DNS find out; what has changed again meanwhile is found out by its own notice."""
        self._turns[zone] += 1
        turn = self._turns[zone]
        yield self._world.env.timeout(self._settings.dns_notices_s)
        if self._turns[zone] == turn:
            self._known_dead[zone] = self._is_dead[zone]
            self._all_dirty()

    def _decide_dns(self) -> None:
        """Let fronts join and leave DNS: a zone without a healthy target has nothing to offer.

        Source: facts `elb.dns_failover_default`, `elb.fail_open`.
        """
        n = range(len(self._in_dns))
        healthy = np.sum([group.healthy_in_zones(len(self._in_dns)) for group in self._every_group()], axis=0)
        serves = [bool(healthy[z] >= 1) or self._world.launch.is_function for z in n]  # a function is in every zone
        wanted = [serves[z] and not self._known_dead[z] and not self._shifts[z] for z in n]
        if not any(wanted):
            wanted = [not self._known_dead[z] for z in n]
        if not any(wanted):
            wanted = [True for _ in n]
        for zone in n:
            if wanted[zone] != self._in_dns[zone]:
                self._turn(zone, joins=wanted[zone])

    def _turn(self, zone: int, *, joins: bool) -> None:
        """Begin to join or leave; clients learn it within the record's time to live."""
        world = self._world
        self._in_dns[zone] = joins
        self._fade[zone] = 1 if joins else -1
        self._fade_since_s[zone] = world.env.now
        self._fade_turn[zone] += 1
        world.log.note(world.env.now, Kind.FRONT_JOINED if joins else Kind.FRONT_LEFT, zone=zone)
        world.env.process(self._end_fade(zone, self._fade_turn[zone]))
        self._all_dirty()

    def _end_fade(self, zone: int, turn: int) -> ProcessGenerator:
        yield self._world.env.timeout(self._settings.dns_ttl_s)
        if self._fade_turn[zone] == turn:
            self._fade[zone] = 0
            self._all_dirty()

    # --- telling the data plane ------------------------------------------------------------------------------------------

    def _all_dirty(self) -> None:
        for service in range(len(self._targets)):
            self._dirty(service)

    def _dirty(self, service: int) -> None:
        """Publish once for all that changes at this moment."""
        if not self._is_dirty[service]:
            self._is_dirty[service] = True
            last_of_now(self._world.env, lambda: self._publish(service))

    def _publish(self, service: int) -> None:
        self._is_dirty[service] = False
        self._decide_dns()
        rows, other = self._rows(service, self._targets[service]), self._others.get(service)
        if other is None or not other.share:
            self._world.plane.route(service, rows, self._fronts())
        elif other.share == 1:
            self._world.plane.route(service, self._rows(service, other.group), self._fronts())
        else:
            split = Split(self._rows(service, other.group), other.share)
            self._world.plane.route(service, rows, self._fronts(), split)

    def _rows(self, service: int, group: TargetGroup) -> list[Ints]:
        """List whom each zone's front sends to of a group, failing open when nobody is healthy."""
        rows = group.rows(healthy_only=True)
        self._note_fail_open(service, group, has_healthy=bool(len(rows)))
        if not len(rows) and group.was_healthy:
            # One that has not come up refuses: to send to it, or to find nobody, fails as fast.
            rows = group.answering(self._world.env.now)
        zones = group.zones(rows)
        if self._settings.cross_zone:
            # Other zones' fronts leave a shifted zone's targets alone. Zone by zone only DNS moves.
            stays = rows[~np.array(self._shifts, dtype=np.bool_)[zones]]
            return [stays if len(stays) else rows] * len(self._in_dns)
        return [rows[zones == zone] for zone in range(len(self._in_dns))]

    def _note_fail_open(self, service: int, group: TargetGroup, *, has_healthy: bool) -> None:
        """Write down when a target group fails open, and when it closes again."""
        if has_healthy:
            group.was_healthy = True
        is_open = group.was_healthy and not has_healthy and bool(group.tasks)
        if is_open != group.is_open:
            group.is_open = is_open
            kind = Kind.FAILED_OPEN if is_open else Kind.FAILED_CLOSED
            self._world.log.note(self._world.env.now, kind, service=service)

    def _fronts(self) -> Fronts:
        zones = [z for z in range(len(self._in_dns)) if self._in_dns[z] or self._fade[z] < 0]
        return Fronts(zones, self._is_dead, self._fade, self._fade_since_s, self.extra_s, self.loss)
