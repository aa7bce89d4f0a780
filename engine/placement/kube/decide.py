"""Choose a node for a pod: filters first, then every score, weighted and added up; and say why.

All nodes are scored. Upstream, from 100 nodes on, stops looking once it has found a share of them that would do.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.placement.choose import FEASIBLE, Verdict
from engine.placement.hosts import Bools, Floats, Ints
from engine.placement.kube.filters import short_of
from engine.placement.kube.objects import CPU, EPHEMERAL, MEMORY, PODS, Pod
from engine.placement.kube.plugins import FIT, Plugin, default_plugins
from engine.placement.kube.snapshot import Snapshot

TOTAL, CHANCE = "total", "random"
RESOURCES = {PODS: "pods", "cpu": "cpu", MEMORY: "memory", EPHEMERAL: "storage"}  # our words for what may be short
EXTENDED = "extended"
SAYS = {  # Kubernetes' own words, as `kubectl describe pod` shows them; of resources they are Insufficient
    "absent": "node(s) had not joined",
    "closed": "node(s) were unschedulable",
    "taints": "node(s) had untolerated taint(s)",
    "node-affinity": "node(s) didn't match Pod's node affinity/selector",
    "ports": "node(s) didn't have free ports for the requested pod ports",
    "pods": "Too many pods",
    "storage": "Insufficient ephemeral-storage",
    "no-domain": "node(s) didn't match pod topology spread constraints (missing required label)",
    "skew": "node(s) didn't match pod topology spread constraints",
    "affinity": "node(s) didn't match pod affinity rules",
    "anti-affinity": "node(s) didn't match pod anti-affinity rules",
    "avoided": "node(s) didn't satisfy existing pods anti-affinity rules",
}


@dataclass(frozen=True, slots=True)
class Marks:
    """One scoring plugin's column. Arrays of shape (n_nodes,), 0 where a filter said no.

    raw: as the plugin counts; normal: from 0 to 100. What goes into the total is normal * weight.
    """

    raw: Ints
    normal: Ints
    weight: int


@dataclass(frozen=True, slots=True)
class Ruling(Verdict):
    """The scheduler's answer, and why: a verdict whose nodes are hosts, with the table of nodes x plugins in it.

    asked: the filters' reasons in order, which `stopped_by` points into. plugin_of: reason -> upstream's plugin. says_yes:
    plugin -> shape (n_nodes,), its filter's answer, for every plugin and node, whatever was struck out before. short:
    resource -> shape (n_nodes,), nodes that lack it. marks: scoring plugin -> its column, in order. total: shape
    (n_nodes,), -1 where a filter said no. `scores` holds the total, and the lottery that breaks its ties.
    """

    asked: tuple[str, ...] = ()
    plugin_of: Mapping[str, str] = field(default_factory=dict)
    says_yes: Mapping[str, Bools] = field(default_factory=dict)
    short: Mapping[str, Bools] = field(default_factory=dict)
    marks: Mapping[str, Marks] = field(default_factory=dict)
    total: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def filters(self) -> tuple[str, ...]:
        """Name what was asked, in order."""
        return self.asked

    def words_of(self, node: int) -> tuple[str, ...]:
        """Say in Kubernetes' own words why a filter struck a node out; nothing where none did."""
        if self.stopped_by[node] == FEASIBLE:
            return ()
        reason = self.asked[int(self.stopped_by[node])]
        if self.plugin_of[reason] != FIT:
            return (SAYS.get(reason, reason),)
        lacks = (RESOURCES.get(name, name) for name, is_short in self.short.items() if is_short[node])
        return tuple(SAYS.get(word, f"Insufficient {word}") for word in lacks)

    @property
    def message(self) -> str:
        """Say why a pod waits, in Kubernetes' own words: "" where it found a node.

        Of a node that is short of several things, each is counted, as Kubernetes does.
        """
        if self.host is not None:
            return ""
        n = len(self.stopped_by)
        counts: dict[str, int] = {}
        for number, reason in enumerate(self.asked):
            struck = self.stopped_by == number
            if self.plugin_of[reason] == FIT:
                is_fit = [self.plugin_of[self.asked[k]] == FIT if k != FEASIBLE else False for k in self.stopped_by]
                name = next((k for k, word in RESOURCES.items() if word == reason), reason)
                struck = np.array(is_fit, dtype=np.bool_) & self.short.get(name, struck)
            if count := int(np.count_nonzero(struck)):
                words = SAYS.get(reason, f"Insufficient {reason}")
                counts[words] = counts.get(words, 0) + count
        told = ", ".join(sorted(f"{count} {words}" for words, count in counts.items()))
        return f"0/{n} nodes are available: {told}." if told else f"0/{n} nodes are available."


