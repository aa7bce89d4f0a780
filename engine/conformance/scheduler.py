"""The Kubernetes scheduler's filters and scores, plugin by plugin, by the functions that place pods in a run.

The tables of release 1.20 are answered by that release's rules where upstream changed them since: see `edition`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from engine.conformance.cases import AnyOrder, Case, Given, Got
from engine.conformance.pods import Amount, GivenNode, GivenNodeAffinity, GivenPod
from engine.placement.hosts import Ints
from engine.placement.kube import filters, scores
from engine.placement.kube.edition import V1_20
from engine.placement.kube.objects import CPU, MEMORY, PODS, Affinity, Node, Pod
from engine.placement.kube.requests import asked, in_words
from engine.placement.kube.snapshot import Snapshot

ONE = "the node"


class OneNode(Given):
    """A node and a pod. added_affinity: what the cluster's operator adds to every pod."""

    node: GivenNode
    pod: GivenPod
    added_affinity: GivenNodeAffinity | None = None

    def snapshot(self) -> Snapshot:
        """Show the node, empty."""
        return Snapshot.of([self.node.record()])


class FitGiven(Given):
    """What a node can give, what runs there, and a pod."""

    allocatable: dict[str, Amount]
    existing_pods: list[GivenPod] = Field(default_factory=list)
    pod: GivenPod
    ignored_resources: list[str] | None = None


class PortsGiven(Given):
    """The pods of a node, and one more."""

    existing_pods: list[GivenPod] = Field(default_factory=list)
    pod: GivenPod


class Nodes(Given):
    """Nodes and a pod. added_affinity: what the cluster's operator adds to every pod."""

    nodes: list[GivenNode]
    existing_pods: list[GivenPod] = Field(default_factory=list)
    pod: GivenPod
    added_affinity: GivenNodeAffinity | None = None

    def snapshot(self) -> Snapshot:
        """Show the nodes, with their pods."""
        return Snapshot.of([node.record() for node in self.nodes], [pod.record() for pod in self.existing_pods])


class Weight(Given):
    """A resource and its weight."""

    resource: str
    weight: int


class Weighted(Nodes):
    """Nodes, a pod, and the resources that count."""

    resources: list[Weight]
    shape: list[Annotated[list[int], Field(min_length=2, max_length=2)]] = Field(default_factory=list)

    def weights(self) -> dict[str, int]:
        """Give the resources' weights. Errors: ValueError for one that upstream refuses."""
        named = {CPU if one.resource == "cpu" else one.resource: one.weight for one in self.resources}
        return dict(scores.checked_weights(named))


class Shares(Given):
    """Resources of one node: what would be asked of each, and what there is."""

    requested: list[Amount]
    allocatable: list[Amount]


class Raw(Given):
    """Scores to be stretched."""

    reverse: bool
    scores: list[Annotated[int, Field(ge=0, le=2**53)]]


# --- filters ---------------------------------------------------------------------------------------------------------


def fit(case: Case[FitGiven]) -> Got:
    """Ask what the node is short of."""
    given = case.given
    there = [pod.record() for pod in given.existing_pods]
    node = Node(ONE, allocatable=given.allocatable)
    cluster = Snapshot.of([node], [_on(pod, ONE) for pod in there])
    pod = given.pod.record()
    short = _short(pod, cluster, frozenset(given.ignored_resources or ()), 0)
    wants = asked(pod)
    details = []
    for name in short:
        key = CPU if name == "cpu" else name
        is_count = key == PODS
        used = cluster.n_pods if is_count else cluster.column(cluster.asked, key)
        details.append(
            {
                "resource": name,
                "requested": 1 if is_count else wants.get(key, 0),
                "used": int(used[0]),
                "capacity": int(cluster.column(cluster.allocatable, key)[0]),
            }
        )
    return {"fits": not short, "insufficient": AnyOrder(tuple(short)), "details": AnyOrder(tuple(details))}


def ports(case: Case[PortsGiven]) -> Got:
    """Ask for the pod's host ports, where all the others are."""
    cluster = Snapshot.of([Node(ONE)], [_on(pod.record(), ONE) for pod in case.given.existing_pods])
    return {"fits": bool(filters.has_ports(case.given.pod.record(), cluster)[0])}


