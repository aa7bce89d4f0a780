"""Pools: hosts that are asked for alike, whoever asks; and what a host of each offers to tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from engine import catalog
from engine.launch import launch_type
from engine.placement.kube.objects import Taint
from engine.placement.room import Room, node_of, room_of

if TYPE_CHECKING:
    from engine.scenario import HostGroup, Scenario

NO_PROVIDER = -1


@dataclass(frozen=True, slots=True)
class HostKind:
    """What a host is: its type, its market, and whose group it belongs to ("" = hosts without a capacity provider)."""

    provider: str
    instance_type: str
    market: str


@dataclass(frozen=True, slots=True)
class Pool:
    """A group of the fleet, or a capacity provider's. hosts: so many at the start. provider: its number; NO_PROVIDER = none."""

    kind: HostKind
    room: Room
    hosts: int
    provider: int = NO_PROVIDER


def dealt(pools: Sequence[Pool], zones: int) -> list[tuple[int, int]]:
    """Deal the hosts of the start out to the zones: (zone, pool) of each. Groups take turns on; each provider begins anew."""
    groups = [number for number, pool in enumerate(pools) if pool.provider == NO_PROVIDER for _ in range(pool.hosts)]
    hosts = [(turn % zones, number) for turn, number in enumerate(groups)]
    for number, pool in enumerate(pools):
        if pool.provider != NO_PROVIDER:
            hosts += [(turn % zones, number) for turn in range(pool.hosts)]
    return hosts


def room_for(scenario: Scenario, instance_type: str, attributes: Mapping[str, str] | None = None) -> Room:
    """Say what a host of a type offers to the scenario's tasks. A node's places for pods count as its interfaces."""
    share = scenario.assumptions.host_memory_share
    if launch_type(scenario.launch_type).is_kubernetes:
        room = _node(instance_type, share, reserves=scenario.kubernetes.nodes.reserves)
    else:
        room = _host(instance_type, share, trunking=scenario.fleet.trunking)
    return replace(room, attributes={**room.attributes, **attributes}) if attributes else room


# Node autoscalers ask for the same few rooms at every look.
@cache
def _node(instance_type: str, share: float, *, reserves: bool) -> Room:
    return node_of(catalog.instance_type(instance_type), share, {}, reserves=reserves)


@cache
def _host(instance_type: str, share: float, *, trunking: bool) -> Room:
    return room_of(catalog.instance_type(instance_type), share, {}, trunking=trunking)


def _tainted(room: Room, group: HostGroup) -> Room:
    taints = tuple(Taint(one.key, one.value, one.effect) for one in group.taints)
    return replace(room, taints=taints) if taints else room


def pools_of(scenario: Scenario) -> tuple[Pool, ...]:
    """List the fleet's groups, then its capacity providers, each with the type that it launches: its first."""
    fleet = scenario.fleet
    groups = [
        Pool(
            HostKind("", g.instance_type, "on-demand"),
            _tainted(room_for(scenario, g.instance_type, g.attributes), g),
            g.hosts,
        )
        for g in fleet.kinds
    ]
    provided = [
        Pool(HostKind(p.name, p.instance_types[0], p.market), room_for(scenario, p.instance_types[0]), p.hosts, number)
        for number, p in enumerate(fleet.providers)
    ]
    return (*groups, *provided)
