"""Scores: how good each node would be, from 0 to 100, each with upstream's own plugin name.

Arithmetic is upstream's: 64-bit whole numbers that truncate. Tables of resources have shape (n_resources, n_nodes).
Source: github:kubernetes/kubernetes pkg/scheduler/framework/plugins: noderesources, nodeaffinity, tainttoleration,
imagelocality, helper/normalize_score.go, helper/shape_score.go.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from engine.placement.hosts import Ints
from engine.placement.kube.edition import TODAY, Edition
from engine.placement.kube.objects import CPU, MEMORY, Pod, WeightedNodeTerm
from engine.placement.kube.requests import asked, counted
from engine.placement.kube.selectors import term_holds, untolerated
from engine.placement.kube.snapshot import Snapshot

BEST = 100
DEFAULT_RESOURCES: Mapping[str, int] = {CPU: 1, MEMORY: 1}
MIB = 1024 * 1024
IMAGE_LEAST, IMAGE_MOST = (
    23 * MIB,
    1000 * MIB,
)  # upstream's own constants: where an image's size begins and ends to count
MOST_OF_A_SHAPE = 10  # the highest score that a point of a ratio's shape may have


@dataclass(frozen=True, slots=True)
class Scored:
    """One plugin's answer. raw: as it scores; normal: from 0 to 100. Arrays of shape (n,), one entry a node asked about."""

    raw: Ints
    normal: Ints


# A score is asked about the nodes that are left, by their numbers. None: the plugin has nothing to say of this pod.
Score = Callable[[Pod, Snapshot, Ints], Scored | None]


def normalised(raw: Ints, *, is_reversed: bool = False) -> Ints:
    """Stretch scores so that the highest is 100; reversed: so that the lowest possible, 0, is.

    >>> normalised(np.array([1, 2, 3, 4])).tolist(), normalised(np.array([0, 2]), is_reversed=True).tolist()
    ([25, 50, 75, 100], [100, 0])
    """
    most = int(raw.max(initial=0))
    stretched = raw if most == 0 else BEST * raw // most
    return np.asarray(BEST - stretched if is_reversed else stretched, dtype=np.int64)


# --- resources -------------------------------------------------------------------------------------------------------


def checked_weights(weights: Mapping[str, int]) -> Mapping[str, int]:
    """Give weights of resources back. Errors: ValueError for one that is not from 1 to 100."""
    wrong = [f"{name} {weight}" for name, weight in weights.items() if not 1 <= weight <= BEST]
    if wrong:
        raise ValueError(f"a resource's weight is from 1 to {BEST}, got {', '.join(wrong)}")
    return weights


def least_allocated(use: Ints, size: Ints, weights: Sequence[int], edition: Edition = TODAY) -> Ints:
    """Prefer nodes with much left: the free share of each resource in percent, their weighted mean.

    use: what would be asked for with the pod there; size: what the node can give; both (n_resources, n_nodes).
    """
    free = BEST * np.maximum(size - use, 0) // np.maximum(size, 1)
    return _mean(free, size, weights, edition)


