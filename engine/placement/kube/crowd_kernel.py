"""The compiled loop of a stream of pods that care who is where: every node is looked at for every pod.

No tree of winners helps here: one pod more changes a zone's count, and with it the points of a third of the nodes. What
the columns mean is said in `stream`, row by row; the rules, in `topology_kernel`.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.placement.hosts import Bools, Ints
from engine.placement.kernel import NONE
from engine.placement.kube.kernel import BITS, own_key
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


@njit(cache=True)
def schedule_crowd(
    order: Ints, want: Ints, room: Ints, heavy: Ints, load: Ints, size: Ints, allowed: Bools, clash: Bools, fixed: Ints,
    has_balance: Bools, weight: Ints, shunned: Ints, wanted: Ints, kinds: Ints, apart: Ints, hard: Hard, soft: Soft,
    near: Near, rounds: bool, starts_at_least: bool, salt: int,
) -> Ints:  # fmt: skip
    """Place pods one after the other. room, load, allowed and the rules' tallies are written to.

    shunned, wanted: shape (n_shapes, n_nodes), the raw scores of taints and of node affinity. kinds: shape (n_shapes,),
    each shape's number in the rules' gains. apart: what spread and pod affinity weigh. Returns each pod's node, or NONE.
    """
    n_shapes, n = allowed.shape
    put = np.zeros(n, dtype=np.int64)
    found = np.full(len(order), NONE, dtype=np.int64)
    key = np.empty((n_shapes, n), dtype=np.int64)
    for s in range(n_shapes):
        for node in range(n):
            key[s, node] = own_key(s, node, 0, want, room, heavy, load, size, allowed, fixed, has_balance, weight, salt)  # fmt: skip
    nodes, total = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    raw, points = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    for pod in range(len(order)):
        s = order[pod]
        left = 0
        for node in range(n):
            if key[s, node] >= 0 and spread_refusal(s, node, hard) == OK and near_refusal(s, node, near) == OK:
                nodes[left] = node
                left += 1
        if left == 0:
            continue
        candidates = nodes[:left]
        add_fixed(s, candidates, key, shunned, wanted, weight, total)
        if soft.begin[s + 1] > soft.begin[s]:
            score_spread(s, candidates, soft, rounds, raw, points)
            for i in range(left):
                total[i] += apart[0] * points[i]
        if near.begin[s + 1] > near.begin[s]:
            score_near(s, candidates, near, starts_at_least, raw, points)
            for i in range(left):
                total[i] += apart[1] * points[i]
        best = 0
        for i in range(1, left):
            if total[i] > total[best] or (total[i] == total[best] and lot(key[s, nodes[i]]) > lot(key[s, nodes[best]])):
                best = i
        node = nodes[best]
        found[pod] = node
        put[node] += 1
        for r in range(want.shape[1]):
            room[r, node] -= want[s, r]
        for r in range(heavy.shape[1]):
            load[r, node] += heavy[s, r]
        for other in range(n_shapes):
            if clash[s, other]:
                allowed[other, node] = False
        for other in range(n_shapes):
            key[other, node] = own_key(other, node, put[node], want, room, heavy, load, size, allowed, fixed, has_balance, weight, salt)  # fmt: skip
        note_spread(kinds[s], node, 1, hard, soft)
        note_near(kinds[s], node, 1, near)
    return found


@njit(cache=True)
def lot(key: int) -> int:
    """Read a node's number in the lottery from its key."""
    return key & ((1 << BITS) - 1)


@njit(cache=True)
def add_fixed(s: int, candidates: Ints, key: Ints, shunned: Ints, wanted: Ints, weight: Ints, total: Ints) -> None:
    """Begin each candidate's total with what does not depend on who is where. total: written to."""
    most_shunned, most_wanted = 0, 0
    for node in candidates:
        most_shunned, most_wanted = max(most_shunned, shunned[s, node]), max(most_wanted, wanted[s, node])
    for i in range(len(candidates)):
        node = candidates[i]
        total[i] = (key[s, node] >> BITS) + weight[2] * FULL_MARKS
        if most_shunned > 0:
            total[i] -= weight[2] * (FULL_MARKS * shunned[s, node] // most_shunned)
        if most_wanted > 0:
            total[i] += weight[3] * (FULL_MARKS * wanted[s, node] // most_wanted)
