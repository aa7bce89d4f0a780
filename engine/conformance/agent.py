"""The ECS agent's own account of a host: whether a task fits, what it takes, and what comes back."""

from __future__ import annotations

from pydantic import Field

from engine.conformance.cases import AnyOrder, Case, Given, Got
from engine.placement import HostRoom, TaskRoom


class Host(Given):
    """A host: what it has, and the ports that it keeps for itself."""

    cpu: int = Field(ge=0, le=10_000_000)
    memory: int = Field(ge=0, le=100_000_000)
    reserved_tcp: list[int] = Field(default_factory=list)
    reserved_udp: list[int] = Field(default_factory=list)
    gpus: list[str] = Field(default_factory=list)


class Task(Given):
    """What a task asks for."""

    cpu: int = Field(ge=0, le=10_000_000)
    memory: int = Field(ge=0, le=100_000_000)
    tcp: list[int] = Field(default_factory=list)
    udp: list[int] = Field(default_factory=list)
    gpus: list[str] = Field(default_factory=list)


class HostAndTask(Given):
    """One host, one task."""

    host: Host
    task: Task


def accounting(case: Case[HostAndTask]) -> Got:
    """Ask, consume, release. The agent lists what is short in the order of a Go map, so in none."""
    host, asked = case.given.host, case.given.task
    kept = TaskRoom(tcp=tuple(host.reserved_tcp), udp=tuple(host.reserved_udp))
    room = HostRoom(host.cpu, host.memory, tuple(host.gpus), kept)
    task = TaskRoom(asked.cpu, asked.memory, tuple(asked.tcp), tuple(asked.udp), tuple(asked.gpus))
    refusal = room.refusal(task)
    consumed = room.consume(task)
    return {
        "consumable": refusal is None,
        "failed": AnyOrder(refusal.failed if refusal else ()),
        "after_consume": _taken(consumed),
        "after_release": _taken(consumed if refusal else consumed.release(task)),
    }


def _taken(room: HostRoom) -> Got:
    """Give what is taken, in the table's words."""
    taken = room.taken
    return {
        "cpu": taken.cpu_units,
        "memory": taken.memory_mib,
        "tcp": AnyOrder(taken.tcp),
        "udp": AnyOrder(taken.udp),
        "gpus": AnyOrder(taken.gpus),
    }
