"""Why did the cluster not shrink? Host by host, why it is still there; read from the finished run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from engine.events import Kind
from engine.scaling import Reading
from engine.simulation import Run

Why = Literal[
    "no-provider", "not-managed", "booting", "lost", "leaving", "notice", "protected", "busy", "unread", "steady", "quiet",
    "warm-up", "minimum", "spare", "rate",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stay:
    """Why one host is there at a moment.

    why: "protected" or "busy": it runs `tasks` of `services`, and may not go, or counts as in use. "quiet": empty, and so
    many points in a row were under the target as `reading.quiet` says, of `reading.quiet_needed`. "minimum", "spare", "warm-up",
    "rate" (less than half of the hosts a minute): empty, and that holds it. "steady": empty, but the last look saw no host
    too many. "unread": nobody looked yet. "notice", "leaving": it goes, at `until_s` or once its tasks are gone.
    reading: the last look at its provider; None before the first.
    """

    host: int
    name: str
    provider: str
    why: Why
    tasks: tuple[int, ...] = ()
    services: tuple[str, ...] = ()
    until_s: float | None = None
    reading: Reading | None = None


def readings(run: Run, provider: str | None = None) -> list[tuple[float, Reading]]:
    """List the looks of managed scaling, in order: (moment, reading), of one provider or of all."""
    events = run.events
    found = [(float(events.at_s[row]), reading) for row, reading in events.readings.items()]
    return [(at_s, reading) for at_s, reading in found if provider in (None, reading.provider)]


def idle_reasons(run: Run, at_s: float) -> tuple[Stay, ...]:
    """Say, host by host, why it is there at a moment. Hosts that are gone, or not yet asked for, are left out."""
    past = _Past(run)
    past.read_to(at_s)
    return past.stays()


def stays(run: Run) -> Iterator[tuple[float, tuple[Stay, ...]]]:
    """Follow `idle_reasons` through a run: each moment at which something may have changed, and what holds from then on."""
    past = _Past(run)
    for at_s in np.unique(run.events.at_s[run.events.where(*_TOLD)]):
        past.read_to(float(at_s))
        yield float(at_s), past.stays()


_TOLD = (
    Kind.RESERVATION_READ, Kind.TASK_PLACED, Kind.TASK_STOPPED, Kind.HOST_ASKED, Kind.HOST_READY, Kind.HOST_LOST,
    Kind.HOST_DRAINING, Kind.SPOT_NOTICE, Kind.HOST_GONE,
)  # fmt: skip


@dataclass(slots=True)
class _Past:
    """What the log says up to a moment: hosts by their state, tasks (daemons apart) by their host, the last look at each provider."""

    run: Run
    row: int = 0
    there: set[int] = field(default_factory=set)
    booting: set[int] = field(default_factory=set)
    lost: set[int] = field(default_factory=set)
    leaving: set[int] = field(default_factory=set)
    notice: dict[int, float] = field(default_factory=dict)
    daemons: set[int] = field(default_factory=set)
    tasks: dict[int, dict[int, int]] = field(default_factory=dict)
    last: dict[str, Reading] = field(default_factory=dict)

    def read_to(self, at_s: float) -> None:
        """Read the log on, up to a moment."""
        events = self.run.events
        until = int(np.searchsorted(events.at_s, at_s, side="right"))
        for row in range(self.row, until):
            self._read(Kind(int(events.kind[row])), row)
        self.row = until

    def stays(self) -> tuple[Stay, ...]:
        """Say of each host that is there now why it is."""
        return tuple(_stay(self.run, self, host) for host in sorted(self.there))

    def _read(self, kind: Kind, row: int) -> None:
        events = self.run.events
        host, task = int(events.host[row]), int(events.task[row])
        if kind == Kind.RESERVATION_READ:
            self.last[events.readings[row].provider] = events.readings[row]
        elif kind == Kind.TASK_CREATED and events.reason[row] == "daemon":
            self.daemons.add(task)
        elif kind == Kind.TASK_PLACED and host >= 0 and task not in self.daemons:
            self.tasks.setdefault(host, {})[task] = int(events.service[row])
        elif kind == Kind.TASK_STOPPED and host >= 0:
            self.tasks.get(host, {}).pop(task, None)
        elif kind == Kind.HOST_ASKED:
            self.there.add(host)
            self.booting.add(host)
        elif kind == Kind.HOST_READY:
            self.booting.discard(host)
            self.lost.discard(host)
        elif kind == Kind.HOST_LOST:
            self.lost.add(host)
        elif kind == Kind.HOST_DRAINING:
            self.leaving.add(host)
        elif kind == Kind.SPOT_NOTICE:
            self.notice[host] = float(events.at_s[row] + events.value[row])
        elif kind == Kind.HOST_GONE:
            self.there.discard(host)


def _stay(run: Run, past: _Past, host: int) -> Stay:
    """Find the first thing that holds a host, from the plainest to the finest."""
    name, kind = run.hosts[host][0], run.kinds[host]
    tasks = past.tasks.get(host, {})
    services = tuple(dict.fromkeys(run.scenario.services[service].name for service in tasks.values()))
    reading = past.last.get(kind.provider)
    why = _why(run, past, host, reading)
    return Stay(host, name, kind.provider, why, tuple(tasks), services, past.notice.get(host), reading)


def _why(run: Run, past: _Past, host: int, reading: Reading | None) -> Why:
    if host in past.notice:
        return "notice"
    if host in past.leaving:
        return "leaving"
    if host in past.lost:
        return "lost"
    if host in past.booting:
        return "booting"
    provider = next((p for p in run.scenario.fleet.providers if p.name == run.kinds[host].provider), None)
    if provider is None:
        return "no-provider"
    if not provider.managed_scaling:
        return "not-managed"
    if past.tasks.get(host):
        return "protected" if provider.protect else "busy"
    return "unread" if reading is None else _why_empty(reading, provider.min_hosts)


def _why_empty(reading: Reading, min_hosts: int) -> Why:
    """Say what holds an empty host, as managed scaling saw it when it last looked."""
    if reading.reason in ("quiet", "warm-up"):
        return "quiet" if reading.reason == "quiet" else "warm-up"
    if reading.quiet < reading.quiet_needed:
        return "steady"
    left = reading.up + min(reading.step, 0)
    if left > max(reading.wanted, min_hosts):
        return "rate"
    return "minimum" if reading.wanted < min_hosts else "spare"
