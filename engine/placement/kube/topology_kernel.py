"""What topology spread and pod affinity say of a node, compiled: the same functions for one decision and for a stream.

All of it is counts by domain. A domain is what nodes with the same value of a topology key have in common; a pod that
comes adds its `gain` to the domain of its node, and nothing is ever counted again. No tree of winners helps a stream here:
one pod more changes a zone's count, and with it the points of a third of the nodes, so every node is looked at for every pod.
"""

from __future__ import annotations

from math import log
from typing import NamedTuple

import numpy as np
from numba import njit

from engine.placement.hosts import Bools, Floats, Ints
from engine.placement.kernel import NONE
from engine.placement.kube.kernel import BITS, own_key

OK, NO_KEY, TOO_SKEWED, NO_FRIEND, OWN_FOE, THEIR_FOE = 0, 1, 2, 3, 4, 5
FULL_MARKS = 100  # MaxNodeScore
NO_DOMAINS = 2**31 - 1  # the fewest pods of a domain, where there is none


class Hard(NamedTuple):
    """DoNotSchedule constraints, one a row; those of shape s are rows begin[s] to begin[s + 1].

    code, place: shape (n_rows, n_nodes), the node's own domain and the one that pods on it count for; -1 = none.
    tally, is_domain: shape (n_rows, width), matching pods, and whether the domain takes part. domains, fewest, max_skew,
    own, least_domains: shape (n_rows,); own is 1 where the pod itself matches. gain: shape (n_rows, n_kinds).
    """

    begin: Ints
    code: Ints
    place: Ints
    tally: Ints
    is_domain: Bools
    domains: Ints
    fewest: Ints
    max_skew: Ints
    own: Ints
    least_domains: Ints
    gain: Ints


class Soft(NamedTuple):
    """ScheduleAnyway constraints, one a row; those of shape s are rows begin[s] to begin[s + 1].

    code, place, tally, max_skew, gain: as of `Hard`. slot: shape (n_rows, n_nodes), the same domain where the size of the
    topology is counted: nodes without the key have one of their own, and -1 is not counted at all. is_host: shape (n_rows,), each node for itself.
    is_ignored: shape (n_asking, n_nodes), lacks a key that it must have, and gets no points.
    """

    begin: Ints
    code: Ints
    place: Ints
    slot: Ints
    tally: Ints
    max_skew: Ints
    is_host: Bools
    is_ignored: Bools
    gain: Ints


class Near(NamedTuple):
    """Pod affinity and anti-affinity, one topology key a row; those of shape s are rows begin[s] to begin[s + 1].

    code: shape (n_rows, n_nodes). friends: pods that match all required terms; foes: those that match an anti-affinity term
    of the pod; avoiders: anti-affinity terms of pods there that match the pod; likes: the weights of all preferred terms,
    its own and the others'. Shape (n_rows, width). n_friends: shape (n_asking,), all of `friends` together. needs_friend: shape
    (n_rows,). matches_itself: shape (n_asking,). Their gains: shape (n_rows, n_kinds).
    """

    begin: Ints
    code: Ints
    friends: Ints
    foes: Ints
    avoiders: Ints
    likes: Ints
    n_friends: Ints
    needs_friend: Bools
    matches_itself: Bools
    friends_gain: Ints
    foes_gain: Ints
    avoiders_gain: Ints
    likes_gain: Ints


# --- filters ---------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def spread_refusal(s: int, node: int, hard: Hard) -> int:
    """Ask the hard constraints of shape s in their order; the first no counts."""
    for row in range(hard.begin[s], hard.begin[s + 1]):
        domain = hard.code[row, node]
        if domain < 0:
            return NO_KEY
        if hard.tally[row, domain] + hard.own[row] - hard.fewest[row] > hard.max_skew[row]:
            return TOO_SKEWED
    return OK


@njit(cache=True, nogil=True)
def near_refusal(s: int, node: int, near: Near) -> int:
    """Ask for friends first, then for foes of the pod's own choosing, then for pods that avoid it."""
    has_friends = True
    for row in range(near.begin[s], near.begin[s + 1]):
        if near.needs_friend[row]:
            domain = near.code[row, node]
            if domain < 0:
                return NO_FRIEND
            if near.friends[row, domain] <= 0:
                has_friends = False
    # The first of pods that want to be together may go anywhere, or none of them ever could.
    if not has_friends and not (near.matches_itself[s] and near.n_friends[s] == 0):
        return NO_FRIEND
    for row in range(near.begin[s], near.begin[s + 1]):
        domain = near.code[row, node]
        if domain >= 0 and near.foes[row, domain] > 0:
            return OWN_FOE
    for row in range(near.begin[s], near.begin[s + 1]):
        domain = near.code[row, node]
        if domain >= 0 and near.avoiders[row, domain] > 0:
            return THEIR_FOE
    return OK


