"""Network modes, acted out: whether the mode is taken, and how many copies of the task one host then holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.era import Era
from engine.fargate import rules
from engine.fargate.asks import NetworkAsk
from engine.fargate.pace import start_s
from engine.fargate.packing import host_called, pack
from engine.fargate.records import Column, Enactment, Step, Word
from engine.scenario import Assumptions
from engine.sentence import Amount

_IMAGE_MIB = 250.0


@dataclass(frozen=True, slots=True)
class Copies:
    """How many copies of a task one host holds, and what stops the next."""

    tasks: int
    bound_by: Literal["cpu", "memory", "enis", "port", "own_host"]


def words(column: Column, on: str) -> frozenset[str]:
    """Answer the slide: the modes of a column. None of them came or went; only the third column did."""
    return rules.network_modes(column) if rules.column_exists(column, on) else frozenset()


def copies(column: Column, ask: NetworkAsk) -> Copies:
    """Count copies that answer on a port of their own choosing.

    bridge maps ports as they come; host gives each host's port to one copy; awsvpc takes an interface for each.
    Source: facts `ecs.network.bridge_dynamic_ports`, `ecs.awsvpc.eni_per_task`, `fargate.isolation`.
    """
    if column == "ecs-fargate":
        return Copies(1, "own_host")
    share = Assumptions().host_memory_share
    fit = pack(
        host_called(ask.instance_type), ask.cpu_units, ask.memory_mib, memory_share=share,
        has_enis=ask.mode == "awsvpc", trunking=ask.trunking,
    )  # fmt: skip
    if ask.mode == "host" and fit.tasks > 1:
        return Copies(1, "port")
    return Copies(fit.tasks, fit.bound_by)


def enact(column: Column, era: Era, ask: NetworkAsk) -> Enactment:
    """Ask for a mode; where it is taken, start copies on one host until the next does not fit."""
    may = ask.mode in rules.network_modes(column)
    found = copies(column, ask)
    facts, notes = rules.rests_on("network")
    reason = (
        Step(0.0, f"reason.network.{found.bound_by}", {"n": found.tasks}, "ok" if found.tasks else "lost")
        if may
        else Step(0.0, "reason.network.refused", {"modes": _listed(column)}, "lost")
    )
    steps = tuple(_steps(column, ask, found, may=may))
    return Enactment("network", column, era, "yes" if may and found.tasks else "no", steps, reason, facts, notes)


def _steps(column: Column, ask: NetworkAsk, found: Copies, *, may: bool) -> Iterator[Step]:
    yield Step(0.0, "step.network.asked", {"mode": ask.mode})
    if not may:
        yield Step(0.0, "step.network.refused", {"mode": ask.mode, "modes": _listed(column)}, "lost")
        return
    yield Step(0.0, f"step.network.{ask.mode}", {}, "ok")
    if found.tasks:
        took_s = start_s(column, _IMAGE_MIB)
        yield Step(took_s, "step.network.runs", {"n": found.tasks, "took": Amount(took_s, "s")}, "ok")
    yield Step(start_s(column, _IMAGE_MIB), "step.network.next", {"why": Word(f"bound.{found.bound_by}")}, "lost")


def _listed(column: Column) -> str:
    """List a column's modes: they are names, the same in every language."""
    return ", ".join(sorted(rules.network_modes(column)))
