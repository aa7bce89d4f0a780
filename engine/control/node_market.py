"""What Karpenter may buy and has bought: its offers, its limits, the nodes that it expects pods on or is about to take away."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine import catalog
from engine.cluster import NONE, Host
from engine.control.node_outlook import Outlook
from engine.events import Kind
from engine.launch import of_families
from engine.placement.pools import HostKind, Pool, room_for
from engine.placement.room import ZONES
from engine.scaling.karpenter import Bought, Claim, Limits, Plan, solve
from engine.scaling.shelves import ANY_ZONE, Node, Pod, Zones

if TYPE_CHECKING:
    from engine.world import World

OTHERS_SHOWN = 4
NOMINATED_BATCHES = 2  # a node is spared so many batches long while pods are on their way to it


class NodeMarket:
    """It plans what to buy, and buys it."""

    def __init__(self, world: World) -> None:
        """Know what may be bought."""
        self._world = world
        self.settings = world.scenario.kubernetes.autoscaler.karpenter
        self.is_auto = world.launch.hosts == "managed"
        kinds = [kind.name for kind in of_families(self.settings.families or world.scenario.fleet.families)]
        self.outlook = Outlook(world, kinds, skew=int(self.settings.spread_zones and world.scenario.zones > 1))
        self.offers = [self.outlook.offer(name) for name in kinds]
        self._price = {offer.name: offer.usd_per_hour for offer in self.offers}
        self.nominated_s: dict[int, float] = {}  # host: pods are expected on it until then
        self.leaving: set[int] = set()  # hosts that are to go, or go
        self.version = 0  # how often anything changed

    def plan(self, waiting: list[Pod], nodes: Iterable[Node] = (), soon: Iterable[tuple[Pod, int]] = ()) -> Plan:
        """Say what to buy for pods that wait, beside nodes that are there; soon: pods that lose their node, with their zones."""
        zones = Zones(self.outlook.counts(), self.outlook.usable())
        pods = list(waiting)
        for pod, zone in soon:
            zones.add(pod, zone, -1)
            pods.append(pod)
        offers = self.offers if self.outlook.usable() else []
        return solve(pods, list(nodes), offers, self.outlook.asks, zones, self.limits())

    def limits(self) -> Limits:
        """Say how much may be bought yet."""
        hosts = [host for host in self._world.cluster.hosts if not host.is_gone]
        nodes = max(0, self.settings.max_nodes - len(hosts))
        if not self.settings.max_vcpu:
            return Limits(nodes)
        have = sum(catalog.instance_type(host.kind.instance_type).cpu_units for host in hosts)
        unit = int(catalog.number("ecs.placement.cpu_unit"))
        return Limits(nodes, self.settings.max_vcpu * unit - have)

    def order(self, claim: Claim) -> Bought:
        """Buy a node and start it."""
        world, host = self._world, self.buy(claim)
        host.asked_s = world.env.now
        world.fleet.boot(host)
        self.nominate(host.number)
        name = host.kind.instance_type
        world.log.note(
            world.env.now, Kind.NODE_ORDERED, host=host.number, zone=host.zone, value=self._price[name], reason=name
        )
        others = tuple(one for one in claim.options if one != name)[:OTHERS_SHOWN]
        pods = tuple(pod.number for pod in claim.pods)
        return Bought(host.number, name, host.zone, self._price[name], pods, others)

    def buy(self, claim: Claim) -> Host:
        """Name a node of the cheapest type that holds a claim's pods, in its zone, or where there are fewest nodes."""
        world, name = self._world, claim.options[0]
        zone = claim.zone if claim.zone != ANY_ZONE else self._emptiest_zone()
        pool = Pool(HostKind("", name, "on-demand"), room_for(world.scenario, name), 0)
        host = world.cluster.new_host(zone, ZONES[zone], pool, NONE)
        host.release = world.fleet.release
        self.version += 1
        return host

    def like(self, host: Host, zone: int) -> Host:
        """Name one more node of another's type, in a zone, for somebody else who renews nodes."""
        name = host.kind.instance_type
        return self.buy(Claim(zone, (name,), (), catalog.instance_type(name).usd_per_hour))

    def _emptiest_zone(self) -> int:
        counts = [0] * self._world.cluster.n_zones
        for host in self._world.cluster.hosts:
            counts[host.zone] += not host.is_gone
        return min(self.outlook.usable(), key=lambda zone: (counts[zone], zone))

    def nominate(self, number: int) -> None:
        """Spare a node for which pods are on their way."""
        self.nominated_s[number] = self._world.env.now + NOMINATED_BATCHES * self.settings.batch_max_s

    def soon_without(self) -> list[tuple[Pod, int]]:
        """List the pods on nodes that are about to go, with their zones: room for them is seen to before they are evicted."""
        hosts = [self._world.cluster.hosts[number] for number in sorted(self.leaving)]
        tasks = [
            self._world.cluster.tasks[number] for host in hosts if not host.is_gone for number in sorted(host.tasks)
        ]
        return [
            (Pod(task.number, task.service), task.zone) for task in tasks if task.bound_to == NONE and task.is_counted
        ]
