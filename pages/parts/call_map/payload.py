"""From a run to what the call map plays: services, modules and calls as they stand, their rates as columns, faults as moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import streamlit as st

from engine import Kind, Run, Scenario, operations
from engine.application import Application
from engine.traffic.graph.tables import CALL_FAILURES
from pages.parts.show import BY_SCENARIO
from pages.parts.stage_map.payload import payload as cluster
from pages.parts.words import Voice

Rows = np.ndarray[Any, np.dtype[np.float64]]
Move = tuple[float, int, int]  # when, which one, its state from then on

# What call_index.js knows a fault and a circuit by.
NO_FAULT, SLOW, ERRORS, LEAK, CRASH, RELEASE = range(6)
CLOSED, OPEN, HALF_OPEN = range(3)
MOST_POINTS = 600
MOSTLY = 0.5  # of a call's attempts stopped by breakers: it is drawn as broken


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


@st.cache_resource(max_entries=64, show_spinner=False, hash_funcs=BY_SCENARIO)
def payload(run: Run, speaker: Voice) -> dict[str, Any]:
    """Pack a run of an application: the cluster map's payload (tasks, zones, captions), and its graph.

    Errors: ValueError for a run without an application.
    """
    base, names = cluster(run, speaker), Names(speaker.table("calls.module"), speaker.table("calls.action"))
    return base | {
        "graph": graph(run.scenario, flows_of(run), faults(run), circuits(run), names),
        "actions": base["actions"] | {"module": actions(speaker)},
        "words": base["words"] | speaker.table("calls"),
    }


def flows_of(run: Run) -> Flows:
    """Read the rates of a run's calls and actions, a second."""
    found = run.requests.graph
    if found is None:
        raise ValueError("the scenario has no application: nothing calls anything")
    steps = found.calls.sent.shape[1] - 1  # the last one holds what ends at the very end
    rates = [
        np.asarray(table[:, :steps], dtype=np.float64) / run.requests.step_s
        for table in (
            found.calls.sent, found.calls.failed.sum(axis=0), found.calls.retried, found.actions.arrived,
            found.actions.failed.sum(axis=0),
        )
    ]  # fmt: skip
    return Flows(run.requests.step_s, *rates)


def circuits(run: Run) -> list[Move]:
    """Follow each call's breakers, task by task open or not: by the share of its attempts that they stopped, step by step."""
    found = run.requests.graph
    if found is None:
        return []
    stopped, moves = found.calls.failed[CALL_FAILURES.index("short-circuited")], []
    share = stopped / np.maximum(found.calls.sent, 1)
    states = np.where(share >= MOSTLY, OPEN, np.where(stopped > 0, HALF_OPEN, CLOSED))
    for call, row in enumerate(states):
        turns = np.flatnonzero(np.diff(row, prepend=CLOSED))
        moves += [(float(step * run.requests.step_s), call, int(row[step])) for step in turns]
    return moves


def faults(run: Run) -> list[Move]:
    """Follow each module's faults: those that were put into it, and those that a bad version brought to its whole service."""
    application = run.scenario.application
    moves: list[Move] = []
    for i in run.events.where(Kind.MODULE_HARMED, Kind.MODULE_MENDED):
        at_s, name = float(run.events.at_s[i]), run.events.reason[i]
        is_harmed = run.events.kind[i] == Kind.MODULE_HARMED
        moves.append((at_s, application.index(name), _harm(run, name, at_s) if is_harmed else NO_FAULT))
    return moves + _bad_versions(run)


def _harm(run: Run, module: str, at_s: float) -> int:
    """Say what was done to a module at a moment: the last of what was asked for then."""
    done = [o for o in run.scenario.operations if getattr(o, "module", None) == module and o.at_s == at_s]
    match done[-1]:
        case operations.LeakModule():
            return LEAK
        case operations.CrashModule():
            return CRASH
        case operations.BreakModule(errors=errors, slow_x=slow_x):
            return ERRORS if errors else SLOW if slow_x > 1 else NO_FAULT
    return NO_FAULT


def _bad_versions(run: Run) -> list[Move]:
    """Mark services whose newest version is a bad one, from the moment it is asked for until another one is.

    A service of several modules is marked on its own band, unless one of them is named: its number comes after those of the modules.
    """
    modules, services = run.scenario.application.modules, [service.name for service in run.scenario.services]
    moves = []
    for o in run.scenario.operations:
        if o.do != "deploy":
            continue
        service = services.index(o.service) if o.service else 0
        inside = [n for n, one in enumerate(modules) if one.service == services[service]]
        state = NO_FAULT if o.undo else LEAK if o.leak_mib else RELEASE if o.errors or o.fails else NO_FAULT
        own = run.scenario.application.index(o.module) if o.module else inside[0] if len(inside) == 1 else None
        moves.append((o.at_s, len(modules) + service if own is None else own, state))
    return moves


def actions(speaker: Voice) -> list[dict[str, Any]]:
    """List what can be done to a module at the playhead, by its state. How much slower, how many errors: a lesson's choice."""
    texts = speaker.table("calls.act")
    well = [NO_FAULT]
    return [
        {"act": {"do": do} | how, "label": texts[name], "tone": "lost", "when": well}
        for name, do, how in (
            ("slow", "break-module", {"slow_x": 20}),
            ("errors", "break-module", {"errors": 0.5}),
            ("leak", "leak-module", {}),
            ("crash", "crash-module", {}),
        )
    ]
