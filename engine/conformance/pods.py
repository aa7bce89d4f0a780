"""Pods and nodes as the tables write them, read into the scheduler's own records."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from engine.conformance.cases import Given
from engine.placement.kube.objects import (
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
    Taint,
    Toleration,
    WeightedNodeTerm,
    WeightedPodTerm,
)

Amount = Annotated[int, Field(ge=0, le=2**53)]
Exprs = list[Annotated[list[str | list[str]], Field(min_length=3, max_length=3)]]


class GivenSelector(Given):
    """A selector: labels, and expressions as [key, operator, values]."""

    labels: dict[str, str] = Field(default_factory=dict)
    exprs: Exprs = Field(default_factory=list)

    def record(self) -> Selector:
        """Give it as the scheduler reads it."""
        return Selector(self.labels, requirements(self.exprs))


class GivenTaint(Given):
    """A taint."""

    key: str
    value: str = ""
    effect: str = "NoSchedule"

    def record(self) -> Taint:
        """Give it as the scheduler reads it."""
        return Taint(self.key, self.value, self.effect)


class GivenNode(Given):
    """A node."""

    name: str = ""
    labels: dict[str, str] | None = None
    taints: list[GivenTaint] | None = None
    unschedulable: bool = False
    allocatable: dict[str, Amount] | None = None

    def record(self) -> Node:
        """Give it as the scheduler reads it."""
        return Node(
            self.name,
            self.labels or {},
            tuple(taint.record() for taint in self.taints or ()),
            self.unschedulable,
            self.allocatable or {},
        )


class GivenPort(Given):
    """A port of the host."""

    host_port: Annotated[int, Field(ge=0, le=65535)] = 0
    protocol: str = "TCP"
    ip: str = ""

    def record(self) -> HostPort:
        """Give it as the scheduler reads it."""
        return HostPort(self.host_port, self.protocol, self.ip)


class GivenContainer(Given):
    """A container's requests and ports."""

    requests: dict[str, Amount] | None = None
    ports: list[GivenPort] | None = None

    def record(self) -> Container:
        """Give it as the scheduler reads it."""
        return Container(self.requests or {}, tuple(port.record() for port in self.ports or ()))


class GivenToleration(Given):
    """A toleration."""

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""

    def record(self) -> Toleration:
        """Give it as the scheduler reads it."""
        return Toleration(self.key, self.operator, self.value, self.effect)


class GivenNodeTerm(Given):
    """A node term, with its weight where it is a wish."""

    weight: int = 0
    exprs: Exprs | None = None
    fields: Exprs | None = None

    def record(self) -> NodeTerm:
        """Give it as the scheduler reads it."""
        return NodeTerm(requirements(self.exprs), requirements(self.fields))


class GivenNodeAffinity(Given):
    """What a pod says of its node."""

    required_terms: list[GivenNodeTerm] | None = None
    preferred: list[GivenNodeTerm] | None = None

    def record(self) -> NodeAffinity:
        """Give it as the scheduler reads it."""
        required = None if self.required_terms is None else tuple(term.record() for term in self.required_terms)
        return NodeAffinity(required, self.wishes())

    def wishes(self) -> tuple[WeightedNodeTerm, ...]:
        """List what it prefers."""
        return tuple(WeightedNodeTerm(term.weight, term.record()) for term in self.preferred or ())


class GivenPodTerm(Given):
    """A pod term, with its weight where it is a wish."""

    weight: int = 0
    topology_key: str = ""
    selector: GivenSelector | None = None
    namespaces: list[str] | None = None

    def record(self) -> PodTerm:
        """Give it as the scheduler reads it."""
        selector = None if self.selector is None else self.selector.record()
        return PodTerm(self.topology_key, selector, tuple(self.namespaces or ()))


class GivenPodAffinity(Given):
    """What a pod says of other pods."""

    required: list[GivenPodTerm] | None = None
    preferred: list[GivenPodTerm] | None = None

    def record(self) -> PodAffinity:
        """Give it as the scheduler reads it."""
        return PodAffinity(
            tuple(term.record() for term in self.required or ()),
            tuple(WeightedPodTerm(term.weight, term.record()) for term in self.preferred or ()),
        )


class GivenAffinity(Given):
    """All that a pod says of where it would be."""

    node: GivenNodeAffinity | None = None
    pod: GivenPodAffinity | None = None
    anti: GivenPodAffinity | None = None

    def record(self) -> Affinity:
        """Give it as the scheduler reads it."""
        return Affinity(
            NodeAffinity() if self.node is None else self.node.record(),
            PodAffinity() if self.pod is None else self.pod.record(),
            PodAffinity() if self.anti is None else self.anti.record(),
        )


class GivenSpread(Given):
    """A topology spread constraint."""

    max_skew: int = 1
    topology_key: str
    when: str = "DoNotSchedule"
    selector: GivenSelector | None = None

    def record(self) -> Spread:
        """Give it as the scheduler reads it."""
        selector = None if self.selector is None else self.selector.record()
        return Spread(self.max_skew, self.topology_key, self.when, selector)


class GivenPod(Given):
    """A pod."""

    name: str = ""
    namespace: str | None = None
    labels: dict[str, str] | None = None
    node: str | None = None
    containers: list[GivenContainer] | None = None
    init_containers: list[GivenContainer] | None = None
    overhead: dict[str, Amount] | None = None
    tolerations: list[GivenToleration] | None = None
    node_selector: dict[str, str] | None = None
    affinity: GivenAffinity | None = None
    spread: list[GivenSpread] | None = None
    terminating: bool = False

    def record(self) -> Pod:
        """Give it as the scheduler reads it."""
        return Pod(
            self.name,
            self.namespace or "",
            self.labels or {},
            self.node or "",
            tuple(one.record() for one in self.containers or ()),
            tuple(one.record() for one in self.init_containers or ()),
            self.overhead or {},
            tuple(one.record() for one in self.tolerations or ()),
            self.node_selector or {},
            Affinity() if self.affinity is None else self.affinity.record(),
            tuple(one.record() for one in self.spread or ()),
            self.terminating,
        )


def requirements(exprs: list[list[str | list[str]]] | None) -> tuple[Requirement, ...]:
    """Read expressions as the tables write them: [key, operator, values]."""
    return tuple(Requirement(str(key), str(operator), tuple(values or ())) for key, operator, values in exprs or ())