def decide(
    pod: Pod, cluster: Snapshot, chance: Floats | None = None, plugins: Sequence[Plugin] | None = None
) -> Ruling:
    """Choose a node for a pod. The highest total wins.

    chance: shape (n_nodes,), each node's number in the lottery among those with the highest total, which upstream draws
    anew for every pod; None: the first of them wins. A pod that one node alone can take gets no scores, as upstream.

    Errors: none. A pod that no node can take has no host, and the verdict says why.
    """
    plugins = default_plugins() if plugins is None else plugins
    short = short_of(pod, cluster)
    gates = [*_outside(cluster), *_gates(plugins, short, pod, cluster)]
    alive = np.ones(len(cluster), dtype=np.bool_)
    stopped_by = np.full(len(cluster), FEASIBLE, dtype=np.int64)
    refused: dict[str, int] = {}
    for number, (reason, _, allowed) in enumerate(gates):
        struck = alive & ~allowed
        if count := int(np.count_nonzero(struck)):
            stopped_by[struck] = number
            refused[reason] = refused.get(reason, 0) + count
            alive &= allowed
    left = np.flatnonzero(alive)
    marks = _marks(pod, cluster, plugins, left) if len(left) > 1 else {}
    total = np.full(len(cluster), -1, dtype=np.int64)
    total[left] = sum((mark.normal[left] * mark.weight for mark in marks.values()), start=np.zeros(len(left), np.int64))
    scores: dict[str, Floats] = {}
    if len(left) > 1:
        scores[TOTAL] = total.astype(np.float64)
        if chance is not None:
            scores[CHANCE] = chance
    return Ruling(
        host=_best(left, total, chance),
        refused=refused,
        stopped_by=stopped_by,
        scores=scores,
        free_cpu=_free(cluster, CPU),
        free_mib=_free(cluster, MEMORY),
        asked=tuple(reason for reason, _, _ in gates),
        plugin_of={reason: plugin for reason, plugin, _ in gates},
        says_yes=_said(plugins, gates, len(cluster)),
        short=short,
        marks=marks,
        total=total,
    )


def _outside(cluster: Snapshot) -> list[tuple[str, str, Bools]]:
    """List what stands before every plugin: a host that is no node at all, and one of another node group."""
    gates: list[tuple[str, str, Bools]] = []
    if cluster.is_there is not None:
        gates.append(("absent", "", cluster.is_there))
    if cluster.is_offered is not None:
        gates.append(("provider", "", cluster.is_offered))
    return gates


def _gates(
    plugins: Sequence[Plugin], short: Mapping[str, Bools], pod: Pod, cluster: Snapshot
) -> list[tuple[str, str, Bools]]:
    """List the filters' answers in order: reason, plugin, answer. What a node is short of has a gate for each resource."""
    gates: list[tuple[str, str, Bools]] = []
    for plugin in plugins:
        if plugin.name == FIT:
            for name, is_short in short.items():
                gates.append((RESOURCES.get(name, EXTENDED), plugin.name, np.asarray(~is_short)))
        elif plugin.refusals:
            for reason, refuses in plugin.refusals(pod, cluster).items():
                gates.append((reason, plugin.name, np.asarray(~refuses)))
        elif plugin.says_yes:
            gates.append((plugin.reason, plugin.name, plugin.says_yes(pod, cluster)))
    return gates


def _said(plugins: Sequence[Plugin], gates: Sequence[tuple[str, str, Bools]], n: int) -> dict[str, Bools]:
    """Give each filter's answer: yes where none of its gates says no."""
    said = {plugin.name: np.ones(n, dtype=np.bool_) for plugin in plugins if plugin.says_yes}
    for _, name, allowed in gates:
        if name in said:
            said[name] &= allowed
    return said


def _marks(pod: Pod, cluster: Snapshot, plugins: Sequence[Plugin], left: Ints) -> dict[str, Marks]:
    """Ask every scoring plugin about the nodes that are left."""
    found: dict[str, Marks] = {}
    for plugin in plugins:
        scored = plugin.score(pod, cluster, left) if plugin.score and plugin.weight else None
        if scored is not None:
            raw, normal = np.zeros(len(cluster), dtype=np.int64), np.zeros(len(cluster), dtype=np.int64)
            raw[left], normal[left] = scored.raw, scored.normal
            found[plugin.name] = Marks(raw, normal, plugin.weight)
    return found


def _best(left: Ints, total: Ints, chance: Floats | None) -> int | None:
    if not len(left):
        return None
    best = left[total[left] == total[left].max()]
    return int(best[0] if chance is None else best[np.argmax(chance[best])])


def _free(cluster: Snapshot, name: str) -> Ints:
    return np.asarray(cluster.column(cluster.allocatable, name) - cluster.column(cluster.asked, name))
