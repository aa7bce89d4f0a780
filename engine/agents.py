"""What is true of a host, and what ECS believes of it: two lines over time that part when an agent falls silent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.events import Floats, Kind
from engine.simulation import Run

# What each event makes true, and what it makes ECS believe.
TRUTH = {
    Kind.HOST_ASKED: "boots", Kind.HOST_READY: "runs", Kind.AGENT_CUT: "cut", Kind.AGENT_BACK: "runs", Kind.HOST_LOST: "dead",
    Kind.HOST_GONE: "gone",
}  # fmt: skip
BELIEF = {
    Kind.HOST_ASKED: "boots", Kind.HOST_READY: "connected", Kind.AGENT_MISSED: "silent", Kind.AGENT_BACK: "connected",
    Kind.HOST_DRAINING: "draining", Kind.HOST_GONE: "gone",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stretch:
    """A state from one moment to another, s."""

    start_s: float
    end_s: float
    state: str


@dataclass(frozen=True, slots=True)
class Account:
    """One host. truth, belief: stretches that cover the run, first to last. tries_s: when its agent tried to reconnect in vain.

    placed: tasks that ECS put there while it was silent or dead; replaced: its tasks that ECS gave up.
    """

    host: int
    name: str
    truth: tuple[Stretch, ...]
    belief: tuple[Stretch, ...]
    tries_s: Floats
    placed: int
    replaced: int


def accounts(run: Run, most: int = 4) -> tuple[Account, ...]:
    """Tell of the hosts whose agent was cut off or that died, in the order in which it happened."""
    rows = run.events.where(Kind.AGENT_CUT, Kind.HOST_LOST)
    hosts = list(dict.fromkeys(int(run.events.host[i]) for i in rows))
    return tuple(_account(run, host) for host in hosts[:most])


def _account(run: Run, host: int) -> Account:
    events = run.events
    mine = [int(i) for i in np.flatnonzero(events.host == host)]
    tries = [float(events.at_s[i]) for i in mine if events.kind[i] == Kind.AGENT_RETRIED]
    since = min(float(events.at_s[i]) for i in mine if events.kind[i] in (Kind.AGENT_CUT, Kind.HOST_LOST))
    mended = [
        (o.at_s, "mended") for o in run.scenario.operations if o.do == "restore-agent" and o.host == run.hosts[host][0]
    ]
    truth = sorted([*_told(run, mine, TRUTH), *mended], key=lambda one: one[0])
    back = [float(events.at_s[i]) for i in mine if events.kind[i] == Kind.AGENT_BACK]
    away_until = back[0] if back else run.scenario.duration_s
    placed = [i for i in mine if events.kind[i] == Kind.TASK_PLACED and since < events.at_s[i] < away_until]
    # A dead task is given up; a living one is told to stop, a living pod evicted. Whom a scale-in chose is no loss.
    ends = (Kind.TASK_GIVEN_UP, Kind.TASK_DEACTIVATING, Kind.POD_EVICTED)
    gone = [
        i for i in mine if events.kind[i] in ends and since < events.at_s[i] < away_until and i not in events.dismissals
    ]
    end_s = run.scenario.duration_s
    return Account(
        host, run.hosts[host][0], _stretches(truth, end_s), _stretches(_told(run, mine, BELIEF), end_s),
        np.array(tries, dtype=np.float64), len(placed), len({int(events.task[i]) for i in gone}),
    )  # fmt: skip


def _told(run: Run, rows: list[int], states: dict[Kind, str]) -> list[tuple[float, str]]:
    kinds = [(i, Kind(int(run.events.kind[i]))) for i in rows]
    return [(float(run.events.at_s[i]), states[kind]) for i, kind in kinds if kind in states]


def _stretches(told: list[tuple[float, str]], end_s: float) -> tuple[Stretch, ...]:
    """Join what was told into stretches; of several states at one moment the last holds."""
    found: list[Stretch] = []
    for number, (at_s, state) in enumerate(told):
        until = told[number + 1][0] if number + 1 < len(told) else end_s
        if found and found[-1].state == state and found[-1].end_s == at_s:
            found[-1] = Stretch(found[-1].start_s, until, state)
        elif until > at_s:
            found.append(Stretch(at_s, until, state))
    return tuple(found)
