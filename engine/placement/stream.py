"""A stream of tasks, placed all at once: the same decisions as `choose`, millions a second.

Three observations make it fast. A host changes only by what is put on it, so all filters and constraints together are one
number, the host's quota. Of the strategies, only spreading looks beyond the host itself: hosts that agree in everything
that is spread over are a class, and inside a class the order follows from each host alone, so a tournament tree keeps its
winner. And the winners of the classes, few as they are, are compared by the whole chain. Chance draws anew for every
host and task, so where it has a say every host is looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.placement.constraints import Constraint
from engine.placement.hosts import Floats, Hosts, Ints, Needs
from engine.placement.kernel import CHANCE, GROUP, NONE, OWN, draw_all, scan, tournament
from engine.placement.quota import quota, with_more
from engine.placement.strategies import BY_ATTRIBUTE, DEFAULT


@dataclass(frozen=True, slots=True)
class Batch:
    """Equal tasks, one after the other. group: whose peers they are; constraints bind, strategies prefer."""

    needs: Needs
    count: int
    strategies: tuple[str, ...] = DEFAULT
    constraints: tuple[Constraint, ...] = ()
    group: str = "service:web"


@dataclass(frozen=True, slots=True)
class Placed:
    """What became of a stream. host: shape (n_tasks,), in order, NONE where no host took the task.

    hosts: the fleet afterwards; its `peers` are those of the last batch's group. here: shape (n_hosts,), tasks that the
    stream put on each host.
    """

    host: Ints
    hosts: Hosts
    here: Ints


def place_stream(hosts: Hosts, batches: Sequence[Batch], salt: int = 0) -> Placed:
    """Place batches of tasks, one task after the other, each as `choose` would with `chances(salt, task, n_hosts)`.

    hosts: the fleet as it is; the peers of a batch are its group's tasks in `traits.groups` (none told: `hosts.peers`).

    Errors: KeyError for a strategy that does not exist.
    """
    found: list[Ints] = []
    first = 0
    peers = {batches[0].group: hosts.peers} if batches else {}
    if hosts.traits is not None:
        peers = {**peers, **hosts.traits.groups}
    here = np.zeros(len(hosts), dtype=np.int64)
    for batch in batches:
        hosts = replace(hosts, peers=peers.get(batch.group, np.zeros(len(hosts), dtype=np.int64)))
        host = _place(hosts, batch, salt, first)
        more = np.bincount(host[host != NONE], minlength=len(hosts)).astype(np.int64)
        hosts = taken(hosts, batch, more)
        peers[batch.group] = hosts.peers
        here += more
        found.append(host)
        first += batch.count
    return Placed(np.concatenate(found) if found else np.zeros(0, dtype=np.int64), hosts, here)


def chances(salt: int, task: int, n_hosts: int) -> Floats:
    """Draw each host's chance for a task of a stream, counted from 0: the scores of the strategy "random"."""
    return draw_all(salt, task, n_hosts)


def warm_up() -> None:
    """Compile both loops, or load them, before somebody waits for a placement."""
    one = np.ones(1, dtype=np.int64)
    host = Hosts(one - 1, one > 0, one, one, one - 1)
    for strategies in (DEFAULT, ("random",)):
        place_stream(host, [Batch(Needs(1, 1), 1, strategies)])


def _place(hosts: Hosts, batch: Batch, salt: int, first: int) -> Ints:
    """Turn a batch into plain columns, and let the kernel place it."""
    limit = quota(batch.needs, hosts, batch.constraints, batch.group, batch.count)
    chain = _Chain.of(hosts, batch)
    if not len(hosts):
        return np.full(batch.count, NONE, dtype=np.int64)
    if CHANCE in chain.sort:
        return scan(
            batch.count, limit, chain.sort, chain.at, chain.base, chain.step, chain.group, chain.tally,
            salt, first,
        )  # fmt: skip
    order, begin = _classes(chain.group)
    return tournament(
        batch.count, limit, chain.sort, chain.at, chain.base, chain.step, chain.group, chain.tally, order, begin
    )


