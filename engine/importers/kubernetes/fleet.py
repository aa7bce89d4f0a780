"""Nodes for a manifest: types that hold each of its pods, and as many as all of them fill."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from engine import catalog
from engine.checks import MAX_HOSTS
from engine.placement.pools import room_for
from engine.placement.room import Room
from engine.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pods of one service that need nodes. ports: those that one of them takes on its node."""

    cpu_units: int
    memory_mib: int
    ports: frozenset[int]
    pods: int
    is_daemon: bool
    arch: str


@dataclass(slots=True)
class _Node:
    cpu_units: int
    memory_mib: int
    places: int
    ports: set[int]

    def takes(self, one: Wanted) -> bool:
        """Put a pod here if it fits."""
        if (
            self.cpu_units < one.cpu_units
            or self.memory_mib < one.memory_mib
            or self.places < 1
            or self.ports & one.ports
        ):
            return False
        self.cpu_units -= one.cpu_units
        self.memory_mib -= one.memory_mib
        self.places -= 1
        self.ports |= one.ports
        return True


def fleet_for(wanted: Sequence[Wanted], plain: Scenario) -> dict[str, Any]:
    """Choose the nodes: the type of `plain`'s where it holds every pod, else the smallest that does; one group an architecture."""
    arches = list(dict.fromkeys(one.arch for one in wanted if not one.is_daemon)) or [wanted[0].arch]
    groups = [group for arch in arches for group in _group(plain, wanted, arch)]
    if not groups:
        return {}  # no type holds such a pod: the run will say so, pod by pod
    if len(groups) == 1:
        name, hosts = groups[0]
        hosts = min(MAX_HOSTS, max(plain.fleet.hosts, hosts))
        family = name.partition(".")[0]
        families = plain.fleet.families
        return {"instance_type": name, "hosts": hosts} | (
            {} if family in families else {"families": [*families, family]}
        )
    return {
        "groups": [
            {"name": arch, "instance_type": name, "hosts": min(MAX_HOSTS // len(groups), max(plain.zones, hosts))}
            for arch, (name, hosts) in zip(arches, groups, strict=False)
        ]
    }


def _group(plain: Scenario, wanted: Sequence[Wanted], arch: str) -> Iterator[tuple[str, int]]:
    """Give the type and the number of nodes for the pods of one architecture."""
    pods = [one for one in wanted if one.arch == arch and not one.is_daemon]
    daemons = [one for one in wanted if one.is_daemon]
    usual = catalog.instance_type(plain.fleet.instance_type)
    others = [kind for kind in catalog.instance_types().values() if kind.arch == arch]
    others.sort(key=lambda kind: (kind.vcpu, kind.memory_mib, kind.usd_per_hour))
    for kind in [*([usual] if usual.arch == arch else []), *others]:
        room = room_for(plain, kind.name)
        if all(_node(room, daemons).takes(one) for one in pods):
            yield kind.name, _count(room, daemons, pods)
            return


def _node(room: Room, daemons: Sequence[Wanted]) -> _Node:
    """Make a node with its daemons on it; where they do not fit, they are left to wait."""
    node = _Node(room.cpu_units, room.memory_mib, room.enis, set(room.ports))
    for one in daemons:
        node.takes(one)
    return node


def _count(room: Room, daemons: Sequence[Wanted], pods: Sequence[Wanted]) -> int:
    """Count the nodes that hold all pods, the largest first, each on the first node with room for it."""
    nodes: list[_Node] = []
    for one in sorted(pods, key=lambda one: (one.cpu_units, one.memory_mib), reverse=True):
        at = 0
        for _ in range(one.pods):
            while at < len(nodes) and not nodes[at].takes(one):
                at += 1
            if at == len(nodes):
                if at >= MAX_HOSTS:
                    return MAX_HOSTS
                nodes.append(_node(room, daemons))
                nodes[at].takes(one)
    return len(nodes)
