"""What the Kubernetes scheduler reads: pods, nodes and what they say of each other, as frozen records.

Resources are whole numbers by name: `cpu_m` in millicores, `memory` and `ephemeral-storage` in bytes, `pods` and any
extended resource by count. What is not in a mapping was not written down, which is not the same as a zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

CPU, MEMORY, PODS, EPHEMERAL = "cpu_m", "memory", "pods", "ephemeral-storage"

Labels = Mapping[str, str]
Amounts = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One expression of a selector. operator: In, NotIn, Exists, DoesNotExist; of nodes also Gt and Lt."""

    key: str
    operator: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Selector:
    """Choose objects by labels: all of `labels` and all of `exprs`. An empty one chooses everything; None, nothing."""

    labels: Labels = field(default_factory=dict)
    exprs: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class NodeTerm:
    """Choose nodes: all of `exprs` (of labels) and all of `fields` (metadata.name). One with neither chooses none."""

    exprs: tuple[Requirement, ...] = ()
    fields: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class WeightedNodeTerm:
    """What a pod would rather have of its node, from 1 to 100."""

    weight: int
    term: NodeTerm


@dataclass(frozen=True, slots=True)
class NodeAffinity:
    """Which nodes a pod may go to (one of `required`; None = any) and which it prefers."""

    required: tuple[NodeTerm, ...] | None = None
    preferred: tuple[WeightedNodeTerm, ...] = ()


@dataclass(frozen=True, slots=True)
class PodTerm:
    """Pods to be near, or far from. namespaces: empty = the pod's own. Near: the same value of the topology key."""

    topology_key: str
    selector: Selector | None = None
    namespaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class WeightedPodTerm:
    """What pods a pod would rather be near to, or far from, from 1 to 100."""

    weight: int
    term: PodTerm


@dataclass(frozen=True, slots=True)
class PodAffinity:
    """Pods that a pod must be near to, and would like to be near to; as `Affinity.anti`: far from."""

    required: tuple[PodTerm, ...] = ()
    preferred: tuple[WeightedPodTerm, ...] = ()


@dataclass(frozen=True, slots=True)
class Affinity:
    """All that a pod says about its node and its neighbours."""

    node: NodeAffinity = NodeAffinity()
    pod: PodAffinity = PodAffinity()
    anti: PodAffinity = PodAffinity()


@dataclass(frozen=True, slots=True)
class Spread:
    """Keep pods even over a topology key. when: DoNotSchedule or ScheduleAnyway.

    min_domains: with fewer domains than this, the emptiest counts as empty. affinity_policy, taints_policy: Honor or
    Ignore, whether nodes that the pod may not go to are counted. match_label_keys: label keys whose values at the pod
    are joined to the selector.
    """

    max_skew: int
    topology_key: str
    when: str = "DoNotSchedule"
    selector: Selector | None = None
    min_domains: int | None = None
    affinity_policy: str = "Honor"
    taints_policy: str = "Ignore"
    match_label_keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Taint:
    """What keeps pods off a node. effect: NoSchedule, PreferNoSchedule or NoExecute."""

    key: str
    value: str = ""
    effect: str = "NoSchedule"


@dataclass(frozen=True, slots=True)
class Toleration:
    """What a pod puts up with. An empty key with Exists is every taint; an empty effect is every effect.

    seconds: how long it stays after a NoExecute taint appears; None = for ever.
    """

    key: str = ""
    operator: str = "Equal"
    value: str = ""
    effect: str = ""
    seconds: int | None = None


@dataclass(frozen=True, slots=True)
class HostPort:
    """A port of the node that a container takes. ip: empty is 0.0.0.0, all addresses. host_port: 0 takes none."""

    host_port: int
    protocol: str = "TCP"
    ip: str = ""


@dataclass(frozen=True, slots=True)
class Container:
    """What a container asks for. is_sidecar: of an init container, that it stays beside the others."""

    requests: Amounts = field(default_factory=dict)
    ports: tuple[HostPort, ...] = ()
    image: str = ""
    is_sidecar: bool = False


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod, as its manifest says it. node: where it runs; "" while nobody has placed it.

    owner: what its service and its replica set select, by which the scheduler spreads pods that ask for nothing.
    """

    name: str = ""
    namespace: str = ""
    labels: Labels = field(default_factory=dict)
    node: str = ""
    containers: tuple[Container, ...] = ()
    init_containers: tuple[Container, ...] = ()
    overhead: Amounts = field(default_factory=dict)
    tolerations: tuple[Toleration, ...] = ()
    node_selector: Labels = field(default_factory=dict)
    affinity: Affinity = Affinity()
    spread: tuple[Spread, ...] = ()
    terminating: bool = False
    priority: int = 0
    owner: Selector | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """A node, as its kubelet registers it. images: bytes by the name of each image that it holds."""

    name: str = ""
    labels: Labels = field(default_factory=dict)
    taints: tuple[Taint, ...] = ()
    unschedulable: bool = False
    allocatable: Amounts = field(default_factory=dict)
    images: Amounts = field(default_factory=dict)