def most_allocated(use: Ints, size: Ints, weights: Sequence[int], edition: Edition = TODAY) -> Ints:
    """Prefer nodes that are nearly full: the used share of each resource in percent, their weighted mean."""
    inside = np.minimum(use, size) if edition.full_when_over else np.where(use > size, 0, use)
    return _mean(BEST * inside // np.maximum(size, 1), size, weights, edition)


def ratio_allocated(
    use: Ints, size: Ints, weights: Sequence[int], shape: Sequence[tuple[int, int]], edition: Edition = TODAY
) -> Ints:
    """Score the used share of each resource by a broken line. shape: points (use in percent, score from 0 to 10).

    A resource that scores 0 does not count; the mean of the others is rounded.
    """
    whole = np.maximum(size, 1)
    used = BEST - BEST * (size - use) // whole if edition.use_rounds_up else BEST * use // whole
    used = np.where((size == 0) | (use > size), BEST, used)
    points = [(at, score * (BEST // MOST_OF_A_SHAPE)) for at, score in shape]
    scores = _broken_line(used, points)
    counts = (scores > 0) & ((size > 0) if edition.skips_missing else True)
    weight = np.where(counts, np.array(weights, dtype=np.int64)[:, None], 0)
    total, among = (scores * weight).sum(axis=0), weight.sum(axis=0)
    return np.where(among > 0, np.floor(total / np.maximum(among, 1) + 0.5), 0).astype(np.int64)


def balanced(use: Ints, size: Ints, edition: Edition = TODAY) -> Ints:
    """Prefer nodes whose resources would be used alike: 100 less the used shares' standard deviation in percent."""
    has = size > 0
    if edition.by_difference:  # of two resources, as that release knew no others
        part = np.where(has, use / np.where(has, size, 1), 1.0)
        return np.where((part >= 1).any(axis=0), 0, (1 - np.abs(part[0] - part[1])) * BEST).astype(np.int64)
    share = np.where(has, np.minimum(use / np.where(has, size, 1), 1.0), 0.0)
    n = has.sum(axis=0)
    if len(size) == 2:  # upstream's short cut, to the last bit
        spread = np.where(n == 2, np.abs((share[0] - share[1]) / 2), 0.0)
    else:
        spread = np.array([_deviation(share[has[:, node], node].tolist()) for node in range(size.shape[1])])
    return ((1 - spread) * BEST).astype(np.int64)


def _deviation(shares: Sequence[float]) -> float:
    """Give the population's standard deviation, added up in order as upstream does."""
    if len(shares) < 2:
        return 0.0
    if len(shares) == 2:
        return abs((shares[0] - shares[1]) / 2)
    total = squares = 0.0
    for share in shares:
        total += share
    mean = total / len(shares)
    for share in shares:
        squares = squares + (share - mean) * (share - mean)
    return float(np.sqrt(squares / len(shares)))


def _mean(scores: Ints, size: Ints, weights: Sequence[int], edition: Edition) -> Ints:
    weight = np.broadcast_to(np.array(weights, dtype=np.int64)[:, None], size.shape)
    if edition.skips_missing:
        weight = np.where(size > 0, weight, 0)
    among = weight.sum(axis=0)
    total = (np.where(size > 0, scores, 0) * weight).sum(axis=0)
    return np.asarray(np.where(among > 0, total // np.maximum(among, 1), 0), dtype=np.int64)


def _broken_line(at: Ints, points: Sequence[tuple[int, int]]) -> Ints:
    """Read a broken line: flat before its first point and after its last, divisions truncated towards zero."""
    found = np.full(at.shape, points[-1][1], dtype=np.int64)
    for (x0, y0), (x1, y1) in reversed(list(pairwise(points))):
        rise = (y1 - y0) * (at - x0)
        step = np.sign(rise) * (np.abs(rise) // (x1 - x0))
        found = np.where(at <= x1, y0 + step, found)
    return np.where(at <= points[0][0], points[0][1], found).astype(np.int64)


# --- what a node is --------------------------------------------------------------------------------------------------


def preferred(terms: Sequence[WeightedNodeTerm], cluster: Snapshot, nodes: Ints) -> Ints:
    """Add up the weights of the terms that choose each node."""
    if not terms:
        return np.zeros(len(nodes), dtype=np.int64)
    return np.array(
        [sum(one.weight for one in terms if one.weight and term_holds(one.term, cluster.nodes[n])) for n in nodes],
        dtype=np.int64,
    )


def node_affinity(pod: Pod, cluster: Snapshot, nodes: Ints) -> Scored | None:
    """Prefer nodes that the pod would rather have."""
    terms = pod.affinity.node.preferred
    if not terms:
        return None
    raw = preferred(terms, cluster, nodes)
    return Scored(raw, normalised(raw))


def taint_toleration(pod: Pod, cluster: Snapshot, nodes: Ints) -> Scored:
    """Prefer nodes with few PreferNoSchedule taints that the pod does not put up with."""
    soft = "PreferNoSchedule"
    covers = [t for t in pod.tolerations if t.effect in {"", soft}]
    if not any(node.taints for node in cluster.nodes):
        return Scored(np.zeros(len(nodes), np.int64), np.full(len(nodes), BEST, np.int64))
    raw = np.array([len(untolerated(cluster.nodes[n].taints, covers, [soft])) for n in nodes], dtype=np.int64)
    return Scored(raw, normalised(raw, is_reversed=True))


def image_locality(pod: Pod, cluster: Snapshot, nodes: Ints) -> Scored:
    """Prefer nodes that hold the images already, the more nodes hold an image the more it counts.

    An image's size counts from 23 MiB to 1,000 MiB for each container.
    """
    n = len(cluster)
    size = np.zeros(len(nodes), dtype=np.int64)
    if not cluster.images:
        return Scored(size, size)
    for container in pod.containers:
        name = tagged(container.image)
        held = cluster.column(cluster.images, name)
        share = float(np.count_nonzero(held)) / n if n else 0.0
        size += (held[nodes] * share).astype(np.int64)
    most = IMAGE_MOST * max(len(pod.containers), 1)
    raw = BEST * (size.clip(IMAGE_LEAST, most) - IMAGE_LEAST) // (most - IMAGE_LEAST)
    return Scored(raw, raw)


def tagged(image: str) -> str:
    """Give an image's name with its tag, `latest` where it has none.

    >>> tagged("shop/web"), tagged("registry:5000/web:2")
    ('shop/web:latest', 'registry:5000/web:2')
    """
    return image if not image or image.rfind(":") > image.rfind("/") else f"{image}:latest"


def tables(
    pod: Pod, cluster: Snapshot, nodes: Ints, names: Sequence[str], *, as_counted: bool = True
) -> tuple[Ints, Ints]:
    """Give what would be used with the pod there, and what there is: (n_resources, n_nodes) each.

    as_counted: CPU and memory that nobody asked for count all the same. A resource that a node does not have, and that
    the pod does not ask for, has no size: it says nothing.
    """
    mine, theirs = (counted(pod), cluster.counted) if as_counted else (asked(pod), cluster.asked)
    use = [cluster.column(theirs, name)[nodes] + mine.get(name, 0) for name in names]
    size = [
        cluster.column(cluster.allocatable, name)[nodes] * int(name in DEFAULT_RESOURCES or mine.get(name, 0) > 0)
        for name in names
    ]
    return np.array(use, dtype=np.int64), np.array(size, dtype=np.int64)


def fit_least(pod: Pod, cluster: Snapshot, nodes: Ints) -> Scored:
    """Score by least allocated, as NodeResourcesFit does unless told otherwise (fact `k8s.sched.spreads_by_default`)."""
    use, size = tables(pod, cluster, nodes, list(DEFAULT_RESOURCES))
    raw = least_allocated(use, size, list(DEFAULT_RESOURCES.values()))
    return Scored(raw, raw)


def fit_most(pod: Pod, cluster: Snapshot, nodes: Ints) -> Scored:
    """Score by most allocated: bin packing."""
    use, size = tables(pod, cluster, nodes, list(DEFAULT_RESOURCES))
    raw = most_allocated(use, size, list(DEFAULT_RESOURCES.values()))
    return Scored(raw, raw)


def balanced_allocation(pod: Pod, cluster: Snapshot, nodes: Ints) -> Scored | None:
    """Score by balance, of what is really asked for; a pod that asks for nothing has no balance."""
    wants = asked(pod)
    if not any(wants.get(name, 0) for name in DEFAULT_RESOURCES):
        return None
    use, size = tables(pod, cluster, nodes, list(DEFAULT_RESOURCES), as_counted=False)
    raw = balanced(use, size)
    return Scored(raw, raw)
