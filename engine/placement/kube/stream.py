"""A stream of pods, scheduled all at once: the same decisions as `decide` with the default plugins, millions a second.

Pods of one shape are alike in everything but their names. What a node scores for a shape changes only when a pod is put
there, so each shape keeps its nodes in tournament trees; before its turn they catch up on what has been placed since.

Where several nodes have the highest total, upstream draws lots anew for every pod. Here a node's lot is drawn anew when
it gets a pod: the same chances for nodes that look alike, and the winner of a tree stays its winner.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.placement.hosts import Bools, Floats, Ints
from engine.placement.kernel import NONE, draw
from engine.placement.kube import scores
from engine.placement.kube.filters import has_ports, is_schedulable, is_wanted, tolerates_taints
from engine.placement.kube.kernel import BITS, schedule
from engine.placement.kube.objects import CPU, MEMORY, PODS, Container, Node, Pod
from engine.placement.kube.plugins import INTER_POD, SPREAD, default_plugins
from engine.placement.kube.requests import asked, clash, counted, host_ports
from engine.placement.kube.snapshot import Snapshot

SCORED = (CPU, MEMORY)


@dataclass(frozen=True, slots=True)
class Columns:
    """A stream as plain columns, S shapes on N nodes, R resources.

    want: (S, R), room: (R, N), what a pod asks for and what is left; the first resource is pods, of which each is one.
    heavy: (S, 4), load: (4, N), CPU and memory as the scores count them, then as they were asked for. size: (2, N).
    allowed: (S, N), by what no placement changes but a taken port. clash: (S, S), whose ports exclude whose. fixed: (S, N),
    points that no placement changes. has_balance: (S,). weight: of what is left, balance, taints, wishes.
    nodes: (S, N), sorted by class; begin: (S, C + 1), where each class begins. soft, liked: (S, C), a class's taints that
    cost points, and its wishes' weights.
    """

    want: Ints
    room: Ints
    heavy: Ints
    load: Ints
    size: Ints
    allowed: Bools
    clash: Bools
    fixed: Ints
    has_balance: Bools
    weight: Ints
    nodes: Ints
    begin: Ints
    soft: Ints
    liked: Ints


def schedule_stream(cluster: Snapshot, shapes: Sequence[Pod], order: Ints, salt: int = 0) -> Ints:
    """Schedule pods one after the other; what is placed takes its room. Shape (n_pods,), NONE where no node took it.

    order: shape (n_pods,), the number of each pod's shape. salt: the lottery's own, `rng.salt(seed, "schedule", ...)`.
    A pod that waits does not hinder those after it.

    Errors: ValueError for pods that look at their neighbours: `crowd_stream` places those.
    """
    strange = [pod.name or "a pod" for pod in (*shapes, *cluster.shapes) if looks_around(pod)]
    if strange:
        raise ValueError(
            f"pods that look at their neighbours are no stream for this kernel: {', '.join(sorted(set(strange)))}"
        )
    if not len(cluster) or not len(order):
        return np.full(len(order), NONE, dtype=np.int64)
    c = columns_of(cluster, shapes)
    return schedule(
        order, c.want, c.room, c.heavy, c.load, c.size, c.allowed, c.clash, c.fixed, c.has_balance, c.weight, c.nodes,
        c.begin, c.soft, c.liked, salt,
    )  # fmt: skip


def looks_around(pod: Pod) -> bool:
    """Say whether a pod is spread, or near to or far from others, so that where it may go depends on them."""
    near, far = pod.affinity.pod, pod.affinity.anti
    return bool(pod.spread or pod.owner or near.required or near.preferred or far.required or far.preferred)


def lots(salt: int, put: Ints) -> Floats:
    """Draw each node's lot. put: shape (n_nodes,), how many pods of the stream it has got so far."""
    return np.array([draw(salt, int(n), node) for node, n in enumerate(put)], dtype=np.float64)


