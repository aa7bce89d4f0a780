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


@dataclass(frozen=True, slots=True)
class Ask:
    """What pods of a service ask of a node.

    skew: by how many a zone may be ahead of the emptiest; 0 = any zone will do. types: instance types that it may go to;
    None = any.
    """

    needs: Needs
    skew: int = 0
    types: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Pod:
    """One pod, by its number and its service's."""

    number: int
    service: int


@dataclass(frozen=True, slots=True)
class Node:
    """What a rule knows of a node.

    free: what is left on it. taken: host ports in use. pods: those that would have to move if it went, daemons left out.
    used: the larger share of its CPU and memory that is asked for. group: its node group. is_ready: it takes pods now;
    else it is on its way. is_kept: nobody may take it away. is_fresh: a pod came or went a moment ago.
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
    is_ready: bool = True
    is_kept: bool = False
    is_fresh: bool = False


@dataclass(slots=True)
class Shelf:
    """A node that a thought fills. number: the node's; ANY_ZONE: its zone is still open."""

    number: int
    kind: str
    zone: int
    free: Size
    taken: frozenset[int] = frozenset()
    pods: list[Pod] = field(default_factory=list)

    @classmethod
    def of(cls, node: Node) -> Shelf:
        """Take a node as it stands."""
        return cls(node.number, node.kind, node.zone, node.free, node.taken)

    def holds(self, ask: Ask) -> bool:
        """Say whether there is room for one more such pod."""
        return fits(ask, self.kind, self.free, self.taken)

    def put(self, pod: Pod, ask: Ask) -> None:
        """Put a pod on it."""
        self.free = self.free.less(ask.needs)
        self.taken |= ask.needs.ports
        self.pods.append(pod)


def fits(ask: Ask, kind: str, free: Size, taken: frozenset[int] = frozenset()) -> bool:
    """Say whether a node of a type with so much left takes one such pod."""
    needs = ask.needs
    return (
        needs.cpu_units <= free.cpu_units
        and needs.memory_mib <= free.memory_mib
        and needs.enis <= free.enis
        and (ask.types is None or kind in ask.types)
        and needs.ports.isdisjoint(taken)
    )


class Zones:
    """How many pods of each service every usable zone has, and where one more may go."""

    def __init__(self, counts: Mapping[int, Sequence[int]], usable: Sequence[int]) -> None:
        """Start from what runs. counts: by service, pods in each zone. usable: zones that can start a node."""
        self._counts = {service: list(zones) for service, zones in counts.items()}
        self._usable = list(usable)

    def allows(self, pod: Pod, ask: Ask, zone: int) -> bool:
        """Say whether a pod may go to a zone: it must not get further ahead of the emptiest than its skew."""
        if not ask.skew or zone == ANY_ZONE:
            return True
        counts = self._counts.get(pod.service, [])
        if not counts or zone not in self._usable:
            return not counts
        return counts[zone] + 1 - min(counts[z] for z in self._usable) <= ask.skew

    def emptiest(self, pod: Pod, ask: Ask) -> int:
        """Name the zone for a pod on a node that is yet to come; ANY_ZONE where the pod does not mind."""
        counts = self._counts.get(pod.service, [])
        if not ask.skew or not counts or not self._usable:
            return ANY_ZONE
        return min(self._usable, key=lambda zone: counts[zone])

    def add(self, pod: Pod, zone: int, n: int = 1) -> None:
        """Count a pod in a zone, or take it out with n = -1."""
        if zone != ANY_ZONE and pod.service in self._counts:
            self._counts[pod.service][zone] += n


def first_fit(pod: Pod, ask: Ask, shelves: Iterable[Shelf], zones: Zones) -> Shelf | None:
    """Put a pod on the first shelf that takes it; None if none does."""
    for shelf in shelves:
        if shelf.holds(ask) and zones.allows(pod, ask, shelf.zone):
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
