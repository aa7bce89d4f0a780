"""Shelves: nodes in a thought. Both node autoscalers ask "where would these pods go?" and nothing is moved.

A shelf is a node with what is left on it. A thought is a set of shelves, with how many pods of each service every zone
has: pods that want to be kept even over the zones look at that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from engine.placement import Needs
from engine.scaling.capacity_provider import Size

ANY_ZONE = -1


Services = frozenset[int]
NOBODY: Services = frozenset()


@dataclass(frozen=True, slots=True)
class Ask:
    """What pods of a service ask of a node and its zone. Only what binds: wishes bring no node.

    skew: by how many pods of `kin` (none = its own service) a zone may be ahead of the emptiest; 0 = never mind. per_node:
    pods of `kin` on a node at most; 0 = as many as fit. labels, zones: where it may go; None = anywhere. shuns_node,
    shuns_zone: services that must not be there. near_node, near_zone: of each of these groups of services somebody must.
    is_counted: somebody looks at how many of them each zone has.
    """

    needs: Needs
    skew: int = 0
    kin: tuple[int, ...] = ()
    per_node: int = 0
    labels: frozenset[str] | None = None
    zones: frozenset[int] | None = None
    shuns_node: Services = NOBODY
    shuns_zone: Services = NOBODY
    near_node: tuple[Services, ...] = ()
    near_zone: tuple[Services, ...] = ()
    is_counted: bool = False

    @property
    def minds_zones(self) -> bool:
        """Say whether it matters in which zone such a pod is."""
        return bool(self.skew or self.zones is not None or self.shuns_zone or self.near_zone or self.is_counted)


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod, by its number and its service's."""

    number: int
    service: int


@dataclass(frozen=True, slots=True)
class Node:
    """What a rule knows of a node.

    free: what is left on it. taken: host ports in use. pods: those that would have to move if it went, daemons left out.
    used: the larger share of its CPU and memory that is asked for. group: its node group. label: what pods choose nodes by;
    "" = its kind. is_ready: it takes pods now; else it is on its way. is_kept: nobody may take it away. is_fresh: a pod came
    or went a moment ago.
    """

    number: int
    kind: str
    zone: int
    free: Size
    usd_per_hour: float = 0.0
    pods: tuple[Pod, ...] = ()
    taken: frozenset[int] = frozenset()
    used: float = 0.0
    group: int = 0
    label: str = ""
    is_ready: bool = True
    is_kept: bool = False
    is_fresh: bool = False


@dataclass(slots=True)
class Shelf:
    """A node that a thought fills. number: the node's, -1 for one to come; held: pods of each service on it."""

    number: int
    label: str
    zone: int
    free: Size
    taken: frozenset[int] = frozenset()
    held: dict[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, node: Node) -> Shelf:
        """Take a node as it stands."""
        held: dict[int, int] = {}
        for pod in node.pods:
            held[pod.service] = held.get(pod.service, 0) + 1
        return cls(node.number, node.label or node.kind, node.zone, node.free, node.taken, held)

    def put(self, pod: Pod, ask: Ask) -> None:
        """Put a pod on it."""
        self.free = self.free.less(ask.needs)
        self.taken |= ask.needs.ports
        self.held[pod.service] = self.held.get(pod.service, 0) + 1


def fits(ask: Ask, label: str, free: Size, taken: frozenset[int] = frozenset()) -> bool:
    """Say whether a node of a kind with so much left has room for one such pod, and is one that it may go to."""
    needs = ask.needs
    return (
        needs.cpu_units <= free.cpu_units
        and needs.memory_mib <= free.memory_mib
        and needs.enis <= free.enis
        and (ask.labels is None or label in ask.labels)
        and needs.ports.isdisjoint(taken)
    )


