"""Quota: how many tasks of one kind each host could still take, by every filter and constraint at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.placement.constraints import Constraint
from engine.placement.hosts import Bools, Hosts, Ints, Needs


def quota(
    needs: Needs, hosts: Hosts, constraints: Sequence[Constraint] = (), group: str = "", most: int | None = None
) -> Ints:
    """Count how many tasks of one kind each host could take, one after the other. Shape (n_hosts,).

    A host changes only by what is put on it. So what every filter will say of it can be told beforehand: yes so often,
    then no. group: the tasks' group, for expressions that ask for it; most: nobody will place more than so many.
    """
    found = np.minimum(hosts.free_cpu // needs.cpu_units, hosts.free_mib // needs.memory_mib)
    if needs.enis and hosts.free_enis is not None:
        found = np.minimum(found, hosts.free_enis // needs.enis)
    if needs.ports:
        found = np.minimum(found, 1)
        if hosts.ports is not None:
            found[[not needs.ports.isdisjoint(taken) for taken in hosts.ports]] = 0
    found = np.where(hosts.is_open, found, 0).clip(0, most)
    for constraint in constraints:
        if constraint.is_moving:
            found = _until_it_says_no(constraint, hosts, group, found)
        else:
            found = np.where(constraint.allows(hosts), found, 0)
    return np.asarray(found, dtype=np.int64)


def _until_it_says_no(constraint: Constraint, hosts: Hosts, group: str, found: Ints) -> Ints:
    """Ask a constraint about every host with no task more, with one more, with two …; its first no is the end."""
    for more in range(int(found.max(initial=0))):
        asked: Bools = found > more  # it would take this one too
        if not asked.any():
            break
        found = np.where(asked & ~constraint.allows(with_more(hosts, group, more)), more, found)
    return found


def with_more(hosts: Hosts, group: str, more: int | Ints) -> Hosts:
    """Show the hosts as if each ran so many more tasks of a group."""
    traits = hosts.traits
    if traits is not None:
        here = np.asarray(traits.groups.get(group, np.zeros(len(hosts), dtype=np.int64)) + more)
        traits = replace(traits, running=traits.running + more, groups={**traits.groups, group: here})
    return replace(hosts, peers=hosts.peers + more, traits=traits)
