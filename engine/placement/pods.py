"""Pods: how many a node's addresses allow, and what size of Fargate one becomes.

No run asks yet: these wait for the chapter on Kubernetes, and until then the published tables alone hold them
(`engine/conformance`).
"""

from __future__ import annotations

from engine import catalog
from engine.catalog import FargateSize


def max_pods(enis: int, ipv4_per_eni: int) -> int:
    """Count the pods that a node's addresses allow: each interface keeps one; two pods share the host's own network.

    enis: of the default network card. Source: fact `eks.pods_per_node.formula`.

    >>> max_pods(3, 10)
    29
    """
    return enis * (ipv4_per_eni - 1) + 2


def eks_fargate_size(vcpu: float, memory_mib: float) -> FargateSize | None:
    """Round a pod's requests, with Kubernetes' own share of memory on top, up to the size that Fargate bills.

    vcpu, memory_mib: the larger of its containers' sum and its largest init container. Returns the smallest CPU step
    that holds both, with the smallest memory of it that does; None if no size is large enough.
    Source: facts `eks.fargate.overhead`, `eks.fargate.rounding_trap`, `fargate.combos`. Sizes that came after the EKS
    guide's day are ECS's alone, as far as anybody has written down.

    >>> size = eks_fargate_size(1, 8 * 1024)
    >>> size.cpu_units, size.memory_mib
    (2048, 9216)
    """
    overhead = catalog.fact("eks.fargate.overhead")
    needed_mib = memory_mib + catalog.number(overhead.id)
    needed_cpu = vcpu * catalog.number("ecs.placement.cpu_unit")
    for size in catalog.fargate_sizes():  # smallest first
        if size.since <= overhead.as_of and size.cpu_units >= needed_cpu and size.memory_mib >= needed_mib:
            return size
    return None
