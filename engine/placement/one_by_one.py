"""The same stream, placed one task at a time: by `choose`, and by a plain loop over hosts. Slow, and easy to believe.

The two are what the fast stream is held against: `choose` because the simulation decides by it, the loop because anybody
can read it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.placement.choose import choose
from engine.placement.hosts import Hosts, Ints
from engine.placement.kernel import NONE
from engine.placement.strategies import BY_ATTRIBUTE
from engine.placement.stream import Batch, chances


@dataclass(slots=True)
class _Stock:
    """The fleet while it fills: plain lists, and how many tasks of each group are where."""

    hosts: Hosts
    groups: dict[str, Ints] = field(default_factory=dict)

    def take(self, host: int, batch: Batch) -> None:
        """Put one task on a host."""
        needs, one = batch.needs, np.zeros(len(self.hosts), dtype=np.int64)
        one[host] = 1
        self.groups[batch.group] = self.peers(batch.group) + one
        ports, enis, traits = self.hosts.ports, self.hosts.free_enis, self.hosts.traits
        if ports is not None:
            ports = (*ports[:host], ports[host] | needs.ports, *ports[host + 1 :])
        if traits is not None:
            told = {**traits.groups, batch.group: self.groups[batch.group]}
            traits = replace(traits, running=traits.running + one, groups=told)
        self.hosts = replace(
            self.hosts,
            free_cpu=self.hosts.free_cpu - one * needs.cpu_units,
            free_mib=self.hosts.free_mib - one * needs.memory_mib,
            free_enis=None if enis is None else enis - one * needs.enis,
            ports=ports,
            traits=traits,
        )

    def peers(self, group: str) -> Ints:
        return self.groups.get(group, np.zeros(len(self.hosts), dtype=np.int64))


def _stock(hosts: Hosts, batches: Sequence[Batch]) -> _Stock:
    groups = {batches[0].group: hosts.peers} if batches else {}
    return _Stock(hosts, {**groups, **(hosts.traits.groups if hosts.traits else {})})


def place_by_choose(hosts: Hosts, batches: Sequence[Batch], salt: int = 0) -> Ints:
    """Place a stream by asking `choose` for each task. Shape (n_tasks,)."""
    stock = _stock(hosts, batches)
    found: list[int] = []
    for batch in batches:
        for _ in range(batch.count):
            seen = replace(stock.hosts, peers=stock.peers(batch.group))
            draws = chances(salt, len(found), len(hosts))
            verdict = choose(batch.needs, seen, batch.strategies, draws, batch.constraints)
            if verdict.host is not None:
                stock.take(verdict.host, batch)
            found.append(NONE if verdict.host is None else verdict.host)
    return np.array(found, dtype=np.int64)


def place_by_loop(hosts: Hosts, batches: Sequence[Batch], salt: int = 0) -> Ints:
    """Place a stream by a plain loop over hosts for each task, as one writes it first. Shape (n_tasks,).

    It does no more than it must: room in lists, tasks of a zone or an attribute's value counted along.
    """
    stock = _stock(hosts, batches)
    found: list[int] = []
    for batch in batches:
        placed = _loop(replace(stock.hosts, peers=stock.peers(batch.group)), batch, salt, len(found))
        found += placed
        for host in placed:
            if host != NONE:
                stock.take(host, batch)
    return np.array(found, dtype=np.int64)


def _loop(hosts: Hosts, batch: Batch, salt: int, first: int) -> list[int]:
    """Place one batch. The rules that may change as tasks come are asked again after each, the others once."""
    fixed = [rule.allows(hosts).tolist() for rule in batch.constraints if not rule.is_moving]
    moving = [rule for rule in batch.constraints if rule.is_moving]
    wants = batch.needs
    is_open, cpu, mib = hosts.is_open.tolist(), hosts.free_cpu.tolist(), hosts.free_mib.tolist()
    enis = hosts.free_enis.tolist() if hosts.free_enis is not None else None
    ports = [set(taken) for taken in hosts.ports] if hosts.ports is not None else None
    peers = hosts.peers.tolist()
    chain = list(dict.fromkeys(batch.strategies))
    groups = {name: _groups(hosts, name) for name in chain if name == "spread-zones" or name.startswith(BY_ATTRIBUTE)}
    tally = {name: [0] * (max(group, default=0) + 1) for name, group in groups.items()}
    for name, group in groups.items():
        for host, number in enumerate(group):
            tally[name][number] += peers[host]
    stock = _Stock(hosts, {batch.group: hosts.peers, **(hosts.traits.groups if hosts.traits else {})})
    found = []
    for task in range(first, first + batch.count):
        changing = [rule.allows(replace(stock.hosts, peers=stock.peers(batch.group))).tolist() for rule in moving]
        draws = chances(salt, task, len(hosts)).tolist() if "random" in chain else []
        best, best_score = NONE, None
        for host in range(len(cpu)):
            if not is_open[host] or cpu[host] < wants.cpu_units or mib[host] < wants.memory_mib:
                continue
            if wants.ports and ports is not None and not wants.ports.isdisjoint(ports[host]):
                continue
            if wants.enis and enis is not None and enis[host] < wants.enis:
                continue
            if not all(rule[host] for rule in fixed) or not all(rule[host] for rule in changing):
                continue
            score = []
            for name in chain:
                if name in groups:
                    score.append(-tally[name][groups[name][host]])
                elif name == "spread-hosts":
                    score.append(-peers[host])
                elif name == "binpack-cpu":
                    score.append(-cpu[host])
                elif name == "binpack-memory":
                    score.append(-mib[host])
                else:
                    score.append(draws[host])
            if best_score is None or score > best_score:
                best, best_score = host, score
        found.append(best)
        if best == NONE:
            continue
        cpu[best] -= wants.cpu_units
        mib[best] -= wants.memory_mib
        peers[best] += 1
        if enis is not None:
            enis[best] -= wants.enis
        if ports is not None:
            ports[best] |= wants.ports
        for name, group in groups.items():
            tally[name][group[best]] += 1
        if moving:
            stock.take(best, batch)
    return found


def _groups(hosts: Hosts, name: str) -> list[int]:
    """Give each host the number of its group, by what a strategy spreads over."""
    if name == "spread-zones":
        return list(hosts.zone.tolist())
    column = hosts.traits.attributes.get(name.removeprefix(BY_ATTRIBUTE)) if hosts.traits is not None else None
    return [0] * len(hosts) if column is None else list(column.group().tolist())
