"""Filters: yes or no, host by host, in the order that AWS documents.

Source: fact `ecs.placement.order`: CPU, memory and ports first, then constraints, then strategies. A network interface
is room like these: without a free one the host cannot take the task.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.placement.hosts import Bools, Hosts, Needs

Filter = Callable[[Needs, Hosts], Bools]


def is_open(needs: Needs, hosts: Hosts) -> Bools:
    """Keep hosts whose agent is connected and that are not draining (fact `ecs.agent.disconnected_no_new_tasks`)."""
    return hosts.is_open


def is_offered(needs: Needs, hosts: Hosts) -> Bools:
    """Keep hosts of the task's capacity provider; a task launched without one may go anywhere."""
    return np.ones(len(hosts), dtype=np.bool_) if hosts.is_offered is None else hosts.is_offered


def has_cpu(needs: Needs, hosts: Hosts) -> Bools:
    """Keep hosts with enough unreserved CPU."""
    return np.asarray(hosts.free_cpu >= needs.cpu_units)


def has_memory(needs: Needs, hosts: Hosts) -> Bools:
    """Keep hosts with enough unreserved memory."""
    return np.asarray(hosts.free_mib >= needs.memory_mib)


def has_ports(needs: Needs, hosts: Hosts) -> Bools:
    """Keep hosts where every port that the task wants for itself is free."""
    if not needs.ports or hosts.ports is None:
        return np.ones(len(hosts), dtype=np.bool_)
    return np.array([needs.ports.isdisjoint(taken) for taken in hosts.ports], dtype=np.bool_)


def has_enis(needs: Needs, hosts: Hosts) -> Bools:
    """Keep hosts with a network interface left, where the task wants its own (fact `ecs.awsvpc.eni_per_task`)."""
    if not needs.enis or hosts.free_enis is None:
        return np.ones(len(hosts), dtype=np.bool_)
    return np.asarray(hosts.free_enis >= needs.enis)


FILTERS: dict[str, Filter] = {
    "closed": is_open,
    "provider": is_offered,
    "cpu": has_cpu,
    "memory": has_memory,
    "ports": has_ports,
    "enis": has_enis,
}
