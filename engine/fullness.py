"""A fleet at its fullest: where the tasks are, what still fits, and what one lost zone would take along."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine import catalog
from engine.events import Floats, Ints, Kind
from engine.ledger import Ledger, ledger
from engine.simulation import Run


@dataclass(frozen=True, slots=True)
class Fullness:
    """A moment's account. at_s: when. placed: tasks on hosts; waiting: tasks that were refused and not placed since.

    hosts_used of hosts run one task or more. largest_cpu, largest_mib: of one task that still fits on some host, each by
    itself. zone_gap: tasks in the fullest zone less those in the emptiest. worst_loss: tasks in the fullest zone.
    """

    at_s: float
    placed: int
    waiting: int
    hosts_used: int
    hosts: int
    largest_cpu: int
    largest_mib: int
    zone_gap: int
    worst_loss: int

    @property
    def largest_vcpu(self) -> float:
        """Give the CPU of the largest task in vCPU."""
        return self.largest_cpu / catalog.number("ecs.placement.cpu_unit")

    @property
    def largest_gib(self) -> float:
        """Give the memory of the largest task in GiB."""
        return self.largest_mib / 1024


def fullest(run: Run) -> Fullness:
    """Account for the first moment at which most tasks are on hosts, before anything fails."""
    book = ledger(run)
    blows = run.events.where(Kind.ZONE_FAILED, Kind.HOST_LOST)
    end_s = float(run.events.at_s[blows[0]]) if len(blows) else run.scenario.duration_s
    tasks = np.zeros(len(run.hosts), dtype=np.int64)
    best, best_row = tasks.copy(), -1
    for row in range(int(np.searchsorted(book.at_s, end_s, side="left"))):
        tasks[book.host[row]] = book.tasks[row]
        if tasks.sum() > best.sum():
            best, best_row = tasks.copy(), row
    return _account(run, book, best, best_row, end_s)


def _account(run: Run, book: Ledger, tasks: Ints, row: int, end_s: float) -> Fullness:
    cpu, mib = book.cpu_units.copy(), book.memory_mib.copy()
    for i in range(row + 1):  # the last move of a host before the moment holds
        cpu[book.host[i]] = book.cpu_units[book.host[i]] - book.cpu_held[i]
        mib[book.host[i]] = book.memory_mib[book.host[i]] - book.memory_held[i]
    zones = np.bincount([zone for _, zone in run.hosts], weights=tasks, minlength=run.scenario.zones).astype(np.int64)
    return Fullness(
        float(book.at_s[row]) if row >= 0 else 0.0,
        int(tasks.sum()),
        _waiting(run, end_s),
        int(np.count_nonzero(tasks)),
        len(tasks),
        int(cpu.max(initial=0)),
        int(mib.max(initial=0)),
        int(zones.max() - zones.min()),
        int(zones.max()),
    )


@dataclass(frozen=True, slots=True)
class Queue:
    """Who waits for room. Shapes (n,): from when on, how many tasks, and what struck out most hosts at the last refusal."""

    at_s: Floats
    tasks: Ints
    reason: tuple[str, ...]


def waiting(run: Run) -> Queue:
    """Follow the tasks that look for room."""
    waits: set[int] = set()
    rows: list[tuple[float, int, str]] = []
    reason = ""
    for i in run.events.where(Kind.TASK_REFUSED, Kind.TASK_PLACED, Kind.TASK_STOPPED):
        is_refused = int(run.events.kind[i]) == Kind.TASK_REFUSED
        reason = run.events.reason[i] if is_refused else reason
        (waits.add if is_refused else waits.discard)(int(run.events.task[i]))
        rows.append((float(run.events.at_s[i]), len(waits), reason))
    return Queue(
        np.array([row[0] for row in rows], dtype=np.float64),
        np.array([row[1] for row in rows], dtype=np.int64),
        tuple(row[2] for row in rows),
    )


def _waiting(run: Run, until_s: float) -> int:
    """Count the tasks that still look for room just before a moment."""
    queue = waiting(run)
    row = int(np.searchsorted(queue.at_s, until_s, side="left")) - 1
    return int(queue.tasks[row]) if row >= 0 else 0
