"""The Cluster Autoscaler, acting: it looks every ten seconds, asks groups for nodes, and takes away those that nobody needs.

The rule is engine/scaling/cluster_autoscaler.py. A group is an Auto Scaling group over the zones: it picks the zone of a new
node, and a node that was taken away is not replaced.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.cluster import NONE, Host
from engine.control.node_asks import label_of
from engine.control.node_outlook import Outlook
from engine.events import Kind
from engine.kubernetes.autoscaler import NodeGroup
from engine.placement.pools import Pool, pools_of
from engine.scaling import Scan, Size
from engine.scaling.cluster_autoscaler import Group, Option, Scanner, Seen

if TYPE_CHECKING:
    from simpy import Event
    from simpy.events import ProcessGenerator

    from engine.world import World

WHO = "cluster-autoscaler"
REASON = "scale-in"


def start(world: World) -> None:
    """Set the Cluster Autoscaler going where the scenario has one."""
    chosen = world.scenario.kubernetes.autoscaler.kind
    if world.launch.is_kubernetes and world.launch.owns_hosts and chosen == WHO:
        world.env.process(ClusterAutoscaler(world).scan())


class ClusterAutoscaler:
    """One that looks at the whole cluster now and then."""

    def __init__(self, world: World) -> None:
        """Know the groups; remember nothing yet."""
        self._world = world
        self._settings = world.scenario.kubernetes.autoscaler.cluster_autoscaler
        self._outlook = Outlook(world)
        self._pools = pools_of(world.scenario)
        self._draws = 0
        self._rule = Scanner(self._settings, self._lot)
        self._unneeded: set[int] = set()
        self._draining: set[int] = set()
        self._ordered: dict[int, float] = {}  # nodes on their way, and since when
        self._last: Scan | None = None

    def scan(self) -> ProcessGenerator:
        """Look, act, wait, for ever."""
        world = self._world
        yield world.env.timeout(world.draw(0, self._settings.scan_s, WHO))
        while True:
            yield from world.control_plane.up()
            self._give_up_late_ones()
            scan = self._rule.look(self._seen())
            self._note(scan)
            if scan.grows is not None:
                self._grow(scan.grows)
            for number in scan.gone:
                self._remove(world.cluster.hosts[number])
            yield world.env.timeout(self._settings.scan_s)

    def _lot(self, n: int) -> int:
        self._draws += 1
        return min(n - 1, int(self._world.draw(0, n, "expander", self._draws)))

    # --- looking -------------------------------------------------------------------------------------------------------

    def _seen(self) -> Seen:
        world, outlook = self._world, self._outlook
        nodes = outlook.nodes(kept=self._with_bare_pods())
        if not self._settings.count_daemons:
            nodes = [replace(n, used=outlook.used(world.cluster.hosts[n.number], daemons=False)) for n in nodes]
        return Seen(
            now_s=world.env.now,
            pods=outlook.waiting(),
            nodes=nodes,
            groups=[self._group(number, pool) for number, pool in enumerate(self._pools)],
            asks=outlook.asks,
            counts=outlook.counts(),
            usable=outlook.usable(),
            may_evict=outlook.may_evict(),
            draining=len(self._draining),
        )

    def _with_bare_pods(self) -> set[int]:
        """List the hosts that keep a pod which no controller would start again: they stay (fact `k8s.ca.bare_pods`)."""
        cluster = self._world.cluster
        return {
            host.number
            for host in cluster.hosts
            if any(cluster.is_standalone(cluster.tasks[number]) for number in host.tasks)
        }

    def _group(self, number: int, pool: Pool) -> Group:
        """Show a group: its bounds, what a new node has, and how many it has in each zone."""
        scenario = self._world.scenario
        kinds = scenario.fleet.kinds
        name = kinds[number].name if number < len(kinds) else pool.kind.provider
        bounds = next(
            (one for one in self._settings.groups if one.name == name),
            NodeGroup(name=name, min_nodes=self._settings.min_nodes, max_nodes=self._settings.max_nodes),
        )
        label = label_of(scenario, number, pool.kind.instance_type)
        offer = self._outlook.offer(pool.kind.instance_type, label)
        mine = [
            host
            for host in self._world.cluster.hosts
            if host.group == number and not host.is_gone and not host.is_draining
        ]
        in_zones = {zone: sum(host.zone == zone for host in mine) for zone in self._outlook.usable()}
        return Group(
            number=number,
            name=name,
            kind=pool.kind.instance_type,
            room=Size(offer.cpu_units, offer.memory_mib, offer.enis),
            whole=(pool.room.cpu_units, pool.room.memory_mib),
            usd_per_hour=offer.usd_per_hour,
            size=len(mine),
            least=bounds.min_nodes,
            most=bounds.max_nodes,
            in_zones=in_zones,
            priority=bounds.priority,
            label=label,
        )

    def _note(self, scan: Scan) -> None:
        """Write a look down that is not as the one before, and which nodes began or ceased to be unneeded."""
        world = self._world
        if scan != self._last:
            stranded, before = _stranded(scan), _stranded(self._last)
            if stranded != before:
                world.log.note(world.env.now, Kind.PODS_STRANDED, value=stranded[0], reason=stranded[1])
            world.log.note(world.env.now, Kind.AUTOSCALER_LOOKED, value=scan.waiting, reason=WHO, look=scan)
            self._last = scan
        now = {one.node: one for one in scan.unneeded}
        for number in sorted(self._unneeded - set(now)):
            self._tell(Kind.NODE_NEEDED, number)
        for number in sorted(set(now) - self._unneeded):
            self._tell(Kind.NODE_UNNEEDED, number, now[number].used)
        self._unneeded = set(now)

    def _tell(self, kind: Kind, number: int, value: float = float("nan"), reason: str = "") -> None:
        host = self._world.cluster.hosts[number]
        self._world.log.note(self._world.env.now, kind, host=number, zone=host.zone, value=value, reason=reason)

    # --- growing -------------------------------------------------------------------------------------------------------

    def _grow(self, option: Option) -> None:
        """Raise a group's size; its Auto Scaling group launches the nodes, each in the zone that has fewest."""
        world = self._world
        for _ in range(option.nodes):
            in_zones = self._group(option.group, self._pools[option.group]).in_zones
            if not in_zones:
                return
            host = world.fleet.order(min(in_zones, key=lambda zone: (in_zones[zone], zone)), option.group)
            self._ordered[host.number] = world.env.now
            self._tell(Kind.NODE_ORDERED, host.number, option.usd_per_hour / option.nodes, option.kind)

    def _give_up_late_ones(self) -> None:
        """End the nodes that did not come in time; their group is left alone for a while."""
        world = self._world
        for number, asked_s in list(self._ordered.items()):
            host = world.cluster.hosts[number]
            if host.is_ready or host.is_gone:
                del self._ordered[number]
            elif world.env.now - asked_s > self._settings.max_provision_s:
                del self._ordered[number]
                self._rule.failed_to_come(host.group, world.env.now)
                self._tell(Kind.REMOVAL_DROPPED, number, reason="late")
                world.fleet.end(host, "late")

    # --- shrinking -----------------------------------------------------------------------------------------------------

    def _remove(self, host: Host) -> None:
        """Take a node away: an empty one at once, another one once its pods have been evicted."""
        world = self._world
        price = self._outlook.offer(host.kind.instance_type).usd_per_hour
        is_empty = world.cluster.has_only_daemons(host)
        self._tell(Kind.NODE_REMOVED, host.number, price, "empty" if is_empty else "unneeded")
        host.is_leaving = True
        if is_empty:
            world.nodes.end(host, REASON)
            return
        self._draining.add(host.number)
        world.fleet.drain(host, REASON)
        world.env.process(self._drained(host))

    def _drained(self, host: Host) -> ProcessGenerator:
        """End a node once it is empty; give it back where a budget keeps one of its pods for too long."""
        world = self._world
        patience: Event = world.env.timeout(self._settings.eviction_s)
        while not world.cluster.has_only_daemons(host) and host.is_alive and not host.is_gone:
            yield world.fleet.changes.of(host) | patience
            if patience.processed and not self._all_leave(host):
                self._give_back(host)
                return
            if patience.processed:
                patience = world.env.event()  # all of them are on their way out
        self._draining.discard(host.number)
        if host.is_alive and not host.is_gone:
            world.nodes.end(host, REASON)

    def _all_leave(self, host: Host) -> bool:
        tasks = (self._world.cluster.tasks[number] for number in host.tasks)
        return not any(task.is_counted for task in tasks if task.bound_to == NONE)

    def _give_back(self, host: Host) -> None:
        world = self._world
        self._draining.discard(host.number)
        host.is_leaving = False
        world.fleet.undrain(host)
        self._rule.failed_to_drain(host.number, world.env.now)
        self._tell(Kind.REMOVAL_DROPPED, host.number, reason="budget")


def _stranded(scan: Scan | None) -> tuple[int, str]:
    """Say how many pods no group may help, and why; nobody while one does."""
    return (0, "") if scan is None or not scan.stuck else (scan.short, scan.stuck)
