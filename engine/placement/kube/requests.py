"""What a pod asks for: as the fit filter counts it, and as the scores do, where nothing asked is not nothing.

Source: github:kubernetes/kubernetes@faecb196815e pkg/scheduler/framework/types.go, and today's component-helpers
/resource/helpers.go for sidecars.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.placement.kube.objects import CPU, EPHEMERAL, MEMORY, PODS, Amounts, Container, HostPort, Pod

# What the scores count for a container that asks for no CPU or no memory; the numbers are upstream's own constants.
UNASKED: Mapping[str, int] = {CPU: 100, MEMORY: 200 * 1024 * 1024}
ANYWHERE = "0.0.0.0"  # noqa: S104  # an address in a rule, not one that we listen on


def asked(pod: Pod) -> dict[str, int]:
    """Say what the fit filter counts: all containers together, or the largest init container; and the overhead.

    Units: as the records say. Resources that the scheduler does not look at are left out.

    >>> asked(Pod(containers=(Container({"cpu_m": 250}), Container({"cpu_m": 250})), init_containers=(Container({"cpu_m": 900}),)))
    {'cpu_m': 900}
    """
    return {name: amount for name, amount in _request(pod, {}).items() if _is_looked_at(name)}


def counted(pod: Pod) -> dict[str, int]:
    """Say what the scores count: each container that does not ask for CPU or memory counts with UNASKED.

    >>> counted(Pod(containers=(Container({"cpu_m": 250}), Container())))
    {'cpu_m': 350, 'memory': 419430400}
    """
    return {name: amount for name, amount in _request(pod, UNASKED).items() if _is_looked_at(name)}


def is_extended(name: str) -> bool:
    """Say whether a resource is an extended one: somebody's own, with a domain that is not Kubernetes'."""
    return "/" in name and "kubernetes.io/" not in name and not name.startswith("requests.")


def in_words(name: str) -> str:
    """Give a resource's name as Kubernetes writes it.

    >>> in_words("cpu_m"), in_words("nvidia.com/gpu")
    ('cpu', 'nvidia.com/gpu')
    """
    return "cpu" if name == CPU else name


def host_ports(pod: Pod) -> frozenset[HostPort]:
    """List the node's ports that a pod wants; no address is all addresses, no protocol is TCP."""
    containers = (*pod.containers, *(one for one in pod.init_containers if one.is_sidecar))
    return frozenset(
        HostPort(port.host_port, port.protocol or "TCP", port.ip or ANYWHERE)
        for container in containers
        for port in container.ports
        if port.host_port > 0
    )


def clash(one: HostPort, other: HostPort) -> bool:
    """Say whether two ports of a node cannot both be given: the same number and protocol, at one address."""
    if (one.host_port, one.protocol) != (other.host_port, other.protocol):
        return False
    return ANYWHERE in {one.ip, other.ip} or one.ip == other.ip


def _request(pod: Pod, unasked: Amounts) -> dict[str, int]:
    """Add up what a pod's containers ask for. A sidecar runs beside what comes after it."""
    total: dict[str, int] = {}
    for container in pod.containers:
        _add(total, _of(container, unasked))
    sidecars: dict[str, int] = {}
    largest: dict[str, int] = {}
    for container in pod.init_containers:
        here = _of(container, unasked)
        if container.is_sidecar:
            _add(total, here)
            _add(sidecars, here)
            here = dict(sidecars)
        else:
            _add(here, sidecars)
        largest = {name: max(largest.get(name, 0), here.get(name, 0)) for name in {**largest, **here}}
    total = {name: max(total.get(name, 0), largest.get(name, 0)) for name in {**total, **largest}}
    _add(total, pod.overhead)
    return total


def _of(container: Container, unasked: Amounts) -> dict[str, int]:
    return {**container.requests, **{name: n for name, n in unasked.items() if name not in container.requests}}


def _add(total: dict[str, int], more: Amounts) -> None:
    for name, amount in more.items():
        total[name] = total.get(name, 0) + amount


def _is_looked_at(name: str) -> bool:
    """Say whether the scheduler keeps an account of a resource. That a pod is one pod it knows by itself."""
    if name == PODS:
        return False
    return name in {CPU, MEMORY, EPHEMERAL} or "/" in name or name.startswith(("hugepages-", "attachable-volumes-"))
