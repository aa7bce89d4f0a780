"""The same stream of pods, placed by a plain loop over nodes. Slow, and easy to believe.

It does no more than it must: room in lists, pods of a domain counted along in dictionaries, as upstream keeps them. Taints,
node affinity, ports and images are asked once for each batch: they do not change with its pods, but for the pods' own ports.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import floor, log

import numpy as np

from engine.placement.hosts import Ints
from engine.placement.kube import filters, scores
from engine.placement.kube.near_rules import HARD_WEIGHT, is_friend, liked_terms, readable, reads_neighbours, speaks_of
from engine.placement.kube.objects import CPU, MEMORY, PODS, Labels, Node, Pod, PodTerm, Spread
from engine.placement.kube.plugins import INTER_POD, SPREAD, default_plugins
from engine.placement.kube.requests import asked, counted, host_ports
from engine.placement.kube.selectors import selects
from engine.placement.kube.snapshot import Snapshot
from engine.placement.kube.spread_rules import HARD, HONOR, HOSTNAME, SOFT, default_spread, joined, reads_spread

NONE = -1
FULL = 100
Pair = tuple[str, str]


@dataclass(slots=True)
class _Even:
    """One spread constraint while it is counted: pods by domain, and which nodes' pods count."""

    spread: Spread
    is_one: bool  # the pod itself matches, and so do those of its batch
    counts: list[bool]
    tally: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Around:
    """Who is around, by (topology key, value)."""

    friends: Counter[Pair] = field(default_factory=Counter)
    foes: Counter[Pair] = field(default_factory=Counter)
    avoiders: Counter[Pair] = field(default_factory=Counter)
    likes: Counter[Pair] = field(default_factory=Counter)


@dataclass(slots=True)
class _Room:
    """What each node has and what is taken, as plain lists."""

    size: dict[str, list[int]]
    used: dict[str, list[int]]
    seen: dict[str, list[int]]  # as the scores count it
    pods: list[int]

    @classmethod
    def of(cls, nodes: Sequence[Node], running: Iterable[tuple[Pod, int]]) -> _Room:
        names = {name for node in nodes for name in node.allocatable}
        n = len(nodes)
        size = {name: [node.allocatable.get(name, 0) for node in nodes] for name in names}
        room = cls(size, {name: [0] * n for name in names}, {CPU: [0] * n, MEMORY: [0] * n}, [0] * n)
        for pod, node in running:
            room.take(asked(pod), counted(pod), node)
        return room

    def take(self, wants: dict[str, int], counts: dict[str, int], node: int) -> None:
        for name, amount in wants.items():
            self.used.setdefault(name, [0] * len(self.pods))[node] += amount
        for name in (CPU, MEMORY):
            self.seen[name][node] += counts.get(name, 0)
        self.pods[node] += 1

    def holds(self, wants: dict[str, int], node: int) -> bool:
        if self.pods[node] + 1 > (self.size[PODS][node] if PODS in self.size else 0):
            return False
        for name, amount in wants.items():
            if amount > 0:
                has = self.size[name][node] if name in self.size else 0
                if has - (self.used[name][node] if name in self.used else 0) < amount:
                    return False
        return True


def place_by_loop(nodes: Sequence[Node], pods: Sequence[Pod], batches: Sequence[tuple[Pod, int]]) -> Ints:
    """Place batches of equal pods on nodes where others run already. Shape (n_pods,), NONE where no node took the pod."""
    number = {node.name: i for i, node in enumerate(nodes)}
    running = [(pod, number[pod.node]) for pod in pods if pod.node in number]
    room = _Room.of(nodes, running)
    found: list[int] = []
    for pod, count in batches:
        placed = _batch(nodes, running, room, pod, count)
        running += [(pod, node) for node in placed if node != NONE]
        found += placed
    return np.array(found, dtype=np.int64)


