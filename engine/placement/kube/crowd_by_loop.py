"""The same stream of pods that care who is where, by a plain loop over nodes. Slow, and easy to believe.

It does no more than it must: what no placement changes is asked once, everything else is in lists, and pods of a domain are
counted along in dictionaries, as upstream keeps them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import floor, log

import numpy as np

from engine.placement.hosts import Ints
from engine.placement.kernel import NONE, draw
from engine.placement.kube import filters
from engine.placement.kube.crowd_stream import weights_apart
from engine.placement.kube.near_rules import HARD_WEIGHT, is_friend, liked_terms, readable, reads_neighbours, speaks_of
from engine.placement.kube.objects import Labels, Pod, Selector, Spread
from engine.placement.kube.one_by_one import by_node, points_of
from engine.placement.kube.selectors import selects
from engine.placement.kube.snapshot import Snapshot
from engine.placement.kube.spread_rules import (
    HARD,
    HONOR,
    HOSTNAME,
    SOFT,
    default_spread,
    is_listed,
    joined,
    reads_spread,
)
from engine.placement.kube.stream import columns_of

FULL = 100
Pair = tuple[str, str]
_Effect = tuple[str, str, int]


@dataclass(slots=True)
class _Even:
    """One spread constraint while it is counted: pods by domain, and which nodes' pods count."""

    spread: Spread
    selector: Selector | None
    is_one: bool  # the pod itself matches
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
class _State:
    """What one shape of pods keeps count of."""

    pod: Pod
    hard: list[_Even]
    soft: list[_Even]
    soft_keys: list[str]
    around: _Around

    @classmethod
    def of(cls, pod: Pod, cluster: Snapshot) -> _State:
        """Count what runs there."""
        hard = _evens(cluster, pod, [one for one in pod.spread if one.when == HARD])
        soft = _evens(cluster, pod, [one for one in (pod.spread or default_spread(pod)) if one.when == SOFT])
        keys = [one.spread.topology_key for one in soft] if pod.spread else []
        state = cls(pod, hard, soft, keys, _Around())
        for row, other in enumerate(cluster.shapes):
            effects = _meeting(pod, other)
            for node in np.flatnonzero(cluster.count[row] * is_listed(cluster)).tolist():
                for _ in range(int(cluster.count[row, node])):
                    _meet(state.around, effects, cluster.nodes[node].labels)
        return state


