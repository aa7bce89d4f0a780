"""Packing: how many pods of one shape a node holds beside its daemons, and what runs out first.

A node's room is what the simulation gives it (`engine.placement.node_room`); its addresses cap the pods once more.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Literal

from engine import catalog
from engine.catalog import InstanceType
from engine.eks import rules
from engine.eks.asks import NodeAsk
from engine.fargate.packing import host_called
from engine.placement import NodeRoom, node_room

_HOST_NETWORK = 2  # pods that share the host's own address: the formula's "+ 2"
Bound = Literal["cpu", "memory", "addresses"]


@dataclass(frozen=True, slots=True)
class NodePacking:
    """How many pods fit a node by each measure; None where a pod asks for nothing of it.

    pods: of the workload; bound_by: what runs out first; cap: pods that the node may run at all, daemons included;
    cpu_left_m, memory_left_mib: what no further pod can use. usd_each: a pod's share of the node's price, US dollars an hour.
    """

    kind: InstanceType
    room: NodeRoom
    cap: int
    cpu: int | None
    memory: int | None
    addresses: int
    pods: int
    bound_by: Bound
    daemons_m: int
    daemons_mib: int
    cpu_left_m: int
    memory_left_mib: int

    @property
    def usd_each(self) -> float | None:
        """A pod's share of the node's price, US dollars an hour; None where none fits."""
        return self.kind.usd_per_hour / self.pods if self.pods else None


@dataclass(frozen=True, slots=True)
class Blast:
    """What one node's end takes along. nodes: that the pods need, None where none fits; lost: pods on a full one."""

    nodes: int | None
    lost: int
    share: float


def pod_cap(kind: InstanceType, *, prefixes: bool) -> int:
    """Count the pods that a node's addresses allow.

    With prefix delegation each slot holds 16 of them, and a cap counts instead: 110, above 30 vCPU 250. That a type is of
    the Nitro kind, which this needs, is taken on trust. Source: facts `eks.pods_per_node.formula`, `eks.pods_per_node.cap`;
    note `table.eks_prefix`.

    >>> kind = catalog.instance_type("m5.large")
    >>> pod_cap(kind, prefixes=False), pod_cap(kind, prefixes=True)
    (29, 110)
    """
    if not prefixes:
        return kind.max_pods
    size = "large" if kind.vcpu > rules.note("table.eks_prefix", "large_vcpu") else "small"
    each = int(rules.note("table.eks_prefix", "addresses"))
    slots = kind.max_pods - _HOST_NETWORK
    return min(int(catalog.number("eks.pods_per_node.cap", size)), slots * each + _HOST_NETWORK)


def pack(ask: NodeAsk, most: int | None = None) -> NodePacking:
    """Fill a node. most: pods that whoever runs it allows at most. Errors: ScenarioError for a type that nobody knows.

    >>> found = pack(NodeAsk(cpu_m=100, memory_mib=128))
    >>> found.pods, found.bound_by
    (17, 'cpu')
    """
    kind = host_called(ask.instance_type)
    cap = pod_cap(kind, prefixes=ask.prefixes)
    cap = cap if most is None else min(cap, most)
    room = node_room(kind, cap)
    daemons_m, daemons_mib = ask.daemons * ask.daemon_cpu_m, ask.daemons * ask.daemon_memory_mib
    cpu_free, memory_free = max(0, room.cpu_m - daemons_m), max(0, room.memory_mib - daemons_mib)
    fits: dict[Bound, int] = {}
    if ask.cpu_m:
        fits["cpu"] = cpu_free // ask.cpu_m
    if ask.memory_mib:
        fits["memory"] = memory_free // ask.memory_mib
    fits["addresses"] = max(0, cap - ask.daemons)
    bound_by = min(fits, key=lambda bound: fits[bound])
    pods = fits[bound_by]
    return NodePacking(
        kind, room, cap,
        cpu=fits.get("cpu"), memory=fits.get("memory"), addresses=fits["addresses"], pods=pods, bound_by=bound_by,
        daemons_m=daemons_m, daemons_mib=daemons_mib,
        cpu_left_m=cpu_free - pods * ask.cpu_m, memory_left_mib=memory_free - pods * ask.memory_mib,
    )  # fmt: skip


def blast(found: NodePacking, pods: int) -> Blast:
    """Say how many of the pods go when one full node goes: large nodes are cheap to run, and dear to lose.

    >>> blast(pack(NodeAsk(cpu_m=100, memory_mib=128)), 60)
    Blast(nodes=4, lost=17, share=0.2833333333333333)
    """
    if not found.pods:
        return Blast(None, 0, 0.0)
    lost = min(found.pods, pods)
    return Blast(ceil(pods / found.pods), lost, lost / pods)
