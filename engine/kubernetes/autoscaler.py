"""Who adds and removes nodes: nobody, the Cluster Autoscaler, or Karpenter."""

from __future__ import annotations

from engine.fields import Record


class Autoscaler(Record):
    """Who adds and removes nodes: nobody, the Cluster Autoscaler, or Karpenter."""