@njit(cache=True, nogil=True)
def find_fewest(row: int, hard: Hard) -> None:
    """Find the emptiest domain that takes part; with fewer domains than wanted, it counts as empty."""
    fewest = NO_DOMAINS
    for domain in range(hard.tally.shape[1]):
        if hard.is_domain[row, domain]:
            fewest = min(fewest, hard.tally[row, domain])
    hard.fewest[row] = 0 if hard.domains[row] < hard.least_domains[row] else fewest


@njit(cache=True, nogil=True)
def spread_refusals(hard: Hard) -> Ints:
    """Ask the hard constraints of the only shape about every node. Shape (n_nodes,)."""
    found = np.empty(hard.code.shape[1], dtype=np.int64)
    for node in range(len(found)):
        found[node] = spread_refusal(0, node, hard)
    return found


@njit(cache=True, nogil=True)
def near_refusals(near: Near) -> Ints:
    """Ask about every node's neighbours, for the only shape. Shape (n_nodes,)."""
    found = np.empty(near.code.shape[1], dtype=np.int64)
    for node in range(len(found)):
        found[node] = near_refusal(0, node, near)
    return found


# --- scores ----------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def topology_weight(size: int) -> float:
    """Weigh a topology by how many domains it has, so that many small ones do not drown a few large ones."""
    return log(size + 2.0)


@njit(cache=True, nogil=True)
def score_of_count(count: int, max_skew: int, weight: float) -> float:
    """Score a domain, lower is better: its pods, and the tolerated skew, which waters the differences down."""
    return count * weight + (max_skew - 1.0)


@njit(cache=True, nogil=True)
def whole(score: float, rounds: bool) -> int:
    """Make a score a whole number: round half up (scores are not negative), or cut off as 1.20 did."""
    return int(score + 0.5) if rounds else int(score)


@njit(cache=True, nogil=True)
def spread_marks(raw: int, least: int, most: int) -> int:
    """Turn a raw score of spread into 0 to 100, the least crowded first."""
    return FULL_MARKS if most == 0 else FULL_MARKS * (most + least - raw) // most


@njit(cache=True, nogil=True)
def near_marks(raw: int, least: int, most: int) -> int:
    """Turn a raw score of affinity into 0 to 100, the best liked first; 0 for all where nobody differs."""
    return int(100.0 * ((raw - least) / (most - least))) if most > least else 0


@njit(cache=True, nogil=True)
def weigh_topologies(s: int, nodes: Ints, soft: Soft) -> Floats:
    """Weigh each soft constraint's topology by its domains among the nodes that passed the filters. Shape (n_rows,)."""
    first = soft.begin[s]
    weights = np.empty(soft.begin[s + 1] - first, dtype=np.float64)
    seen = np.zeros(soft.tally.shape[1], dtype=np.bool_)
    scored = 0
    for node in nodes:
        scored += not soft.is_ignored[s, node]
    for row in range(len(weights)):
        size = scored
        if not soft.is_host[first + row]:
            size = 0
            seen[:] = False
            for node in nodes:
                slot = soft.slot[first + row, node]
                if slot >= 0 and not soft.is_ignored[s, node] and not seen[slot]:
                    seen[slot] = True
                    size += 1
        weights[row] = topology_weight(size)
    return weights


@njit(cache=True, nogil=True)
def score_spread(s: int, nodes: Ints, soft: Soft, rounds: bool, raw: Ints, points: Ints) -> None:
    """Score the nodes that passed the filters by how crowded their domains are. nodes: their numbers.

    raw, points: same shape, written to. raw: over all soft constraints together, lower is better.
    """
    weights = weigh_topologies(s, nodes, soft)
    least, most = NO_DOMAINS, 0
    for i in range(len(nodes)):
        node, score = nodes[i], 0.0
        for k in range(len(weights)):
            row = soft.begin[s] + k
            domain = soft.code[row, node]
            if domain >= 0:
                score += score_of_count(soft.tally[row, domain], soft.max_skew[row], weights[k])
        raw[i] = 0 if soft.is_ignored[s, node] else whole(score, rounds)
        if not soft.is_ignored[s, node]:
            least, most = min(least, raw[i]), max(most, raw[i])
    for i in range(len(nodes)):
        points[i] = 0 if soft.is_ignored[s, nodes[i]] else spread_marks(raw[i], least, most)


