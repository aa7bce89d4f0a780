"""Topology spread and pod affinity as filters and scores, each with upstream's own plugin name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.placement.hosts import Bools, Ints
from engine.placement.kube.edition import TODAY, Edition
from engine.placement.kube.near_rules import HARD_WEIGHT, near_rules, reads_neighbours
from engine.placement.kube.objects import (
    Affinity,
    Node,
    Pod,
    PodAffinity,
    PodTerm,
    Selector,
    Spread,
    WeightedPodTerm,
)
from engine.placement.kube.scores import Scored
from engine.placement.kube.snapshot import Snapshot
from engine.placement.kube.spread_rules import HARD, SOFT, hard_rules, soft_rules
from engine.placement.kube.topology_kernel import (
    NO_FRIEND,
    NO_KEY,
    OK,
    OWN_FOE,
    THEIR_FOE,
    TOO_SKEWED,
    Hard,
    Near,
    Soft,
    near_refusals,
    score_near,
    score_spread,
    spread_refusals,
)

# What pre-empting somebody could never change.
UNRESOLVABLE = frozenset({NO_KEY, NO_FRIEND})


def spread_says(pod: Pod, cluster: Snapshot, edition: Edition = TODAY) -> Ints:
    """Ask a pod's DoNotSchedule constraints: OK, NO_KEY or TOO_SKEWED. Shape (n_nodes,)."""
    return np.asarray(spread_refusals(_hard(pod, cluster, edition)))


def neighbours_say(pod: Pod, cluster: Snapshot) -> Ints:
    """Ask for required affinity: OK, NO_FRIEND, OWN_FOE or THEIR_FOE. Shape (n_nodes,).

    A pod whose terms make no sense has no friend anywhere.
    """
    if not reads_neighbours(pod):
        return np.full(len(cluster), NO_FRIEND, dtype=np.int64)
    return np.asarray(near_refusals(_near(pod, cluster)))


def is_even(pod: Pod, cluster: Snapshot) -> Bools:
    """Keep nodes where the pod would not tip a DoNotSchedule constraint."""
    if not pod.spread:
        return np.ones(len(cluster), dtype=np.bool_)
    return np.asarray(spread_says(pod, cluster) == OK)


def is_near(pod: Pod, cluster: Snapshot) -> Bools:
    """Keep nodes that have the neighbours that the pod must have, and none that it or they cannot bear."""
    return np.asarray(neighbours_say(pod, cluster) == OK)


def spread_refuses(pod: Pod, cluster: Snapshot) -> dict[str, Bools]:
    """Say which nodes lack a key, and which would be too crowded. Arrays of shape (n_nodes,)."""
    if not any(one.when == HARD for one in pod.spread):
        return {}
    said = spread_says(pod, cluster)
    return {"no-domain": said == NO_KEY, "skew": said == TOO_SKEWED}


def neighbours_refuse(pod: Pod, cluster: Snapshot) -> dict[str, Bools]:
    """Say which nodes lack a neighbour that must be there, which have one that the pod avoids, and which one that avoids it."""
    said = neighbours_say(pod, cluster)
    found = {"affinity": said == NO_FRIEND, "anti-affinity": said == OWN_FOE, "avoided": said == THEIR_FOE}
    return {reason: refuses for reason, refuses in found.items() if refuses.any()}


def topology_spread(pod: Pod, cluster: Snapshot, nodes: Ints, edition: Edition = TODAY) -> Scored | None:
    """Prefer nodes in domains with few pods of the pod's own kind, by its ScheduleAnyway constraints or the scheduler's own."""
    rules = _soft(pod, cluster, edition)
    if edition.skips_empty and not len(rules.max_skew):
        return None
    raw, points = np.empty_like(nodes), np.empty_like(nodes)
    score_spread(0, nodes, rules, edition.rounds, raw, points)
    return Scored(raw, points)


def pod_affinity(
    pod: Pod, cluster: Snapshot, nodes: Ints, edition: Edition = TODAY, hard_weight: int = HARD_WEIGHT
) -> Scored | None:
    """Prefer nodes near to pods that the pod likes, or that like it, and far from those that do not."""
    rules = _near(pod, cluster, hard_weight)
    if not len(rules.needs_friend):
        return None
    raw, points = np.empty_like(nodes), np.empty_like(nodes)
    score_near(0, nodes, rules, edition.starts_at_least, raw, points)
    return Scored(raw, points)


def warm_up() -> None:
    """Compile what a decision asks, or load it, before somebody waits for one."""
    rule, every = Spread(1, "zone", selector=Selector()), np.zeros(1, dtype=np.int64)
    wish = PodAffinity(preferred=(WeightedPodTerm(1, PodTerm("zone", Selector())),))
    pod = Pod(spread=(rule, replace(rule, when=SOFT)), affinity=Affinity(pod=wish))
    cluster = Snapshot.of([Node("a", {"zone": "a"})])
    spread_says(pod, cluster)
    neighbours_say(pod, cluster)
    topology_spread(pod, cluster, every)
    pod_affinity(pod, cluster, every)


def _hard(pod: Pod, cluster: Snapshot, edition: Edition) -> Hard:
    if cluster.book is None or edition != TODAY:
        return hard_rules(pod, cluster, edition)
    return cluster.book.hard(pod, cluster)


def _soft(pod: Pod, cluster: Snapshot, edition: Edition) -> Soft:
    if cluster.book is None or edition != TODAY:
        return soft_rules(pod, cluster, edition)
    return cluster.book.soft(pod, cluster)


def _near(pod: Pod, cluster: Snapshot, hard_weight: int = HARD_WEIGHT) -> Near:
    if cluster.book is None or hard_weight != HARD_WEIGHT:
        return near_rules(pod, cluster, hard_weight)
    return cluster.book.near(pod, cluster)
