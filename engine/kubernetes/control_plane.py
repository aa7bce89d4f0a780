"""Where API servers and etcd run, and what they survive."""

from __future__ import annotations

from engine.fields import Record


class ControlPlane(Record):
    """Where API servers and etcd run, and what they survive."""
