"""How a new AMI or version reaches the nodes."""

from __future__ import annotations

from engine.fields import Record


class NodeUpdate(Record):
    """How a new AMI or version reaches the nodes."""