@dataclass(frozen=True, slots=True)
class _Chain:
    """A chain of strategies as columns.

    sort, at: shape (n_strategies,), which sort each is, and its row in its sort's table. base, step: a host's own score is
    base[row, host] + tasks put there * step[row]. group, tally: group[row, host] is the host's group, tally[row, group] its
    tasks; fewer is better.
    """

    sort: Ints
    at: Ints
    base: Ints
    step: Ints
    group: Ints
    tally: Ints

    @classmethod
    def of(cls, hosts: Hosts, batch: Batch) -> _Chain:
        sort, at = [], []
        own: list[tuple[Ints, int]] = []
        groups: list[Ints] = []
        for name in dict.fromkeys(batch.strategies):
            if name == "random":
                sort.append(CHANCE)
                at.append(0)
            elif name == "spread-zones" or name.startswith(BY_ATTRIBUTE):
                sort.append(GROUP)
                at.append(len(groups))
                groups.append(_group(hosts, name))
            else:
                sort.append(OWN)
                at.append(len(own))
                own.append(_own(hosts, batch.needs, name))
        n = len(hosts)
        width = max((int(group.max(initial=0)) for group in groups), default=0) + 1
        tally = np.zeros((len(groups), width), dtype=np.int64)
        for row, group in enumerate(groups):
            tally[row] = np.bincount(group, weights=hosts.peers, minlength=width)
        return cls(
            np.array(sort, dtype=np.int64),
            np.array(at, dtype=np.int64),
            np.array([base for base, _ in own], dtype=np.int64).reshape(len(own), n),
            np.array([step for _, step in own], dtype=np.int64),
            np.array(groups, dtype=np.int64).reshape(len(groups), n),
            tally,
        )


def _group(hosts: Hosts, name: str) -> Ints:
    """Give each host the number of its group, by what a strategy spreads over."""
    if name == "spread-zones":
        return hosts.zone
    column = None if hosts.traits is None else hosts.traits.attributes.get(name.removeprefix(BY_ATTRIBUTE))
    return np.zeros(len(hosts), dtype=np.int64) if column is None else column.group()


def _own(hosts: Hosts, needs: Needs, name: str) -> tuple[Ints, int]:
    """Give a host's score before the batch, and what each task put there adds to it."""
    return {
        "spread-hosts": (-hosts.peers, -1),
        "binpack-cpu": (-hosts.free_cpu, needs.cpu_units),
        "binpack-memory": (-hosts.free_mib, needs.memory_mib),
    }[name]


def _classes(group: Ints) -> tuple[Ints, Ints]:
    """Sort the hosts by class, in each by number: hosts of one class agree in every group.

    Returns order, shape (n_hosts,), and where in it each class begins, shape (n_classes + 1,).
    """
    n = group.shape[1]
    if not len(group):
        return np.arange(n, dtype=np.int64), np.array([0, n], dtype=np.int64)
    order = np.lexsort(group[::-1]).astype(np.int64)  # a stable sort: equal ones stay in order
    changes = np.any(np.diff(group[:, order], axis=1) != 0, axis=0)
    begin = np.concatenate([[0], np.flatnonzero(changes) + 1, [n]])
    return order, begin.astype(np.int64)


def taken(hosts: Hosts, batch: Batch, more: Ints) -> Hosts:
    """Show the fleet after a batch. more: shape (n_hosts,), how many of its tasks went to each host."""
    needs = batch.needs
    ports = hosts.ports
    if needs.ports and ports is not None:
        ports = tuple(taken | needs.ports if n else taken for taken, n in zip(ports, more.tolist(), strict=True))
    hosts = with_more(hosts, batch.group, more)
    return replace(
        hosts,
        free_cpu=hosts.free_cpu - more * needs.cpu_units,
        free_mib=hosts.free_mib - more * needs.memory_mib,
        free_enis=None if hosts.free_enis is None else hosts.free_enis - more * needs.enis,
        ports=ports,
    )