def schedule_crowd_by_loop(cluster: Snapshot, shapes: Sequence[Pod], order: Ints, salt: int = 0) -> Ints:
    """Schedule a stream by a plain loop over nodes for each pod, as one writes it first. Shape (n_pods,)."""
    c = columns_of(cluster, shapes)
    n = len(cluster)
    want, heavy, allowed = c.want.tolist(), c.heavy.tolist(), c.allowed.tolist()
    room, load, size = c.room.T.tolist(), c.load.T.tolist(), c.size.T.tolist()
    weights, fixed, has_balance = c.weight.tolist(), c.fixed.tolist(), c.has_balance.tolist()
    soft, liked = by_node(c.nodes, c.begin, c.soft), by_node(c.nodes, c.begin, c.liked)
    labels = [node.labels for node in cluster.nodes]
    states = [_State.of(pod, cluster) for pod in shapes]
    for s, pod in enumerate(shapes):
        if not reads_neighbours(pod) or not reads_spread(pod):
            allowed[s] = [False] * n
    meetings = [[_meeting(pod, other) for other in shapes] for pod in shapes]
    by_spread, by_near = weights_apart().tolist()
    put, lot = [0] * n, [draw(salt, 0, node) for node in range(n)]
    found = []
    for s in order.tolist():
        state, wants, adds = states[s], want[s], heavy[s]
        fewest = [_fewest(one) for one in state.hard]
        left = [
            node
            for node in range(n)
            if allowed[s][node]
            and all(w <= 0 or r >= w for w, r in zip(wants, room[node], strict=True))
            and _is_even(state.hard, fewest, labels[node])
            and _is_near(state, labels[node])
        ]
        if not left:
            found.append(NONE)
            continue
        most_soft, most_liked = max(soft[s][node] for node in left), max(liked[s][node] for node in left)
        spread, near = _crowding(state, left, labels), _liking(state.around, left, labels)
        best, best_rank = NONE, (-1, -1.0)
        for i, node in enumerate(left):
            total = fixed[s][node] + points_of(size[node], load[node], adds, has_balance[s], weights)
            total += (100 - 100 * soft[s][node] // most_soft if most_soft else 100) * weights[2]
            total += 100 * liked[s][node] // most_liked * weights[3] if most_liked else 0
            total += spread[i] * by_spread + near[i] * by_near
            if (total, lot[node]) > best_rank:
                best, best_rank = node, (total, lot[node])
        found.append(best)
        put[best] += 1
        lot[best] = draw(salt, put[best], best)
        room[best] = [r - w for w, r in zip(wants, room[best], strict=True)]
        load[best] = [there + more for there, more in zip(load[best], adds, strict=True)]
        for other, excludes in enumerate(c.clash[s]):
            if excludes:
                allowed[other][best] = False
        for other in range(len(shapes)):
            _note(states[other], meetings[other][s], shapes[s], best, labels[best])
    return np.array(found, dtype=np.int64)


# --- spread ----------------------------------------------------------------------------------------------------------


def _evens(cluster: Snapshot, pod: Pod, spreads: Sequence[Spread]) -> list[_Even]:
    """Count what runs, constraint by constraint."""
    may = filters.is_wanted(pod, cluster)
    tolerated = filters.tolerates_taints(pod, cluster) & filters.enters_closed(pod, cluster)
    keys = {one.topology_key for one in spreads} if pod.spread else set()
    found = []
    for one in spreads:
        selector = joined(one, pod)
        counts = [
            bool(is_listed(cluster)[n])
            and all(key in node.labels for key in keys)
            and (one.affinity_policy != HONOR or bool(may[n]))
            and (one.taints_policy != HONOR or bool(tolerated[n]))
            for n, node in enumerate(cluster.nodes)
        ]
        if one.when == SOFT and one.topology_key == HOSTNAME:
            counts = [True] * len(counts)
        even = _Even(one, selector, selects(selector, pod.labels), counts)
        for n, node in enumerate(cluster.nodes):
            if counts[n]:
                even.tally[_domain(one, n, node.labels)] += 0
        for row, other in enumerate(cluster.shapes):
            if _is_counted(even, pod, other):
                for n in range(len(cluster)):
                    if counts[n]:
                        even.tally[_domain(one, n, cluster.nodes[n].labels)] += int(cluster.count[row, n])
        found.append(even)
    return found


def _is_counted(one: _Even, pod: Pod, other: Pod) -> bool:
    return other.namespace == pod.namespace and not other.terminating and selects(one.selector, other.labels)


def _domain(one: Spread, node: int, labels: Labels) -> str:
    """Name a node's domain; softly over hosts, each node is one for itself."""
    return str(node) if one.when == SOFT and one.topology_key == HOSTNAME else labels.get(one.topology_key, "")


def _note(state: _State, effects: list[_Effect], other: Pod, node: int, labels: Labels) -> None:
    """Count one pod more on a node."""
    for one in (*state.hard, *state.soft):
        if one.counts[node] and _is_counted(one, state.pod, other):
            one.tally[_domain(one.spread, node, labels)] += 1
    _meet(state.around, effects, labels)


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


def _crowding(state: _State, left: list[int], labels: Sequence[Labels]) -> list[int]:
    """Score the nodes that are left by how crowded their domains are, from 0 to 100."""
    soft, keys = state.soft, state.soft_keys
    if not soft:
        return [0] * len(left)
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


def _meeting(pod: Pod, other: Pod) -> list[_Effect]:
    """Say what one more pod of another shape means to a pod: (which count, topology key, by how much)."""
    effects: list[_Effect] = []
    wants = readable(pod.affinity.pod.required)
    if is_friend(other, pod, wants):
        effects += [("friends", term.topology_key, 1) for term in wants]
    shuns = readable(pod.affinity.anti.required)
    effects += [("foes", term.topology_key, 1) for term in shuns if speaks_of(term, pod, other)]
    avoids = readable(other.affinity.anti.required)
    effects += [("avoiders", term.topology_key, 1) for term in avoids if speaks_of(term, other, pod)]
    mine = [("likes", t.topology_key, w) for w, t in liked_terms(pod) if speaks_of(t, pod, other)]
    theirs = [("likes", t.topology_key, w) for w, t in liked_terms(other, HARD_WEIGHT) if speaks_of(t, other, pod)]
    return effects + mine + theirs


def _meet(around: _Around, effects: list[_Effect], labels: Labels) -> None:
    """Count one more pod on a node with these labels."""
    for name, key, more in effects:
        if key in labels:
            getattr(around, name)[key, labels[key]] += more


def _is_near(state: _State, labels: Labels) -> bool:
    around, wants = state.around, state.pod.affinity.pod.required
    if wants:
        if any(term.topology_key not in labels for term in wants):
            return False
        if any((t.topology_key, labels[t.topology_key]) not in around.friends for t in wants) and (
            around.friends or not is_friend(state.pod, state.pod, wants)
        ):
            return False
    if around.foes and any(pair in around.foes for pair in labels.items()):
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
