"""The present: zones, hosts, tasks and free room. The only state that a run overwrites."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from simpy import Event

from engine.placement import Hosts, Needs

NONE = -1


class Stage(IntEnum):
    """Where a task is in its life, in the scheduler's eyes."""

    CREATED = 0  # wanted; no host yet
    STARTING = 1  # placed; not yet serving
    SERVING = 2  # its target passed a check
    STOPPING = 3
    STOPPED = 4


@dataclass(slots=True)
class Task:
    """One task. `number` counts from 1; is_alive is the truth, is_counted what the scheduler believes."""

    number: int
    service: int
    stage: Stage = Stage.CREATED
    host: int = NONE
    zone: int = NONE
    row: int = 0  # its row in the data plane; 0 = none yet
    is_alive: bool = True
    is_counted: bool = True
    is_registered: bool = False
    is_healthy: bool = False
    running_s: float = float("inf")
    answers_s: float = float("inf")
    check_s: float = 0.0  # when its first health check falls: all later ones follow from it
    refusal: str = ""
    refused: dict[str, int] = field(default_factory=dict)  # hosts by what struck them out, at the last try
    is_retired: bool = False  # AWS wants it off its old platform revision
    room: Event | None = None  # succeeds when a waiting task has been placed


@dataclass(slots=True)
class Host:
    """One host that you bring. is_alive is the truth; is_open what placement believes."""

    number: int
    name: str
    zone: int
    is_alive: bool = False
    is_ready: bool = False
    is_draining: bool = False
    is_gone: bool = False
    is_booting: bool = False
    losses: int = 0  # how often it was lost: a notice of an earlier loss is stale
    images: set[int] = field(default_factory=set)  # services whose image it holds
    tasks: set[int] = field(default_factory=set)
    # The agent: is_linked is the wire, is_connected whether ECS and the agent talk, is_missed whether ECS knows it does not.
    is_linked: bool = True
    is_connected: bool = True
    is_missed: bool = False
    cuts: int = 0  # how often it fell silent: what was begun in an earlier silence is void
    silent_s: float = 0.0  # since when
    linked: Event | None = None  # succeeds when the agent is back, or will never be
    boots_in: int = 0  # the life (counted by losses) that boots or booted last
    release: int = 0  # the AMI it runs, counted from 0
    kind: str = ""  # its instance type, where AWS chose it


class Cluster:
    """Zones, hosts and tasks; room is kept in columns so that placement needs no loop."""

    def __init__(self, n_zones: int, n_services: int, needs: list[Needs]) -> None:
        """Start empty. needs: what a task of each service asks of its host."""
        self.n_zones = n_zones
        self.needs = needs
        self.hosts: list[Host] = []
        self.tasks: dict[int, Task] = {}
        self.n_tasks = 0
        self.zone_is_up = [True] * n_zones
        self.zone_losses = [0] * n_zones  # how often each was lost: what was begun before is void
        self.zone_is_usable = np.ones(n_zones, dtype=np.bool_)  # what AWS believes
        self.peers_in_zone = np.zeros((n_services, n_zones), dtype=np.int64)
        self._counts_ports = any(need.ports for need in needs)
        self._per_zone = [0] * n_zones
        self._zone = np.zeros(0, dtype=np.int64)
        self._is_open = np.zeros(0, dtype=np.bool_)
        self._free_cpu = np.zeros(0, dtype=np.int64)
        self._free_mib = np.zeros(0, dtype=np.int64)
        self._peers = np.zeros((n_services, 0), dtype=np.int64)
        self._ports: list[frozenset[int]] = []

    def new_task(self, service: int) -> Task:
        """Create the next task, and number it."""
        self.n_tasks += 1
        task = Task(self.n_tasks, service)
        self.tasks[task.number] = task
        return task

    def new_host(self, zone: int, letter: str, cpu_units: int, memory_mib: int) -> Host:
        """Name the next host of a zone and make it known; it takes tasks once it is open."""
        self._per_zone[zone] += 1
        host = Host(len(self.hosts), f"{letter}{self._per_zone[zone]}", zone)
        self.hosts.append(host)
        self._zone = np.append(self._zone, zone)
        self._is_open = np.append(self._is_open, False)
        self._free_cpu = np.append(self._free_cpu, cpu_units)
        self._free_mib = np.append(self._free_mib, memory_mib)
        self._peers = np.pad(self._peers, ((0, 0), (0, 1)))
        self._ports.append(frozenset())
        return host

    def view(self, service: int) -> Hosts:
        """Show the fleet to a placement, with this service's tasks as peers."""
        ports = tuple(self._ports) if self._counts_ports else None
        return Hosts(self._zone, self._is_open, self._free_cpu, self._free_mib, self._peers[service], ports)

    def is_open(self, host: Host) -> bool:
        """Say whether placement may use the host."""
        return bool(self._is_open[host.number])

    def set_open(self, host: Host, is_open: bool) -> None:
        """Open or close the host for new tasks."""
        self._is_open[host.number] = is_open

    def settle(self, task: Task, host: Host) -> None:
        """Put a task on a host and take its room."""
        needs = self.needs[task.service]
        task.host, task.zone = host.number, host.zone
        host.tasks.add(task.number)
        self._free_cpu[host.number] -= needs.cpu_units
        self._free_mib[host.number] -= needs.memory_mib
        self._ports[host.number] |= needs.ports
        self._peers[task.service, host.number] += 1
        self.peers_in_zone[task.service, host.zone] += 1

    def settle_in_zone(self, task: Task, zone: int) -> None:
        """Put a task into a zone, on a host of its own that nobody sees."""
        task.zone = zone
        self.peers_in_zone[task.service, zone] += 1

    def uncount(self, task: Task) -> None:
        """Stop counting a task as a peer: the scheduler no longer relies on it. Its room stays taken."""
        if not task.is_counted:
            return
        task.is_counted = False
        if task.zone != NONE:
            self.peers_in_zone[task.service, task.zone] -= 1
        if task.host != NONE:
            self._peers[task.service, task.host] -= 1

    def release(self, task: Task) -> None:
        """Give a stopped task's room back."""
        self.uncount(task)
        task.stage = Stage.STOPPED
        task.is_alive = False
        if task.host != NONE and task.number in self.hosts[task.host].tasks:
            needs = self.needs[task.service]
            self.hosts[task.host].tasks.discard(task.number)
            self._free_cpu[task.host] += needs.cpu_units
            self._free_mib[task.host] += needs.memory_mib
            self._ports[task.host] -= needs.ports

    def room_in_zone(self, service: int, zone: int) -> int:
        """Count how many more tasks of a service the open hosts of a zone could hold by CPU and memory."""
        needs = self.needs[service]
        here = self._is_open & (self._zone == zone)
        if not here.any():
            return 0
        by_cpu = self._free_cpu[here] // needs.cpu_units
        return int(np.minimum(by_cpu, self._free_mib[here] // needs.memory_mib).sum())
