"""Scaling: rules that turn a metric, or tasks that wait, into what is wanted. They decide, they do not act."""

from engine.scaling.managed_instances import Room, hosts_for
from engine.scaling.target_tracking import Tracker

__all__ = ["Room", "Tracker", "hosts_for"]
