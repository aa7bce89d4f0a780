"""What a pod says of other pods, and they of it, as rows of counts by domain that a kernel can read.

Source: github:kubernetes/kubernetes pkg/scheduler/framework/plugins/interpodaffinity, @faecb196815e for 1.20.
"""

from __future__ import annotations

import numpy as np

from engine.placement.hosts import MISSING
from engine.placement.kube.objects import Pod, PodTerm
from engine.placement.kube.selectors import selects
from engine.placement.kube.snapshot import Snapshot
from engine.placement.kube.spread_rules import domains, is_listed, is_readable
from engine.placement.kube.topology_kernel import Near, tallies

HARD_WEIGHT = 1  # hardPodAffinityWeight of the scheduler's own configuration
Weighted = tuple[int, PodTerm]


def reads_neighbours(pod: Pod) -> bool:
    """Say whether Kubernetes can read all that a pod says of other pods: if not, it goes nowhere."""
    near, far = pod.affinity.pod, pod.affinity.anti
    preferred = [one.term for one in (*near.preferred, *far.preferred)]
    return all(is_readable(term.selector) for term in (*near.required, *far.required, *preferred))


def near_rules(pod: Pod, cluster: Snapshot, hard_weight: int = HARD_WEIGHT) -> Near:
    """Draw up what a pod says of other pods, and what those that run say of it.

    hard_weight: what a pod's required affinity is worth to those that it wants to be near to (hardPodAffinityWeight).
    """
    wants, shuns, likes = readable(pod.affinity.pod.required), readable(pod.affinity.anti.required), liked_terms(pod)
    avoided = [readable(shape.affinity.anti.required) for shape in cluster.shapes]
    liked = [liked_terms(shape, hard_weight) for shape in cluster.shapes]
    terms = [*wants, *shuns, *(term for own in avoided for term in own)]
    terms += [term for own in (likes, *liked) for _, term in own]
    keys = list(dict.fromkeys(term.topology_key for term in terms))
    row = {key: number for number, key in enumerate(keys)}
    gains = [np.zeros((len(keys), len(cluster.shapes)), dtype=np.int64) for _ in range(4)]
    friends, foes, avoiders, liking = gains
    for number, other in enumerate(cluster.shapes):
        for term in wants if is_friend(other, pod, wants) else ():
            friends[row[term.topology_key], number] += 1
        for term in shuns:
            foes[row[term.topology_key], number] += speaks_of(term, pod, other)
        for term in avoided[number]:
            avoiders[row[term.topology_key], number] += speaks_of(term, other, pod)
        for weight, term in likes:
            liking[row[term.topology_key], number] += weight * speaks_of(term, pod, other)
        for weight, term in liked[number]:
            liking[row[term.topology_key], number] += weight * speaks_of(term, other, pod)
    code, _, width = domains(cluster, keys)
    code[:, ~is_listed(cluster)] = MISSING
    sums = [tallies(code, gain, cluster.count, width) for gain in gains]
    return Near(
        begin=np.array([0, len(keys)], dtype=np.int64),
        code=code,
        friends=sums[0],
        foes=sums[1],
        avoiders=sums[2],
        likes=sums[3],
        n_friends=np.array([sums[0].sum()], dtype=np.int64),
        needs_friend=np.array([any(term.topology_key == key for term in wants) for key in keys], dtype=np.bool_),
        matches_itself=np.array([is_friend(pod, pod, wants)], dtype=np.bool_),
        friends_gain=friends,
        foes_gain=foes,
        avoiders_gain=avoiders,
        likes_gain=liking,
    )


def readable(terms: tuple[PodTerm, ...]) -> tuple[PodTerm, ...]:
    """Read a list of terms: if one of them makes no sense, none of them counts."""
    return terms if all(is_readable(term.selector) for term in terms) else ()


def liked_terms(pod: Pod, hard_weight: int = 0) -> list[Weighted]:
    """List what a pod prefers: near with its weight, far with minus its weight; and what it requires, if that is worth anything."""
    found: list[Weighted] = []
    for sign, side in ((1, pod.affinity.pod), (-1, pod.affinity.anti)):
        if readable(tuple(one.term for one in side.preferred)):
            found += [(sign * one.weight, one.term) for one in side.preferred]
    if hard_weight > 0:
        found += [(hard_weight, term) for term in readable(pod.affinity.pod.required)]
    return found


def is_friend(other: Pod, pod: Pod, terms: tuple[PodTerm, ...]) -> bool:
    """Say whether another pod is one that the pod wants to be near to: all terms speak of it."""
    return bool(terms) and all(speaks_of(term, pod, other) for term in terms)


def speaks_of(term: PodTerm, whose: Pod, other: Pod) -> bool:
    """Say whether a term of one pod speaks of another: in the namespaces that it names (or in its own), by labels."""
    return other.namespace in (term.namespaces or (whose.namespace,)) and selects(term.selector, other.labels)
