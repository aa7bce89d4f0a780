"""How a fleet fills up under each chain of strategies, task by task: the curves behind a comparison's end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine import catalog
from engine.placement.compare import Outcome, compare, stream_of
from engine.placement.hosts import Floats, Hosts, Ints

if TYPE_CHECKING:
    from engine.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Course:
    """One chain's way. Arrays of shape (n_tasks + 1,): before any task, then after each one, placed or not.

    placed: tasks that found a host. hosts_used: hosts that run one or more. largest_cpu, largest_mib: the largest task that
    still fits on a host. zone_gap: tasks in the fullest zone less those in the emptiest. worst_loss: tasks that die with
    the worst zone to lose.
    """

    outcome: Outcome
    placed: Ints
    hosts_used: Ints
    largest_cpu: Ints
    largest_mib: Ints
    zone_gap: Ints
    worst_loss: Ints

    @property
    def strategies(self) -> tuple[str, ...]:
        """Give the chain."""
        return self.outcome.strategies

    @property
    def largest_vcpu(self) -> Floats:
        """Give the CPU of the largest task that still fits, in vCPU."""
        return np.asarray(self.largest_cpu / catalog.number("ecs.placement.cpu_unit"), dtype=np.float64)


def courses_in(scenario: Scenario, chains: Sequence[tuple[str, ...]]) -> tuple[Course, ...]:
    """Follow each chain on a scenario's own fleet and tasks, as `compare_in` places them.

    Errors: ValueError for more chains than are compared at once; KeyError for a strategy that does not exist.
    """
    hosts, batches = stream_of(scenario)
    cpu = np.repeat([batch.needs.cpu_units for batch in batches], [batch.count for batch in batches])
    mib = np.repeat([batch.needs.memory_mib for batch in batches], [batch.count for batch in batches])
    found = compare(hosts, batches, chains, scenario.zones, scenario.seed)
    return tuple(_course(outcome, hosts, cpu, mib, scenario.zones) for outcome in found)


def _course(outcome: Outcome, hosts: Hosts, cpu: Ints, mib: Ints, n_zones: int) -> Course:
    free_cpu, free_mib = np.where(hosts.is_open, hosts.free_cpu, 0), np.where(hosts.is_open, hosts.free_mib, 0)
    here, zones = np.zeros(len(hosts), dtype=np.int64), np.zeros(n_zones, dtype=np.int64)
    rows = []
    for task in range(-1, len(outcome.host)):
        host = int(outcome.host[task]) if task >= 0 else -1
        if host >= 0:
            free_cpu[host] -= cpu[task]
            free_mib[host] -= mib[task]
            here[host] += 1
            zones[hosts.zone[host]] += 1
        rows.append((
            int(here.sum()), int(np.count_nonzero(here)), int(free_cpu.max(initial=0)), int(free_mib.max(initial=0)),
            int(zones.max() - zones.min()), int(zones.max()),
        ))  # fmt: skip
    return Course(outcome, *np.array(rows, dtype=np.int64).T)
