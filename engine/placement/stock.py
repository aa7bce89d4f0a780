"""The fleet that a scenario begins with, as columns: nothing placed, every host open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from engine import catalog
from engine.placement.hosts import Column, Hosts, Traits
from engine.placement.room import ZONE, room_of

if TYPE_CHECKING:
    from engine.scenario import Scenario

ZONES = "abcdef"


def empty_fleet(scenario: Scenario) -> Hosts:
    """Give a scenario's hosts, dealt out to the zones in turn, group after group, with all that can be asked of them."""
    fleet, share = scenario.fleet, scenario.assumptions.host_memory_share
    rooms = [
        room
        for group in fleet.kinds
        for room in group.hosts
        * [room_of(catalog.instance_type(group.instance_type), share, group.attributes, trunking=fleet.trunking)]
    ]
    zone = np.arange(len(rooms), dtype=np.int64) % scenario.zones
    told = [{**room.attributes, ZONE: f"{room.region}{ZONES[z]}"} for room, z in zip(rooms, zone, strict=True)]
    names = dict.fromkeys(name for attributes in told for name in attributes)
    nothing = np.zeros(len(rooms), dtype=np.int64)
    open_ = np.ones(len(rooms), dtype=np.bool_)
    traits = Traits(
        attributes={name: Column.of([attributes.get(name) for attributes in told]) for name in names},
        instance_id=Column.of([f"i-{ZONES[z]}{n // scenario.zones + 1}" for n, z in enumerate(zone)]),
        is_connected=open_,
        running=nothing,
        groups={},
    )
    return Hosts(
        zone=zone,
        is_open=open_,
        free_cpu=np.array([room.cpu_units for room in rooms], dtype=np.int64),
        free_mib=np.array([room.memory_mib for room in rooms], dtype=np.int64),
        peers=nothing,
        ports=tuple(room.ports for room in rooms),
        free_enis=np.array([room.enis for room in rooms], dtype=np.int64),
        traits=traits,
    )
