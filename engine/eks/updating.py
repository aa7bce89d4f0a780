"""Updating: the rules of a node update, and how long one takes if nothing else happens.

A managed node group grows, closes its old nodes, drains as many as may be missing, and ends each once it is empty. A pod
that its budget does not let go holds a node until the limit; then the update fails, or force deletes the pod.
Its numbers are those of the simulation's own updates (`engine/kubernetes/update.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

from engine import catalog
from engine.eks.asks import UpdateAsk
from engine.kubernetes.update import drain_limit_s, post_drain_s, surge_of

Outcome = Literal["done", "failed", "forced", "never"]


@dataclass(frozen=True, slots=True)
class Timetable:
    """A node update on paper. Times in seconds from its start.

    surge: nodes beyond the group's size; rounds: drains one after the other; node_s: from a drain's begin until the node
    is empty, inf where a budget lets nobody go; ready_s: when the first old node drains; end_s: when it ends, well or
    not; deleted: pods that force deletes against the budget; left: nodes that still run the old AMI.
    """

    surge: int
    rounds: int
    ready_s: float
    node_s: float
    end_s: float
    outcome: Outcome
    deleted: int
    left: int


def node_ready_s(*, karpenter: bool) -> float:
    """Give the longer end of what a node takes from its order until it is Ready. Source: fact `timing.eks_node_ready`."""
    return catalog.seconds("timing.eks_node_ready", "karpenter_s" if karpenter else "mng_ca_s", 1)


def drain_s(pods: int, may_leave: int, restart_s: float) -> float:
    """Say how long a node takes to empty: pods go in groups as large as the budget allows, each group until it counts again.

    >>> drain_s(3, 1, 45), drain_s(3, 2, 45), drain_s(3, 0, 45)
    (135, 90, inf)
    """
    return ceil(pods / may_leave) * restart_s if may_leave else float("inf")


def managed(ask: UpdateAsk) -> Timetable:
    """Update a managed node group by the default strategy.

    The budget is shared: nodes that drain at the same time wait for each other's pods.
    """
    ready_s, rounds = node_ready_s(karpenter=False), ceil(ask.nodes / ask.at_once)
    together = min(ask.at_once, ask.nodes)
    node_s = drain_s(ask.pods * together, ask.may_leave, ask.restart_s)
    limit_s, surge = drain_limit_s(), surge_of(ask.zones, ask.at_once)
    if node_s <= limit_s:
        end_s = ready_s + rounds * (node_s + post_drain_s())
        return Timetable(surge, rounds, ready_s, node_s, end_s, "done", 0, 0)
    if not ask.force:
        return Timetable(surge, rounds, ready_s, node_s, ready_s + limit_s, "failed", 0, ask.nodes)
    kept = ask.pods * together - ask.may_leave * int(limit_s // ask.restart_s)
    deleted = min(ask.nodes * ask.pods, max(0, kept) * rounds)
    end_s = ready_s + rounds * (limit_s + post_drain_s())
    return Timetable(surge, rounds, ready_s, node_s, end_s, "forced", deleted, 0)


def by_hand(ask: UpdateAsk) -> Timetable:
    """Update nodes of your own, one batch after the other: launch, cordon, drain, end. kubectl waits as long as you do."""
    ready_s, rounds = node_ready_s(karpenter=False), ceil(ask.nodes / ask.at_once)
    together = min(ask.at_once, ask.nodes)
    node_s = drain_s(ask.pods * together, ask.may_leave, ask.restart_s)
    if node_s != float("inf"):
        return Timetable(together, rounds, ready_s, node_s, rounds * (ready_s + node_s), "done", 0, 0)
    if not ask.force:
        return Timetable(together, rounds, ready_s, node_s, float("inf"), "never", 0, ask.nodes)
    deleted = ask.nodes * ask.pods
    return Timetable(together, rounds, ready_s, 0.0, rounds * ready_s, "forced", deleted, 0)
