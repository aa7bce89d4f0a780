"""Scaling: rules that turn a metric, or tasks that wait, into what is wanted. They decide, they do not act."""

from engine.scaling.healthy import fewest_tasks, most_tasks
from engine.scaling.managed_instances import Offer, hosts_for
from engine.scaling.target_tracking import Tracker
from engine.scaling.weights import divide

__all__ = ["Offer", "Tracker", "divide", "fewest_tasks", "hosts_for", "most_tasks"]