def _batch(nodes: Sequence[Node], running: list[tuple[Pod, int]], room: _Room, pod: Pod, count: int) -> list[int]:
    """Place one batch."""
    if not reads_neighbours(pod) or not reads_spread(pod):
        return [NONE] * count
    cluster = Snapshot.of(nodes, [replace(one, node=nodes[node].name) for one, node in running])
    every = np.arange(len(nodes), dtype=np.int64)
    is_open = (
        filters.is_schedulable(pod, cluster) & filters.tolerates_taints(pod, cluster) & filters.is_wanted(pod, cluster)
        & filters.has_ports(pod, cluster)
    ).tolist()  # fmt: skip
    shunned = scores.taint_toleration(pod, cluster, every).raw.tolist()
    wanted = scores.preferred(pod.affinity.node.preferred, cluster, every).tolist()
    images = scores.image_locality(pod, cluster, every).raw.tolist()
    weight = {plugin.name: plugin.weight for plugin in default_plugins()}
    labels = [node.labels for node in nodes]
    hard = _evens(cluster, running, pod, [one for one in pod.spread if one.when == HARD])
    soft = _evens(cluster, running, pod, [one for one in (pod.spread or default_spread(pod)) if one.when == SOFT])
    soft_keys = [one.spread.topology_key for one in soft] if pod.spread else []
    around = _Around()
    for other, node in running:
        _meet(around, pod, other, labels[node])
    wants, counts = asked(pod), counted(pod)
    found: list[int] = []
    for _ in range(count):
        fewest = [_fewest(one) for one in hard]
        left = [
            node
            for node in range(len(nodes))
            if is_open[node] and room.holds(wants, node) and _is_even(hard, fewest, labels[node])
            and _is_near(around, pod, labels[node])
        ]  # fmt: skip
        if not left:
            found.append(NONE)
            continue
        most_shunned, most_wanted = max(shunned[n] for n in left), max(wanted[n] for n in left)
        spread = _crowding(soft, soft_keys, left, labels) if soft else [0] * len(left)
        liked = _liking(around, left, labels)
        best, best_total = NONE, -1
        for i, node in enumerate(left):
            total = weight["TaintToleration"] * (FULL - (FULL * shunned[node] // most_shunned if most_shunned else 0))
            total += weight["NodeAffinity"] * (FULL * wanted[node] // most_wanted if most_wanted else 0)
            total += weight["NodeResourcesFit"] * _free(room, counts, node)
            total += weight["NodeResourcesBalancedAllocation"] * _balance(room, wants, node)
            total += weight["ImageLocality"] * images[node] + weight[SPREAD] * spread[i] + weight[INTER_POD] * liked[i]
            if total > best_total:
                best, best_total = node, total
        found.append(best)
        room.take(wants, counts, best)
        if host_ports(pod):
            is_open[best] = False
        for one in (*hard, *soft):
            _note(one, best, labels[best])
        _meet(around, pod, pod, labels[best])
    return found


# --- resources -------------------------------------------------------------------------------------------------------


def _free(room: _Room, counts: dict[str, int], node: int) -> int:
    """Score what would be left, in percent."""
    total = kinds = 0
    for name in (CPU, MEMORY):
        size = room.size[name][node] if name in room.size else 0
        if size > 0:
            total += max(0, FULL * (size - room.seen[name][node] - counts.get(name, 0)) // size)
            kinds += 1
    return total // kinds if kinds else 0


def _balance(room: _Room, wants: dict[str, int], node: int) -> int:
    """Score how alike CPU and memory would be used."""
    if not wants.get(CPU, 0) and not wants.get(MEMORY, 0):
        return 0
    shares = []
    for name in (CPU, MEMORY):
        size = room.size[name][node] if name in room.size else 0
        if size > 0:
            used = room.used[name][node] if name in room.used else 0
            shares.append(min((used + wants.get(name, 0)) / size, 1.0))
    apart = abs((shares[0] - shares[1]) / 2) if len(shares) == 2 else 0.0
    return int((1 - apart) * FULL)


# --- spread ----------------------------------------------------------------------------------------------------------


def _evens(cluster: Snapshot, running: list[tuple[Pod, int]], pod: Pod, spreads: Sequence[Spread]) -> list[_Even]:
    """Count what runs, constraint by constraint."""
    may, tolerated = filters.is_wanted(pod, cluster), filters.tolerates_taints(pod, cluster)
    keys = [one.topology_key for one in spreads] if pod.spread else []
    found = []
    for one in spreads:
        selector = joined(one, pod)
        counts = [
            all(key in node.labels for key in keys)
            and (one.affinity_policy != HONOR or bool(may[n]))
            and (one.taints_policy != HONOR or bool(tolerated[n]))
            for n, node in enumerate(cluster.nodes)
        ]
        if one.when == SOFT and one.topology_key == HOSTNAME:
            counts = [True] * len(counts)
        even = _Even(one, selects(selector, pod.labels), counts)
        for n, node in enumerate(cluster.nodes):
            if counts[n]:
                even.tally[_domain(one, n, node.labels)] += 0
        for other, n in running:
            if (
                counts[n]
                and other.namespace == pod.namespace
                and not other.terminating
                and selects(selector, other.labels)
            ):
                even.tally[_domain(one, n, cluster.nodes[n].labels)] += 1
        found.append(even)
    return found


def _domain(one: Spread, node: int, labels: Labels) -> str:
    """Name a node's domain; softly over hosts, each node is one for itself."""
    return str(node) if one.when == SOFT and one.topology_key == HOSTNAME else labels.get(one.topology_key, "")


def _note(one: _Even, node: int, labels: Labels) -> None:
    if one.is_one and one.counts[node]:
        one.tally[_domain(one.spread, node, labels)] += 1


def _fewest(one: _Even) -> int:
    if len(one.tally) < (one.spread.min_domains or 1):
        return 0
    return min(one.tally.values())


def _is_even(hard: list[_Even], fewest: list[int], labels: Labels) -> bool:
    for one, least in zip(hard, fewest, strict=True):
        value = labels.get(one.spread.topology_key)
        if value is None:
            return False
        here = one.tally[value] if value in one.tally else 0  # noqa: SIM401  # a look must not make a domain
        if here + one.is_one - least > one.spread.max_skew:
            return False
    return True


def _crowding(soft: list[_Even], keys: list[str], left: list[int], labels: Sequence[Labels]) -> list[int]:
    """Score the nodes that are left by how crowded their domains are, from 0 to 100."""
    scored = [node for node in left if all(key in labels[node] for key in keys)]
    sizes = [
        len(scored)
        if one.spread.topology_key == HOSTNAME
        else len({labels[node].get(one.spread.topology_key, "") for node in scored})
        for one in soft
    ]
    weights = [log(size + 2) for size in sizes]
    raw: dict[int, int] = {}
    for node in scored:
        score = 0.0
        for one, weight in zip(soft, weights, strict=True):
            if one.spread.topology_key in labels[node]:
                here = one.tally.get(_domain(one.spread, node, labels[node]), 0)
                score += here * weight + (one.spread.max_skew - 1)
        raw[node] = floor(score + 0.5)
    least, most = min(raw.values(), default=0), max(raw.values(), default=0)
    return [0 if node not in raw else FULL if most == 0 else FULL * (most + least - raw[node]) // most for node in left]


# --- neighbours ------------------------------------------------------------------------------------------------------


def _meet(around: _Around, pod: Pod, other: Pod, labels: Labels) -> None:
    """Count one more pod on a node with these labels: what the pod says of it, and what it says of the pod."""

    def pairs(terms: Iterable[PodTerm]) -> list[Pair]:
        return [(term.topology_key, labels[term.topology_key]) for term in terms if term.topology_key in labels]

    wants = readable(pod.affinity.pod.required)
    if is_friend(other, pod, wants):
        around.friends.update(pairs(wants))
    shuns = readable(pod.affinity.anti.required)
    around.foes.update(pairs(term for term in shuns if speaks_of(term, pod, other)))
    avoids = readable(other.affinity.anti.required)
    around.avoiders.update(pairs(term for term in avoids if speaks_of(term, other, pod)))
    mine = [(w, t) for w, t in liked_terms(pod) if speaks_of(t, pod, other)]
    theirs = [(w, t) for w, t in liked_terms(other, HARD_WEIGHT) if speaks_of(t, other, pod)]
    for weight, term in (*mine, *theirs):
        for pair in pairs([term]):
            around.likes[pair] += weight


def _is_near(around: _Around, pod: Pod, labels: Labels) -> bool:
    wants = pod.affinity.pod.required
    if wants:
        if any(term.topology_key not in labels for term in wants):
            return False
        if any((t.topology_key, labels[t.topology_key]) not in around.friends for t in wants) and (
            around.friends or not is_friend(pod, pod, wants)
        ):
            return False
    for term in pod.affinity.anti.required:
        if (term.topology_key, labels.get(term.topology_key, "")) in around.foes and term.topology_key in labels:
            return False
    return not around.avoiders or not any(pair in around.avoiders for pair in labels.items())


def _liking(around: _Around, left: list[int], labels: Sequence[Labels]) -> list[int]:
    """Score the nodes that are left by who is in their domains, from 0 to 100."""
    if not around.likes:
        return [0] * len(left)
    keys = {key for key, _ in around.likes}
    raw = [sum(around.likes[key, labels[n][key]] for key in keys if key in labels[n]) for n in left]
    least, most = min(raw), max(raw)
    return [int(100.0 * ((one - least) / (most - least))) if most > least else 0 for one in raw]
