"""The same stream, one pod at a time: by `decide`, and by a plain loop over nodes. Slow, and easy to believe.

The two are what the fast stream is held against: `decide` because the simulation decides by it, the loop because anybody
can read it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engine.placement.hosts import Ints
from engine.placement.kernel import NONE, draw
from engine.placement.kube.decide import decide
from engine.placement.kube.objects import Pod
from engine.placement.kube.snapshot import Snapshot
from engine.placement.kube.stream import columns_of, lots


def schedule_by_decide(cluster: Snapshot, shapes: Sequence[Pod], order: Ints, salt: int = 0) -> Ints:
    """Schedule a stream by asking `decide` for each pod. Shape (n_pods,)."""
    put = np.zeros(len(cluster), dtype=np.int64)
    found: list[int] = []
    for s in order.tolist():
        ruling = decide(shapes[s], cluster, lots(salt, put))
        if ruling.host is not None:
            cluster = cluster.with_pod(shapes[s], ruling.host)
            put[ruling.host] += 1
        found.append(NONE if ruling.host is None else ruling.host)
    return np.array(found, dtype=np.int64)


def schedule_by_loop(cluster: Snapshot, shapes: Sequence[Pod], order: Ints, salt: int = 0) -> Ints:
    """Schedule a stream by a plain loop over nodes for each pod, as one writes it first. Shape (n_pods,).

    It does no more than it must: what no placement changes is asked once, everything else is in lists.
    """
    c = columns_of(cluster, shapes)
    n = len(cluster)
    want, heavy, allowed = c.want.tolist(), c.heavy.tolist(), c.allowed.tolist()
    room, load, size = c.room.T.tolist(), c.load.T.tolist(), c.size.T.tolist()
    fixed, has_balance, clash = c.fixed.tolist(), c.has_balance.tolist(), c.clash.tolist()
    weights = c.weight.tolist()
    w_taint, w_wish = weights[2:]
    soft, liked = by_node(c.nodes, c.begin, c.soft), by_node(c.nodes, c.begin, c.liked)
    put = [0] * n
    lot = [draw(salt, 0, node) for node in range(n)]
    found = []
    for s in order.tolist():
        wants, adds, may = want[s], heavy[s], allowed[s]
        needs = [(r, amount) for r, amount in enumerate(wants) if amount > 0]
        left, most_soft, most_liked = [], 0, 0
        for node in range(n):
            if not may[node] or not _has_room(room[node], needs):
                continue
            own = fixed[s][node] + points_of(size[node], load[node], adds, has_balance[s], weights)
            left.append((own, node))
            most_soft, most_liked = max(most_soft, soft[s][node]), max(most_liked, liked[s][node])
        best, best_rank = NONE, (-1, -1.0)
        for own, node in left:
            total = own + (100 - 100 * soft[s][node] // most_soft if most_soft else 100) * w_taint
            if most_liked:
                total += 100 * liked[s][node] // most_liked * w_wish
            if (total, lot[node]) > best_rank:
                best, best_rank = node, (total, lot[node])
        found.append(best)
        if best == NONE:
            continue
        put[best] += 1
        lot[best] = draw(salt, put[best], best)
        room[best] = [r - w for w, r in zip(wants, room[best], strict=True)]
        load[best] = [there + more for there, more in zip(load[best], adds, strict=True)]
        for other, excludes in enumerate(clash[s]):
            if excludes:
                allowed[other][best] = False
    return np.array(found, dtype=np.int64)


def _has_room(room: list[int], needs: list[tuple[int, int]]) -> bool:
    for r, amount in needs:  # noqa: SIM110  # a loop is faster than a generator, and this is what the ratio is taken to
        if room[r] < amount:
            return False
    return True


def points_of(size: list[int], load: list[int], adds: list[int], has_balance: bool, weights: list[int]) -> int:
    """Score what would be left of a node, and its balance."""
    cpu, mib = size
    percents = []
    if cpu:
        percents.append(max(cpu - load[0] - adds[0], 0) * 100 // cpu)
    if mib:
        percents.append(max(mib - load[1] - adds[1], 0) * 100 // mib)
    points = sum(percents) // len(percents) * weights[0] if percents else 0
    if has_balance:
        apart = 0.0
        if cpu and mib:
            apart = abs((min((load[2] + adds[2]) / cpu, 1.0) - min((load[3] + adds[3]) / mib, 1.0)) / 2)
        points += int((1 - apart) * 100) * weights[1]
    return points


def by_node(nodes: Ints, begin: Ints, of_class: Ints) -> list[list[int]]:
    """Give each node its class's figure, shape by shape."""
    found = np.zeros_like(nodes)
    for s, row in enumerate(nodes):
        for k in range(begin.shape[1] - 1):
            found[s, row[begin[s, k] : begin[s, k + 1]]] = of_class[s, k]
    return found.tolist()  # type: ignore[no-any-return]
