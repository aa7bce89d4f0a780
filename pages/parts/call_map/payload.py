"""From a run to what the call map plays: services, modules and calls as they stand, their rates as columns, faults as moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from engine import Run, Scenario
from engine.application import Application
from pages.parts.scene import shown
from pages.parts.words import Voice

Rows = np.ndarray[Any, np.dtype[np.float64]]
Move = tuple[float, int, int]  # when, which one, its state from then on

# What call_index.js knows a fault and a circuit by.
NO_FAULT, SLOW, ERRORS, LEAK, CRASH, RELEASE = range(6)
CLOSED, OPEN, HALF_OPEN = range(3)
MOST_POINTS = 600


@dataclass(frozen=True, slots=True)
class Flows:
    """How much flows, per second and step. Arrays of shape (calls or actions, steps), in the application's order.

    calls: attempts, the first and the repeated; failed: those of them that failed; again: those that were repeats. asked,
    unanswered: what users asked of each action, and how much of it failed.
    """

    step_s: float
    calls: Rows
    failed: Rows
    again: Rows
    asked: Rows
    unanswered: Rows


@dataclass(frozen=True, slots=True)
class Names:
    """How modules (and services) and actions are called in the reader's language."""

    modules: Mapping[str, str]
    actions: Mapping[str, str]

    def module(self, name: str) -> str:
        """Name a module or a service."""
        return self.modules.get(name, name)

    def action(self, name: str) -> str:
        """Name what users do."""
        return self.actions.get(name, name)


@dataclass(frozen=True, slots=True)
class Pair:
    """All calls from one module to another: one ribbon. calls: their numbers, in the application's order."""

    caller: int
    callee: int
    calls: tuple[int, ...]


def pairs(application: Application) -> list[Pair]:
    """Gather the calls between the same two modules: a module may ask another one at several stages, or for several actions."""
    every = [(n, application.index(call.to)) for n, module in enumerate(application.modules) for call in module.calls]
    return [
        Pair(caller, callee, tuple(n for n, ends in enumerate(every) if ends == (caller, callee)))
        for caller, callee in dict.fromkeys(every)
    ]


