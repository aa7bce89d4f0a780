"""How Kubernetes notices that a node is gone, and how it empties it; and how a kubelet starts pods.

The defaults are upstream's. EKS runs the controllers for you and may set values of its own, which nobody publishes: we
take upstream's there too.
"""

from __future__ import annotations

from pydantic import field_validator

from engine import catalog
from engine.fields import Record, known_instance_type, setting


class Nodes(Record):
    """Heartbeats, grace, toleration and eviction rates; and what a kubelet does."""

    lease_every_s: float = setting(
        catalog.seconds("k8s.node_lease", "renew_s"), "A kubelet renews its node's lease this often.", unit="s",
        fact="k8s.node_lease", ge=1, le=300,
    )  # fmt: skip
    monitor_every_s: float = setting(
        catalog.seconds("k8s.node_monitor_period"), "The node controller looks at all nodes this often.", unit="s",
        fact="k8s.node_monitor_period", ge=1, le=300,
    )  # fmt: skip
    grace_s: float = setting(
        catalog.number("k8s.node_monitor_grace", "since_1.32"), "A node whose lease is older than this is NotReady.",
        unit="s", fact="k8s.node_monitor_grace", ge=2, le=3_600,
    )  # fmt: skip
    toleration_s: float = setting(
        catalog.seconds("k8s.toleration_seconds"), "Pods stay this long on a node that is not ready.", unit="s",
        fact="k8s.toleration_seconds", ge=0, le=86_400,
    )  # fmt: skip
    eviction_per_s: float = setting(
        catalog.number("k8s.node_eviction_rate"), "Nodes of one zone whose eviction may begin each second.",
        unit="nodes/s", fact="k8s.node_eviction_rate", ge=0, le=1_000,
    )  # fmt: skip
    secondary_per_s: float = setting(
        catalog.number("k8s.node_eviction_zones", "secondary_per_s"), "The same in a large zone that is largely lost.",
        unit="nodes/s", fact="k8s.node_eviction_zones", ge=0, le=1_000,
    )  # fmt: skip
    unhealthy_share: float = setting(
        catalog.number("k8s.node_eviction_zones", "unhealthy_share"), "A zone is largely lost from this share of its nodes on.",
        unit="share", fact="k8s.node_eviction_zones", ge=0, le=1,
    )  # fmt: skip
    large_over: int = setting(
        int(catalog.number("k8s.node_eviction_zones", "large_over")), "A zone with more nodes than this is large.",
        unit="nodes", fact="k8s.node_eviction_zones", ge=0, le=100_000,
    )  # fmt: skip
    reserves: bool = setting(
        True, "A node keeps CPU and memory for Kubernetes and its system, as EKS's do; off: it offers what a host of ECS would.",
        fact="eks.node.reserved_cpu",
    )  # fmt: skip
    serial_pulls: bool = setting(
        bool(catalog.value("k8s.kubelet", "serial_pulls")), "A kubelet pulls one image at a time; off: all at once.",
        fact="k8s.kubelet",
    )  # fmt: skip
    probe_every_s: float = setting(
        catalog.seconds("k8s.kubelet", "probe_every_s"), "A kubelet asks a pod this often whether it is ready.", unit="s",
        fact="k8s.kubelet", ge=1, le=300,
    )  # fmt: skip
    retry_s: float = setting(10, "A pod that Fargate cannot place is tried again after this.", unit="s", assumed=True,
                              ge=1, le=600)  # fmt: skip
    master_type: str = setting(
        "m5.large", "EC2 instance type of each machine with an API server and a member of etcd, where you run them.",
        assumed=True,
    )  # fmt: skip

    @field_validator("master_type")
    @classmethod
    def _is_known(cls, name: str) -> str:
        return known_instance_type(name)
