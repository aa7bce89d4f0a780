"""What a host offers to tasks: CPU, memory, network interfaces, ports, and what it tells of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from zlib import crc32

from engine import catalog
from engine.catalog import InstanceType
from engine.placement.allocatable import MILLI, node_room
from engine.placement.kube.objects import Taint

ZONES = "abcdef"  # the letters of the zones, in order
ZONE = "ecs.availability-zone"  # the one built-in attribute that follows from the zone, not from the type

SYSTEM_PODS = 2  # aws-node and kube-proxy, on every node


@dataclass(frozen=True, slots=True)
class Room:
    """What a new host offers to tasks.

    ports: those that are taken from the start; enis: interfaces left for tasks. taints: what keeps pods off it.
    """

    cpu_units: int
    memory_mib: int
    enis: int
    ports: frozenset[int]
    region: str
    attributes: Mapping[str, str]
    taints: tuple[Taint, ...] = ()


def room_of(kind: InstanceType, memory_share: float, attributes: Mapping[str, str], *, trunking: bool) -> Room:
    """Say what a host of an instance type offers. memory_share: of its memory, what its system leaves to tasks.

    The built-in attributes follow from the type; the image's id is made up, one for each architecture.
    """
    reserved = catalog.value("ecs.agent.reserved_ports")
    built_in = {
        "ecs.instance-type": kind.name,
        "ecs.cpu-architecture": {"amd64": "x86_64"}.get(kind.arch, kind.arch),
        "ecs.os-type": "linux",
        "ecs.ami-id": f"ami-{crc32(kind.arch.encode()):08x}",
    }
    return Room(
        kind.cpu_units,
        int(kind.memory_mib * memory_share),
        enis_for_tasks(kind, trunking=trunking),
        frozenset(int(str(port)) for port in reserved) if isinstance(reserved, tuple) else frozenset(),
        kind.region,
        built_in | dict(attributes),
    )


def node_of(kind: InstanceType, memory_share: float, attributes: Mapping[str, str], *, reserves: bool = True) -> Room:
    """Say what a node of an instance type offers to pods: no port is taken, and it has as many places as it has addresses.

    Two of the places are the CNI's and kube-proxy's own pods. reserves: the node keeps CPU and memory for itself, as an EKS node does
    (`allocatable.node_room`); off: it offers what a host of ECS would. Source: fact `eks.pods_per_node.formula`.
    """
    room = room_of(kind, memory_share, attributes, trunking=False)
    if reserves:
        left = node_room(kind)
        cpu_units = left.cpu_m * int(catalog.number("ecs.placement.cpu_unit")) // MILLI
        room = replace(room, cpu_units=cpu_units, memory_mib=left.memory_mib)
    return replace(room, enis=max(0, kind.max_pods - SYSTEM_PODS), ports=frozenset())


def enis_for_tasks(kind: InstanceType, *, trunking: bool) -> int:
    """Count the network interfaces that a host can give to tasks, one each.

    Without trunking all but the host's own; with it the trunk takes one more, and its branches come on top. The published
    limits are exactly this. Source: facts `ecs.awsvpc.eni_per_task`, `ecs.awsvpc.limit_no_trunking`, `ecs.awsvpc.limit_trunking`.

    >>> kind = catalog.instance_type("m5.xlarge")
    >>> enis_for_tasks(kind, trunking=False), enis_for_tasks(kind, trunking=True)
    (3, 20)
    """
    own, trunk = 1, 1
    if trunking and kind.trunking:
        return kind.branch_enis + kind.enis - own - trunk
    return kind.enis - own