class Zones:
    """How many pods of each service every zone has, and where one more may go."""

    def __init__(self, counts: Mapping[int, Sequence[int]], usable: Sequence[int]) -> None:
        """Start from what runs. counts: by service, pods in each zone. usable: zones that can start a node."""
        self._counts = {service: list(zones) for service, zones in counts.items()}
        self._usable = list(usable)

    def allows(self, pod: Pod, ask: Ask, zone: int) -> bool:
        """Say whether a pod may go to a zone; to one that is still open it may, if it does not mind zones."""
        if not ask.minds_zones:
            return True
        if zone == ANY_ZONE or (ask.zones is not None and zone not in ask.zones):
            return False
        if ask.shuns_zone and any(self._in(zone, (service,)) for service in ask.shuns_zone):
            return False
        if not all(self._in(zone, group) or self._is_first(pod, group) for group in ask.near_zone):
            return False
        return not ask.skew or self._is_even(pod, ask, zone)

    def lets_in(self, pod: Pod, ask: Ask, held: Mapping[int, int]) -> bool:
        """Say whether a pod may be beside those on a node."""
        if ask.per_node and sum(held.get(one, 0) for one in ask.kin or (pod.service,)) >= ask.per_node:
            return False
        if any(held.get(service) for service in ask.shuns_node):
            return False
        return all(any(held.get(one) for one in group) or self._is_first(pod, group) for group in ask.near_node)

    def _is_even(self, pod: Pod, ask: Ask, zone: int) -> bool:
        """Say whether a zone would not get further ahead of the emptiest than the skew."""
        kin = ask.kin or (pod.service,)
        fewest = min((self._in(z, kin) for z in self._domains(ask)), default=0)
        return zone in self._usable and self._in(zone, kin) + 1 - fewest <= ask.skew

    def pick(self, pod: Pod, ask: Ask) -> int | None:
        """Name the zone for a pod on a node that is yet to come: the emptiest; ANY_ZONE where it does not mind; None: none will do."""
        if not ask.minds_zones:
            return ANY_ZONE
        kin = ask.kin or (pod.service,)
        fit = [zone for zone in self._domains(ask) if self.allows(pod, ask, zone)]
        return min(fit, key=lambda zone: (self._in(zone, kin), zone), default=None)

    def add(self, pod: Pod, zone: int, n: int = 1) -> None:
        """Count a pod in a zone, or take it out with n = -1."""
        if zone != ANY_ZONE and pod.service in self._counts:
            self._counts[pod.service][zone] += n

    def _domains(self, ask: Ask) -> list[int]:
        return [zone for zone in self._usable if ask.zones is None or zone in ask.zones]

    def _in(self, zone: int, services: Iterable[int]) -> int:
        return sum(self._counts[service][zone] for service in services if service in self._counts)

    def _is_first(self, pod: Pod, group: Services) -> bool:
        """Say whether a pod that wants company of its own kind is the first: then it may go anywhere."""
        return pod.service in group and not any(sum(self._counts.get(service, ())) for service in group)


def first_fit(pod: Pod, ask: Ask, shelves: Iterable[Shelf], zones: Zones) -> Shelf | None:
    """Put a pod on the first shelf that takes it; None if none does."""
    for shelf in shelves:
        if (
            fits(ask, shelf.label, shelf.free, shelf.taken)
            and zones.allows(pod, ask, shelf.zone)
            and zones.lets_in(pod, ask, shelf.held)
        ):
            shelf.put(pod, ask)
            zones.add(pod, shelf.zone)
            return shelf
    return None


def largest_first(pods: Iterable[Pod], asks: Mapping[int, Ask]) -> list[Pod]:
    """Sort pods by CPU, then memory, the largest first; of equals the oldest (fact `karpenter.packing`)."""

    def order(pod: Pod) -> tuple[int, int, int]:
        needs = asks[pod.service].needs
        return -needs.cpu_units, -needs.memory_mib, pod.number

    return sorted(pods, key=order)


def left_over(pods: Iterable[Pod], nodes: Iterable[Node], asks: Mapping[int, Ask], zones: Zones) -> list[Pod]:
    """Give the pods that no node takes, those on their way counted: only for these somebody has to bring one."""
    shelves = [Shelf.of(node) for node in nodes]
    return [pod for pod in pods if first_fit(pod, asks[pod.service], shelves, zones) is None]
