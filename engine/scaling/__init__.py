"""Scaling: rules that turn a metric into a desired count. They decide, they do not act."""

from engine.scaling.target_tracking import Tracker

__all__ = ["Tracker"]
