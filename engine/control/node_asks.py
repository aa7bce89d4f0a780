"""What a node autoscaler must know of a service's pods: the rules that bind the scheduler, read off the same manifest.

Wishes (preferred affinity, ScheduleAnyway) are left out, and of pods near or far from each other what labels the nodes share
beyond zone and host name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.placement.demand import needs_of
from engine.placement.kube.filters import BINDING
from engine.placement.kube.objects import Node, Pod, PodTerm, Selector
from engine.placement.kube.pods import nodes_of, pod_of
from engine.placement.kube.selectors import may_go, selects, untolerated
from engine.placement.kube.spread_rules import HOSTNAME
from engine.placement.kube.spread_rules import ZONE as ZONE_LABEL
from engine.placement.pools import HostKind, Pool, pools_of, room_for
from engine.placement.stock import empty_fleet
from engine.scaling.shelves import Ask, Services

if TYPE_CHECKING:
    from engine.scenario import Scenario


def label_of(scenario: Scenario, group: int, kind: str) -> str:
    """Name what pods choose a node by: its group where that carries attributes or taints of its own, else its type.

    group: the fleet's, by number; NONE = a node of no group, as Karpenter buys them.
    """
    groups = scenario.fleet.kinds
    if 0 <= group < len(groups):
        mine = groups[group]
        if mine.instance_type == kind and (mine.attributes or mine.taints):
            return f"{kind}#{group}"
    return kind


def asks_of(scenario: Scenario, kinds: Sequence[str], skew: int = 0) -> dict[int, Ask]:
    """Say what each service's pods ask. kinds: types that may come beside those of the fleet.

    skew: for services that say nothing about zones themselves; 0 = any zone will do.
    """
    pods = [pod_of(service) for service in scenario.services]
    shelves = _templates(scenario, kinds)
    asks = {number: _ask(scenario, number, pods, shelves, skew) for number in range(len(pods))}
    looked_at = {one for ask in asks.values() for one in _in_zones(ask)}
    return {number: replace(ask, is_counted=number in looked_at) for number, ask in asks.items()}


def _in_zones(ask: Ask) -> set[int]:
    """List the services whose zones a service looks at."""
    return set(ask.kin) | set(ask.shuns_zone) | {one for group in ask.near_zone for one in group}


def _templates(scenario: Scenario, kinds: Sequence[str]) -> list[tuple[str, int, Node]]:
    """Make one node of each group and type in each zone: (label, zone, node)."""
    pools = list(pools_of(scenario))
    labels = [label_of(scenario, number, pool.kind.instance_type) for number, pool in enumerate(pools)]
    for kind in kinds:
        if kind not in labels:
            pools.append(Pool(HostKind("", kind, "on-demand"), room_for(scenario, kind), 0))
            labels.append(kind)
    zones = scenario.zones
    hosts = empty_fleet(scenario, [Pool(pool.kind, pool.room, zones, number) for number, pool in enumerate(pools)])
    traits = hosts.traits
    if traits is None:
        return []
    nodes = nodes_of(traits)  # pool after pool, each dealt out to the zones in turn
    return [(labels[n // zones], n % zones, node) for n, node in enumerate(nodes)]


def _ask(scenario: Scenario, number: int, pods: Sequence[Pod], shelves: list[tuple[str, int, Node]], skew: int) -> Ask:
    pod = pods[number]
    fit = [(label, zone) for label, zone, node in shelves if _may_go(pod, node)]
    is_choosy = len(fit) < len(shelves)
    zones = frozenset(zone for _, zone in fit)
    hard = [rule for rule in pod.spread if rule.when == "DoNotSchedule"]
    by_zone = [rule for rule in hard if rule.topology_key == ZONE_LABEL]
    by_host = [rule for rule in hard if rule.topology_key == HOSTNAME]
    of_zones = by_zone[0].selector if by_zone else None
    return Ask(
        needs=needs_of(scenario.services[number], is_pod=True),
        skew=by_zone[0].max_skew
        if by_zone
        else 0
        if pod.spread or scenario.services[number].kind == "daemon"
        else skew,
        kin=tuple(sorted(_meant(of_zones, pods))) if by_zone else (),
        per_node=by_host[0].max_skew if by_host else 0,
        labels=frozenset(label for label, _ in fit) if is_choosy else None,
        zones=zones if is_choosy and len(zones) < scenario.zones else None,
        shuns_node=_shuns(number, pods, HOSTNAME),
        shuns_zone=_shuns(number, pods, ZONE_LABEL),
        near_node=_near(pod, pods, HOSTNAME),
        near_zone=_near(pod, pods, ZONE_LABEL),
    )


def _may_go(pod: Pod, node: Node) -> bool:
    """Say whether labels and taints let a pod go to a node."""
    return may_go(pod, node) and not untolerated(node.taints, pod.tolerations, BINDING)


def _meant(selector: Selector | None, pods: Sequence[Pod]) -> Services:
    """List the services whose pods a selector means."""
    return frozenset(number for number, pod in enumerate(pods) if selects(selector, pod.labels))


def _terms(terms: Sequence[PodTerm], key: str) -> list[PodTerm]:
    return [term for term in terms if term.topology_key == key]


def _shuns(number: int, pods: Sequence[Pod], key: str) -> Services:
    """List the services that must not be in the same place: those it keeps away from, and those that keep away from it."""
    found = {one for term in _terms(pods[number].affinity.anti.required, key) for one in _meant(term.selector, pods)}
    for other, pod in enumerate(pods):
        if any(number in _meant(term.selector, pods) for term in _terms(pod.affinity.anti.required, key)):
            found.add(other)
    return frozenset(found)


def _near(pod: Pod, pods: Sequence[Pod], key: str) -> tuple[Services, ...]:
    return tuple(_meant(term.selector, pods) for term in _terms(pod.affinity.pod.required, key))
