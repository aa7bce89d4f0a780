"""Strategies: one opinion about hosts each, higher is better.

A strategy sees everything, changes nothing and cannot fail; being feasible is the filters' business.
"Spread, then binpack" is no strategy: it is a sort by two keys, done in `choose`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.placement.hosts import Floats, Hosts, Needs
from engine.placement.lexer import Lexer

Strategy = Callable[[Needs, Hosts], Floats]
BY_ATTRIBUTE = "spread:attribute:"  # and the attribute's name
DEFAULT = ("spread-zones", "spread-hosts")  # fact `ecs.placement.service_default`
STANDALONE = ("random",)  # fact `ecs.placement.runtask_default`


def spread_zones(needs: Needs, hosts: Hosts) -> Floats:
    """Prefer the zone that runs the fewest tasks of this service.

    Score: minus the tasks in the host's zone, shape (n_hosts,), unit: tasks.
    Source: fact `ecs.placement.service_default`.
    """
    # Full and closed hosts are counted too: they take no more tasks, but they hold some.
    peers = np.bincount(hosts.zone, weights=hosts.peers)
    return np.asarray(-peers[hosts.zone], dtype=np.float64)


def spread_attribute(name: str) -> Strategy:
    """Make the strategy that prefers hosts whose value of an attribute has the fewest tasks of this service.

    Score: minus the tasks on all hosts of that value, shape (n_hosts,), unit: tasks. Hosts without the attribute are a
    group of their own: our assumption. Source: fact `ecs.placement.spread_fields`.
    """

    def spread(needs: Needs, hosts: Hosts) -> Floats:
        column = None if hosts.traits is None else hosts.traits.attributes.get(name)
        group = np.zeros(len(hosts), dtype=np.int64) if column is None else column.group()
        peers = np.bincount(group, weights=hosts.peers)
        return np.asarray(-peers[group], dtype=np.float64)

    return spread


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


def strategy(name: str) -> Strategy:
    """Look a strategy up: one of STRATEGIES, or `spread:attribute:NAME`. Errors: KeyError for any other name.

    >>> strategy("spread:attribute:rack").__qualname__
    'spread_attribute.<locals>.spread'
    """
    return spread_attribute(name.removeprefix(BY_ATTRIBUTE)) if name.startswith(BY_ATTRIBUTE) else STRATEGIES[name]


def checked(chain: tuple[str, ...]) -> tuple[str, ...]:
    """Give a chain of strategies back. Errors: ValueError that names every strategy that does not exist."""
    strange = [name for name in chain if not (name in {*STRATEGIES, *STANDALONE} or _is_spread(name))]
    if strange:
        known = ", ".join([*STRATEGIES, *STANDALONE, f"{BY_ATTRIBUTE}NAME"])
        raise ValueError(f"no strategy is called {', '.join(map(repr, strange))}; there are {known}")
    return chain


def _is_spread(name: str) -> bool:
    return name.startswith(BY_ATTRIBUTE) and Lexer.is_name(name.removeprefix(BY_ATTRIBUTE))
