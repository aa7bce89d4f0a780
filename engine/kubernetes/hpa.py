"""The HorizontalPodAutoscaler's own settings; metric, target and bounds are the service's `scaling`."""

from __future__ import annotations

from engine.fields import Record


class Hpa(Record):
    """The HorizontalPodAutoscaler's own settings; metric, target and bounds are the service's `scaling`."""