def columns_of(cluster: Snapshot, shapes: Sequence[Pod]) -> Columns:
    """Write nodes and shapes as columns that belong to nobody else: the kernel writes to them.

    Errors: ValueError for weights of plugins that are too large for the kernel's keys.
    """
    weight = {plugin.name: plugin.weight for plugin in default_plugins() if plugin.name not in {SPREAD, INTER_POD}}
    if scores.BEST * sum(weight.values()) >= 1 << (63 - BITS):
        raise ValueError(
            f"the weights of all scores are below {(1 << (63 - BITS)) // scores.BEST} together, got {weight}"
        )
    wants = [asked(pod) for pod in shapes]
    names = dict.fromkeys(name for want in wants for name in want)
    every = np.arange(len(cluster), dtype=np.int64)
    ports = [host_ports(pod) for pod in shapes]
    sorted_ = [_classes(pod, cluster, every) for pod in shapes]
    width = max((len(starts) for _, starts, _, _ in sorted_), default=1)
    return Columns(
        want=np.array([[1, *(want.get(name, 0) for name in names)] for want in wants], dtype=np.int64),
        room=np.array(
            [cluster.column(cluster.allocatable, PODS) - cluster.n_pods]
            + [cluster.column(cluster.allocatable, name) - cluster.column(cluster.asked, name) for name in names],
            dtype=np.int64,
        ),
        heavy=np.array(
            [[*(counted(p).get(n, 0) for n in SCORED), *(asked(p).get(n, 0) for n in SCORED)] for p in shapes],
            dtype=np.int64,
        ),
        load=np.array(
            [cluster.column(table, name) for table in (cluster.counted, cluster.asked) for name in SCORED],
            dtype=np.int64,
        ),
        size=np.array([cluster.column(cluster.allocatable, name) for name in SCORED], dtype=np.int64),
        allowed=np.array([_allowed(pod, cluster) for pod in shapes], dtype=np.bool_),
        clash=np.array([[any(clash(a, b) for a in mine for b in other) for other in ports] for mine in ports], np.bool_),
        fixed=np.array([_fixed(pod, cluster, every, weight["ImageLocality"]) for pod in shapes], dtype=np.int64),
        has_balance=np.array([any(want.get(name, 0) for name in SCORED) for want in wants], dtype=np.bool_),
        weight=np.array(
            [
                weight["NodeResourcesFit"], weight["NodeResourcesBalancedAllocation"], weight["TaintToleration"],
                weight["NodeAffinity"],
            ],
            dtype=np.int64,
        ),
        nodes=np.array([nodes for nodes, _, _, _ in sorted_], dtype=np.int64),
        begin=np.array([np.pad(starts, (0, width - len(starts)), mode="edge") for _, starts, _, _ in sorted_], np.int64),
        soft=np.array([np.pad(soft, (0, width - 1 - len(soft))) for _, _, soft, _ in sorted_], dtype=np.int64),
        liked=np.array([np.pad(liked, (0, width - 1 - len(liked))) for _, _, _, liked in sorted_], dtype=np.int64),
    )  # fmt: skip


def warm_up() -> None:
    """Compile the loop, or load it, before somebody waits for a schedule."""
    node = Node("a", allocatable={CPU: 1, MEMORY: 1, PODS: 1})
    schedule_stream(Snapshot.of([node]), [Pod(containers=(Container({CPU: 1}),))], np.zeros(1, dtype=np.int64))


def _allowed(pod: Pod, cluster: Snapshot) -> Bools:
    """Say where a pod may go, whatever room there is."""
    found = is_schedulable(pod, cluster) & tolerates_taints(pod, cluster) & is_wanted(pod, cluster)
    found &= has_ports(pod, cluster)
    for mask in (cluster.is_there, cluster.is_offered):
        found = found if mask is None else found & mask
    return found


def _fixed(pod: Pod, cluster: Snapshot, every: Ints, weight: int) -> Ints:
    return scores.image_locality(pod, cluster, every).normal * weight


def _classes(pod: Pod, cluster: Snapshot, every: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Sort the nodes by class: equal taints that cost points, equal wishes. Returns nodes, begin, soft and liked."""
    soft = scores.taint_toleration(pod, cluster, every).raw
    liked = scores.preferred(pod.affinity.node.preferred, cluster, every)
    nodes = np.lexsort((liked, soft)).astype(np.int64)  # a stable sort: equal ones stay in order
    changes = (np.diff(soft[nodes]) != 0) | (np.diff(liked[nodes]) != 0)
    begin = np.concatenate([[0], np.flatnonzero(changes) + 1, [len(nodes)]]).astype(np.int64)
    first = nodes[begin[:-1]]
    return nodes, begin, soft[first], liked[first]
