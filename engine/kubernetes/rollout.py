"""How a deployment replaces its pods: maxSurge and maxUnavailable."""

from __future__ import annotations

from engine.fields import Record


class Rollout(Record):
    """How a deployment replaces its pods: maxSurge and maxUnavailable."""
