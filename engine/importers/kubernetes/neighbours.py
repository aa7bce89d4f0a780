"""What pods ask of each other: spread, affinity and anti-affinity, from label selectors to the services of a scenario.

A selector picks workloads of the file. Where it picks the pod's own, or one other, the rule names that service; where it picks
several or none, those that it picks are given a label that nothing else carries, so the rule means the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.importers.kubernetes import trees
from engine.importers.kubernetes.pods import Workload

_OVER = {
    "kubernetes.io/hostname": "hostname",
    "topology.kubernetes.io/zone": "zone",
    "failure-domain.beta.kubernetes.io/zone": "zone",
}
_REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
_PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
_KINDS = (("podAffinity", "near", "rather_near"), ("podAntiAffinity", "apart", "rather_apart"))


@dataclass(slots=True)
class _Pods:
    """The workloads of a file with their services' names, and the labels that were made up for them."""

    workloads: Sequence[Workload]
    names: Sequence[str]
    labels: list[dict[str, str]] = field(default_factory=list)
    made_up: int = 0

    def whose(self, own: int, picked: list[int]) -> dict[str, Any]:
        """Say whose pods are meant."""
        if picked == [own]:
            return {}
        if len(picked) == 1:
            return {"service": self.names[picked[0]]}
        self.made_up += 1
        label = f"picked-{self.made_up}"
        for number in picked:
            self.labels[number][label] = "yes"
        return {"labels": {label: "yes"}}


def neighbours(workloads: Sequence[Workload], names: Sequence[str]) -> list[dict[str, Any]]:
    """Give what each workload's pods ask of other pods, as plain data for a scenario."""
    pods = _Pods(workloads, names, [{} for _ in workloads])
    rules = [_rules(pods, number) for number in range(len(workloads))]
    return [
        {name: value for name, value in ({"labels": labels} | of).items() if value}
        for labels, of in zip(pods.labels, rules, strict=True)
    ]


def unread(workload: Workload) -> Iterator[str]:
    """Name the topologies of its rules that the simulation does not have."""
    keys = [trees.text(term, "topologyKey") for _, _, term in _terms(workload)]
    keys += [trees.text(one, "topologyKey") for one in _constraints(workload)]
    yield from dict.fromkeys(key for key in keys if key not in _OVER)


def _rules(pods: _Pods, own: int) -> dict[str, Any]:
    workload = pods.workloads[own]
    found: dict[str, Any] = {name: [] for _, must, rather in _KINDS for name in (must, rather)}
    for name, weight, term in _terms(workload):
        over = _OVER.get(trees.text(term, "topologyKey"))
        if over and "labelSelector" in term:
            rule = {"over": over} | pods.whose(own, _picked(pods, workload, term))
            found[name].append(rule | ({} if weight is None else {"weight": weight}))
    return found | {"spread": list(_spread(pods, own))}


def _terms(workload: Workload) -> Iterator[tuple[str, int | None, trees.Tree]]:
    """Give each term: under which name, how much it weighs (None: it must be), and the term."""
    for kind, must, rather in _KINDS:
        affinity = trees.inner(workload.pod, "affinity", kind)
        yield from ((must, None, term) for term in trees.each(affinity, _REQUIRED))
        for wish in trees.each(affinity, _PREFERRED):
            yield rather, trees.whole(wish, "weight") or 1, trees.inner(wish, "podAffinityTerm")


def _picked(pods: _Pods, workload: Workload, term: trees.Tree) -> list[int]:
    """List the workloads whose pods a term means: those in its namespaces with the labels that it selects."""
    namespaces = trees.words(term, "namespaces")
    everywhere = "namespaceSelector" in term
    return [
        number
        for number, other in enumerate(pods.workloads)
        if (everywhere or any(trees.one_namespace(other.namespace, one) for one in namespaces or [workload.namespace]))
        and trees.matches(trees.inner(term, "labelSelector"), other.labels)
    ]


def _constraints(workload: Workload) -> list[trees.Tree]:
    return trees.each(workload.pod, "topologySpreadConstraints")


def _spread(pods: _Pods, own: int) -> Iterator[dict[str, Any]]:
    """Give its topology spread constraints, one for each topology and each `when`."""
    told: set[tuple[str, str]] = set()
    for one in _constraints(pods.workloads[own]):
        over, when = _OVER.get(trees.text(one, "topologyKey")), trees.text(one, "whenUnsatisfiable") or "DoNotSchedule"
        if over is None or "labelSelector" not in one or (over, when) in told:
            continue
        told.add((over, when))
        given = {
            "over": over,
            "when": when,
            "max_skew": trees.whole(one, "maxSkew"),
            "min_domains": trees.whole(one, "minDomains"),
            "node_affinity": trees.text(one, "nodeAffinityPolicy") or None,
            "node_taints": trees.text(one, "nodeTaintsPolicy") or None,
        }
        yield {name: value for name, value in given.items() if value is not None} | pods.whose(
            own, _picked(pods, pods.workloads[own], {"labelSelector": one["labelSelector"]})
        )
