"""The Cluster Autoscaler's rule: which group grows when pods wait, and which nodes nobody needs any more.

Source: facts `k8s.ca.scan`, `k8s.ca.expander`, `k8s.ca.unneeded`, `k8s.ca.util_threshold`, `k8s.ca.delay_after_add`,
`k8s.ca.parallel`, `k8s.ca.bare_pods`. That pods take the first new node that holds them, and that a group's next node comes to its emptiest
zone, is how we read its estimate.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.kubernetes.autoscaler import ClusterAutoscaler
from engine.scaling.capacity_provider import Size
from engine.scaling.shelves import Ask, Node, Pod, Shelf, Zones, first_fit, left_over

Lot = Callable[[int], int]  # draw one of so many


@dataclass(frozen=True, slots=True)
class Group:
    """A node group: nodes of one type, over the zones.

    room: what a new node has for pods beside its daemons. size: nodes asked for, those on their way included. in_zones:
    nodes in each zone that can start one; the next comes to the emptiest. whole: CPU units and MiB of a node. label: what pods
    choose its nodes by; "" = their kind.
    """

    number: int
    name: str
    kind: str
    room: Size
    whole: tuple[int, int]
    usd_per_hour: float
    size: int
    least: int
    most: int
    in_zones: Mapping[int, int]
    priority: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """What one group could do about the pods that wait. waste: idle share of CPU and of memory, added; 0 to 2."""

    group: int
    name: str
    kind: str
    nodes: int
    pods: int
    waste: float
    usd_per_hour: float
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Unneeded:
    """A node that nobody needs: since when, how full it is, and whether pods would have to move."""

    node: int
    since_s: float
    used: float
    is_empty: bool


@dataclass(frozen=True, slots=True)
class Scan:
    """One look at the cluster: all that fed it, and what came of it.

    waiting: pods without a node; short: those that no node takes, nor one on its way. coming: nodes on their way. ready:
    nodes there. options: what each group could do. grows: the option taken. gone: nodes that go now. stuck: why nothing grows
    although pods are short: "no-group" (none can help), "most" (those that could are full), "backoff". reason: in a word,
    what came of it: "grow", "coming" (what is on its way will do), "stuck", "shrink", "delay" (nothing goes so soon after
    an addition), "failed" (… after a failed drain), "unneeded" (a node's time runs), "least" (the group has to keep it),
    "steady".
    """

    waiting: int
    short: int
    coming: int
    ready: int
    options: tuple[Option, ...] = ()
    grows: Option | None = None
    unneeded: tuple[Unneeded, ...] = ()
    gone: tuple[int, ...] = ()
    stuck: str = ""
    reason: str = "steady"


@dataclass(frozen=True, slots=True)
class Seen:
    """What it sees when it looks.

    pods: those without a node. nodes: ready ones and those on their way. asks: by service. counts: by service, pods in
    each zone. usable: zones that count. may_evict: by service, how many of its pods a PodDisruptionBudget lets go; a
    service without one is not in it. draining: nodes that it is emptying already.
    """

    now_s: float
    pods: Sequence[Pod]
    nodes: Sequence[Node]
    groups: Sequence[Group]
    asks: Mapping[int, Ask]
    counts: Mapping[int, Sequence[int]]
    usable: Sequence[int]
    may_evict: Mapping[int, int] = field(default_factory=dict)
    draining: int = 0


def estimate(pods: Sequence[Pod], group: Group, asks: Mapping[int, Ask], zones: Zones) -> Option | None:
    """Say how many new nodes of a group hold how many of the pods, up to what the group may have; None if it is of no use.

    Those that fill most of a node come first; each goes to the first new node that takes it, else to one more.
    """
    shelves: list[Shelf] = []
    places = dict(group.in_zones)
    held: list[Pod] = []
    for pod in sorted(pods, key=lambda pod: (-_fill(asks[pod.service], group), pod.number)):
        ask = asks[pod.service]
        if first_fit(pod, ask, shelves, zones) is not None:
            held.append(pod)
            continue
        if group.size + len(shelves) >= group.most or not places:
            continue
        zone = min(places, key=lambda z: (places[z], z))
        fresh = Shelf(-1, group.label or group.kind, zone, group.room)
        if first_fit(pod, ask, [fresh], zones) is not None:
            shelves.append(fresh)
            places[zone] += 1
            held.append(pod)
    if not shelves:
        return None
    waste = _waste([asks[pod.service] for pod in held], group, len(shelves))
    usd = len(shelves) * group.usd_per_hour
    return Option(group.number, group.name, group.kind, len(shelves), len(held), waste, usd, group.priority)


def _fill(ask: Ask, group: Group) -> float:
    """Say what part of a node a pod takes, of CPU and of memory, added."""
    return ask.needs.cpu_units / group.whole[0] + ask.needs.memory_mib / group.whole[1]


def _waste(asks: Sequence[Ask], group: Group, nodes: int) -> float:
    cpu, mib = group.whole[0] * nodes, group.whole[1] * nodes
    idle_cpu = cpu - sum(ask.needs.cpu_units for ask in asks)
    idle_mib = mib - sum(ask.needs.memory_mib for ask in asks)
    return idle_cpu / cpu + idle_mib / mib


RANKS: dict[str, Callable[[Option], float]] = {
    "random": lambda _: 0.0,
    "most-pods": lambda option: -option.pods,
    "least-waste": lambda option: round(option.waste, 9),
    "least-nodes": lambda option: option.nodes,
    "priority": lambda option: -option.priority,
}


def choose_group(options: Sequence[Option], expander: str, lot: Lot) -> Option:
    """Pick the group that grows; of equals one by lot (fact `k8s.ca.expander`)."""
    rank = RANKS[expander]
    best = min(rank(option) for option in options)
    equals = [option for option in options if rank(option) == best]
    return equals[lot(len(equals))] if len(equals) > 1 else equals[0]


@dataclass(slots=True)
class Scanner:
    """What it remembers from look to look: since when nodes are unneeded, and what it did last."""

    settings: ClusterAutoscaler
    lot: Lot
    since_s: dict[int, float] = field(default_factory=dict)
    added_s: float = float("-inf")
    failed_s: float = float("-inf")
    backoff_s: dict[int, float] = field(default_factory=dict)  # group: not asked before
    recheck_s: dict[int, float] = field(default_factory=dict)  # node: known not to be removable until then

    def failed_to_drain(self, node: int, now_s: float) -> None:
        """Hear that a drain had to be given up: nothing goes for a while."""
        self.failed_s = now_s
        self.since_s.pop(node, None)

    def failed_to_come(self, group: int, now_s: float) -> None:
        """Hear that a node did not come in time: its group is left alone for a while (fact `k8s.ca.backoff`)."""
        self.backoff_s[group] = now_s + self.settings.backoff_s

    def look(self, seen: Seen) -> Scan:
        """Look once: grow if pods have no node to go to, else find out which nodes may go."""
        ready = [node for node in seen.nodes if node.is_ready]
        zones = Zones(seen.counts, seen.usable)
        short = left_over(seen.pods, seen.nodes, seen.asks, zones)
        scan = Scan(len(seen.pods), len(short), len(seen.nodes) - len(ready), len(ready))
        why = "coming" if seen.pods else "steady"
        if short:
            options = self._options(seen, short)
            if options:
                self.added_s = seen.now_s
                taken = choose_group(options, self.settings.expander, self.lot)
                return replace(scan, options=tuple(options), grows=taken, unneeded=self._known(seen), reason="grow")
            scan, why = replace(scan, stuck=self._why_not(seen, short)), "stuck"
        return self._shrink(seen, scan, why)

    def _options(self, seen: Seen, short: Sequence[Pod]) -> list[Option]:
        found = [
            estimate(short, group, seen.asks, Zones(seen.counts, seen.usable))
            for group in seen.groups
            if group.size < group.most and self.backoff_s.get(group.number, 0.0) <= seen.now_s
        ]
        return [option for option in found if option is not None]

    def _why_not(self, seen: Seen, short: Sequence[Pod]) -> str:
        """Say why no group grows although pods wait."""
        free = [replace(group, most=group.size + 1) for group in seen.groups]
        helpful = [g for g in free if estimate(short, g, seen.asks, Zones(seen.counts, seen.usable)) is not None]
        if not helpful:
            return "no-group"
        waits = any(self.backoff_s.get(group.number, 0.0) > seen.now_s for group in helpful)
        return "backoff" if waits else "most"

    # --- fewer nodes -------------------------------------------------------------------------------------------------

    def _shrink(self, seen: Seen, scan: Scan, why: str) -> Scan:
        """Keep track of who is unneeded; let those go whose time is up."""
        removable = self._removable(seen)
        self.since_s = {node.number: self.since_s.get(node.number, seen.now_s) for node in removable}
        scan = replace(scan, unneeded=self._known(seen), reason=why)
        if not removable:
            return scan
        if seen.now_s < self.added_s + self.settings.delay_after_add_s:
            return scan if why != "steady" else replace(scan, reason="delay")
        if seen.now_s < self.failed_s + self.settings.delay_after_failure_s:
            return scan if why != "steady" else replace(scan, reason="failed")
        due = [n for n in removable if seen.now_s - self.since_s[n.number] >= self.settings.unneeded_s]
        gone = self._due(seen, due)
        for node in gone:
            self.since_s.pop(node)
        if gone:
            return replace(scan, gone=tuple(gone), reason="shrink")
        if why != "steady":
            return scan
        return replace(scan, reason="least" if due and not seen.draining else "unneeded")

    def _removable(self, seen: Seen) -> list[Node]:
        """List the nodes below the threshold whose pods would all find room on the others, one after the other.

        What moves in one node's thought stays moved in the next one's, and a node that may go takes nobody in.
        """
        zones = Zones(seen.counts, seen.usable)
        shelves = {node.number: Shelf.of(node) for node in seen.nodes if node.is_ready}
        left = dict(seen.may_evict)
        found: list[Node] = []
        candidates = [n for n in seen.nodes if n.is_ready and not n.is_kept and n.used < self.settings.threshold]
        for node in sorted(candidates, key=lambda n: (bool(n.pods), n.number)):
            if self.recheck_s.get(node.number, 0.0) > seen.now_s:
                continue
            if not _evictable(node, left) or not _moves(node, shelves, seen.asks, zones):
                self.recheck_s[node.number] = seen.now_s + self.settings.recheck_s
                continue
            for pod in node.pods:
                if pod.service in left:
                    left[pod.service] -= 1
            shelves.pop(node.number)
            found.append(node)
        return found

    def _due(self, seen: Seen, due: Sequence[Node]) -> list[int]:
        """Take as many as may go at once: empty ones first, few that have to be drained, no group below its least."""
        sizes = {group.number: group.size - group.least for group in seen.groups}
        drains = self.settings.drained_at_once - seen.draining
        gone: list[int] = []
        for node in sorted(due, key=lambda n: bool(n.pods)):
            if len(gone) + seen.draining >= self.settings.removed_at_once or sizes.get(node.group, 0) <= 0:
                continue
            if node.pods:
                if drains <= 0:
                    continue
                drains -= 1
            sizes[node.group] -= 1
            gone.append(node.number)
        return gone

    def _known(self, seen: Seen) -> tuple[Unneeded, ...]:
        nodes = {node.number: node for node in seen.nodes}
        return tuple(
            Unneeded(number, since_s, nodes[number].used, not nodes[number].pods)
            for number, since_s in self.since_s.items()
            if number in nodes
        )


def _evictable(node: Node, may_evict: Mapping[int, int]) -> bool:
    """Say whether budgets would let all of a node's pods go."""
    counts: dict[int, int] = {}
    for pod in node.pods:
        counts[pod.service] = counts.get(pod.service, 0) + 1
    return all(n <= may_evict.get(service, n) for service, n in counts.items())


def _moves(node: Node, shelves: dict[int, Shelf], asks: Mapping[int, Ask], zones: Zones) -> bool:
    """Move a node's pods to the others in the thought; put everything back if one finds no room."""
    others = [shelf for number, shelf in shelves.items() if number != node.number]
    before = [(shelf, shelf.free, shelf.taken, dict(shelf.held)) for shelf in others]
    moved: list[tuple[Pod, int]] = []
    for pod in node.pods:
        zones.add(pod, node.zone, -1)
        shelf = first_fit(pod, asks[pod.service], others, zones)
        if shelf is None:
            zones.add(pod, node.zone)
            for done, zone in moved:
                zones.add(done, zone, -1)
                zones.add(done, node.zone)
            for other, free, taken, held in before:
                other.free, other.taken, other.held = free, taken, held
            return False
        moved.append((pod, shelf.zone))
    return True
