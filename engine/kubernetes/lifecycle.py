"""The node lifecycle as rules: when a silent node is noticed, in what state a zone is, and how fast it may be emptied.

Pure functions; `engine.control.nodes` acts on them. Source: facts `k8s.node_monitor_grace`, `k8s.node_eviction_rate`,
`k8s.node_eviction_zones`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from engine import catalog

if TYPE_CHECKING:
    from engine.kubernetes.nodes import Nodes

State = Literal["normal", "partial", "full"]


def zone_state(ready: int, not_ready: int, unhealthy_share: float) -> State:
    """Judge a zone: full = no node is ready, partial = many of them are not.

    >>> zone_state(0, 1, 0.55), zone_state(3, 4, 0.55), zone_state(1, 2, 0.55)
    ('full', 'partial', 'normal')
    """
    if not_ready and not ready:
        return "full"
    few = catalog.number("k8s.node_eviction_zones", "more_than")
    if not_ready > few and not_ready / (ready + not_ready) >= unhealthy_share:
        return "partial"
    return "normal"


def eviction_rates(zones: Mapping[int, tuple[int, int]], nodes: Nodes) -> dict[int, float]:
    """Say how many nodes a second may begin to be emptied in each zone. zones: (ready, not ready) of each that has nodes.

    A zone without any ready node is emptied at the normal rate: the others can take its pods. When no zone has one, the
    fault is more likely the controller's own, and nothing is evicted anywhere.
    """
    states = {zone: zone_state(*counts, nodes.unhealthy_share) for zone, counts in zones.items()}
    if states and all(state == "full" for state in states.values()):
        return dict.fromkeys(zones, 0.0)
    return {
        zone: _reduced(sum(zones[zone]), nodes) if state == "partial" else nodes.eviction_per_s
        for zone, state in states.items()
    }


def _reduced(size: int, nodes: Nodes) -> float:
    """Slow down in a large zone, stop in a small one."""
    return nodes.secondary_per_s if size > nodes.large_over else 0.0


def noticed_s(silent_s: float, phase_s: float, tick_s: float, nodes: Nodes) -> float:
    """Say when a node that fell silent is called NotReady.

    silent_s: since when it has renewed nothing. phase_s: when its first renewal fell; tick_s: when the controller first
    looked. The lease is as old as its last renewal, and the controller looks now and then.

    >>> from engine.kubernetes.nodes import Nodes
    >>> noticed_s(105.0, phase_s=3.0, tick_s=1.0, nodes=Nodes())
    156.0
    """
    last_s = last_before(silent_s, phase_s, nodes.lease_every_s)
    return first_after(last_s + nodes.grace_s, tick_s, nodes.monitor_every_s)


def last_before(at_s: float, phase_s: float, every_s: float) -> float:
    """Give the last beat of a clock before a moment, or at it; a clock that has not begun beats at the moment itself.

    >>> last_before(105.0, 3.0, 10.0), last_before(1.0, 3.0, 10.0)
    (103.0, 1.0)
    """
    if at_s < phase_s:
        return at_s
    return phase_s + math.floor((at_s - phase_s) / every_s) * every_s


def first_after(at_s: float, phase_s: float, every_s: float) -> float:
    """Give the first beat of a clock after a moment.

    >>> first_after(153.0, 1.0, 5.0), first_after(156.0, 1.0, 5.0)
    (156.0, 161.0)
    """
    if at_s < phase_s:
        return phase_s
    return phase_s + (math.floor((at_s - phase_s) / every_s) + 1) * every_s
