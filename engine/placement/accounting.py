"""Accounts: what hosts have left and what is taken of them, CPU and memory by amount, ports and GPUs one by one.

A run's cluster keeps its hosts in `Accounts`. `HostRoom` is one host of them as the agent's own account shows it: the
same columns, the same filters, in the agent's words.
Source: github:aws/amazon-ecs-agent@a19994a54b6b agent/engine/host_resource_manager.go:36
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engine.placement.filters import has_cpu, has_memory, has_ports
from engine.placement.hosts import UDP, Hosts, Needs

MIB = 1024 * 1024
GPU = UDP << 1  # a host's GPU is kept beside the ports, as its place in the host's list and this


class Accounts:
    """What each host has left, in columns that grow with the fleet; of single things, what is taken."""

    def __init__(self) -> None:
        """Begin without a host."""
        self.free_cpu = np.zeros(0, dtype=np.int64)
        self.free_mib = np.zeros(0, dtype=np.int64)
        self.free_enis = np.zeros(0, dtype=np.int64)
        self.all_cpu, self.all_mib, self.all_enis = self.free_cpu, self.free_mib, self.free_enis
        self.ports: list[frozenset[int]] = []

    def join(self, cpu_units: int, memory_mib: int, enis: int = 0, ports: frozenset[int] = frozenset()) -> None:
        """Open the next host's account. ports: those that it keeps for itself."""
        self.free_cpu = np.append(self.free_cpu, cpu_units)
        self.free_mib = np.append(self.free_mib, memory_mib)
        self.free_enis = np.append(self.free_enis, enis)
        self.all_cpu = np.append(self.all_cpu, cpu_units)
        self.all_mib = np.append(self.all_mib, memory_mib)
        self.all_enis = np.append(self.all_enis, enis)
        self.ports.append(ports)

    def take(self, host: int, needs: Needs) -> None:
        """Give a task what it needs. Whether there is so much is the filters' question, asked before."""
        self.free_cpu[host] -= needs.cpu_units
        self.free_mib[host] -= needs.memory_mib
        self.free_enis[host] -= needs.enis
        self.ports[host] |= needs.ports

    def give_back(self, host: int, needs: Needs) -> None:
        """Take back what `take` gave."""
        self.free_cpu[host] += needs.cpu_units
        self.free_mib[host] += needs.memory_mib
        self.free_enis[host] += needs.enis
        self.ports[host] -= needs.ports


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
        host, needs = _seen(self._accounts()), self._needs(task)
        has = {
            "CPU": has_cpu(needs, host),
            "MEMORY": has_memory(needs, host),
            "PORTS_TCP": has_ports(self._needs(TaskRoom(tcp=task.tcp)), host),
            "PORTS_UDP": has_ports(self._needs(TaskRoom(udp=task.udp)), host),
            "GPU": has_ports(self._needs(TaskRoom(gpus=task.gpus)), host),
        }
        failed = tuple(name for name, is_there in has.items() if not is_there.all())
        return Refusal(failed) if failed else None

    def consume(self, task: TaskRoom) -> HostRoom:
        """Give the task what it asks for: all of it, or nothing where anything is short."""
        if self.refusal(task):
            return self
        accounts = self._accounts()
        accounts.take(0, self._needs(task))
        return self._as_in(accounts)

    def release(self, task: TaskRoom) -> HostRoom:
        """Take back what `consume` gave the task. A task that was refused has nothing to give back: do not ask."""
        accounts = self._accounts()
        accounts.give_back(0, self._needs(task))
        return self._as_in(accounts)

    def _needs(self, task: TaskRoom) -> Needs:
        """Say a task's wishes as placement does: ports and GPUs as numbers of one set."""
        gpus = (self.gpus.index(gpu) + GPU for gpu in task.gpus)
        return Needs(task.cpu_units, task.memory_mib, frozenset((*task.tcp, *(port + UDP for port in task.udp), *gpus)))

    def _accounts(self) -> Accounts:
        accounts = Accounts()
        accounts.join(self.cpu_units, self.memory_mib)
        accounts.take(0, self._needs(self.taken))
        return accounts

    def _as_in(self, accounts: Accounts) -> HostRoom:
        """Read what is taken out of the accounts again, in the agent's words."""
        single = sorted(accounts.ports[0])
        taken = TaskRoom(
            self.cpu_units - int(accounts.free_cpu[0]),
            self.memory_mib - int(accounts.free_mib[0]),
            tuple(one for one in single if one < UDP),
            tuple(one - UDP for one in single if UDP <= one < GPU),
            tuple(self.gpus[one - GPU] for one in single if one >= GPU),
        )
        return replace(self, taken=taken)


def _seen(accounts: Accounts) -> Hosts:
    """Show accounts to the filters, as a fleet of which nothing else is known."""
    n = len(accounts.ports)
    none, open_ = np.zeros(n, dtype=np.int64), np.ones(n, dtype=np.bool_)
    return Hosts(none, open_, accounts.free_cpu, accounts.free_mib, none, tuple(accounts.ports))


def registered_mib(os_total_bytes: int, kept_mib: int = 0) -> int:
    """Give the memory that a host registers: what its system sees in whole MiB, less what ECS_RESERVED_MEMORY keeps.

    No run asks yet: a scenario's host registers the share of its memory that the scenario assumes (`room_of`).

    Source: github:awsdocs/amazon-ecs-developer-guide@49232cf2ab3b doc_source/memory-management.md

    >>> registered_mib(8_373_026_816)
    7985
    """
    return os_total_bytes // MIB - kept_mib
