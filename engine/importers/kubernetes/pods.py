"""A workload's pods: their containers, what they ask for, and the size of Fargate that this becomes."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from engine import catalog
from engine.catalog import FargateSize
from engine.importers.kubernetes import trees
from engine.importers.kubernetes.objects import Object
from engine.importers.kubernetes.quantities import MIB, in_bytes, mib, milli, quantity
from engine.placement.pods import eks_fargate_size

WORKLOADS = "Deployment", "StatefulSet", "DaemonSet"
_GB = 1024  # MiB, as Fargate's sizes are written
_ACCELERATORS = "nvidia.com/", "amd.com/gpu", "gpu.intel.com/", "habana.ai/", "aws.amazon.com/neuron", "google.com/tpu"


@dataclass(frozen=True, slots=True)
class Port:
    """One port of a container. host: the port that it takes on its node for itself alone."""

    number: int
    host: int | None
    protocol: str
    name: str


@dataclass(frozen=True, slots=True)
class Container:
    """One container. It asks for its requests, and where it has none for its limits. cpu_m: thousandths of a core."""

    name: str
    image: str
    cpu_m: int
    memory_bytes: int
    disk_bytes: int
    ports: tuple[Port, ...]
    is_privileged: bool
    accelerators: tuple[str, ...]
    devices: tuple[str, ...]
    starts_only: bool  # an init container that has to end before the others begin
    tree: trees.Tree = field(compare=False)


@dataclass(frozen=True, slots=True)
class Workload:
    """A Deployment, StatefulSet or DaemonSet. replicas is None where there is one pod a node."""

    kind: str
    name: str
    namespace: str
    replicas: int | None
    containers: tuple[Container, ...]  # those that start only among them, in the order in which they start
    labels: dict[str, str]
    pod: trees.Tree = field(compare=False)
    spec: trees.Tree = field(compare=False)

    @property
    def where(self) -> str:
        """Name it for people."""
        return f"{self.kind} {self.name}"

    @property
    def running(self) -> tuple[Container, ...]:
        """Give the containers that keep running, side by side: sidecars that start first are among them."""
        return tuple(one for one in self.containers if not one.starts_only)

    @property
    def cpu_m(self) -> int:
        """Say what CPU the running containers ask for: the pod's own figure, or their sum."""
        of_pod = _asked(self.pod, "cpu")
        return sum(one.cpu_m for one in self.running) if of_pod is None else milli(of_pod)

    @property
    def memory_bytes(self) -> int:
        """Say the same of memory."""
        of_pod = _asked(self.pod, "memory")
        return sum(one.memory_bytes for one in self.running) if of_pod is None else in_bytes(of_pod)

    @property
    def init_cpu_m(self) -> int:
        """Say what CPU is needed at most while the pod starts."""
        return _at_most(self.containers, [one.cpu_m for one in self.containers])

    @property
    def init_memory_bytes(self) -> int:
        """Say the same of memory."""
        return _at_most(self.containers, [one.memory_bytes for one in self.containers])

    @property
    def needed_cpu_m(self) -> int:
        """Say what the scheduler counts: the larger of starting and running."""
        return max(self.cpu_m, self.init_cpu_m)

    @property
    def needed_memory_mib(self) -> int:
        """Say the same of memory, in whole MiB."""
        return math.ceil(max(self.memory_bytes, self.init_memory_bytes) / MIB)

    @property
    def fargate_size(self) -> FargateSize | None:
        """Give the size of Fargate that is billed for each pod; None where none is large enough."""
        return eks_fargate_size(self.needed_cpu_m / 1000, max(self.memory_bytes, self.init_memory_bytes) / MIB)

    @property
    def ports(self) -> tuple[Port, ...]:
        """Give the ports of the running containers."""
        return tuple(port for one in self.running for port in one.ports)

    @property
    def is_on_host_network(self) -> bool:
        """Say whether its pods use their node's own network."""
        return trees.is_on(self.pod, "hostNetwork")

    def counted(self) -> dict[str, object]:
        """Give its figures as plain data."""
        size = self.fargate_size
        return {
            "kind": self.kind,
            "name": self.name,
            "replicas": self.replicas,
            "request_cpu_m": self.cpu_m,
            "request_memory_mib": mib(self.memory_bytes),
            "init_request_cpu_m": self.init_cpu_m,
            "init_request_memory_mib": mib(self.init_memory_bytes),
            "n_containers": len(trees.each(self.pod, "containers")),
            "n_init": len(trees.each(self.pod, "initContainers")),
            "fargate_size": size_of(size) if size else None,
        }


def size_of(size: FargateSize) -> dict[str, float]:
    """Write a size of Fargate in vCPU and GB.

    >>> from engine import catalog
    >>> size_of(catalog.fargate_sizes()[0])
    {'vcpu': 0.25, 'gb': 0.5}
    """
    return {
        "vcpu": _plain(size.cpu_units / catalog.number("ecs.placement.cpu_unit")),
        "gb": _plain(size.memory_mib / _GB),
    }


def workload_of(found: Object) -> Workload:
    """Read one."""
    spec = trees.inner(found.tree, "spec")
    template = trees.inner(spec, "template")
    pod = trees.inner(template, "spec")
    replicas = trees.whole(spec, "replicas")
    return Workload(
        found.kind,
        found.name,
        found.namespace,
        None if found.kind == "DaemonSet" else 1 if replicas is None else replicas,
        tuple(_container(tree, is_init=name == "initContainers") for name, _, tree in trees.containers_of(pod)),
        trees.pairs(trees.inner(template, "metadata"), "labels"),
        pod,
        spec,
    )


def _container(tree: trees.Tree, *, is_init: bool) -> Container:
    asks = {**trees.inner(tree, "resources", "limits"), **trees.inner(tree, "resources", "requests")}
    extended = [name for name, count in asks.items() if "/" in name and (quantity(count) or 0) > 0]
    is_fast = [name for name in extended if name.startswith(_ACCELERATORS)]
    return Container(
        trees.text(tree, "name"),
        trees.text(tree, "image"),
        milli(asks.get("cpu", 0)),
        in_bytes(asks.get("memory", 0)),
        in_bytes(asks.get("ephemeral-storage", 0)),
        tuple(_port(one) for one in trees.each(tree, "ports") if trees.whole(one, "containerPort") is not None),
        trees.is_on(trees.inner(tree, "securityContext"), "privileged"),
        tuple(is_fast),
        tuple(name for name in extended if name not in is_fast),
        is_init and trees.text(tree, "restartPolicy") != "Always",
        tree,
    )


def _port(tree: trees.Tree) -> Port:
    number = trees.whole(tree, "containerPort") or 0
    return Port(number, trees.whole(tree, "hostPort"), trees.text(tree, "protocol") or "TCP", trees.text(tree, "name"))


def _asked(pod: trees.Tree, name: str) -> object:
    """Give what the pod itself asks for, where it does so as a whole."""
    own = {**trees.inner(pod, "resources", "limits"), **trees.inner(pod, "resources", "requests")}
    return own.get(name)


def _at_most(containers: Iterable[Container], asked: list[int]) -> int:
    """Find the most that is asked for while a pod starts: each starting container beside the sidecars before it."""
    most = beside = 0
    for container, amount in zip(containers, asked, strict=True):
        if container.starts_only:
            most = max(most, beside + amount)
        else:
            beside += amount
    return most


def _plain(number: float) -> float:
    return int(number) if number == int(number) else number
