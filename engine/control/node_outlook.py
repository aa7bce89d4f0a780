"""What a node autoscaler sees: pods without a node, nodes with what is left on them, and what budgets allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import catalog
from engine.cluster import NONE, Host, Task
from engine.control.eviction import status
from engine.control.node_asks import asks_of, label_of
from engine.placement.pools import room_for
from engine.scaling import Size
from engine.scaling.managed_instances import Offer
from engine.scaling.shelves import Node, Pod

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from engine.world import World


class Outlook:
    """The cluster in the words of the rules. Looking changes nothing."""

    def __init__(self, world: World, kinds: Sequence[str] = (), skew: int = 0) -> None:
        """Know what pods ask. kinds: types that may come beside those of the fleet. skew: see `asks_of`."""
        self._world = world
        services = world.scenario.services
        self.daemons = [number for number, service in enumerate(services) if service.kind == "daemon"]
        self.asks = asks_of(world.scenario, kinds, skew)

    def offer(self, kind: str, label: str = "") -> Offer:
        """Say what a node of a type has for pods beside its daemons, and what its hour costs. label: as of `label_of`."""
        room = room_for(self._world.scenario, kind)
        offer = Offer(kind, room.cpu_units, room.memory_mib, room.enis, catalog.instance_type(kind).usd_per_hour)
        for service in self._daemons_of(label or kind):
            offer = offer.less(self.asks[service].needs)
        return offer

    def _daemons_of(self, label: str) -> list[int]:
        """List the daemons that nodes of a label get."""
        labels = {service: self.asks[service].labels for service in self.daemons}
        return [service for service, allowed in labels.items() if allowed is None or label in allowed]

    def waiting(self) -> list[Pod]:
        """List the pods without a node, in the order in which they came; a daemon has its node."""
        return [_pod(task) for task in self._world.fleet.waiting() if task.bound_to == NONE and task.is_counted]

    def counts(self) -> dict[int, list[int]]:
        """Count each service's pods in each zone."""
        peers = self._world.cluster.peers_in_zone
        return {service: [int(n) for n in peers[service]] for service in self.asks}

    def usable(self) -> list[int]:
        """List the zones that can start a node, as far as AWS knows."""
        cluster = self._world.cluster
        return [z for z in range(cluster.n_zones) if cluster.zone_is_up[z] and cluster.zone_is_usable[z]]

    def may_evict(self) -> dict[int, int]:
        """Say how many pods the budget of each service lets go now; a service without one is not in it."""
        services = self._world.scenario.services
        return {n: status(self._world, n).allowed for n, s in enumerate(services) if s.pods.disruption is not None}

    def is_coming(self, host: Host) -> bool:
        """Say whether a node is on its way."""
        return host.is_booting and not host.is_ready and not host.is_gone and not host.is_draining

    def is_ready(self, host: Host) -> bool:
        """Say whether the API holds a node for ready."""
        return host.is_ready and not host.is_gone and self._world.cluster.is_connected(host)

    def nodes(self, kept: Container[int] = (), fresh: Container[int] = (), closed: Container[int] = ()) -> list[Node]:
        """List the nodes that take pods, now or once they are there. kept, fresh: hosts of which that is so; closed: left out."""
        cluster = self._world.cluster
        view = cluster.view(0)
        found: list[Node] = []
        for host in cluster.hosts:
            is_ready = self.is_ready(host)
            if host.is_draining or host.number in closed or not (is_ready or self.is_coming(host)):
                continue
            enis = 0 if view.free_enis is None else int(view.free_enis[host.number])
            free = Size(int(view.free_cpu[host.number]), int(view.free_mib[host.number]), enis)
            if not is_ready:  # its daemons will come with it
                for service in self._daemons_of(label_of(self._world.scenario, host.group, host.kind.instance_type)):
                    free = free.less(self.asks[service].needs)
            ports = frozenset() if view.ports is None else view.ports[host.number]
            found.append(self._node(host, free, ports, is_ready, kept, fresh))
        return found

    def _node(
        self, host: Host, free: Size, taken: frozenset[int], is_ready: bool, kept: Container[int], fresh: Container[int]
    ) -> Node:
        tasks = [self._world.cluster.tasks[number] for number in sorted(host.tasks)]
        kind = host.kind.instance_type
        return Node(
            number=host.number,
            kind=kind,
            zone=host.zone,
            free=free,
            usd_per_hour=catalog.instance_type(kind).usd_per_hour,
            pods=tuple(_pod(task) for task in tasks if task.bound_to == NONE),
            taken=taken,
            used=self.used(host),
            group=host.group,
            label=label_of(self._world.scenario, host.group, kind),
            is_ready=is_ready,
            is_kept=host.number in kept,
            is_fresh=host.number in fresh,
        )

    def used(self, host: Host, *, daemons: bool = True) -> float:
        """Give the larger share of a node's CPU and memory that its pods ask for."""
        room = room_for(self._world.scenario, host.kind.instance_type)
        needs = [
            self.asks[task.service].needs
            for task in (self._world.cluster.tasks[number] for number in host.tasks)
            if daemons or task.bound_to == NONE
        ]
        cpu, mib = sum(need.cpu_units for need in needs), sum(need.memory_mib for need in needs)
        return max(cpu / room.cpu_units, mib / room.memory_mib)


def _pod(task: Task) -> Pod:
    return Pod(task.number, task.service)
