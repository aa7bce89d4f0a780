"""Scaling: rules that turn what is seen into a count of tasks or hosts. They decide, they do not act."""

from engine.scaling.bounds import Bounds, agenda
from engine.scaling.capacity_provider import (
    ManagedScaling,
    Reading,
    Seen,
    Size,
    hosts_for,
    least_room,
    leavers,
    smallest,
)
from engine.scaling.cluster_autoscaler import Scan
from engine.scaling.consolidation import Command
from engine.scaling.healthy import fewest_tasks, most_tasks
from engine.scaling.karpenter import Round
from engine.scaling.managed_instances import Offer, cheapest_hosts
from engine.scaling.step import Stepper
from engine.scaling.target_tracking import Tracker
from engine.scaling.weights import divide, next_provider

Look = Scan | Round | Command  # what a node autoscaler saw and did

__all__ = [
    "Bounds",
    "Command",
    "Look",
    "ManagedScaling",
    "Offer",
    "Reading",
    "Round",
    "Scan",
    "Seen",
    "Size",
    "Stepper",
    "Tracker",
    "agenda",
    "cheapest_hosts",
    "divide",
    "fewest_tasks",
    "hosts_for",
    "least_room",
    "leavers",
    "most_tasks",
    "next_provider",
    "smallest",
]
