"""A service's pods and a fleet's nodes, as the scheduler's own records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.placement.constraints import DISTINCT
from engine.placement.hosts import UDP, Traits
from engine.placement.kube.objects import (
    CPU,
    MEMORY,
    Affinity,
    Container,
    HostPort,
    Node,
    NodeAffinity,
    NodeTerm,
    Pod,
    PodAffinity,
    PodTerm,
    Requirement,
    Selector,
    Spread,
    Toleration,
    WeightedNodeTerm,
    WeightedPodTerm,
)
from engine.placement.kube.spread_rules import HOSTNAME
from engine.placement.kube.spread_rules import ZONE as ZONE_LABEL
from engine.placement.room import ZONE

if TYPE_CHECKING:
    from engine.kubernetes.neighbours import NearRule, NearWish, Neighbours, Whose
    from engine.kubernetes.scheduling import LabelRule, Scheduling
    from engine.scenario import Service

NAMESPACE = "default"
APP = "app"
REGION_LABEL = "topology.kubernetes.io/region"
TOPOLOGIES = {"zone": ZONE_LABEL, "hostname": HOSTNAME}
BUILT_IN = {  # what ECS calls it -> what every node's label says
    "ecs.instance-type": "node.kubernetes.io/instance-type",
    "ecs.cpu-architecture": "kubernetes.io/arch",
    "ecs.os-type": "kubernetes.io/os",
}
ARCHITECTURES = {"x86_64": "amd64"}
# What a DaemonSet's pods put up with, whoever wrote them.
# Source: github:kubernetes/kubernetes pkg/controller/daemon/util/daemonset_util.go
OF_DAEMONS = tuple(
    Toleration(f"node.kubernetes.io/{key}", "Exists", "", effect)
    for key, effect in (
        ("not-ready", "NoExecute"), ("unreachable", "NoExecute"), ("disk-pressure", "NoSchedule"),
        ("memory-pressure", "NoSchedule"), ("pid-pressure", "NoSchedule"), ("unschedulable", "NoSchedule"),
    )
)  # fmt: skip


def pod_of(service: Service) -> Pod:
    """Give a service's pod. CPU is in CPU units and memory in MiB, as hosts count them here: only shares matter.

    `distinctInstance` becomes the anti-affinity that says the same.
    """
    asks, own = service.pods.scheduling, Selector({APP: app_label(service.name)})
    others = asks.neighbours
    near, apart = sides(service.name, others)
    if DISTINCT in service.constraints:
        apart = replace(apart, required=(PodTerm(HOSTNAME, own), *apart.required))
    ports = tuple(host_port(port) for port in sorted(service.ports))
    daemons = OF_DAEMONS if service.kind == "daemon" else ()
    return Pod(
        name=service.name,
        namespace=NAMESPACE,
        labels={**others.labels, APP: app_label(service.name)},
        containers=(Container({CPU: service.cpu_units, MEMORY: service.memory_mib}, ports, service.name),),
        tolerations=(*(Toleration(t.key, t.operator, t.value, t.effect) for t in asks.tolerations), *daemons),
        node_selector=asks.node_selector,
        affinity=Affinity(node_affinity(asks), near, apart),
        spread=spreads(service.name, others),
        owner=None if service.kind == "daemon" else own,
    )


def app_label(name: str) -> str:
    """Write a service's or a task group's name as a label's value can be: it ends in a letter or a digit.

    >>> app_label("web"), app_label("web-"), app_label("service:web")
    ('web', 'web-0', 'service.web')
    """
    return f"{name}0" if name.endswith("-") else name.replace(":", ".")


def node_affinity(asks: Scheduling) -> NodeAffinity:
    """Give what a service says of its nodes."""
    required = tuple(NodeTerm(_requirements(choice.rules)) for choice in asks.nodes) or None
    return NodeAffinity(
        required, tuple(WeightedNodeTerm(wish.weight, NodeTerm(_requirements(wish.rules))) for wish in asks.prefers)
    )


def spreads(name: str, asks: Neighbours) -> tuple[Spread, ...]:
    """Give a service's topology spread constraints. name: the service's own."""
    return tuple(
        Spread(
            rule.max_skew, TOPOLOGIES[rule.over], rule.when, chosen(name, rule), rule.min_domains, rule.node_affinity,
            rule.node_taints,
        )
        for rule in asks.spread
    )  # fmt: skip


def sides(name: str, asks: Neighbours) -> tuple[PodAffinity, PodAffinity]:
    """Give a service's affinity and anti-affinity. name: the service's own."""

    def term(rule: NearRule) -> PodTerm:
        return PodTerm(TOPOLOGIES[rule.over], chosen(name, rule))

    def side(must: Iterable[NearRule], would: Iterable[NearWish]) -> PodAffinity:
        return PodAffinity(tuple(map(term, must)), tuple(WeightedPodTerm(wish.weight, term(wish)) for wish in would))

    return side(asks.near, asks.rather_near), side(asks.apart, asks.rather_apart)


def chosen(name: str, whose: Whose) -> Selector:
    """Give the selector of the pods that a rule means: of the service it names, with the labels it names, or its own."""
    by_name = whose.service or ("" if whose.labels else name)
    return Selector({**whose.labels, **({APP: app_label(by_name)} if by_name else {})})


def nodes_of(traits: Traits) -> tuple[Node, ...]:
    """Give a fleet's nodes: names, labels and taints. What they can give stands in the fleet's columns."""
    names = [name.removeprefix("i-") for name in _words(traits, None)]
    columns = {name: _words(traits, name) for name in traits.attributes}
    nodes = []
    for number, name in enumerate(names):
        labels = {HOSTNAME: name}
        for attribute, words in columns.items():
            word = words[number]
            if not word:
                continue
            if attribute == ZONE:
                labels |= {ZONE_LABEL: word, REGION_LABEL: word[:-1]}
            else:
                labels[BUILT_IN.get(attribute, attribute)] = ARCHITECTURES.get(word, word)
        nodes.append(Node(name, labels, traits.taints[number] if traits.taints else ()))
    return tuple(nodes)


def host_port(port: int) -> HostPort:
    """Read a port as hosts keep it: UDP ones with UDP added.

    >>> host_port(65536 + 53)
    HostPort(host_port=53, protocol='UDP', ip='')
    """
    return HostPort(port - UDP, "UDP") if port >= UDP else HostPort(port)


def _words(traits: Traits, attribute: str | None) -> list[str]:
    column = traits.instance_id if attribute is None else traits.attributes[attribute]
    return [column.words[code] if code >= 0 else "" for code in column.code.tolist()]


def _requirements(rules: Iterable[LabelRule]) -> tuple[Requirement, ...]:
    return tuple(Requirement(rule.key, rule.operator, rule.values) for rule in rules)
