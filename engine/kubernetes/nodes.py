"""How Kubernetes notices that a node is gone, and how it empties it."""

from __future__ import annotations

from engine.fields import Record


class Nodes(Record):
    """How Kubernetes notices that a node is gone, and how it empties it."""
