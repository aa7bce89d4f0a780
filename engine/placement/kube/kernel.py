"""The compiled loop of a stream of pods. What the columns mean is said in `stream`, row by row.

A node's own score for a shape (what is left, balance, images) depends on that node alone. What is normalised over the
nodes that are left (taints, node affinity) is equal for all nodes of a class. So inside a class a tournament tree keeps
the best node, and only the classes' winners are compared by the whole total, each time with the maxima as they are.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.placement.hosts import Bools, Ints
from engine.placement.kernel import NONE, draw

BITS = 53  # of a key: the lottery's number below, the score above
BEST = 100


@njit(cache=True, nogil=True)
def schedule(
    order: Ints, want: Ints, room: Ints, heavy: Ints, load: Ints, size: Ints, allowed: Bools, clash: Bools, fixed: Ints,
    has_balance: Bools, weight: Ints, nodes: Ints, begin: Ints, soft: Ints, liked: Ints, salt: int,
) -> Ints:  # fmt: skip
    """Place pods one after the other. order: each pod's shape. room, load, allowed are written to.

    Returns each pod's node, NONE where none could take it.
    """
    n_shapes, n = nodes.shape
    count = len(order)
    put = np.zeros(n, dtype=np.int64)
    key = np.empty((n_shapes, n), dtype=np.int64)
    leaf = np.empty((n_shapes, n), dtype=np.int64)  # where in its class's tree a node's leaf lies
    low = np.empty((n_shapes, n), dtype=np.int64)  # where its class begins
    width = np.empty((n_shapes, n), dtype=np.int64)  # how large its class is
    tree = np.empty((n_shapes, 2 * n), dtype=np.int64)
    seen = np.full(n_shapes, -1, dtype=np.int64)  # so many placements each shape's trees have heard of; -1 = not built
    done = np.empty(count, dtype=np.int64)
    n_done = 0
    found = np.full(count, NONE, dtype=np.int64)
    for pod in range(count):
        s = order[pod]
        if seen[s] < 0 or n_done - seen[s] > n:
            for node in range(n):
                key[s, node] = own_key(s, node, put[node], want, room, heavy, load, size, allowed, fixed, has_balance, weight, salt)  # fmt: skip
            _build(s, nodes, begin, key, leaf, low, width, tree)
        else:
            for k in range(seen[s], n_done):
                node = done[k]
                key[s, node] = own_key(s, node, put[node], want, room, heavy, load, size, allowed, fixed, has_balance, weight, salt)  # fmt: skip
                _climb(s, node, key, leaf, low, width, tree)
        seen[s] = n_done
        best = _winner(s, begin, key, tree, soft, liked, weight)
        if best == NONE:
            continue
        found[pod] = best
        done[n_done] = best
        n_done += 1
        put[best] += 1
        for r in range(want.shape[1]):
            room[r, best] -= want[s, r]
        for r in range(heavy.shape[1]):
            load[r, best] += heavy[s, r]
        for other in range(n_shapes):
            if clash[s, other]:
                allowed[other, best] = False
    return found


@njit(cache=True, nogil=True)
def own_key(
    s: int, node: int, put: int, want: Ints, room: Ints, heavy: Ints, load: Ints, size: Ints, allowed: Bools, fixed: Ints,
    has_balance: Bools, weight: Ints, salt: int,
) -> int:  # fmt: skip
    """Give a node's own score for a shape, and below it its number in the lottery; -1 where it cannot take the pod."""
    if not allowed[s, node]:
        return -1
    for r in range(want.shape[1]):
        if want[s, r] > 0 and room[r, node] < want[s, r]:
            return -1
    # Rows 0 and 1 of load: CPU and memory as the scores count them; rows 2 and 3: as they were asked for.
    total = among = has = 0
    share_0 = share_1 = 0.0
    for r in range(2):
        there = size[r, node]
        if there == 0:
            continue
        use = load[r, node] + heavy[s, r]
        if use <= there:
            total += (there - use) * BEST // there
        among += 1
        share = (load[r + 2, node] + heavy[s, r + 2]) / there
        share = min(share, 1.0)
        if has == 0:
            share_0 = share
        else:
            share_1 = share
        has += 1
    own = fixed[s, node]
    if among > 0:
        own += total // among * weight[0]
    if has_balance[s]:
        spread = abs((share_0 - share_1) / 2) if has == 2 else 0.0
        own += int((1 - spread) * BEST) * weight[1]
    lot = int(draw(salt, put, node) * 9007199254740992.0)  # 2**53: a draw is a whole number of these
    return int((own << BITS) + lot)


@njit(cache=True, nogil=True)
def _build(s: int, nodes: Ints, begin: Ints, key: Ints, leaf: Ints, low: Ints, width: Ints, tree: Ints) -> None:
    """Build a shape's trees, one a class: class c's lies from 2 * begin[c] on, its root at 1."""
    for c in range(begin.shape[1] - 1):
        first, many = begin[s, c], begin[s, c + 1] - begin[s, c]
        for i in range(many):
            node = nodes[s, first + i]
            leaf[s, node], low[s, node], width[s, node] = i, first, many
            tree[s, 2 * first + many + i] = node
        for at in range(many - 1, 0, -1):
            tree[s, 2 * first + at] = _better(s, tree[s, 2 * (first + at)], tree[s, 2 * (first + at) + 1], key)


@njit(cache=True, nogil=True)
def _climb(s: int, node: int, key: Ints, leaf: Ints, low: Ints, width: Ints, tree: Ints) -> None:
    """Play a node's games again, from its leaf to the root."""
    first = low[s, node]
    at = (width[s, node] + leaf[s, node]) >> 1
    while at:
        tree[s, 2 * first + at] = _better(s, tree[s, 2 * (first + at)], tree[s, 2 * (first + at) + 1], key)
        at >>= 1


@njit(cache=True, nogil=True)
def _better(s: int, a: int, b: int, key: Ints) -> int:
    if key[s, a] != key[s, b]:
        return a if key[s, a] > key[s, b] else b
    return min(a, b)


@njit(cache=True, nogil=True)
def _winner(s: int, begin: Ints, key: Ints, tree: Ints, soft: Ints, liked: Ints, weight: Ints) -> int:
    """Compare the classes' winners by their totals. soft, liked: each class's taints and wishes, before normalising."""
    most_soft = most_liked = 0
    for c in range(begin.shape[1] - 1):
        if begin[s, c + 1] > begin[s, c] and key[s, tree[s, 2 * begin[s, c] + 1]] >= 0:
            most_soft, most_liked = max(most_soft, soft[s, c]), max(most_liked, liked[s, c])
    best, best_key = NONE, -1
    for c in range(begin.shape[1] - 1):
        if begin[s, c + 1] == begin[s, c]:
            continue
        node = tree[s, 2 * begin[s, c] + 1]
        if key[s, node] < 0:
            continue
        common = BEST * weight[2]
        if most_soft > 0:
            common = (BEST - BEST * soft[s, c] // most_soft) * weight[2]
        if most_liked > 0:
            common += BEST * liked[s, c] // most_liked * weight[3]
        mine = key[s, node] + (common << BITS)
        if mine > best_key or (mine == best_key and node < best):
            best, best_key = node, mine
    return best
