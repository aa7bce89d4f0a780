"""The compiled loop of a stream of pods that care who is where: every node is looked at for every pod.

No tree of winners helps here: one pod more changes a zone's count, and with it the points of a third of the nodes.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.placement.hosts import Ints
from engine.placement.kube.topology_kernel import (
    FULL_MARKS,
    OK,
    Hard,
    Near,
    Soft,
    near_refusal,
    note_near,
    note_spread,
    score_near,
    score_spread,
    spread_refusal,
)

NONE = -1


@njit(cache=True)
def place(
    count: int,
    shape: int,
    limit: Ints,
    marks: Ints,
    shunned: Ints,
    wanted: Ints,
    weights: Ints,
    hard: Hard,
    soft: Soft,
    near: Near,
    rounds: bool,
    starts_at_least: bool,
) -> tuple[Ints, Ints]:
    """Place equal pods one after the other. The rules' tallies are written to.

    shape: the pods' number in the rules' gains. limit: shape (n_nodes,), how many each node still takes by all other
    filters. marks: shape (n_nodes, most + 1), the weighted points of its resources and images with so many of the pods
    there. shunned, wanted: shape (n_nodes,), the raw scores of taints and of node affinity. weights: what taints, node
    affinity, spread and neighbours count.
    Returns each pod's node, NONE where none was left; and how many each node took.
    """
    n = len(limit)
    put = np.zeros(n, dtype=np.int64)
    found = np.full(count, NONE, dtype=np.int64)
    nodes, total = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    raw, points = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for pod in range(count):
        left = 0
        for node in range(n):
            if put[node] < limit[node] and spread_refusal(node, hard) == OK and near_refusal(node, near) == OK:
                nodes[left] = node
                left += 1
        if left == 0:
            break  # nothing changes any more: the others find nothing either
        candidates = nodes[:left]
        add_fixed(candidates, put, marks, shunned, wanted, weights, total)
        if len(soft.max_skew) > 0:
            score_spread(candidates, soft, rounds, raw, points)
            for i in range(left):
                total[i] += weights[2] * points[i]
        if len(near.needs_friend) > 0:
            score_near(candidates, near, starts_at_least, raw, points)
            for i in range(left):
                total[i] += weights[3] * points[i]
        best = 0
        for i in range(1, left):
            if total[i] > total[best]:
                best = i
        node = candidates[best]
        found[pod] = node
        put[node] += 1
        note_spread(shape, node, 1, hard, soft)
        note_near(shape, node, 1, near)
    return found, put


@njit(cache=True)
def add_fixed(
    candidates: Ints, put: Ints, marks: Ints, shunned: Ints, wanted: Ints, weights: Ints, total: Ints
) -> None:
    """Begin each candidate's total with what does not depend on other pods' places. total: written to."""
    most_shunned, most_wanted = 0, 0
    for node in candidates:
        most_shunned, most_wanted = max(most_shunned, shunned[node]), max(most_wanted, wanted[node])
    for i in range(len(candidates)):
        node = candidates[i]
        total[i] = marks[node, put[node]] + weights[0] * FULL_MARKS
        if most_shunned > 0:
            total[i] -= weights[0] * (FULL_MARKS * shunned[node] // most_shunned)
        if most_wanted > 0:
            total[i] += weights[1] * (FULL_MARKS * wanted[node] // most_wanted)
