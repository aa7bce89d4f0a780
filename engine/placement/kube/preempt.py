"""Pre-emption: which pods of lower priority would have to go, and where, so that a pod that found no node can run.

Source: github:kubernetes/kubernetes pkg/scheduler/framework/preemption/preemption.go and
pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go. All nodes are looked at; upstream, on large
clusters, only a tenth of them, a hundred at least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engine.placement.kube.decide import decide
from engine.placement.kube.filters import is_schedulable, is_wanted, tolerates_taints
from engine.placement.kube.objects import Node, Pod, Selector
from engine.placement.kube.selectors import selects
from engine.placement.kube.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Budget:
    """A PodDisruptionBudget: whose pods it protects, and how many of them may go now. An empty selector protects nobody."""

    selector: Selector
    allowed: int
    namespace: str = ""


@dataclass(frozen=True, slots=True)
class Preemption:
    """Where a pod would get its room, and whose. victims: the most important first. broken: how many against a budget."""

    node: int
    victims: tuple[Pod, ...]
    broken: int = 0


def preempt(
    pod: Pod, nodes: Sequence[Node], running: Sequence[Pod], budgets: Sequence[Budget] = ()
) -> Preemption | None:
    """Find the node where it costs least to make room; None if no eviction would help.

    running: all pods with their nodes, the oldest first. Fewest broken budgets, then the least important victim, the lowest
    sum of priorities, the fewest victims, the latest start; then the first node.
    """
    empty = Snapshot.of(nodes)
    # What no eviction changes: cordons, taints and the choice of nodes.
    may_help = is_schedulable(pod, empty) & tolerates_taints(pod, empty) & is_wanted(pod, empty)
    found = [_on(pod, int(n), nodes, running, budgets) for n in np.flatnonzero(may_help)]
    age = {id(one): k for k, one in enumerate(running)}
    return min((one for one in found if one), key=lambda one: _cost(one, age), default=None)


def _on(
    pod: Pod, node: int, nodes: Sequence[Node], running: Sequence[Pod], budgets: Sequence[Budget]
) -> Preemption | None:
    """Take all pods of lower priority off a node, then give back whom it can keep, the most important first."""
    weaker = [one for one in running if one.node == nodes[node].name and one.priority < pod.priority]
    gone = {id(one) for one in weaker}

    def fits() -> bool:
        left = [one for one in running if id(one) not in gone]
        return bool(decide(pod, Snapshot.of(nodes, left)).stopped_by[node] == -1)

    if not weaker or not fits():
        return None
    weaker.sort(key=lambda one: -one.priority)  # a stable sort: of equals the oldest stays first
    protected = _protected(weaker, budgets)
    broken = 0
    for one in sorted(weaker, key=lambda one: id(one) not in protected):  # the protected get their chance first
        gone.discard(id(one))
        if not fits():
            gone.add(id(one))
            broken += id(one) in protected
    return Preemption(node, tuple(one for one in weaker if id(one) in gone), broken)


def _protected(pods: Sequence[Pod], budgets: Sequence[Budget]) -> set[int]:
    """List, by identity, the pods whose budgets would not allow them to go with all those before them."""
    allowed = [budget.allowed for budget in budgets]
    found = set()
    for pod in pods:
        for k, budget in enumerate(budgets):
            is_empty = not budget.selector.labels and not budget.selector.exprs
            if is_empty or not pod.labels or budget.namespace != pod.namespace:
                continue
            if selects(budget.selector, pod.labels):
                allowed[k] -= 1
                if allowed[k] < 0:
                    found.add(id(pod))
    return found


def _cost(one: Preemption, age: dict[int, int]) -> tuple[int, int, int, int, int, int]:
    """Say what a pre-emption costs, the lowest wins."""
    if not one.victims:
        return (one.broken, -(1 << 40), 0, 0, 0, one.node)
    highest = one.victims[0].priority
    first = min(age[id(pod)] for pod in one.victims if pod.priority == highest)  # the earliest start among them
    total = sum(pod.priority + (1 << 31) for pod in one.victims)  # none below 0, so that fewer are cheaper
    return (one.broken, highest, total, len(one.victims), -first, one.node)
