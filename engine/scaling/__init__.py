"""Scaling: rules that turn a metric into a desired count. They decide, they do not act."""

from engine.scaling.healthy import fewest_tasks, most_tasks
from engine.scaling.target_tracking import Tracker
from engine.scaling.weights import divide

__all__ = ["Tracker", "divide", "fewest_tasks", "most_tasks"]
