"""Managed scaling: as many hosts as the tasks need, out at once and in after fifteen quiet minutes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from engine import catalog
from engine.placement import Needs
from engine.placement.pools import pools_of, room_for
from engine.placement.room import Room
from engine.placement.stock import daemons_on
from engine.scenario import CapacityProvider, Scenario

Reason = Literal[
    "out", "in", "steady", "quiet", "warm-up", "max", "min", "spare", "protected", "no-zone"
]  # what came of it, or why nothing did


@dataclass(frozen=True, slots=True)
class Size:
    """The room of one host, or the least of each kind of room in a group of several types. enis: interfaces for tasks."""

    cpu_units: int
    memory_mib: int
    enis: int

    def less(self, needs: Needs, n: int = 1) -> Size:
        """Give what is left beside n tasks."""
        return Size(
            self.cpu_units - n * needs.cpu_units, self.memory_mib - n * needs.memory_mib, self.enis - n * needs.enis
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """What ECS knows of a provider when it looks. Hosts, but for the last two: tasks.

    in_use: up and running a task that is no daemon. up: registered. asked: the group's size, those that boot included.
    warming: launched less than the warm-up ago. free: up without a task. extra: more hosts to hold the waiting tasks.
    waiting: tasks without a host that were counted. too_large: those that do not fit the smallest type.
    """

    in_use: int
    up: int
    asked: int
    warming: int
    free: int
    extra: int
    waiting: int = 0
    too_large: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """One look of managed scaling: every number that fed the decision, and the decision.

    needed: M. up: N. reservation, target: percent. wanted: hosts at which the reservation would be the target.
    quiet, quiet_needed: points in a row under the target, and how many it takes. step: hosts asked for (+) or let go (-).
    """

    provider: str
    needed: int
    up: int
    reservation: float
    target: float
    wanted: int
    quiet: int
    quiet_needed: int
    step: int
    reason: Reason
    seen: Seen


def smallest(rooms: Sequence[Size | Room]) -> Size:
    """Take the least of each kind of room: a task has to fit this (fact `ecs.cas.smallest_instance_rule`).

    >>> smallest([Size(2048, 8192, 2), Size(4096, 7680, 3)])
    Size(cpu_units=2048, memory_mib=7680, enis=2)
    """
    return Size(
        min(room.cpu_units for room in rooms), min(room.memory_mib for room in rooms), min(room.enis for room in rooms)
    )


def least_room(scenario: Scenario, provider: int) -> Size:
    """Say what the smallest host of a provider has left beside its daemons: no task that needs more is counted.

    That the daemons' room is left out is our assumption: each host carries them.
    """
    kinds = scenario.fleet.providers[provider].instance_types
    size = smallest([room_for(scenario, kind) for kind in kinds])
    pool = next(pool for pool in pools_of(scenario) if pool.provider == provider)
    for needs in daemons_on(scenario, pool):
        size = size.less(needs)
    return size


def hosts_for(waiting: Sequence[Needs], size: Size) -> tuple[int, int]:
    """Count the hosts that hold these tasks, the largest packed first, and the tasks that fit no host of this size.

    Source: facts `ecs.cas.formula`, `ecs.cas.smallest_instance_rule`; first fit decreasing is our choice of packing.

    >>> hosts_for([Needs(1024, 2048)] * 5 + [Needs(4096, 2048)], Size(2048, 8192, 2))
    (3, 1)
    """
    counts: dict[Needs, int] = {}
    for needs in waiting:
        counts[needs] = counts.get(needs, 0) + 1
    too_large = sum(n for needs, n in counts.items() if not _fit(needs, size))
    packed = [needs for needs in counts if _fit(needs, size)]
    packed.sort(key=lambda needs: -max(needs.cpu_units / size.cpu_units, needs.memory_mib / size.memory_mib))
    bins: list[tuple[Size, frozenset[int]]] = []
    for needs in packed:
        left = counts[needs]
        for number, (room, ports) in enumerate(bins):
            n = min(left, _fit(needs, room, ports))
            bins[number] = (room.less(needs, n), ports | needs.ports if n else ports)
            left -= n
        while left:
            n = min(left, _fit(needs, size))
            bins.append((size.less(needs, n), needs.ports))
            left -= n
    return len(bins), too_large


def _fit(needs: Needs, room: Size, taken: frozenset[int] = frozenset()) -> int:
    """Count how many tasks of a kind fit into a room; one where they want a port for themselves."""
    n = max(0, min(room.cpu_units // needs.cpu_units, room.memory_mib // needs.memory_mib))
    if needs.enis:
        n = max(0, min(n, room.enis // needs.enis))
    if not needs.ports:
        return n
    return min(n, 1) if needs.ports.isdisjoint(taken) else 0


def reservation_percent(needed: int, up: int) -> float:
    """Compute CapacityProviderReservation, M / N x 100. Source: facts `ecs.cas.formula`, `ecs.cas.special_n0`.

    >>> reservation_percent(8, 10), reservation_percent(3, 0), reservation_percent(0, 0)
    (80.0, 200.0, 100.0)
    """
    if up:
        return needed / up * 100
    return catalog.number("ecs.cas.special_n0", "N0_M>0" if needed else "both0")


def wanted_hosts(needed: int, target_percent: float) -> int:
    """Count the hosts at which the reservation is at its target, or just below.

    >>> wanted_hosts(9, 100), wanted_hosts(9, 90), wanted_hosts(6, 90)
    (9, 10, 7)
    """
    return math.ceil(round(needed * 100 / target_percent, 9))


def most_to_go(up: int) -> int:
    """Count the hosts that may go in one minute: one or more, less than half (fact `ecs.cas.scale_in_rate`).

    >>> [most_to_go(up) for up in (1, 2, 3, 4, 5, 10)]
    [1, 1, 1, 1, 2, 4]
    """
    return max(1, (up - 1) // 2)


def leavers(hosts: Sequence[tuple[int, int]], zones: Sequence[int], n: int) -> list[int]:
    """Pick the hosts to let go, one by one: from the zone with the most hosts, the oldest first.

    hosts: (host, zone) of those that may go. zones: all hosts of the group in each zone. The group's default rule as far
    as it matters here; that age decides within a zone is our assumption.

    >>> leavers([(0, 0), (1, 1), (3, 0), (4, 1)], [3, 2], 3)
    [0, 1, 3]
    """
    left, counts, chosen = list(hosts), list(zones), []
    for _ in range(min(n, len(left))):
        host, zone = min(left, key=lambda pair: (-counts[pair[1]], pair[0]))
        left.remove((host, zone))
        counts[zone] -= 1
        chosen.append(host)
    return chosen


@dataclass(slots=True)
class ManagedScaling:
    """One provider's loop: its settings, and how many points in a row were quiet.

    Source: facts `ecs.cas.target_default`, `ecs.cas.warmup_default`, `ecs.cas.step_min_max`, `ecs.cas.scale_in_delay`,
    `ecs.cas.scale_in_rate`, `ecs.cas.termination_protection`; that nothing leaves while a launch warms up is our assumption.
    """

    settings: CapacityProvider
    quiet: int = 0

    def decide(self, seen: Seen, *, can_launch: bool = True) -> Reading:
        """Look once; say how many hosts more or fewer, and why. can_launch: some zone can start a host."""
        target = self.settings.target_percent
        needed = seen.in_use + seen.extra
        reservation = reservation_percent(needed, seen.up)
        wanted = wanted_hosts(needed, target)
        # A wish for more hosts stops a scale-in that is under way: its count begins again.
        self.quiet = self.quiet + 1 if reservation < target else 0
        if needed and reservation > target:
            step, reason = self._out(seen, wanted, can_launch=can_launch)
        else:
            step, reason = self._in(seen, wanted)
        return Reading(
            self.settings.name, needed, seen.up, reservation, target, wanted, self.quiet, self.settings.quiet_points, step,
            reason, seen,
        )  # fmt: skip

    def _out(self, seen: Seen, wanted: int, *, can_launch: bool) -> tuple[int, Reason]:
        """Ask for what is missing, within the steps; after a launch not again until it is warm."""
        if seen.warming:
            return 0, "warm-up"
        room = self.settings.max_hosts - seen.asked
        if room <= 0:
            return 0, "max"
        if not can_launch:
            return 0, "no-zone"
        # From nothing the metric says 200 %, whatever is needed: two hosts.
        missing = wanted - seen.up if seen.up else round(catalog.number("ecs.cas.special_n0", "N0_M>0") / 100)
        return min(max(missing, self.settings.min_step), self.settings.max_step, room), "out"

    def _in(self, seen: Seen, wanted: int) -> tuple[int, Reason]:
        """Let go what is too much once it has been quiet for long enough; the minimum step is not asked here."""
        if not self.quiet:
            return 0, "steady"
        if self.quiet < self.settings.quiet_points:
            return 0, "quiet"
        if seen.warming:
            return 0, "warm-up"
        excess = seen.up - max(wanted, self.settings.min_hosts)
        if excess <= 0:
            return 0, "min" if wanted < seen.up else "spare"
        may_go = min(excess, most_to_go(seen.up), seen.free if self.settings.protect else seen.up)
        return (-may_go, "in") if may_go else (0, "protected")
