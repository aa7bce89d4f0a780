"""Filters: yes or no, node by node, each with upstream's own plugin name.

Source: github:kubernetes/kubernetes pkg/scheduler/framework/plugins: noderesources/fit.go, nodeports, nodeaffinity,
tainttoleration, nodeunschedulable.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.placement.hosts import Bools
from engine.placement.kube.edition import TODAY, Edition
from engine.placement.kube.objects import CPU, EPHEMERAL, MEMORY, PODS, Pod, Taint
from engine.placement.kube.requests import asked, clash, host_ports, in_words, is_extended
from engine.placement.kube.selectors import may_go, tolerates, untolerated
from engine.placement.kube.snapshot import Snapshot

Filter = Callable[[Pod, Snapshot], Bools]

CORDONED = Taint("node.kubernetes.io/unschedulable", "", "NoSchedule")
BINDING = ("NoSchedule", "NoExecute")  # the effects that keep a pod off; PreferNoSchedule only costs points


def is_schedulable(pod: Pod, cluster: Snapshot) -> Bools:
    """Keep nodes that nobody cordoned; a pod that tolerates the cordon's taint may go all the same."""
    found = np.array([not node.unschedulable for node in cluster.nodes], dtype=np.bool_)
    return found & enters_closed(pod, cluster) if not _tolerates_cordons(pod) else _all(cluster)


def enters_closed(pod: Pod, cluster: Snapshot) -> Bools:
    """Keep nodes that are neither cordoned nor not ready during a run: a taint says so, which a pod may put up with."""
    return _all(cluster) if cluster.is_closed is None or _tolerates_cordons(pod) else ~cluster.is_closed


def _tolerates_cordons(pod: Pod) -> bool:
    return any(tolerates(toleration, CORDONED) for toleration in pod.tolerations)


def tolerates_taints(pod: Pod, cluster: Snapshot) -> Bools:
    """Keep nodes whose NoSchedule and NoExecute taints the pod puts up with."""
    covers = pod.tolerations
    return np.array([not (n.taints and untolerated(n.taints, covers, BINDING)) for n in cluster.nodes], dtype=np.bool_)


def is_wanted(pod: Pod, cluster: Snapshot) -> Bools:
    """Keep nodes that the pod's node selector and required node affinity allow."""
    if not pod.node_selector and pod.affinity.node.required is None:
        return _all(cluster)
    return np.array([may_go(pod, node) for node in cluster.nodes], dtype=np.bool_)


def has_ports(pod: Pod, cluster: Snapshot) -> Bools:
    """Keep nodes where every host port that the pod wants is free, by protocol and address."""
    wanted = host_ports(pod)
    if not wanted:
        return _all(cluster)
    return np.array(
        [not any(clash(mine, theirs) for mine in wanted for theirs in taken) for taken in cluster.ports],
        dtype=np.bool_,
    )


def fits(pod: Pod, cluster: Snapshot) -> Bools:
    """Keep nodes with enough left of everything that the pod asks for, and with room for one pod more."""
    found = _all(cluster)
    for is_short in short_of(pod, cluster).values():
        found &= ~is_short
    return found


def short_of(
    pod: Pod, cluster: Snapshot, ignored: frozenset[str] = frozenset(), edition: Edition = TODAY
) -> dict[str, Bools]:
    """Say what each node is short of, by resource in Kubernetes' words. Arrays of shape (n_nodes,).

    ignored: extended resources that somebody else answers for.
    """
    wants = asked(pod)
    found = {PODS: cluster.n_pods + 1 > cluster.column(cluster.allocatable, PODS)}
    scalars = [name for name in wants if name not in {CPU, MEMORY, EPHEMERAL}]
    if not scalars and not any(wants.values()):
        return found
    for name in (CPU, MEMORY, EPHEMERAL, *scalars):
        amount = wants.get(name, 0)
        if (amount == 0 and not edition.checks_unasked) or (name in ignored and is_extended(name)):
            continue
        left = cluster.column(cluster.allocatable, name) - cluster.column(cluster.asked, name)
        found[in_words(name)] = np.asarray(left < amount)
    return found


def _all(cluster: Snapshot) -> Bools:
    return np.ones(len(cluster), dtype=np.bool_)


FILTERS: dict[str, Filter] = {
    "NodeUnschedulable": is_schedulable,
    "TaintToleration": tolerates_taints,
    "NodeAffinity": is_wanted,
    "NodePorts": has_ports,
    "NodeResourcesFit": fits,
}
