"""Karpenter's rule for pods that wait: as few new nodes as hold them all, each of the cheapest type that does.

Source: facts `karpenter.packing`, `karpenter.cheapest`, `karpenter.batch`. A zone that cannot start a node is left out of
the spread, where Karpenter would wait for it: our assumption.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.scaling.capacity_provider import Size
from engine.scaling.managed_instances import Offer
from engine.scaling.shelves import ANY_ZONE, Ask, Node, Pod, Shelf, Zones, first_fit, fits, largest_first


@dataclass(frozen=True, slots=True)
class Limits:
    """How much may be bought yet: nodes, and CPU units; None = as much as one likes."""

    nodes: int
    cpu_units: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A node to buy. options: types that hold its pods, the cheapest first. zone: ANY_ZONE = where there are fewest nodes."""

    zone: int
    options: tuple[str, ...]
    pods: tuple[Pod, ...]
    usd_per_hour: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Where pods would go.

    claims: nodes to buy. settled: pod's number -> node that has room. left: pods that no type holds, or that the limits
    leave out, each with the reason in a word: "no-type", "rule" (it may go to no zone, or must be
    beside somebody), "nodes", "cpu".
    """

    claims: tuple[Claim, ...] = ()
    settled: Mapping[int, int] = field(default_factory=dict)
    left: tuple[tuple[Pod, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Bought:
    """A node that was ordered: its host's number, type, zone and price, its pods, and the next cheapest types that would do."""

    host: int
    kind: str
    zone: int
    usd_per_hour: float
    pods: tuple[int, ...]
    others: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Round:
    """One batch of pods, answered.

    waiting: pods without a node. settled: those of them that a node holds which is there or on its way. coming: nodes on
    their way; ready: nodes there, both before the round. bought: what was ordered. left: reason -> pods that get nothing.
    """

    waiting: int
    settled: int
    coming: int
    ready: int
    bought: tuple[Bought, ...] = ()
    left: tuple[tuple[str, int], ...] = ()


class _Bin:
    """A node that is not bought yet: what its pods ask for together, and the types that would still do."""

    def __init__(self, zone: int, options: Sequence[Offer]) -> None:
        self.zone = zone
        self.options = list(options)
        self.pods: list[Pod] = []
        self.held: dict[int, int] = {}
        self._taken = Size(0, 0, 0)
        self._ports: frozenset[int] = frozenset()

    def takes(self, ask: Ask) -> list[Offer]:
        """List the types that would hold one more such pod."""
        taken = self._taken
        return [
            offer
            for offer in self.options
            if fits(
                ask,
                offer.name,
                Size(offer.cpu_units - taken.cpu_units, offer.memory_mib - taken.memory_mib, offer.enis - taken.enis),
                self._ports,
            )
        ]

    def put(self, pod: Pod, ask: Ask, options: list[Offer], zone: int) -> None:
        """Add a pod: fewer types are left, and perhaps one zone."""
        needs, taken = ask.needs, self._taken
        self._taken = Size(
            taken.cpu_units + needs.cpu_units, taken.memory_mib + needs.memory_mib, taken.enis + needs.enis
        )
        self._ports |= needs.ports
        self.options, self.zone = options, zone
        self.pods.append(pod)
        self.held[pod.service] = self.held.get(pod.service, 0) + 1


def solve(
    pods: Sequence[Pod],
    nodes: Sequence[Node],
    offers: Sequence[Offer],
    asks: Mapping[int, Ask],
    zones: Zones,
    limits: Limits,
) -> Plan:
    """Say where pods go: on nodes with room, on nodes on their way, on as few new ones as possible.

    Pods come largest first. One that finds no place now is tried again after the others, as long as that helps: what
    they did may have made its zone the emptiest.
    """
    shelves = [Shelf.of(node) for node in sorted(nodes, key=lambda node: (not node.is_ready, node.number))]
    cheapest_first = sorted(offers, key=lambda offer: (offer.usd_per_hour, offer.name))
    bins: list[_Bin] = []
    settled: dict[int, int] = {}
    queue = [(pod, "") for pod in largest_first(pods, asks)]
    while True:
        left: list[tuple[Pod, str]] = []
        for pod, _ in queue:
            ask = asks[pod.service]
            shelf = first_fit(pod, ask, shelves, zones)
            if shelf is not None:
                settled[pod.number] = shelf.number
                continue
            why = _into_bins(pod, ask, bins, cheapest_first, zones, limits)
            if why:
                left.append((pod, why))
        if not left or len(left) == len(queue):
            break
        queue = left
    claims = tuple(
        Claim(b.zone, tuple(o.name for o in b.options), tuple(b.pods), b.options[0].usd_per_hour) for b in bins
    )
    return Plan(claims, settled, tuple(left))


def _into_bins(pod: Pod, ask: Ask, bins: list[_Bin], offers: Sequence[Offer], zones: Zones, limits: Limits) -> str:
    """Put a pod into a node that is not bought yet, the one with the fewest pods first, or into one more; else say why not."""
    for bin_ in sorted(bins, key=lambda bin_: len(bin_.pods)):
        zone = bin_.zone if bin_.zone != ANY_ZONE else zones.pick(pod, ask)
        if zone is None or not zones.allows(pod, ask, zone) or not zones.lets_in(pod, ask, bin_.held):
            continue
        if options := bin_.takes(ask):
            bin_.put(pod, ask, options, zone)
            zones.add(pod, zone)
            return ""
    if len(bins) >= limits.nodes:
        return "nodes"
    zone = zones.pick(pod, ask)
    if zone is None or not zones.lets_in(pod, ask, {}):
        return "rule"
    fresh = _Bin(zone, _within(offers, bins, limits))
    options = fresh.takes(ask)
    if not options:
        return "cpu" if _Bin(ANY_ZONE, offers).takes(ask) else "no-type"
    fresh.put(pod, ask, options, fresh.zone)
    zones.add(pod, fresh.zone)
    bins.append(fresh)
    return ""


def _within(offers: Sequence[Offer], bins: Sequence[_Bin], limits: Limits) -> Sequence[Offer]:
    """Leave out the types that would break the limit of CPU, each new node counted as the largest it may become."""
    if limits.cpu_units is None:
        return offers
    left = limits.cpu_units - sum(max(offer.cpu_units for offer in bin_.options) for bin_ in bins)
    return [offer for offer in offers if offer.cpu_units <= left]


def batch_ends_s(came_s: Sequence[float], idle_s: float, max_s: float) -> float:
    """Say when a batch closes whose pods came at these moments, in order: once none came for a while, or after its most.

    Source: fact `karpenter.batch`.

    >>> batch_ends_s([0, 0.5, 1.2], 1, 10), batch_ends_s([0, 0.9, 5.0], 1, 10), batch_ends_s([0.8 * n for n in range(30)], 1, 10)
    (2.2, 1.9, 10.0)
    """
    first = last = came_s[0]
    for at_s in came_s[1:]:
        if at_s > min(last + idle_s, first + max_s):
            break
        last = at_s
    return min(last + idle_s, first + max_s)
