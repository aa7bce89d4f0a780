"""Managed Instances: AWS brings hosts when tasks need room, ends those that stand empty, and renews the old ones.

Source: facts `ecs.mi.launch_type`, `ecs.mi.lifetime`, `ecs.mi.scale_in_after`. How many hosts it brings, and of which
type, is our rule (engine/scaling/managed_instances.py). It also moves tasks together to empty a host that is little
used; ours waits until a host is empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy import AnyOf

from engine import catalog
from engine.cluster import NONE, Host, Task
from engine.control import patching
from engine.events import Kind
from engine.launch import of_families
from engine.moments import last_of_now
from engine.placement.demand import needs_of_host
from engine.placement.pools import HostKind, Pool, room_for
from engine.placement.room import ZONES, Room
from engine.scaling import Offer, cheapest_hosts

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

    from engine.launch import LaunchType
    from engine.world import World


class ManagedHosts:
    """AWS's side of the fleet: it hears that tasks wait, that a host is empty, that a host is ready."""

    def __init__(self, world: World) -> None:
        """Know which types may be chosen, what tasks need, and that each host has to carry the daemons."""
        self._world = world
        services = world.scenario.services
        self._daemons = {number for number, service in enumerate(services) if service.kind == "daemon"}
        self._needs = [
            needs_of_host(service, number, is_pod=world.launch.is_kubernetes) for number, service in enumerate(services)
        ]
        self._rooms = {
            kind.name: room_for(world.scenario, kind.name) for kind in of_families(world.scenario.fleet.families)
        }
        self._offers = [self._offer(name, room) for name, room in self._rooms.items()]
        self._left = {offer.name: offer for offer in self._offers}
        self._is_asked = self._is_waiting = False
        self._turns: dict[int, int] = {}  # how often each host stood empty

    def _offer(self, name: str, room: Room) -> Offer:
        """Say what a host of a type has left for tasks beside its daemons."""
        offer = Offer(name, room.cpu_units, room.memory_mib, room.enis, catalog.instance_type(name).usd_per_hour)
        for service in sorted(self._daemons):
            offer = offer.less(self._needs[service])
        return offer

    def stock(self) -> list[Host]:
        """Bring the hosts that a warm start's tasks stand on."""
        world = self._world
        if not world.scenario.warm:
            return []
        services = [
            number
            for number, service in enumerate(world.scenario.services)
            for _ in range(0 if number in self._daemons else service.desired)
        ]
        dealt = self._dealt(self._placeable(services), {})
        return [host for zone, some in dealt.items() for host in self._bring(zone, some)]

    def _placeable(self, services: list[int]) -> list[int]:
        """Leave out what no type could hold: it waits for ever (`engine.placement.doubts` says so)."""
        return [service for service in services if any(offer.holds(self._needs[service]) for offer in self._offers)]

    def need(self) -> None:
        """Hear that a task found no room; answer once for all that come within a while."""
        if not self._is_asked:
            self._is_asked = True
            self._world.env.process(self._gather())

    def task_came(self, host: Host) -> None:
        """Hear that a task was put on a host: nothing follows from it here."""

    def is_ready(self, host: Host, age_s: float) -> None:
        """Hear that a host has come: it has its days, and must be of use."""
        self._world.env.process(self._live(host, age_s))
        self.task_left(host)

    def task_left(self, host: Host) -> None:
        """Hear that a host has a task less: if it was the last, end it at once if it drains, else after the idle time."""
        if host.is_draining:
            if self._world.fleet.is_emptied(host):
                self._world.fleet.end(host, "drained")
        elif self._is_idle(host) and self._world.scenario.fleet.scale_in_after_s >= 0:
            self._world.env.process(self._idle(host))

    def _is_idle(self, host: Host) -> bool:
        """Say whether nothing but daemons is left on a host."""
        return self._world.cluster.has_only_daemons(host)

    def _live(self, host: Host, age_s: float) -> ProcessGenerator:
        """Renew a host: drain it when its days are over, and end it by its last day whatever is left on it."""
        world, env = self._world, self._world.env
        spread_s = world.scenario.fleet.drain_spread_h * 3600
        drain_day, end_day = lifetime_days(world.launch)
        begin_s = drain_day * patching.DAY_S - age_s
        begin_s += world.draw(0, spread_s, "lifetime", host.number)
        end_s = env.now + end_day * patching.DAY_S - age_s
        losses = host.losses
        yield env.timeout(max(0.0, begin_s))
        if host.is_gone or host.losses != losses:
            return
        if not host.is_draining:
            world.fleet.drain(host)
        watch = env.process(patching.watch_drain(world, host))
        yield AnyOf(env, [watch, env.timeout(max(0.0, end_s - env.now))])
        if host.is_alive and not host.is_gone:
            world.fleet.end(host, "lifetime")

    def _idle(self, host: Host) -> ProcessGenerator:
        """End a host that stays empty; a task that came and left meanwhile begins the wait anew."""
        turn = self._turns[host.number] = self._turns.get(host.number, 0) + 1
        yield self._world.env.timeout(self._world.scenario.fleet.scale_in_after_s)
        if self._turns[host.number] != turn or not host.is_alive or host.is_draining or not self._is_idle(host):
            return
        if host.tasks:  # daemons leave as the last, once their host drains
            self._world.fleet.drain(host)
        else:
            self._world.fleet.end(host, "idle")

    def _gather(self) -> ProcessGenerator:
        yield self._world.env.timeout(self._world.scenario.assumptions.managed_gather_s)
        yield from self._world.control_plane.up()
        last_of_now(self._world.env, self._answer)

    def _answer(self) -> None:
        """Order hosts for what the hosts on their way will not hold."""
        self._is_asked = False
        world = self._world
        coming = [host for host in world.cluster.hosts if host.is_booting and not host.is_gone and not host.is_draining]
        promised: dict[int, list[int]] = {}
        waiting = [task for task in world.fleet.waiting() if task.bound_to == NONE]  # a daemon has its host
        left = self._without_those_who_fit(waiting, coming, promised)
        left = self._placeable(left)
        if not left:
            return
        if not self._usable():
            if not self._is_waiting:
                self._is_waiting = True
                world.env.process(self._ask_again())
            return
        for zone, services in self._dealt(left, promised).items():
            for host in self._bring(zone, services):
                world.fleet.boot(host)

    def _without_those_who_fit(
        self, tasks: list[Task], coming: list[Host], promised: dict[int, list[int]]
    ) -> list[int]:
        """Leave out the tasks that hosts on their way have room for; give the services of the others."""
        offers = {host.number: (self._left[host.kind.instance_type], frozenset[int]()) for host in coming}
        left: list[int] = []
        for task in tasks:
            need = self._needs[task.service]
            for host in coming:
                offer, ports = offers[host.number]
                if offer.holds(need) and not ports & need.ports:
                    offers[host.number] = offer.less(need), ports | need.ports
                    promised.setdefault(host.zone, []).append(task.service)
                    break
            else:
                left.append(task.service)
        return left

    def _dealt(self, services: list[int], promised: dict[int, list[int]]) -> dict[int, list[int]]:
        """Deal tasks (by their services) out to the zones that have the fewest of their service."""
        counts = self._world.cluster.peers_in_zone.copy()
        for zone, there in promised.items():
            for service in there:
                counts[service, zone] += 1
        dealt: dict[int, list[int]] = {}
        for service in services:
            zone = min(self._usable(), key=lambda zone: counts[service, zone])
            counts[service, zone] += 1
            dealt.setdefault(zone, []).append(service)
        return dict(sorted(dealt.items()))

    def _bring(self, zone: int, services: list[int]) -> list[Host]:
        """Name the hosts that hold these services' tasks in a zone."""
        cluster = self._world.cluster
        name, n = cheapest_hosts([self._needs[service] for service in services], self._offers)
        pool = Pool(HostKind("", name, "on-demand"), self._rooms[name], 0)
        hosts = [cluster.new_host(zone, ZONES[zone], pool) for _ in range(n)]
        for host in hosts:
            host.release = self._world.fleet.release
        return hosts

    def _usable(self) -> list[int]:
        cluster = self._world.cluster
        return [z for z in range(cluster.n_zones) if cluster.zone_is_up[z] and cluster.zone_is_usable[z]]

    def _ask_again(self) -> ProcessGenerator:
        """Wait a while: no zone can start a host now."""
        yield self._world.env.timeout(catalog.seconds("ec2.status_check_period"))
        self._is_waiting = False
        self._answer()


def lifetime_days(launch: LaunchType) -> tuple[float, float]:
    """Say on which day of its life a host begins to drain, and on which it ends. Of Auto Mode only the end is published: a day's grace.

    Source: facts `ecs.mi.lifetime`, `eks.automode.lifetime`.
    """
    if launch.is_kubernetes:
        end_day = catalog.number("eks.automode.lifetime")
        return end_day - 1, end_day
    return catalog.number("ecs.mi.lifetime", "drain_start_day"), catalog.number("ecs.mi.lifetime", "terminate_by_day")


def note_order(world: World, host: Host, boot_s: float) -> None:
    """Write an order down, with the type where AWS chose it."""
    is_karpenters = world.launch.is_kubernetes and world.scenario.kubernetes.autoscaler.kind == "karpenter"
    chosen = host.kind.instance_type if world.launch.hosts == "managed" or is_karpenters else ""
    world.log.note(world.env.now, Kind.HOST_ASKED, host=host.number, zone=host.zone, value=boot_s, reason=chosen)
