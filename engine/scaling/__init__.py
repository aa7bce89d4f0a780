"""Scaling: rules that turn what is seen into a count of tasks or hosts. They decide, they do not act."""

from engine.scaling.bounds import Bounds, agenda
from engine.scaling.capacity_provider import ManagedScaling, Reading, Seen, Size, hosts_for, leavers, smallest
from engine.scaling.shares import divide, next_provider
from engine.scaling.step import Stepper
from engine.scaling.target_tracking import Tracker

__all__ = [
    "Bounds",
    "ManagedScaling",
    "Reading",
    "Seen",
    "Size",
    "Stepper",
    "Tracker",
    "agenda",
    "divide",
    "hosts_for",
    "leavers",
    "next_provider",
    "smallest",
]
