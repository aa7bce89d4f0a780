"""The compiled loops of a stream's placement. What the columns mean is said in `stream`.

sort, at: each strategy's sort (OWN, GROUP or CHANCE) and its row in the table of its sort. base, step: a host's own score is
base[row, host] + put[host] * step[row]. group, tally: tally[row, group[row, host]] tasks are in the host's group; fewer is
better. limit, put: how many tasks a host may take, and has taken.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from engine.placement.hosts import Floats, Ints

NONE = -1
OWN, GROUP, CHANCE = 0, 1, 2


@njit(cache=True, nogil=True)
def tournament(
    count: int,
    limit: Ints,
    sort: Ints,
    at: Ints,
    base: Ints,
    step: Ints,
    group: Ints,
    tally: Ints,
    order: Ints,
    begin: Ints,
) -> Ints:
    """Place tasks by one tournament tree a class: leaves are hosts, each inner node is the better of its two.

    order, begin: the hosts by class, and where in that order each class begins. tally is written to.
    Returns each task's host, NONE where none is left.
    """
    n = len(limit)
    put = np.zeros(n, dtype=np.int64)
    place = np.empty(n, dtype=np.int64)  # a host's leaf, counted inside its class
    whose = np.empty(n, dtype=np.int64)
    tree = np.empty(2 * n, dtype=np.int64)  # class c's tree lies from 2 * begin[c] on, its root at 1
    for c in range(len(begin) - 1):
        low, size = begin[c], begin[c + 1] - begin[c]
        for i in range(size):
            host = order[low + i]
            place[host], whose[host] = i, c
            tree[2 * low + size + i] = host
        for node in range(size - 1, 0, -1):
            left = 2 * (low + node)
            tree[2 * low + node] = _better(tree[left], tree[left + 1], put, limit, sort, at, base, step)
    # Where a host only rises by what is put on it (or stays), it wins all that it won before: until it is full.
    rises = True
    for k in range(len(sort) - 1, -1, -1):
        if sort[k] == OWN:
            rises = step[at[k]] > 0
    found = np.full(count, NONE, dtype=np.int64)
    for task in range(count):
        best = NONE
        for c in range(len(begin) - 1):
            host = tree[2 * begin[c] + 1]
            if put[host] < limit[host] and (
                best < 0 or _beats(host, best, 0.0, 0.0, put, sort, at, base, step, group, tally)
            ):
                best = host
        if best < 0:
            break
        found[task] = best
        put[best] += 1
        for row in range(len(tally)):
            tally[row, group[row, best]] += 1
        if rises and put[best] < limit[best]:
            continue
        low, size = begin[whose[best]], begin[whose[best] + 1] - begin[whose[best]]
        node = (size + place[best]) >> 1
        while node:
            left = 2 * (low + node)
            tree[2 * low + node] = _better(tree[left], tree[left + 1], put, limit, sort, at, base, step)
            node >>= 1
    return found


@njit(cache=True, nogil=True)
def scan(
    count: int,
    limit: Ints,
    sort: Ints,
    at: Ints,
    base: Ints,
    step: Ints,
    group: Ints,
    tally: Ints,
    salt: int,
    first: int,
) -> Ints:
    """Place tasks where chance has a say: look at every host that takes more, each time.

    salt, first: the draws are those of the tasks from `first` on. tally is written to.
    """
    put = np.zeros(len(limit), dtype=np.int64)
    open_ = np.flatnonzero(limit > 0)
    left = len(open_)
    found = np.full(count, NONE, dtype=np.int64)
    for task in range(count):
        best, best_chance, best_at = NONE, 0.0, 0
        for i in range(left):
            host = open_[i]
            chance = draw(salt, first + task, host)
            if best < 0 or _beats(host, best, chance, best_chance, put, sort, at, base, step, group, tally):
                best, best_chance, best_at = host, chance, i
        if best < 0:
            break
        found[task] = best
        put[best] += 1
        for row in range(len(tally)):
            tally[row, group[row, best]] += 1
        if put[best] == limit[best]:  # it takes no more: the last one steps into its place
            left -= 1
            open_[best_at] = open_[left]
    return found


@njit(cache=True, nogil=True)
def _better(a: int, b: int, put: Ints, limit: Ints, sort: Ints, at: Ints, base: Ints, step: Ints) -> int:
    """Give the better of two hosts of one class: one that takes more, then by their own scores, then the first."""
    if put[a] >= limit[a]:
        return b
    if put[b] >= limit[b]:
        return a
    for k in range(len(sort)):
        if sort[k] == OWN:
            row = at[k]
            mine, other = base[row, a] + put[a] * step[row], base[row, b] + put[b] * step[row]
            if mine != other:
                return a if mine > other else b
    return min(a, b)


@njit(cache=True, nogil=True)
def _beats(
    a: int, b: int, chance_a: float, chance_b: float, put: Ints, sort: Ints, at: Ints, base: Ints, step: Ints, group: Ints,
    tally: Ints,
) -> bool:  # fmt: skip
    """Say whether host a is better than host b by the whole chain; the first host wins a tie."""
    for k in range(len(sort)):
        row = at[k]
        if sort[k] == CHANCE:
            if chance_a != chance_b:
                return bool(chance_a > chance_b)
            continue
        if sort[k] == OWN:
            apart = base[row, a] + put[a] * step[row] - base[row, b] - put[b] * step[row]
        else:
            apart = tally[row, group[row, b]] - tally[row, group[row, a]]
        if apart != 0:
            return bool(apart > 0)
    return bool(a < b)


@njit(cache=True, nogil=True)
def draw(salt: int, task: int, host: int) -> float:
    """Draw a number from 0 to 1 that belongs to a task and a host alone (splitmix64 over both)."""
    z = (
        np.uint64(salt)
        + np.uint64(task) * np.uint64(0x9E3779B97F4A7C15)
        + np.uint64(host) * np.uint64(0xD1B54A32D192ED03)
    )
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) / 9007199254740992.0  # 2**53: as many bits as a float holds


@njit(cache=True, nogil=True)
def draw_all(salt: int, task: int, n_hosts: int) -> Floats:
    """Draw the numbers of one task, for every host. Shape (n_hosts,)."""
    found = np.empty(n_hosts, dtype=np.float64)
    for host in range(n_hosts):
        found[host] = draw(salt, task, host)
    return found
