"""What a host has given away, as its own agent counts: CPU and memory by amount, ports and GPUs one by one.

The agent asks again before it starts a task that the scheduler has placed: what fails here leaves the task pending.
Source: github:aws/amazon-ecs-agent@a19994a54b6b agent/engine/host_resource_manager.go:36
"""

from __future__ import annotations

from dataclasses import dataclass, replace

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class TaskRoom:
    """What a task asks for, or what has been given away: CPU units, MiB, host ports by protocol, GPUs by id."""

    cpu_units: int = 0
    memory_mib: int = 0
    tcp: tuple[int, ...] = ()
    udp: tuple[int, ...] = ()
    gpus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a task cannot start here: every resource that is short, in the agent's words, or a GPU that no host has."""

    failed: tuple[str, ...] = ()
    unknown_gpus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HostRoom:
    """One host: what it has, and what it has given away. A change makes another record.

    gpus: the ids of all it has. taken: ports that the host keeps for itself stand in it from the start.
    """

    cpu_units: int
    memory_mib: int
    gpus: tuple[str, ...] = ()
    taken: TaskRoom = TaskRoom()

    def refusal(self, task: TaskRoom) -> Refusal | None:
        """Say what is short, all of it; None if the task can start.

        >>> HostRoom(2048, 2048, taken=TaskRoom(udp=(1000,))).refusal(TaskRoom(2500, 1024, udp=(1000, 1001)))
        Refusal(failed=('CPU', 'PORTS_UDP'), unknown_gpus=())
        """
        if unknown := tuple(gpu for gpu in task.gpus if gpu not in self.gpus):
            return Refusal(unknown_gpus=unknown)  # no question of room: the agent refuses the request itself
        taken = self.taken
        short = {
            "CPU": taken.cpu_units + task.cpu_units > self.cpu_units,
            "MEMORY": taken.memory_mib + task.memory_mib > self.memory_mib,
            "PORTS_TCP": not set(taken.tcp).isdisjoint(task.tcp),
            "PORTS_UDP": not set(taken.udp).isdisjoint(task.udp),
            "GPU": not set(taken.gpus).isdisjoint(task.gpus),
        }
        failed = tuple(name for name, is_short in short.items() if is_short)
        return Refusal(failed) if failed else None

    def consume(self, task: TaskRoom) -> HostRoom:
        """Give the task what it asks for: all of it, or nothing where anything is short."""
        if self.refusal(task):
            return self
        taken = self.taken
        return replace(
            self,
            taken=TaskRoom(
                taken.cpu_units + task.cpu_units,
                taken.memory_mib + task.memory_mib,
                taken.tcp + task.tcp,
                taken.udp + task.udp,
                taken.gpus + task.gpus,
            ),
        )

    def release(self, task: TaskRoom) -> HostRoom:
        """Take back what `consume` gave the task. A task that was refused has nothing to give back: do not ask."""
        taken = self.taken
        return replace(
            self,
            taken=TaskRoom(
                taken.cpu_units - task.cpu_units,
                taken.memory_mib - task.memory_mib,
                tuple(port for port in taken.tcp if port not in task.tcp),
                tuple(port for port in taken.udp if port not in task.udp),
                tuple(gpu for gpu in taken.gpus if gpu not in task.gpus),
            ),
        )


def registered_mib(os_total_bytes: int, kept_mib: int = 0) -> int:
    """Give the memory that a host registers: what its system sees in whole MiB, less what ECS_RESERVED_MEMORY keeps.

    Source: github:awsdocs/amazon-ecs-developer-guide@49232cf2ab3b doc_source/memory-management.md

    >>> registered_mib(8_373_026_816)
    7985
    """
    return os_total_bytes // MIB - kept_mib
