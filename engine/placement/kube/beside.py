"""The Kubernetes scheduler beside ECS's strategies: the same tasks as pods, on the same hosts as nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.placement.constraints import Constraint
from engine.placement.hosts import Hosts
from engine.placement.kernel import NONE
from engine.placement.kube.crowd_stream import schedule_crowd_stream
from engine.placement.kube.desk import snapshot_of
from engine.placement.kube.objects import (
    CPU,
    MEMORY,
    Affinity,
    Container,
    Node,
    NodeAffinity,
    NodeTerm,
    Pod,
    PodAffinity,
    PodTerm,
    Requirement,
    Selector,
)
from engine.placement.kube.pods import APP, NAMESPACE, app_label, host_port, nodes_of
from engine.placement.kube.selectors import NAME
from engine.placement.kube.spread_rules import HOSTNAME
from engine.placement.kube.spread_rules import ZONE as ZONE_LABEL
from engine.placement.stream import Batch, Placed, taken

KUBE = "kube-scheduler"  # what stands for it where a chain of ECS's strategies could stand


def place_as_pods(hosts: Hosts, batches: Sequence[Batch], salt: int = 0) -> Placed:
    """Place batches of tasks as a Kubernetes cluster would: each group a Deployment, each host a node.

    Nothing is asked but what ECS is asked: room, ports and constraints. `distinctInstance` becomes anti-affinity;
    a `memberOf` becomes node affinity to the hosts that it allows as the stream begins. The scheduler spreads a
    Deployment's pods by itself.
    """
    nodes = _nodes(hosts)
    shapes = [_pod(batch, hosts, nodes) for batch in batches]
    order = np.repeat(np.arange(len(batches), dtype=np.int64), [batch.count for batch in batches])
    has_places = any(batch.needs.enis for batch in batches)
    groups = {batch.group: pod for batch, pod in zip(batches, shapes, strict=True)}
    there = {} if hosts.traits is None else {g: n for g, n in hosts.traits.groups.items() if g in groups}
    cluster = replace(
        snapshot_of(hosts if has_places else replace(hosts, all_enis=None, free_enis=None), nodes),
        shapes=tuple(groups[group] for group in there),
        count=np.array([*there.values()], dtype=np.int64).reshape(len(there), len(hosts)),
        is_there=hosts.is_open,
    )
    found = schedule_crowd_stream(cluster, shapes, order, salt)
    here = np.zeros(len(hosts), dtype=np.int64)
    for number, batch in enumerate(batches):
        mine = found[order == number]
        more = np.bincount(mine[mine != NONE], minlength=len(hosts)).astype(np.int64)
        hosts = taken(hosts, batch, more)
        here += more
    return Placed(found, hosts, here)


def _pod(batch: Batch, hosts: Hosts, nodes: Sequence[Node]) -> Pod:
    label = app_label(batch.group)
    own = Selector({APP: label})
    is_apart = any(rule.is_moving and rule.expression is None for rule in batch.constraints)
    anti = PodAffinity((PodTerm(HOSTNAME, own),)) if is_apart else PodAffinity()
    ports = tuple(host_port(port) for port in sorted(batch.needs.ports) if port > 0)
    return Pod(
        name=batch.group,
        namespace=NAMESPACE,
        labels={APP: label},
        containers=(Container({CPU: batch.needs.cpu_units, MEMORY: batch.needs.memory_mib}, ports),),
        affinity=Affinity(NodeAffinity(_only(batch.constraints, hosts, nodes)), anti=anti),
        owner=own,
    )


def _only(rules: Sequence[Constraint], hosts: Hosts, nodes: Sequence[Node]) -> tuple[NodeTerm, ...] | None:
    """Name the hosts that the expressions allow, one term each; None if there is no expression."""
    asked = [rule for rule in rules if rule.expression is not None]
    if not asked:
        return None
    allowed = np.logical_and.reduce([rule.allows(hosts) for rule in asked])
    return tuple(NodeTerm((), (Requirement(NAME, "In", (nodes[n].name,)),)) for n in np.flatnonzero(allowed).tolist())


def _nodes(hosts: Hosts) -> tuple[Node, ...]:
    """Give the fleet's nodes; hosts that tell nothing of themselves have a number and a zone."""
    if hosts.traits is not None:
        return nodes_of(hosts.traits)
    zones = hosts.zone.tolist()
    return tuple(Node(f"n{n}", {HOSTNAME: f"n{n}", ZONE_LABEL: str(zone)}) for n, zone in enumerate(zones))
