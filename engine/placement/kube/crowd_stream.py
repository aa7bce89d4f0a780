"""A stream of pods that care who is where: topology spread and pod affinity on top of the default scores.

The same decisions as `decide`, with the same lots as `stream`. All that is asked of other pods is a count by domain, and a
pod that comes is added to it (`topology_kernel`); what remains is one look at every node for every pod.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.placement.hosts import Ints
from engine.placement.kernel import NONE
from engine.placement.kube import scores
from engine.placement.kube.edition import TODAY
from engine.placement.kube.near_rules import near_rules, reads_neighbours
from engine.placement.kube.objects import Container, Node, Pod
from engine.placement.kube.plugins import INTER_POD, SPREAD, default_plugins
from engine.placement.kube.snapshot import Snapshot
from engine.placement.kube.spread_rules import hard_rules, reads_spread, soft_rules
from engine.placement.kube.stack import stack_hard, stack_near, stack_soft
from engine.placement.kube.stream import columns_of
from engine.placement.kube.topology_kernel import schedule_crowd


def schedule_crowd_stream(cluster: Snapshot, shapes: Sequence[Pod], order: Ints, salt: int = 0) -> Ints:
    """Schedule pods one after the other; what is placed takes its room. Shape (n_pods,), NONE where no node took it.

    order: shape (n_pods,), the number of each pod's shape. salt: the lottery's own. A pod that waits does not hinder those
    after it.
    """
    if not len(cluster) or not len(order):
        return np.full(len(order), NONE, dtype=np.int64)
    kinds, cluster = numbered(cluster, shapes)
    c = columns_of(cluster, shapes)
    for s, pod in enumerate(shapes):
        c.allowed[s] &= reads_neighbours(pod) and reads_spread(pod)
    every = np.arange(len(cluster), dtype=np.int64)
    return schedule_crowd(
        order, c.want, c.room, c.heavy, c.load, c.size, c.allowed, c.clash, c.fixed, c.has_balance, c.weight,
        np.array([scores.taint_toleration(pod, cluster, every).raw for pod in shapes]),
        np.array([scores.preferred(pod.affinity.node.preferred, cluster, every) for pod in shapes]),
        kinds, weights_apart(), stack_hard([hard_rules(pod, cluster) for pod in shapes]),
        stack_soft([soft_rules(pod, cluster) for pod in shapes]), stack_near([near_rules(pod, cluster) for pod in shapes]),
        TODAY.rounds, TODAY.starts_at_least, salt,
    )  # fmt: skip


def warm_up() -> None:
    """Compile the loop, or load it, before somebody waits for a schedule."""
    node = Node("a", allocatable={"cpu_m": 1, "memory": 1, "pods": 1})
    pods = [Pod(containers=(Container({"cpu_m": 1}),))]
    schedule_crowd_stream(Snapshot.of([node]), pods, np.zeros(1, dtype=np.int64))


def weights_apart() -> Ints:
    """Give what topology spread and pod affinity weigh in the total."""
    weight = {plugin.name: plugin.weight for plugin in default_plugins()}
    return np.array([weight[SPREAD], weight[INTER_POD]], dtype=np.int64)


def numbered(cluster: Snapshot, shapes: Sequence[Pod]) -> tuple[Ints, Snapshot]:
    """Give each shape its row in the cluster's counts: that of an equal pod that runs there, or a new one."""
    rows: list[int] = []
    known = list(cluster.shapes)
    for pod in shapes:
        if pod not in known:
            known.append(pod)
        rows.append(known.index(pod))
    more = np.zeros((len(known) - len(cluster.shapes), len(cluster)), dtype=np.int64)
    count = np.vstack([cluster.count, more]) if len(more) else cluster.count
    return np.array(rows, dtype=np.int64), replace(cluster, shapes=tuple(known), count=count)
