"""Packing: how many tasks of one shape a host of your own holds, and what runs out first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine import catalog
from engine.catalog import InstanceType
from engine.errors import Problem, ScenarioError
from engine.placement.room import room_of

Bound = Literal["cpu", "memory", "enis"]


@dataclass(frozen=True, slots=True)
class Packing:
    """How many tasks fit by each measure; enis: None where tasks take none. bound_by: the first measure to run out.

    cpu_left_units, memory_left_mib: what no further task can use.
    """

    tasks: int
    cpu: int
    memory: int
    enis: int | None
    bound_by: Bound
    cpu_left_units: int
    memory_left_mib: int


def pack(
    host: InstanceType,
    cpu_units: int,
    memory_mib: int,
    *,
    memory_share: float,
    has_enis: bool = False,
    trunking: bool = False,
    agent_cpu_units: int = 0,
    agent_memory_mib: int = 0,
) -> Packing:
    """Fill a host with tasks of one shape, beside an agent of yours if there is one.

    memory_share: what the host's system leaves to tasks, as in the simulation.  has_enis: awsvpc, an interface a task.

    >>> pack(catalog.instance_type("m5.large"), 512, 1024, memory_share=0.97).tasks
    4
    """
    room = room_of(host, memory_share, {}, trunking=trunking)
    cpu_free = room.cpu_units - agent_cpu_units
    memory_free = room.memory_mib - agent_memory_mib
    fits: dict[Bound, int] = {"cpu": max(0, cpu_free // cpu_units), "memory": max(0, memory_free // memory_mib)}
    if has_enis:
        fits["enis"] = room.enis
    bound_by = min(fits, key=lambda bound: fits[bound])
    tasks = fits[bound_by]
    return Packing(
        tasks=tasks,
        cpu=fits["cpu"],
        memory=fits["memory"],
        enis=fits.get("enis"),
        bound_by=bound_by,
        cpu_left_units=cpu_free - tasks * cpu_units,
        memory_left_mib=memory_free - tasks * memory_mib,
    )


def host_called(name: str, where: str = "instance_type") -> InstanceType:
    """Look a host up by the name that a reader gave; one that we do not know is the reader's to mend."""
    known = catalog.instance_types()
    if name not in known:
        near = [other for other in known if other.split(".")[0] == name.split(".", maxsplit=1)[0]] or list(known)[:5]
        raise ScenarioError([Problem(where, name[:40], f"such as {', '.join(near)}", "no instance type is called so")])
    return known[name]
