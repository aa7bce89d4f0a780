"""Where a service's pods may go and would rather go: affinity, tolerations, topology spread, priority."""

from __future__ import annotations

from engine.fields import Record


class Scheduling(Record):
    """Where a service's pods may go and would rather go: affinity, tolerations, topology spread, priority."""
