"""Topology spread and pod affinity, by the functions that place pods in a run, with release 1.20's rules where they changed."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from engine.conformance.cases import Case, Given, Got
from engine.conformance.pods import GivenNode, GivenPod
from engine.conformance.scheduler import Nodes
from engine.placement.hosts import Ints
from engine.placement.kube import topology
from engine.placement.kube.edition import V1_20
from engine.placement.kube.near_rules import HARD_WEIGHT, reads_neighbours
from engine.placement.kube.objects import Pod
from engine.placement.kube.scores import Scored
from engine.placement.kube.snapshot import Snapshot
from engine.placement.kube.spread_rules import reads_spread
from engine.placement.kube.topology_kernel import OK

UNREADABLE = {"invalid": True}


class Liked(Nodes):
    """Nodes and a pod. hard_pod_affinity_weight: what a required affinity is worth to those that are wanted."""

    hard_pod_affinity_weight: int = Field(default=HARD_WEIGHT, ge=0, le=100)


class Candidates(Given):
    """Nodes that passed the filters, nodes that did not, and a pod."""

    candidate_nodes: list[GivenNode]
    filtered_out_nodes: list[GivenNode] = Field(default_factory=list)
    existing_pods: list[GivenPod] = Field(default_factory=list)
    pod: GivenPod

    def snapshot(self) -> Snapshot:
        """Show all nodes, those that passed first."""
        nodes = [node.record() for node in (*self.candidate_nodes, *self.filtered_out_nodes)]
        return Snapshot.of(nodes, [pod.record() for pod in self.existing_pods])


def neighbours_filter(case: Case[Nodes]) -> Got:
    """Ask each node's neighbours, in node order."""
    said = topology.neighbours_say(case.given.pod.record(), case.given.snapshot())
    return {"status": [_status(one) for one in said], "fits": [bool(one == OK) for one in said]}


def neighbours_score(case: Case[Liked]) -> Got:
    """Score all nodes by their neighbours."""
    cluster, pod = case.given.snapshot(), case.given.pod.record()
    if not reads_neighbours(pod):
        return UNREADABLE
    every = np.arange(len(cluster), dtype=np.int64)
    found = topology.pod_affinity(pod, cluster, every, V1_20, case.given.hard_pod_affinity_weight)
    return {"scores": _named(cluster, every, found)}


def spread_filter(case: Case[Nodes]) -> Got:
    """Ask the hard constraints about each node."""
    cluster, pod = case.given.snapshot(), case.given.pod.record()
    if not reads_spread(pod):
        return UNREADABLE
    said = topology.spread_says(pod, cluster, V1_20)
    return {"status": {node.name: _status(one) for node, one in zip(cluster.nodes, said, strict=True)}}


def spread_score(case: Case[Candidates]) -> Got:
    """Score the nodes that passed by the soft constraints."""
    cluster, pod = case.given.snapshot(), case.given.pod.record()
    if not reads_spread(pod):
        return UNREADABLE
    return {"scores": _spread_points(pod, cluster, np.arange(len(case.given.candidate_nodes), dtype=np.int64))}


def spread(case: Case[Nodes]) -> Got:
    """Ask the hard constraints, then score the nodes that they leave."""
    cluster, pod = case.given.snapshot(), case.given.pod.record()
    if not reads_spread(pod):
        return UNREADABLE
    left = np.flatnonzero(topology.spread_says(pod, cluster, V1_20) == OK)
    return {**spread_filter(case), "scores_of_feasible": _spread_points(pod, cluster, left)}


def _spread_points(pod: Pod, cluster: Snapshot, nodes: Ints) -> dict[str, int]:
    return _named(cluster, nodes, topology.topology_spread(pod, cluster, nodes, V1_20))


def _status(said: int) -> str:
    if said == OK:
        return "ok"
    return "unresolvable" if said in topology.UNRESOLVABLE else "unschedulable"


def _named(cluster: Snapshot, nodes: Ints, found: Scored | None) -> dict[str, int]:
    """Give points by node; a plugin with nothing to say gives none."""
    points = np.zeros_like(nodes) if found is None else found.normal
    return {cluster.nodes[node].name: int(score) for node, score in zip(nodes, points, strict=True)}