def affinity_filter(case: Case[OneNode]) -> Got:
    """Ask whether the pod's selector and required affinity choose the node, and what the cluster adds to them."""
    added, there = case.given.added_affinity, case.given.snapshot()
    asked_for = [case.given.pod.record()]
    if added:
        asked_for.append(Pod(affinity=Affinity(added.record())))
    return {"fits": all(bool(filters.is_wanted(pod, there)[0]) for pod in asked_for)}


def taint_filter(case: Case[OneNode]) -> Got:
    """Ask whether the pod puts up with the node's taints."""
    return {"fits": bool(filters.tolerates_taints(case.given.pod.record(), case.given.snapshot())[0])}


def unschedulable(case: Case[OneNode]) -> Got:
    """Ask whether the node takes pods at all."""
    return {"fits": bool(filters.is_schedulable(case.given.pod.record(), case.given.snapshot())[0])}


# --- scores ----------------------------------------------------------------------------------------------------------


def affinity_score(case: Case[Nodes]) -> Got:
    """Score by what the pod prefers, and by what the cluster adds to it."""
    given, cluster = case.given, case.given.snapshot()
    pod = given.pod.record()
    added = given.added_affinity.wishes() if given.added_affinity else ()
    raw = scores.preferred((*pod.affinity.node.preferred, *added), cluster, _every(cluster))
    return {"scores": _named(cluster, scores.normalised(raw))}


def taint_score(case: Case[Nodes]) -> Got:
    """Score by the taints that the pod does not put up with."""
    cluster = case.given.snapshot()
    return {
        "scores": _named(cluster, scores.taint_toleration(case.given.pod.record(), cluster, _every(cluster)).normal)
    }


def least(case: Case[Weighted]) -> Got:
    """Score by what is left."""
    return _by_resources(case, "scores", "least")


def most(case: Case[Weighted]) -> Got:
    """Score by what is used."""
    return _by_resources(case, "scores", "most")


def resources(case: Case[Weighted]) -> Got:
    """Score a cluster by every resource plugin, and filter it."""
    given, cluster = case.given, case.given.snapshot()
    pod = given.pod.record()
    return {
        **_by_resources(case, "least_allocated", "least"),
        **_by_resources(case, "most_allocated", "most"),
        **_by_resources(case, "requested_to_capacity_ratio", "ratio"),
        **_by_resources(case, "balanced_allocation_v1_20", "balanced"),
        "insufficient": {
            node.name: AnyOrder(tuple(_short(pod, cluster, frozenset(), number)))
            for number, node in enumerate(cluster.nodes)
        },
    }


def balanced(case: Case[Shares]) -> Got:
    """Score one node by balance, today's formula."""
    use, size = (np.array(column, dtype=np.int64)[:, None] for column in (case.given.requested, case.given.allocatable))
    return {"score": int(scores.balanced(use, size)[0])}


def stretched(case: Case[Raw]) -> Got:
    """Stretch scores to 0-100."""
    raw = np.array(case.given.scores, dtype=np.int64)
    return {"scores": scores.normalised(raw, is_reversed=case.given.reverse).tolist()}


def _by_resources(case: Case[Weighted], key: str, rule: str) -> dict[str, Any]:
    """Score by one of the rules on resources."""
    given, cluster = case.given, case.given.snapshot()
    try:
        weights = given.weights()
    except ValueError:
        return {"invalid_config": True}
    mine, shape = list(weights.values()), [(point[0], point[1]) for point in given.shape]
    names = [CPU, MEMORY] if rule == "balanced" else list(weights)
    use, size = scores.tables(given.pod.record(), cluster, _every(cluster), names)
    rules = {
        "least": lambda: scores.least_allocated(use, size, mine, V1_20),
        "most": lambda: scores.most_allocated(use, size, mine, V1_20),
        "ratio": lambda: scores.ratio_allocated(use, size, mine, shape, V1_20),
        "balanced": lambda: scores.balanced(use, size, V1_20),
    }
    found = rules[rule]()
    return {key: _named(cluster, found)}


def _short(pod: Pod, cluster: Snapshot, ignored: frozenset[str], node: int) -> list[str]:
    return [in_words(n) for n, is_short in filters.short_of(pod, cluster, ignored, V1_20).items() if is_short[node]]


def _on(pod: Pod, node: str) -> Pod:
    """Put a pod on a node, whatever it says."""
    return replace(pod, node=node)


def _every(cluster: Snapshot) -> Ints:
    return np.arange(len(cluster), dtype=np.int64)


def _named(cluster: Snapshot, found: Ints) -> dict[str, int]:
    return {node.name: int(score) for node, score in zip(cluster.nodes, found, strict=True)}
