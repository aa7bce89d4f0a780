"""Notices: how base and weights dealt the tasks out, and what became of those on Spot hosts that were taken back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine import catalog, metrics
from engine.events import Kind
from engine.simulation import Run


@dataclass(frozen=True, slots=True)
class Share:
    """A provider's part when the run begins: of the tasks by base and weight, its hosts, and their price an hour."""

    name: str
    market: str
    base: int
    weight: int
    tasks: int
    hosts: int
    usd_per_hour: float


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of the tasks of one Spot host that was taken back.

    tasks: that were there at the notice. in_time: had stopped by themselves before the host went; killed: had not.
    replaced_s: seconds from the notice until as many tasks served as were wanted, None where that never came.
    """

    name: str
    notice_s: float
    tasks: int
    in_time: int
    killed: int
    replaced_s: float | None


def shares(run: Run) -> tuple[Share, ...]:
    """Say of each provider what part it has at the beginning."""
    scenario, events = run.scenario, run.events
    strategy = {line.provider: line for service in scenario.services[:1] for line in service.capacity}
    placed = [int(events.host[row]) for row in events.where(Kind.TASK_PLACED) if events.at_s[row] == 0]
    found = []
    for provider in scenario.fleet.providers:
        line = strategy.get(provider.name)
        price = catalog.instance_type(provider.instance_types[0]).usd_per_hour
        price *= provider.spot_price_share if provider.market == "spot" else 1
        found.append(
            Share(
                provider.name, provider.market, line.base if line else 0, line.weight if line else 0,
                sum(host >= 0 and run.kinds[host].provider == provider.name for host in placed), provider.hosts,
                provider.hosts * price,
            )
        )  # fmt: skip
    return tuple(found)


def fates(run: Run) -> tuple[Fate, ...]:
    """Tell each notice, in order."""
    events = run.events
    return tuple(_fate(run, int(row)) for row in events.where(Kind.SPOT_NOTICE))


def _fate(run: Run, row: int) -> Fate:
    events = run.events
    host, notice_s = int(events.host[row]), float(events.at_s[row])
    there: set[int] = set()
    for i in events.where(Kind.TASK_PLACED, Kind.TASK_STOPPED):
        if events.at_s[i] > notice_s:
            break
        if int(events.host[i]) == host:
            (there.add if events.kind[i] == Kind.TASK_PLACED else there.discard)(int(events.task[i]))
    lost = {int(events.task[i]) for i in events.where(Kind.TASK_LOST)}
    stopped = {int(events.task[i]) for i in events.where(Kind.TASK_STOPPED)}
    killed = len(there & lost)
    return Fate(
        run.hosts[host][0], notice_s, len(there), len((there & stopped) - lost), killed, _whole_s(run, notice_s)
    )


def _whole_s(run: Run, notice_s: float) -> float | None:
    """Find how long after the notice as many tasks served as were wanted for good; 0 where they always did."""
    at_s, wanted, serving = metrics.capacity(run)
    short = np.flatnonzero((serving < wanted) & (at_s >= notice_s))
    if not short.size:
        return 0.0
    last = int(short[-1])
    return None if last + 1 >= len(at_s) else float(at_s[last + 1]) - notice_s
