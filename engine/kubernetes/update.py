"""How a new AMI or version reaches the nodes."""

from __future__ import annotations

from typing import Literal

from engine import catalog
from engine.fields import Record, setting

SLOW = "its pods take their time"  # why an update goes no further where no budget is in the way


class NodeUpdate(Record):
    """How a new AMI or version reaches the nodes. When, and whether by force, says the operation `update-nodes`."""

    at_once: int = setting(
        int(catalog.number("eks.mng.max_unavailable_default")), "Nodes that may be missing at a time (maxUnavailable).",
        unit="nodes", fact="eks.mng.max_unavailable_default", ge=1, le=100,
    )  # fmt: skip
    strategy: Literal["default", "minimal"] = setting(
        "default", "New nodes before old ones go, or (minimal) after them.", fact="eks.mng.minimal_strategy"
    )
    delete_after_days: float = setting(
        3, "Fargate: days from a refused eviction until AWS deletes the pod all the same.", unit="days", assumed=True,
        fact="eks.fargate.patching", ge=0, le=30,
    )  # fmt: skip


def surge_of(zones: int, at_once: int) -> int:
    """Count the nodes that a managed node group grows by during an update. Source: fact `eks.mng.scale_up_extra`.

    >>> surge_of(3, 1), surge_of(5, 20)
    (6, 20)
    """
    return max(2 * zones, at_once)


def drain_limit_s() -> float:
    """Give the time in which a node's pods must be gone. Source: fact `eks.mng.drain_timeout`."""
    return catalog.seconds("eks.mng.drain_timeout")


def post_drain_s() -> float:
    """Give the wait between an empty node and its end. Source: fact `eks.mng.post_drain_wait`."""
    return catalog.seconds("eks.mng.post_drain_wait")


def retry_s() -> float:
    """Give the pause between two askings for an eviction. Source: fact `k8s.drain_retry`."""
    return catalog.seconds("k8s.drain_retry")
