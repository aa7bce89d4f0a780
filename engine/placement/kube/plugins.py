"""The scheduler's plugins in their order, with the weights that it has unless somebody configures others.

Source: fact `k8s.sched.plugins`; the order is default_plugins.go's. What belongs to volumes and devices is left out: no
pod of ours has any.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from engine import catalog
from engine.placement.hosts import Bools
from engine.placement.kube import filters, scores, topology
from engine.placement.kube.filters import Filter
from engine.placement.kube.objects import Pod
from engine.placement.kube.scores import Score
from engine.placement.kube.snapshot import Snapshot

FIT, SPREAD, INTER_POD = "NodeResourcesFit", "PodTopologySpread", "InterPodAffinity"


@dataclass(frozen=True, slots=True)
class Plugin:
    """One plugin: what it refuses, how it scores, and how much its score counts. reason: why a node was struck out.

    refusals: of a plugin with several reasons, each with the nodes that it strikes out, in the order in which it asks.
    """

    name: str
    reason: str = ""
    says_yes: Filter | None = None
    score: Score | None = None
    weight: int = 0
    refusals: Callable[[Pod, Snapshot], Mapping[str, Bools]] | None = None


@lru_cache(maxsize=1)
def default_plugins() -> tuple[Plugin, ...]:
    """Give the plugins of an unconfigured kube-scheduler."""
    return (
        Plugin("NodeUnschedulable", "closed", filters.is_schedulable),
        Plugin("TaintToleration", "taints", filters.tolerates_taints, scores.taint_toleration, _weight("TaintToleration")),
        Plugin("NodeAffinity", "node-affinity", filters.is_wanted, scores.node_affinity, _weight("NodeAffinity")),
        Plugin("NodePorts", "ports", filters.has_ports),
        Plugin(FIT, "resources", filters.fits, scores.fit_least, _weight(f"{FIT}(LeastAllocated)")),
        Plugin(
            SPREAD, "spread", topology.is_even, topology.topology_spread, _weight(SPREAD), topology.spread_refuses
        ),
        Plugin(
            INTER_POD, "neighbours", topology.is_near, topology.pod_affinity, _weight(INTER_POD),
            topology.neighbours_refuse,
        ),
        Plugin(
            "NodeResourcesBalancedAllocation",
            score=scores.balanced_allocation,
            weight=_weight("NodeResourcesBalancedAllocation"),
        ),
        Plugin("ImageLocality", score=scores.image_locality, weight=_weight("ImageLocality")),
    )  # fmt: skip


def _weight(name: str) -> int:
    return int(catalog.number("k8s.sched.plugins", name))
