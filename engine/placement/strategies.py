"""Strategies: one opinion about hosts each, higher is better.

A strategy sees everything, changes nothing and cannot fail; being feasible is the filters' business.
"Spread, then binpack" is no strategy: it is a sort by two keys, done in `choose`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.placement.hosts import Floats, Hosts, Needs

Strategy = Callable[[Needs, Hosts], Floats]


def spread_zones(needs: Needs, hosts: Hosts) -> Floats:
    """Prefer the zone that runs the fewest tasks of this service.

    Score: minus the tasks in the host's zone, shape (n_hosts,), unit: tasks.
    Source: fact `ecs.placement.service_default`.
    """
    # Full and closed hosts are counted too: they take no more tasks, but they hold some.
    peers = np.bincount(hosts.zone, weights=hosts.peers)
    return np.asarray(-peers[hosts.zone], dtype=np.float64)


def spread_hosts(needs: Needs, hosts: Hosts) -> Floats:
    """Prefer the host that runs the fewest tasks of this service. Source: fact `ecs.placement.spread_fields`."""
    return np.asarray(-hosts.peers, dtype=np.float64)


def binpack_cpu(needs: Needs, hosts: Hosts) -> Floats:
    """Prefer the host with the least CPU left that still fits. Source: fact `ecs.placement.binpack_fields`."""
    return np.asarray(-hosts.free_cpu, dtype=np.float64)


def binpack_memory(needs: Needs, hosts: Hosts) -> Floats:
    """Prefer the host with the least memory left that still fits. Source: fact `ecs.placement.binpack_fields`."""
    return np.asarray(-hosts.free_mib, dtype=np.float64)


STRATEGIES: dict[str, Strategy] = {
    "spread-zones": spread_zones,
    "spread-hosts": spread_hosts,
    "binpack-cpu": binpack_cpu,
    "binpack-memory": binpack_memory,
}
