"""A PodDisruptionBudget: how many of a service's pods must stay when somebody drains on purpose."""

from __future__ import annotations

from engine.fields import Record


class Disruption(Record):
    """A PodDisruptionBudget: how many of a service's pods must stay when somebody drains on purpose."""
