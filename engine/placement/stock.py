"""Hosts as columns before anything runs on them: a scenario's own, or those that it may come to have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.placement.constraints import all_of
from engine.placement.demand import needs_in
from engine.placement.hosts import Column, Hosts, Needs, Traits
from engine.placement.pools import Pool, dealt, pools_of
from engine.placement.room import ZONE, ZONES

if TYPE_CHECKING:
    from engine.scenario import Scenario


def empty_fleet(scenario: Scenario, pools: Sequence[Pool] | None = None) -> Hosts:
    """Give hosts, dealt out to the zones, pool after pool, open, with all that can be asked of them.

    pools: none = those that the scenario begins with.
    """
    pools = pools_of(scenario) if pools is None else pools
    places = dealt(pools, scenario.zones)
    rooms = [pools[number].room for _, number in places]
    told = [{**room.attributes, ZONE: f"{room.region}{ZONES[z]}"} for room, (z, _) in zip(rooms, places, strict=True)]
    names = dict.fromkeys(name for attributes in told for name in attributes)
    nothing = np.zeros(len(rooms), dtype=np.int64)
    open_ = np.ones(len(rooms), dtype=np.bool_)
    traits = Traits(
        attributes={name: Column.of([attributes.get(name) for attributes in told]) for name in names},
        instance_id=Column.of(_ids([zone for zone, _ in places])),
        is_connected=open_,
        running=nothing,
        groups={},
        taints=tuple(room.taints for room in rooms) if any(room.taints for room in rooms) else (),
    )
    cpu = np.array([room.cpu_units for room in rooms], dtype=np.int64)
    mib = np.array([room.memory_mib for room in rooms], dtype=np.int64)
    enis = np.array([room.enis for room in rooms], dtype=np.int64)
    return Hosts(
        zone=np.array([zone for zone, _ in places], dtype=np.int64),
        is_open=open_,
        free_cpu=cpu,
        free_mib=mib,
        peers=nothing,
        ports=tuple(room.ports for room in rooms),
        free_enis=enis,
        traits=traits,
        all_cpu=cpu,
        all_mib=mib,
        all_enis=enis,
    )


def daemons_on(scenario: Scenario, pool: Pool) -> list[Needs]:
    """List what the daemons take that each host of a pool carries."""
    host = empty_fleet(scenario, [replace(pool, hosts=1)])
    return [
        needs
        for service, needs in zip(scenario.services, needs_in(scenario), strict=True)
        if service.kind == "daemon"
        and all(rule.allows(host).all() for rule in all_of(service.constraints) if rule.expression)
    ]


def _ids(zones: Sequence[int]) -> list[str]:
    """Name hosts as a run does: zone by zone, in the order in which they come."""
    counts = [0] * len(ZONES)
    ids = []
    for zone in zones:
        counts[zone] += 1
        ids.append(f"i-{ZONES[zone]}{counts[zone]}")
    return ids
