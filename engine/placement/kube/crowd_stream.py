"""A stream of pods with topology spread and pod affinity, placed all at once: the same decisions as `decide`.

What makes it fast: a node changes only by what is put on it, so all filters but two are one number, how many more it takes,
and its points for resources are a row that can be written down beforehand. Spread and affinity are counts by domain, and a
pod that comes is added to them (`topology_kernel`). What remains is one look at every node for every pod.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.placement.hosts import Ints
from engine.placement.kube import filters, scores
from engine.placement.kube.crowd_kernel import NONE, place
from engine.placement.kube.edition import TODAY
from engine.placement.kube.near_rules import near_rules, reads_neighbours
from engine.placement.kube.objects import PODS, Pod
from engine.placement.kube.plugins import INTER_POD, SPREAD, default_plugins
from engine.placement.kube.requests import asked, counted, host_ports
from engine.placement.kube.snapshot import Snapshot
from engine.placement.kube.spread_rules import hard_rules, is_listed, reads_spread, soft_rules

BY_ROOM = ("NodeResourcesFit", "NodeResourcesBalancedAllocation")
MOVING = ("TaintToleration", "NodeAffinity", SPREAD, INTER_POD)  # normalised anew for every pod


@dataclass(frozen=True, slots=True)
class Crowd:
    """What became of a stream. node: shape (n_pods,), in order, NONE where no node took the pod. cluster: afterwards."""

    node: Ints
    cluster: Snapshot


def place_crowd(cluster: Snapshot, batches: Sequence[tuple[Pod, int]]) -> Crowd:
    """Place batches of equal pods, one pod after the other, each as `decide` would: the first node wins a tie."""
    found: list[Ints] = []
    for pod, count in batches:
        shape, cluster = numbered(cluster, pod)
        if not reads_neighbours(pod) or not reads_spread(pod):
            found.append(np.full(count, NONE, dtype=np.int64))
            continue
        limit = room(pod, cluster, count)
        node, put = place(
            count, shape, limit, _marks(pod, cluster, int(limit.max(initial=0))), _shunned(pod, cluster),
            _wanted(pod, cluster), weights(MOVING), hard_rules(pod, cluster), soft_rules(pod, cluster),
            near_rules(pod, cluster), TODAY.rounds, TODAY.starts_at_least,
        )  # fmt: skip
        cluster = with_pods(cluster, shape, put)
        found.append(node)
    return Crowd(np.concatenate(found) if found else np.zeros(0, dtype=np.int64), cluster)


def numbered(cluster: Snapshot, pod: Pod) -> tuple[int, Snapshot]:
    """Give a pod's shape its number, the one that an equal pod has or a new one."""
    for number, shape in enumerate(cluster.shapes):
        if shape == pod:
            return number, cluster
    count = np.vstack([cluster.count, np.zeros((1, len(cluster)), dtype=np.int64)])
    return len(cluster.shapes), replace(cluster, shapes=(*cluster.shapes, pod), count=count)


def room(pod: Pod, cluster: Snapshot, most: int) -> Ints:
    """Count how many more such pods each node takes by every filter but spread and affinity. Shape (n_nodes,)."""
    allowed = is_listed(cluster)
    for ask in (filters.is_schedulable, filters.tolerates_taints, filters.is_wanted, filters.has_ports):
        allowed = allowed & ask(pod, cluster)
    limit = cluster.column(cluster.allocatable, PODS) - cluster.n_pods
    for name, amount in asked(pod).items():
        if amount > 0:
            left = cluster.column(cluster.allocatable, name) - cluster.column(cluster.asked, name)
            limit = np.minimum(limit, left // amount)
    if host_ports(pod):
        limit = np.minimum(limit, 1)
    return np.asarray(np.where(allowed, limit, 0).clip(0, most), dtype=np.int64)


def with_pods(cluster: Snapshot, shape: int, put: Ints) -> Snapshot:
    """Show the cluster with so many more pods of a shape on each node. put: shape (n_nodes,)."""
    pod, count = cluster.shapes[shape], cluster.count.copy()
    count[shape] += put
    ports = cluster.ports
    if wanted := host_ports(pod):
        ports = tuple(taken | wanted if n else taken for taken, n in zip(ports, put.tolist(), strict=True))
    return replace(
        cluster,
        asked={**cluster.asked, **{k: cluster.column(cluster.asked, k) + v * put for k, v in asked(pod).items()}},
        counted={
            **cluster.counted,
            **{k: cluster.column(cluster.counted, k) + v * put for k, v in counted(pod).items()},
        },
        n_pods=cluster.n_pods + put,
        ports=ports,
        count=count,
    )


def weights(names: Sequence[str]) -> Ints:
    """Give the plugins' weights."""
    by_name = {plugin.name: plugin.weight for plugin in default_plugins()}
    return np.array([by_name[name] for name in names], dtype=np.int64)


def _marks(pod: Pod, cluster: Snapshot, most: int) -> Ints:
    """Write down each node's points for resources and images with 0, 1, … pods of the batch. Shape (n_nodes, most + 1)."""
    every = np.arange(len(cluster), dtype=np.int64)
    plugins = {plugin.name: plugin for plugin in default_plugins()}
    images = scores.image_locality(pod, cluster, every).normal * plugins["ImageLocality"].weight
    table = np.tile(images[:, None], most + 1)
    shape, _ = numbered(cluster, pod)
    for more in range(most + 1):
        seen = with_pods(cluster, shape, np.full(len(cluster), more, dtype=np.int64))
        for name in BY_ROOM:
            scored = plugins[name].score(pod, seen, every)  # type: ignore[misc]  # both of them score
            if scored is not None:
                table[:, more] += plugins[name].weight * scored.normal
    return table


def _shunned(pod: Pod, cluster: Snapshot) -> Ints:
    return scores.taint_toleration(pod, cluster, np.arange(len(cluster), dtype=np.int64)).raw


def _wanted(pod: Pod, cluster: Snapshot) -> Ints:
    every = np.arange(len(cluster), dtype=np.int64)
    return scores.preferred(pod.affinity.node.preferred, cluster, every).astype(np.int64)