@njit(cache=True, nogil=True)
def liking(s: int, node: int, near: Near) -> int:
    """Add up what those in the node's domains are worth to the pod, and it to them."""
    score = 0
    for row in range(near.begin[s], near.begin[s + 1]):
        domain = near.code[row, node]
        if domain >= 0:
            score += near.likes[row, domain]
    return score


@njit(cache=True, nogil=True)
def score_near(s: int, nodes: Ints, near: Near, starts_at_least: bool, raw: Ints, points: Ints) -> None:
    """Score the nodes that passed the filters by who is there already. raw, points: same shape, written to."""
    least, most = (NO_DOMAINS, -NO_DOMAINS) if starts_at_least else (0, 0)
    for i in range(len(nodes)):
        raw[i] = liking(s, nodes[i], near)
        least, most = min(least, raw[i]), max(most, raw[i])
    for i in range(len(nodes)):
        points[i] = near_marks(raw[i], least, most)


# --- counting --------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def tallies(place: Ints, gain: Ints, count: Ints, width: int) -> Ints:
    """Add up what the pods there count for, row by row and domain by domain. Shape (n_rows, width).

    place: (n_rows, n_nodes), each node's domain; gain: (n_rows, n_shapes); count: (n_shapes, n_nodes).
    """
    found = np.zeros((place.shape[0], width), dtype=np.int64)
    for row in range(place.shape[0]):
        for shape in range(gain.shape[1]):
            if gain[row, shape] != 0:
                for node in range(place.shape[1]):
                    if place[row, node] >= 0:
                        found[row, place[row, node]] += gain[row, shape] * count[shape, node]
    return found


# --- a pod comes, or goes --------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def note_spread(kind: int, node: int, more: int, hard: Hard, soft: Soft) -> None:
    """Count so many pods of a kind more (or fewer) on a node."""
    for row in range(len(hard.max_skew)):
        domain, gain = hard.place[row, node], more * hard.gain[row, kind]
        if domain >= 0 and gain != 0:
            was = hard.tally[row, domain]
            hard.tally[row, domain] = was + gain
            if gain < 0 or was == hard.fewest[row]:
                find_fewest(row, hard)
    for row in range(len(soft.max_skew)):
        domain = soft.place[row, node]
        if domain >= 0:
            soft.tally[row, domain] += more * soft.gain[row, kind]


@njit(cache=True, nogil=True)
def note_near(kind: int, node: int, more: int, near: Near) -> None:
    """Count so many pods of a kind more (or fewer) on a node."""
    for s in range(len(near.begin) - 1):
        for row in range(near.begin[s], near.begin[s + 1]):
            domain = near.code[row, node]
            if domain >= 0:
                near.friends[row, domain] += more * near.friends_gain[row, kind]
                near.n_friends[s] += more * near.friends_gain[row, kind]
                near.foes[row, domain] += more * near.foes_gain[row, kind]
                near.avoiders[row, domain] += more * near.avoiders_gain[row, kind]
                near.likes[row, domain] += more * near.likes_gain[row, kind]


# --- a stream ----------------------------------------------------------------------------------------------------------
# It stands here and not in a file of its own: what is compiled is kept until its own file changes, whatever it calls.


@njit(cache=True, nogil=True)
def schedule_crowd(
    order: Ints, want: Ints, room: Ints, heavy: Ints, load: Ints, size: Ints, allowed: Bools, clash: Bools, fixed: Ints,
    has_balance: Bools, weight: Ints, shunned: Ints, wanted: Ints, kinds: Ints, apart: Ints, hard: Hard, soft: Soft,
    near: Near, rounds: bool, starts_at_least: bool, salt: int,
) -> Ints:  # fmt: skip
    """Place pods one after the other. room, load, allowed and the rules' tallies are written to. `stream` says the columns.

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


@njit(cache=True, nogil=True)
def lot(key: int) -> int:
    """Read a node's number in the lottery from its key."""
    return key & ((1 << BITS) - 1)


@njit(cache=True, nogil=True)
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
