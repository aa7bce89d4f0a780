"""Updating: the rules of a node update, and how long one takes if nothing else happens.

A managed node group grows, closes its old nodes, drains as many as may be missing, and ends each once it is empty. A pod
that its budget does not let go holds a node until the limit; then the update fails, or force deletes the pod.
The simulation's own updates (`engine/control/node_update.py`) take their numbers from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

from engine import catalog
from engine.eks import rules
from engine.eks.asks import UpdateAsk

Strategy = Literal["default", "minimal"]
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


def surge_of(zones: int, at_once: int) -> int:
    """Count the nodes that a managed node group grows by during an update. Source: fact `eks.mng.scale_up_extra`.

    >>> surge_of(3, 1), surge_of(5, 20)
    (6, 20)
    """
    return max(2 * zones, at_once)


def drain_limit_s() -> float:
    """Give the time in which a node's pods must be gone. Source: fact `eks.mng.drain_timeout`."""
    return catalog.seconds("eks.mng.drain_timeout")


def post_drain_s() -> float:
    """Give the wait between an empty node and its end. Source: fact `eks.mng.post_drain_wait`."""
    return catalog.seconds("eks.mng.post_drain_wait")


def retry_s() -> float:
    """Give the pause between two askings for an eviction. Source: note `table.kubectl_drain`."""
    return rules.note("table.kubectl_drain", "retry_s")


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
