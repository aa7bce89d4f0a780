"""Karpenter's rule for nodes that do not pay: take the empty ones away, pack the others together, or buy a cheaper one.

Source: facts `karpenter.consolidation_order`, `karpenter.consolidation_policy`, `karpenter.consolidate_after`,
`karpenter.disruption_budget`, `karpenter.budget_rounding`, `karpenter.validation_delay`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from engine.scaling.karpenter import Claim, Limits, Plan, solve
from engine.scaling.managed_instances import Offer
from engine.scaling.shelves import Ask, Node, Pod, Zones

Action = Literal["empty", "delete", "replace"]
MOST_AT_ONCE = 100  # nodes tried together
NO_LIMIT = Limits(1_000)


@dataclass(frozen=True, slots=True)
class Scene:
    """All that a consolidation looks at: the nodes, the pods that wait meanwhile, and what is on offer.

    may_evict: by service, how many of its pods a PodDisruptionBudget lets go; a service without one is not in it.
    """

    nodes: Sequence[Node]
    waiting: Sequence[Pod]
    offers: Sequence[Offer]
    asks: Mapping[int, Ask]
    counts: Mapping[int, Sequence[int]]
    usable: Sequence[int]
    may_evict: Mapping[int, int] = field(default_factory=dict)
    limits: Limits = NO_LIMIT


@dataclass(frozen=True, slots=True)
class Command:
    """What to do: which nodes go, the types of the one that comes first (none: nothing comes), and dollars saved an hour."""

    action: Action
    nodes: tuple[int, ...]
    saves_usd_per_hour: float
    claim: Claim | None = None


def budget(nodes: int, disturbed: int, percent: float) -> int:
    """Count how many nodes more may be disturbed now: a share of all, rounded up, less those that are.

    >>> budget(10, 0, 10), budget(11, 0, 10), budget(11, 1, 10), budget(3, 1, 10), budget(5, 0, 0)
    (1, 2, 1, 0, 0)
    """
    return max(0, math.ceil(round(nodes * percent / 100, 9)) - disturbed)


def command(scene: Scene, allowed: int, policy: str) -> Command | None:
    """Find the first thing worth doing: empty nodes, then several at once, then one; None if nothing is.

    allowed: nodes that the budget lets go. policy: "WhenEmpty" stops after the empty ones.
    """
    candidates = sorted(
        (node for node in scene.nodes if node.is_ready and not node.is_kept and not node.is_fresh),
        key=lambda node: (-_ratio(node), node.number),
    )
    empty = [node for node in candidates if not node.pods][:allowed]
    if empty:
        return Command("empty", tuple(node.number for node in empty), math.fsum(node.usd_per_hour for node in empty))
    if policy == "WhenEmpty" or not allowed:
        return None
    movable = [node for node in candidates if node.pods and evictable(node, scene.may_evict)]
    return _several(scene, movable[: min(allowed, MOST_AT_ONCE)]) or _one(scene, movable)


def _ratio(node: Node) -> float:
    """Say what a node costs for each pod that would be disturbed, the node itself counted as one."""
    return node.usd_per_hour / (1 + len(node.pods))


def evictable(node: Node, may_evict: Mapping[int, int]) -> bool:
    """Say whether each of a node's pods might be evicted now: one of a blocked budget keeps its node."""
    return all(may_evict.get(pod.service, 1) > 0 for pod in node.pods)


def _several(scene: Scene, candidates: Sequence[Node]) -> Command | None:
    """Find by halving how many of the first nodes can go together for at most one cheaper node; two at least."""
    low, high = 1, len(candidates) - 1
    found: Command | None = None
    while low <= high:
        middle = (low + high) // 2
        one = weigh(scene, candidates[: middle + 1])
        if one is not None:
            found, low = one, middle + 1
        else:
            high = middle - 1
    return found


def _one(scene: Scene, candidates: Sequence[Node]) -> Command | None:
    """Find the first node that can go alone."""
    for node in candidates:
        found = weigh(scene, [node])
        if found is not None:
            return found
    return None


def weigh(scene: Scene, leaving: Sequence[Node]) -> Command | None:
    """Say what would become of some nodes: gone, gone for one that is cheaper than all of them, or nothing.

    Their pods may not go to a node that has not settled down yet, and only to nodes that are there.
    """
    plan = moved(scene, leaving)
    if plan is None or len(plan.claims) > 1:
        return None
    price = math.fsum(node.usd_per_hour for node in leaving)
    numbers = tuple(node.number for node in leaving)
    if not plan.claims:
        return Command("delete", numbers, price)
    claim = _cheaper(plan.claims[0], leaving, scene.offers, price)
    if claim is None:
        return None
    return Command("replace", numbers, price - claim.usd_per_hour, claim)


def moved(scene: Scene, leaving: Sequence[Node]) -> Plan | None:
    """Think some nodes away: where do their pods go? None if one of them would have no place."""
    gone = {node.number for node in leaving}
    stay = [node for node in scene.nodes if node.number not in gone and node.is_ready and not node.is_fresh]
    zones = Zones(scene.counts, scene.usable)
    pods = [pod for node in leaving for pod in node.pods]
    for node in leaving:
        for pod in node.pods:
            zones.add(pod, node.zone, -1)
    plan = solve([*scene.waiting, *pods], stay, scene.offers, scene.asks, zones, scene.limits)
    ours = {pod.number for pod in pods}
    return None if any(pod.number in ours for pod, _ in plan.left) else plan


def _cheaper(claim: Claim, leaving: Sequence[Node], offers: Sequence[Offer], price: float) -> Claim | None:
    """Keep the types that cost less than all that leaves; with several leaving, less than one of them that would do too.

    Else two nodes and a small one would be replaced by another small one, where deleting the two does the same.
    """
    prices = {offer.name: offer.usd_per_hour for offer in offers}
    most = price
    if len(leaving) > 1:
        leave = {node.kind: node.usd_per_hour for node in leaving}
        most = min([price, *(leave[name] for name in claim.options if name in leave)])
    options = tuple(name for name in claim.options if round(prices[name], 9) < round(most, 9))
    return Claim(claim.zone, options, claim.pods, prices[options[0]]) if options else None


def still_holds(command: Command, scene: Scene, allowed: int) -> bool:
    """Say whether a command found a while ago is still right: same nodes, still free to go, and the same kind of outcome."""
    nodes = {node.number: node for node in scene.nodes}
    there = [nodes[number] for number in command.nodes if number in nodes]
    if len(there) < len(command.nodes) or len(there) > allowed:
        return False
    if any(node.is_kept or node.is_fresh or not node.is_ready for node in there):
        return False
    if command.action == "empty":
        return not any(node.pods for node in there)
    if not all(evictable(node, scene.may_evict) for node in there):
        return False
    plan = moved(scene, there)
    if plan is None:
        return False
    if command.claim is None:
        return not plan.claims
    return len(plan.claims) == 1 and set(command.claim.options) <= set(plan.claims[0].options)
