"""Allocatable: what a Kubernetes node offers to pods once the machine, Kubernetes itself and a safety margin took theirs.

The scheduler fits pods into this and not into what the instance type promises; the published tables hold it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import ceil

from engine import catalog
from engine.catalog import InstanceType

MILLI = 1_000  # millicores to the vCPU


@dataclass(frozen=True, slots=True)
class NodeRoom:
    """What becomes of a node's CPU (millicores) and memory (MiB): what others take, and what pods may ask for.

    machine_mib: what the published memory loses before Linux sees it; kube_cpu_m, kube_mib: reserved for the kubelet and
    the container runtime; eviction_mib: below this the kubelet evicts; cpu_m, memory_mib, pods: allocatable.
    """

    machine_mib: int
    kube_cpu_m: int
    kube_mib: int
    eviction_mib: int
    cpu_m: int
    memory_mib: int
    pods: int


@cache
def allocatable(vcpu: int, memory_mib: int, arch: str, eni_pods: int, max_pods: int | None = None) -> NodeRoom:
    """Take from an instance's CPU and memory what a node keeps for itself.

    eni_pods: what its addresses allow (`pods.max_pods`): memory is reserved for that many, even where `max_pods` (prefix
    delegation, a setting of the kubelet) lets more in. Nothing falls below nought.
    Source: facts `eks.node.reserved_cpu`, `eks.node.reserved_memory`, `eks.node.eviction_memory`, `eks.node.vm_overhead`,
    `eks.node.arm_reserved`.

    >>> room = allocatable(2, 8192, "amd64", 29)
    >>> room.cpu_m, room.memory_mib
    (1930, 6903)
    """
    machine_mib = _machine_mib(memory_mib, arch)
    kube_cpu_m = reserved_cpu_m(vcpu * MILLI)
    kube_mib = reserved_mib(eni_pods)
    eviction_mib = int(catalog.number("eks.node.eviction_memory"))
    return NodeRoom(
        machine_mib,
        kube_cpu_m,
        kube_mib,
        eviction_mib,
        cpu_m=max(0, vcpu * MILLI - kube_cpu_m),
        memory_mib=max(0, memory_mib - machine_mib - kube_mib - eviction_mib),
        pods=eni_pods if max_pods is None else max_pods,
    )


def node_room(kind: InstanceType, max_pods: int | None = None) -> NodeRoom:
    """Say what a node of an instance type offers to pods. max_pods: where the kubelet was told another number.

    >>> node_room(catalog.instance_type("m5.large")).pods, node_room(catalog.instance_type("m5.large"), 110).memory_mib
    (29, 6903)
    """
    return allocatable(kind.vcpu, kind.memory_mib, kind.arch, kind.max_pods, max_pods)


def reserved_cpu_m(cpu_m: int) -> int:
    """Reserve CPU in steps: much of the first core, hardly any of the tenth; each step is rounded down.

    >>> [reserved_cpu_m(vcpu * 1000) for vcpu in (1, 2, 4, 8, 96)]
    [60, 70, 80, 90, 310]
    """
    starts, shares = (_ints("eks.node.reserved_cpu", key) for key in ("from_mcpu", "per_10000"))
    ends = (*starts[1:], max(cpu_m, starts[-1]))
    return sum(
        max(0, min(cpu_m, end) - start) * share // 10_000
        for start, end, share in zip(starts, ends, shares, strict=True)
    )


def reserved_mib(pods: int) -> int:
    """Reserve memory: a floor, and a little for each pod that may come.

    >>> reserved_mib(29)
    574
    """
    fact = "eks.node.reserved_memory"
    return int(catalog.number(fact, "base") + catalog.number(fact, "per_pod") * pods)


def _machine_mib(memory_mib: int, arch: str) -> int:
    """Count what the machine takes: on arm64 a fixed piece first, then a share of what is left, rounded up."""
    fixed = int(catalog.number("eks.node.arm_reserved")) if arch == "arm64" else 0
    return fixed + ceil((memory_mib - fixed) * (catalog.number("eks.node.vm_overhead") / 100))


def _ints(fact: str, key: str) -> tuple[int, ...]:
    found = catalog.value(fact, key)
    return tuple(int(catalog.number(fact, key, n)) for n in range(len(found) if isinstance(found, tuple) else 0))
