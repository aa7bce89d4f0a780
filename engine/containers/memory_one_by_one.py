"""The twin: the same copies in SimPy, a process for each request, written to be read.

It is what `engine.containers.memory` must equal, kill by kill. Nothing is shared but the draws and the rules.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field
from math import inf
from typing import Any

from simpy import Environment, Event

from engine import catalog
from engine.containers.memory import draws
from engine.containers.memory_rules import MemoryAsk, back_s, is_function, is_shared, limit_mib, own_mib, paused
from engine.moments import at

Process = Generator[Event, Any, None]


@dataclass(slots=True, eq=False)
class One:
    """A copy, or a function's environment. killed: happens when it dies, and is renewed when it is back."""

    number: int
    killed: Event
    busy: int = 0
    done: int = 0
    kills: int = 0
    is_up: bool = True
    up_s: float = 0.0
    pause_s: float = 0.0
    crashed_s: float = -inf


@dataclass(slots=True)
class Told:
    """What came of it. kills: when, whose, and how many requests died with it."""

    kills: list[tuple[float, int, int]] = field(default_factory=list)
    ok: int = 0
    killed: int = 0
    refused: int = 0


class Ward:
    """All that the processes share."""

    def __init__(self, ask: MemoryAsk) -> None:
        """Begin with the copies; a function begins with nothing."""
        self.ask, self.env, self.told = ask, Environment(), Told()
        self.ones = [] if is_function(ask) else [One(n, self.env.event()) for n in range(ask.tasks)]
        self.last = -1

    def used_mib(self, one: One) -> float:
        """Give what one uses now."""
        return own_mib(self.ask) + self.ask.per_request_mib * one.busy + self.ask.leak_kib / 1024 * one.done

    def check(self, one: One) -> None:
        """Kill whoever must die."""
        if not is_shared(self.ask):
            if self.used_mib(one) > limit_mib(self.ask):
                self.kill(one)
            return
        while sum(self.used_mib(other) for other in self.ones if other.is_up) > limit_mib(self.ask):
            up = [other for other in self.ones if other.is_up]
            self.kill(max(up, key=self.used_mib))

    def kill(self, one: One) -> None:
        """End one: its requests hear of it, and what brings it back begins."""
        self.told.kills.append((self.env.now, one.number, one.busy))
        self.told.killed += one.busy
        one.busy = one.done = 0
        one.kills += 1
        one.is_up = is_function(self.ask)
        dead, one.killed = one.killed, self.env.event()
        dead.succeed()
        if not is_function(self.ask):
            self.env.process(self.back(one))

    def back(self, one: One) -> Process:
        """Bring a copy back."""
        pause_s = 0.0
        if self.ask.place == "k8s-limit":
            pause_s, one.pause_s = paused(one.pause_s, self.env.now - one.crashed_s)
            one.crashed_s = self.env.now
        away_s = back_s(self.ask, one.number, one.kills, self.env.now - one.up_s, pause_s)
        yield at(self.env, self.env.now + away_s)
        one.is_up, one.up_s = True, self.env.now
        self.check(one)

    def chosen(self) -> One | None:
        """Choose who takes the next request."""
        if is_function(self.ask):
            idle = [one for one in self.ones if not one.busy]
            if not idle and len(self.ones) < catalog.number("lambda.concurrency_default"):
                self.ones.append(One(len(self.ones), self.env.event()))
                return self.ones[-1]
            return idle[0] if idle else None
        order = [*self.ones[self.last + 1 :], *self.ones[: self.last + 1]]
        found = next((one for one in order if one.is_up), None)
        self.last = found.number if found else self.last
        return found

    def request(self, when_s: float, work_s: float) -> Process:
        """Live a request: come, be worked on, be answered or lost."""
        yield at(self.env, when_s)
        one = self.chosen()
        if one is None:
            self.told.refused += 1
            return
        one.busy += 1
        killed = one.killed
        self.check(one)
        yield at(self.env, when_s + work_s) | killed
        if not killed.triggered:
            one.busy -= 1
            one.done += 1
            self.told.ok += 1
            self.check(one)


def play(ask: MemoryAsk) -> Told:
    """Play it request by request."""
    ward = Ward(ask)
    for one in list(ward.ones):
        if one.is_up:
            ward.check(one)
    for when_s, work_s in zip(*(column.tolist() for column in draws(ask)), strict=True):
        ward.env.process(ward.request(when_s, work_s))
    ward.env.run(until=ask.duration_s)
    return ward.told
