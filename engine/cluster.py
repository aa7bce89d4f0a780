"""The present: zones, hosts, tasks and free room. The only state that a run overwrites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from simpy import Event

from engine.placement import Column, Hosts, Needs, Traits
from engine.placement.accounting import Accounts
from engine.placement.constraints import Constraint
from engine.placement.kube.objects import Taint
from engine.placement.pools import NO_PROVIDER, HostKind, Pool
from engine.placement.quota import quota
from engine.placement.room import ZONE

NONE = NO_PROVIDER  # nobody: no host, no zone, no provider


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
    kin: int  # whose peers it counts among: its service's, or those that nobody's service keeps
    stage: Stage = Stage.CREATED
    host: int = NONE
    zone: int = NONE
    bound_to: int = NONE  # the host that a daemon's task is for
    row: int = 0  # its row in the data plane; 0 = none yet
    is_alive: bool = True
    is_counted: bool = True
    is_registered: bool = False
    is_healthy: bool = False
    running_s: float = float("inf")
    answers_s: float = float("inf")
    lasts_s: float = float("inf")  # a stand-alone task's own end, so long after it runs
    check_s: float = 0.0  # when its first health check falls: all later ones follow from it
    refusal: str = ""
    provider: int = NONE  # its capacity provider; NONE = launched by launch type, on any host
    refused: dict[str, int] = field(default_factory=dict)  # hosts by what struck them out, at the last try
    is_retired: bool = False  # AWS wants it off its old platform revision
    life: int = 0  # how often its node came back and started it again: what was begun before is void
    version: int = 0  # of its service, as roll-outs count them
    ready_s: float = float("inf")  # a pod: since when the API holds it for ready
    backoff_s: float = 0.0  # a pod: how long its kubelet waits after the next crash
    crashed_s: float = float("-inf")  # and when it last crashed
    room: Event | None = None  # succeeds when a waiting task has been placed


@dataclass(slots=True)
class Host:
    """One host that you bring. is_alive is the truth; is_open what placement believes."""

    number: int
    name: str
    zone: int
    kind: HostKind
    group: int = 0  # the pool that it was asked for from; NONE = of none: Karpenter bought it
    provider: int = NONE  # the capacity provider whose group it belongs to
    is_alive: bool = False
    is_ready: bool = False
    is_draining: bool = False
    is_gone: bool = False
    is_booting: bool = False
    losses: int = 0  # how often it was lost: a notice of an earlier loss is stale
    asked_s: float = -np.inf  # when it was launched; those of the start were there before
    is_cordoned: bool = False  # closed to new pods, and not drained yet
    is_leaving: bool = False  # its group lets it go: it is not replaced
    has_notice: bool = False  # Spot wants it back
    images: set[int] = field(default_factory=set)  # services whose image it holds
    arriving: dict[int, float] = field(default_factory=dict)  # services whose image it pulls, and when that is done
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


class Cluster:
    """Zones, hosts and tasks; room is kept in columns so that placement needs no loop."""

    def __init__(self, n_zones: int, names: Sequence[str], needs: list[Needs], *, tells_traits: bool = False) -> None:
        """Start empty. names, needs: of each service, what it is called and what a task of it asks of its host.

        tells_traits: somebody asks for more than room: a constraint, or a strategy that spreads over an attribute.
        """
        self.n_zones = n_zones
        self.needs = needs
        self.hosts: list[Host] = []
        self.tasks: dict[int, Task] = {}
        self.n_tasks = 0
        self.zone_is_up = [True] * n_zones
        self.zone_losses = [0] * n_zones  # how often each was lost: what was begun before is void
        self.zone_is_usable = np.ones(n_zones, dtype=np.bool_)  # what AWS believes
        # One row of peers a task group: each service's, then what was started by hand from each one's definition.
        self.groups = (*(f"service:{name}" for name in names), *(f"family:{name}" for name in names))
        self.peers_in_zone = np.zeros((len(self.groups), n_zones), dtype=np.int64)
        self._counts_ports = any(need.ports for need in needs)
        self._counts_enis = any(need.enis for need in needs)
        self._tells_traits = tells_traits
        self._per_zone = [0] * n_zones
        self._zone = np.zeros(0, dtype=np.int64)
        self._is_open = np.zeros(0, dtype=np.bool_)
        self._is_connected = np.zeros(0, dtype=np.bool_)
        self._peers = np.zeros((len(self.groups), 0), dtype=np.int64)
        self._leaving = self._peers.copy()  # those that nobody counts any more, and that are still there
        self._provider = np.zeros(0, dtype=np.int64)
        self._accounts = Accounts()
        self._attributes: list[Mapping[str, str]] = []
        self._taints: list[tuple[Taint, ...]] = []
        self._columns: dict[str, Column] = {}
        self._ids = Column.of([])

    def new_task(self, service: int, *, is_standalone: bool = False) -> Task:
        """Create the next task, and number it."""
        self.n_tasks += 1
        task = Task(self.n_tasks, service, service + len(self.needs) * is_standalone)
        self.tasks[task.number] = task
        return task

    def is_standalone(self, task: Task) -> bool:
        """Say whether no service keeps the task."""
        return task.kin >= len(self.needs)

    def new_host(self, zone: int, letter: str, pool: Pool, group: int = 0) -> Host:
        """Name the next host of a zone and make it known; it takes tasks once it is open. group: its pool's number."""
        self._per_zone[zone] += 1
        room, number = pool.room, len(self.hosts)
        host = Host(number, f"{letter}{self._per_zone[zone]}", zone, pool.kind, group, pool.provider)
        self.hosts.append(host)
        self._zone = np.append(self._zone, zone)
        self._is_open = np.append(self._is_open, False)
        self._is_connected = np.append(self._is_connected, False)
        self._accounts.join(room.cpu_units, room.memory_mib, room.enis, room.ports)
        self._peers = np.pad(self._peers, ((0, 0), (0, 1)))
        self._leaving = np.pad(self._leaving, ((0, 0), (0, 1)))
        self._provider = np.append(self._provider, pool.provider)
        self._attributes.append({**room.attributes, ZONE: f"{room.region}{letter}"})
        self._taints.append(room.taints)
        self._columns = {}
        return host

    def view(self, kin: int, provider: int = NONE) -> Hosts:
        """Show the fleet to a placement, with the tasks of one group as peers, for tasks of one capacity provider or of none."""
        accounts = self._accounts
        return Hosts(
            self._zone,
            self._is_open,
            accounts.free_cpu,
            accounts.free_mib,
            self._peers[kin],
            tuple(accounts.ports) if self._counts_ports else None,
            accounts.free_enis if self._counts_enis else None,
            self._traits() if self._tells_traits else None,
            None if provider == NONE else self._provider == provider,
            accounts.all_cpu,
            accounts.all_mib,
            accounts.all_enis,
        )

    def _traits(self) -> Traits:
        """Tell what hosts are and what runs on them. Attributes change only when a host comes."""
        if not self._columns:
            names = dict.fromkeys(name for host in self._attributes for name in host)
            self._columns = {name: Column.of([host.get(name) for host in self._attributes]) for name in names}
            self._ids = Column.of([f"i-{host.name}" for host in self.hosts])
        groups = {name: self._peers[row] for row, name in enumerate(self.groups)}
        taints = tuple(self._taints) if any(self._taints) else ()
        leaving = {name: self._leaving[row] for row, name in enumerate(self.groups)}
        return Traits(self._columns, self._ids, self._is_connected, self._peers.sum(axis=0), groups, taints, leaving)

    def has_only_daemons(self, host: Host) -> bool:
        """Say whether a host runs nothing that would be started elsewhere: nothing at all, or daemons' tasks."""
        return all(self.tasks[number].bound_to != NONE for number in host.tasks)

    def is_open(self, host: Host) -> bool:
        """Say whether placement may use the host."""
        return bool(self._is_open[host.number])

    def set_open(self, host: Host, is_open: bool) -> None:
        """Open or close the host for new tasks."""
        self._is_open[host.number] = is_open

    def set_connected(self, host: Host, is_connected: bool) -> None:
        """Believe that the host's agent is there, or not."""
        self._is_connected[host.number] = is_connected

    def is_connected(self, host: Host) -> bool:
        """Say whether the control plane believes that the host's agent is there."""
        return bool(self._is_connected[host.number])

    def settle(self, task: Task, host: Host) -> None:
        """Put a task on a host and take its room."""
        task.host, task.zone = host.number, host.zone
        host.tasks.add(task.number)
        self._accounts.take(host.number, self.needs[task.service])
        self._peers[task.kin, host.number] += 1
        self.peers_in_zone[task.kin, host.zone] += 1

    def settle_in_zone(self, task: Task, zone: int) -> None:
        """Put a task into a zone, on a host of its own that nobody sees."""
        task.zone = zone
        self.peers_in_zone[task.kin, zone] += 1

    def uncount(self, task: Task) -> None:
        """Stop counting a task as a peer: the scheduler no longer relies on it. Its room stays taken."""
        if not task.is_counted:
            return
        task.is_counted = False
        if task.zone != NONE:
            self.peers_in_zone[task.kin, task.zone] -= 1
        if task.host != NONE:
            self._peers[task.kin, task.host] -= 1
            self._leaving[task.kin, task.host] += 1

    def release(self, task: Task) -> None:
        """Give a stopped task's room back."""
        self.uncount(task)
        task.stage = Stage.STOPPED
        task.is_alive = False
        if task.host != NONE and task.number in self.hosts[task.host].tasks:
            self.hosts[task.host].tasks.discard(task.number)
            self._leaving[task.kin, task.host] -= 1
            self._accounts.give_back(task.host, self.needs[task.service])

    def room_in_zone(
        self, service: int, zone: int, constraints: Sequence[Constraint] = (), provider: int = NONE
    ) -> int:
        """Count how many more tasks of a service the open hosts of a zone (and a provider) could hold."""
        each = quota(self.needs[service], self.view(service, provider), constraints, self.groups[service])
        return int(each[self._zone == zone].sum())
