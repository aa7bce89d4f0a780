"""Several chains of strategies on one stream of tasks, and Kubernetes' scheduler beside them: what each leaves behind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine import catalog
from engine.placement.constraints import all_of
from engine.placement.demand import needs_of
from engine.placement.hosts import Hosts, Ints
from engine.placement.kube.beside import KUBE, place_as_pods
from engine.placement.quota import quota
from engine.placement.stock import empty_fleet
from engine.placement.stream import Batch, place_stream, taken
from engine.rng import salt

if TYPE_CHECKING:
    from engine.scenario import Scenario

MOST_CHAINS = 4


@dataclass(frozen=True, slots=True)
class Outcome:
    """A fleet after a stream.

    host: shape (n_tasks,), where each task went, -1 = nowhere. tasks: shape (n_hosts,), how many each host runs.
    zone: shape (n_hosts,). free_cpu, free_mib: shape (n_hosts,), what is left. lost: shape (n_zones,), how many of the
    stream's tasks die with each zone.
    """

    strategies: tuple[str, ...]
    host: Ints
    tasks: Ints
    zone: Ints
    free_cpu: Ints
    free_mib: Ints
    lost: Ints

    @property
    def placed(self) -> int:
        """Count the tasks that found a host."""
        return int(self.tasks.sum())

    @property
    def waiting(self) -> int:
        """Count those that found none."""
        return len(self.host) - self.placed

    @property
    def hosts_used(self) -> int:
        """Count the hosts that run one task or more."""
        return int(np.count_nonzero(self.tasks))

    @property
    def largest_cpu_units(self) -> int:
        """Give the CPU of the largest task that still fits on a host."""
        return int(self.free_cpu.max(initial=0))

    @property
    def largest_mib(self) -> int:
        """Give the memory of the largest task that still fits on a host."""
        return int(self.free_mib.max(initial=0))

    @property
    def largest_vcpu(self) -> float:
        """Give the CPU of the largest task in vCPU."""
        return self.largest_cpu_units / catalog.number("ecs.placement.cpu_unit")

    @property
    def largest_gib(self) -> float:
        """Give the memory of the largest task in GiB."""
        return self.largest_mib / 1024

    @property
    def scattered_cpu(self) -> float:
        """Give the share of the free CPU that lies outside the roomiest host: 0 = in one piece."""
        total = int(self.free_cpu.sum())
        return 1 - int(self.free_cpu.max(initial=0)) / total if total else 0.0

    @property
    def zone_gap(self) -> int:
        """Compare zones: tasks in the fullest less tasks in the emptiest."""
        return int(self.lost.max(initial=0) - self.lost.min(initial=self.lost.max(initial=0)))


def compare(
    hosts: Hosts, batches: Sequence[Batch], chains: Sequence[tuple[str, ...]], n_zones: int, seed: int = 1
) -> tuple[Outcome, ...]:
    """Place the same batches by each chain in turn, on the same fleet.

    chains: each takes the place of the batches' own strategies; up to MOST_CHAINS. Chance draws the same for all of them.
    ("kube-scheduler",) is no chain of ECS's: the tasks are scheduled as Kubernetes schedules a Deployment's pods.

    Errors: ValueError for more chains; KeyError for a strategy that does not exist.
    """
    if len(chains) > MOST_CHAINS:
        raise ValueError(f"up to {MOST_CHAINS} chains are compared at once, got {len(chains)}")
    draws = salt(seed, "place", "stream")
    return tuple(_outcome(hosts, batches, chain, n_zones, draws) for chain in chains)


def compare_in(scenario: Scenario, chains: Sequence[tuple[str, ...]]) -> tuple[Outcome, ...]:
    """Compare chains on a scenario's own fleet, as it begins, with all its services' tasks, service after service.

    Daemons have their room first, as on a host that starts; they are no part of the stream.
    """
    hosts, batches = stream_of(scenario)
    return compare(hosts, batches, chains, scenario.zones, scenario.seed)


def stream_of(scenario: Scenario) -> tuple[Hosts, list[Batch]]:
    """Give a scenario's fleet, its daemons in place, and the stream of all its other tasks."""
    hosts, batches = empty_fleet(scenario), []
    for service in sorted(scenario.services, key=lambda service: service.kind):
        rules, group = all_of(service.constraints), f"service:{service.name}"
        batch = Batch(needs_of(service), service.desired, service.placement, rules, group)
        if service.kind == "daemon":
            hosts = taken(hosts, batch, quota(batch.needs, hosts, rules, group, most=1))
        else:
            batches.append(batch)
    return replace(hosts, peers=np.zeros(len(hosts), dtype=np.int64)), batches


def _outcome(hosts: Hosts, batches: Sequence[Batch], chain: tuple[str, ...], n_zones: int, draws: int) -> Outcome:
    if chain == (KUBE,):
        placed = place_as_pods(hosts, batches, draws)
    else:
        placed = place_stream(hosts, [replace(batch, strategies=chain) for batch in batches], draws)
    lost = np.bincount(hosts.zone, weights=placed.here, minlength=n_zones).astype(np.int64)
    open_ = placed.hosts.is_open
    return Outcome(
        chain,
        placed.host,
        placed.here,
        hosts.zone,
        np.where(open_, placed.hosts.free_cpu, 0),
        np.where(open_, placed.hosts.free_mib, 0),
        lost,
    )
