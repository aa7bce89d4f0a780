"""What each host holds over time, and of how much: tasks, CPU, memory, network interfaces, ports. A fold over the log."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.events import Floats, Ints, Kind
from engine.placement.demand import needs_in
from engine.placement.pools import room_for
from engine.placement.words import port_name
from engine.simulation import Run


@dataclass(frozen=True, slots=True)
class Ledger:
    """Each host's account.

    cpu_units, memory_mib, enis: shape (n_hosts,), what it offers to tasks. The rest, shape (n_moves,), in order of time:
    which host changed, and what its tasks hold together from then on.
    dynamic: ports that were found for tasks which name none (bridge mode). ports: shape (n_moves,), ports taken by name.
    """

    cpu_units: Ints
    memory_mib: Ints
    enis: Ints
    at_s: Floats
    host: Ints
    tasks: Ints
    cpu_held: Ints
    memory_held: Ints
    enis_held: Ints
    dynamic: Ints
    ports: tuple[tuple[str, ...], ...]


def ledger(run: Run) -> Ledger:
    """Add up what the tasks on each host hold. Room is taken at placement, and given back when a task has stopped."""
    events, services = run.events, run.scenario.services
    needs = needs_in(run.scenario)
    finds_ports = [service.network_mode == "bridge" and not service.ports for service in services]
    held = np.zeros((len(run.hosts), 5), dtype=np.int64)
    taken: list[list[int]] = [[] for _ in run.hosts]
    where: dict[int, int] = {}
    rows: list[tuple[float, int, tuple[int, ...], tuple[str, ...]]] = []
    for i in events.where(Kind.TASK_PLACED, Kind.TASK_STOPPED, Kind.HOST_GONE):
        task, host, service = int(events.task[i]), int(events.host[i]), int(events.service[i])
        if int(events.kind[i]) == Kind.HOST_GONE:
            held[host], taken[host] = 0, []
            where = {other: place for other, place in where.items() if place != host}
        elif int(events.kind[i]) == Kind.TASK_PLACED and host >= 0:
            where[task] = host
        elif task not in where or (host := where.pop(task)) < 0:
            continue
        if int(events.kind[i]) != Kind.HOST_GONE:
            sign, need = (1 if int(events.kind[i]) == Kind.TASK_PLACED else -1), needs[service]
            held[host] += sign * np.array([1, need.cpu_units, need.memory_mib, need.enis, int(finds_ports[service])])
            taken[host] = sorted({*taken[host], *need.ports} if sign > 0 else {*taken[host]} - need.ports)
        rows.append((float(events.at_s[i]), host, tuple(held[host].tolist()), tuple(map(port_name, taken[host]))))
    return _ledger(run, rows)


def _ledger(run: Run, rows: list[tuple[float, int, tuple[int, ...], tuple[str, ...]]]) -> Ledger:
    rooms = [room_for(run.scenario, kind.instance_type) for kind in run.kinds]
    sums = np.array([row[2] for row in rows], dtype=np.int64).reshape(-1, 5)
    return Ledger(
        np.array([room.cpu_units for room in rooms], dtype=np.int64),
        np.array([room.memory_mib for room in rooms], dtype=np.int64),
        np.array([room.enis for room in rooms], dtype=np.int64),
        np.array([row[0] for row in rows], dtype=np.float64),
        np.array([row[1] for row in rows], dtype=np.int64),
        sums[:, 0],
        sums[:, 1],
        sums[:, 2],
        sums[:, 3],
        sums[:, 4],
        tuple(row[3] for row in rows),
    )
