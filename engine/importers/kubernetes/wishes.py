"""From a pod's own words to those of a scenario: where it may go, how it is rolled out, spared and scaled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.importers.kubernetes import trees
from engine.importers.kubernetes.nodes import ARCH, OS, required_terms
from engine.importers.kubernetes.pods import Workload
from engine.importers.kubernetes.scaling import Autoscaler, Budget, Metric

_FIXED = OS + ARCH  # the fleet is chosen so that these hold: no rule is needed
_LOST = "node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"
_UPDATES = {"Deployment": "strategy"}


def scheduling(workload: Workload, neighbours: dict[str, Any]) -> dict[str, Any]:
    """Say where its pods may go: node selector, node affinity, tolerations, and what they ask of other pods."""
    selector = trees.pairs(workload.pod, "nodeSelector")
    terms = [_rules(term) for term in required_terms(workload)]
    given = {
        "node_selector": {key: value for key, value in selector.items() if key not in _FIXED},
        "nodes": [] if any(not rules for rules in terms) else [{"rules": rules} for rules in terms],
        "prefers": _prefers(workload),
        "tolerations": [_toleration(one) for one in trees.each(workload.pod, "tolerations") if not _for_a_while(one)],
        "neighbours": neighbours,
    }
    return {name: value for name, value in given.items() if value}


def _prefers(workload: Workload) -> list[dict[str, Any]]:
    affinity = trees.inner(workload.pod, "affinity", "nodeAffinity")
    wishes = trees.each(affinity, "preferredDuringSchedulingIgnoredDuringExecution")
    told = [(trees.whole(one, "weight") or 1, _rules(trees.inner(one, "preference"))) for one in wishes]
    return [{"weight": weight, "rules": rules} for weight, rules in told if rules]


def _rules(term: trees.Tree) -> list[dict[str, Any]]:
    return [
        {"key": trees.text(one, "key"), "operator": trees.text(one, "operator"), "values": trees.words(one, "values")}
        for one in trees.each(term, "matchExpressions")
        if trees.text(one, "key") not in _FIXED
    ]


def _toleration(one: trees.Tree) -> dict[str, Any]:
    given = {name: trees.text(one, name) for name in ("key", "operator", "value", "effect")}
    return {name: value for name, value in given.items() if value}


def stays_s(workload: Workload) -> int | None:
    """Say how long its pods stay on a node that is lost; None where they do not say, and Kubernetes' own time holds."""
    said = [
        trees.whole(one, "tolerationSeconds") for one in trees.each(workload.pod, "tolerations") if _for_a_while(one)
    ]
    return min((wait for wait in said if wait is not None), default=None)


def _for_a_while(one: trees.Tree) -> bool:
    """Tell a toleration of a lost node that ends: it says how long pods stay there, and lets none begin there."""
    return trees.text(one, "key") in _LOST and trees.whole(one, "tolerationSeconds") is not None


def rollout(workload: Workload) -> dict[str, Any]:
    """Say how a new version replaces its pods; a StatefulSet's and a DaemonSet's go one by one, unless they say otherwise."""
    update = trees.inner(workload.spec, _UPDATES.get(workload.kind, "updateStrategy"))
    rolling = trees.inner(update, "rollingUpdate")
    one_by_one = {"max_surge": "0", "max_unavailable": "1"} if workload.kind != "Deployment" else {}
    given = {
        "strategy": "Recreate" if trees.text(update, "type") == "Recreate" else None,
        "max_surge": _amount(rolling, "maxSurge"),
        "max_unavailable": _amount(rolling, "maxUnavailable"),
        "min_ready_s": trees.whole(workload.spec, "minReadySeconds"),
        "progress_deadline_s": trees.whole(workload.spec, "progressDeadlineSeconds"),
    }
    return one_by_one | {name: value for name, value in given.items() if value is not None}


def _amount(tree: trees.Tree, name: str) -> str | None:
    found = tree.get(name)
    return str(found) if isinstance(found, int | str) and not isinstance(found, bool) else None


def disruption(budget: Budget | None) -> dict[str, Any] | None:
    """Say how many of its pods must stay; None where no budget says anything."""
    if budget is None or budget.min_available is budget.max_unavailable is None:
        return None
    given = {
        "min_available": None if budget.min_available is None else str(budget.min_available),
        "max_unavailable": None if budget.max_unavailable is None else str(budget.max_unavailable),
        "unhealthy": budget.unhealthy or None,
    }
    return {name: value for name, value in given.items() if value is not None}


def metric_of(scaler: Autoscaler, workload: Workload) -> tuple[str, float] | None:
    """Find a metric that the simulation has, and its target in percent: CPU or memory, of what is asked for; None if there is none."""
    for metric in scaler.metrics:
        if metric.source in {"Resource", "ContainerResource"} and metric.name in {"cpu", "memory"}:
            percent = _percent(metric, workload)
            if percent:
                return metric.name, percent
    return None


def _percent(metric: Metric, workload: Workload) -> float | None:
    if metric.how == "utilization":
        return metric.target
    asked = workload.cpu_m if metric.name == "cpu" else workload.memory_bytes
    return 100 * metric.target / asked if asked else None


def scaling(scaler: Autoscaler, workload: Workload) -> dict[str, Any] | None:
    """Say what is tracked, and between which bounds; None where the simulation has no such metric."""
    found = metric_of(scaler, workload)
    if found is None or scaler.most is None:
        return None
    return {"metric": found[0], "target": found[1], "min_tasks": scaler.least, "max_tasks": scaler.most}


def pace(scaler: Autoscaler) -> dict[str, Any]:
    """Say how fast it may grow and shrink, where the file does."""
    named = (("scale_up", "scaleUp"), ("scale_down", "scaleDown"))
    return {ours: _pace(scaler.behavior, theirs) for ours, theirs in named if theirs in scaler.behavior}


def _pace(behavior: Mapping[str, Any], name: str) -> dict[str, Any]:
    rules = trees.inner(behavior, name)
    given = {
        "select": trees.text(rules, "selectPolicy") or None,
        "stabilization_s": trees.whole(rules, "stabilizationWindowSeconds"),
        "policies": [
            {
                "type": trees.text(one, "type"),
                "value": trees.whole(one, "value"),
                "period_s": trees.whole(one, "periodSeconds"),
            }
            for one in trees.each(rules, "policies")
        ],
    }
    return {name: value for name, value in given.items() if value not in (None, [])}
