"""What only Kubernetes asks: of a cluster (`Kubernetes`) and of a service's pods (`Pods`)."""

from __future__ import annotations

from engine.fields import Record, setting
from engine.kubernetes.autoscaler import Autoscaler
from engine.kubernetes.control_plane import ControlPlane
from engine.kubernetes.disruption import Disruption
from engine.kubernetes.hpa import Hpa
from engine.kubernetes.nodes import Nodes
from engine.kubernetes.rollout import Rollout
from engine.kubernetes.scheduling import Scheduling
from engine.kubernetes.update import NodeUpdate

__all__ = [
    "Autoscaler",
    "ControlPlane",
    "Disruption",
    "Hpa",
    "Kubernetes",
    "NodeUpdate",
    "Nodes",
    "Pods",
    "Rollout",
    "Scheduling",
]


class Pods(Record):
    """How Kubernetes treats a service's pods."""

    scheduling: Scheduling = setting(Scheduling(), "Where its pods may go, and would rather go.")
    rollout: Rollout = setting(Rollout(), "How a new version replaces its pods.")
    disruption: Disruption | None = setting(None, "A PodDisruptionBudget; none = whoever drains may take them all.")
    hpa: Hpa = setting(Hpa(), "How the HorizontalPodAutoscaler follows the service's scaling.")


class Kubernetes(Record):
    """The settings of a Kubernetes cluster."""

    nodes: Nodes = setting(Nodes(), "How a lost node is noticed and emptied.")
    autoscaler: Autoscaler = setting(Autoscaler(), "Who adds and removes nodes.")
    control_plane: ControlPlane = setting(ControlPlane(), "API servers and etcd.")
    update: NodeUpdate = setting(NodeUpdate(), "How a new AMI or version reaches the nodes.")