def graph(
    scenario: Scenario, flows: Flows, faults: Iterable[Move] = (), circuits: Iterable[Move] = (),
    names: Names | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Pack an application: who calls whom, what runs where, and what flows between them.

    faults: by module; circuits: by call. names: the reader's; what has no name there keeps its own.
    """
    application, names = scenario.application, names or Names({}, {})
    services = [service.name for service in scenario.services]
    inside = [[n for n, one in enumerate(application.modules) if one.service == name] for name in services]
    box_of = {module: box for box, held in enumerate(inside) for module in held}
    entries = sorted({application.index(action.entry) for action in application.actions})
    thin, found = _Thin(flows.step_s, flows.asked.shape[1]), pairs(application)
    together = lambda rows: np.array([rows[list(pair.calls)].sum(axis=0) for pair in found])  # noqa: E731 - one word, thrice
    return {
        "boxes": [_box(services[n], n, held, scenario, names) for n, held in enumerate(inside)],
        "modules": [
            {"name": one.name, "label": names.module(one.name), "box": box_of[n]}
            for n, one in enumerate(application.modules)
        ],
        "calls": [_call(application, pair) | {"local": box_of[pair.caller] == box_of[pair.callee]} for pair in found],
        "entries": [{"to": module} for module in entries],
        "actions": [{"name": action.name, "label": names.action(action.name)} for action in application.actions],
        "flow": {
            "step": thin.step_s,
            "calls": {
                "n": thin.rows(together(flows.calls)),
                "bad": thin.rows(together(flows.failed)),
                "again": thin.rows(together(flows.again)),
            },
            "actions": {"n": thin.rows(flows.asked), "bad": thin.rows(flows.unanswered)},
            "entries": {
                "n": thin.rows(_entering(application, entries, flows.asked)),
                "bad": thin.rows(_entering(application, entries, flows.unanswered)),
            },
        },
        "faults": _columns(faults, "t", "module", "state"),
        "circuits": _columns(_worst(circuits, found), "t", "call", "state"),
        "room": True,
    }  # fmt: skip


def _call(application: Application, pair: Pair) -> dict[str, Any]:
    """Say what holds for the calls from one module to another: each value once, where they differ all of them."""
    called = application.modules[pair.callee].name
    calls = [call for call in application.modules[pair.caller].calls if call.to == called]
    return {
        "from": pair.caller,
        "to": pair.callee,
        "needed": sorted({call.needed for call in calls}),
        "timeouts_s": sorted({call.timeout_s for call in calls}),
        "retries": max(call.retries for call in calls),
        "breaker": any(call.breaker is not None for call in calls),
        "bulkheads": sorted({call.bulkhead for call in calls if call.bulkhead is not None}),
    }


def _worst(circuits: Iterable[Move], found: Sequence[Pair]) -> list[Move]:
    """Follow the circuits of each pair of modules: open where one of its calls is, else half open where one is."""
    place = {call: number for number, pair in enumerate(found) for call in pair.calls}
    now: dict[int, int] = {}
    moves = []
    for at_s, call, state in sorted(circuits, key=lambda move: move[0]):
        now[call] = state
        states = {now.get(other, CLOSED) for other in found[place[call]].calls}
        moves.append((at_s, place[call], OPEN if OPEN in states else HALF_OPEN if HALF_OPEN in states else CLOSED))
    return moves


def _box(name: str, number: int, inside: Sequence[int], scenario: Scenario, names: Names) -> dict[str, Any]:
    """Describe a service's box; one that runs a single module is called as the module is."""
    shown = scenario.application.modules[inside[0]].name if len(inside) == 1 else name
    return {"name": name, "label": names.module(shown), "service": number, "modules": list(inside)}


def _entering(application: Application, entries: Sequence[int], rows: Rows) -> Rows:
    """Add up what users ask of the actions that begin at each entry module."""
    begins = [application.index(action.entry) for action in application.actions]
    return np.array([rows[[n for n, at in enumerate(begins) if at == entry]].sum(axis=0) for entry in entries])


def _columns(moves: Iterable[Move], *names: str) -> dict[str, list[float]]:
    """Turn moves into columns, in order of time; of several at one moment the last holds."""
    ordered = sorted(moves, key=lambda move: move[:2])
    last = [list(same)[-1] for _, same in groupby(ordered, key=lambda move: move[:2])]
    return {name: [move[place] for move in last] for place, name in enumerate(names)}


class _Thin:
    """Average rates into at most 600 points, all alike."""

    def __init__(self, step_s: float, steps: int) -> None:
        width = max(1, -(-steps // MOST_POINTS))
        self.starts = np.arange(0, steps, width)
        self.lengths = np.diff(np.append(self.starts, steps))
        self.step_s = width * step_s

    def rows(self, rates: Rows) -> list[list[float]]:
        """Give a list for each row, rounded to a tenth: the picture cannot show more."""
        if not rates.size:
            return [[] for _ in rates]
        means = np.add.reduceat(rates, self.starts, axis=1) / self.lengths
        return [[round(float(value), 1) for value in row] for row in means]


# --- a run -----------------------------------------------------------------------------------------------------------


def packed(
    run: Run, speaker: Voice, flows: Flows, faults: Iterable[Move] = (), circuits: Iterable[Move] = ()
) -> dict[str, Any]:
    """Pack a run whose application's rates are known: the cluster map's payload (tasks, zones, captions), and its graph."""
    base, names = shown(run, speaker), Names(speaker.table("calls.module"), speaker.table("calls.action"))
    return base | {
        "graph": graph(run.scenario, flows, faults, circuits, names),
        "actions": {},
        "words": base["words"] | speaker.table("calls"),
    }
