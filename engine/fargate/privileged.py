"""Privileges, acted out: who may have them, and what a container that has broken out can reach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine import catalog
from engine.era import Era, day
from engine.fargate import rules
from engine.fargate.asks import Isolation, PrivilegedAsk
from engine.fargate.pace import start_s
from engine.fargate.records import Column, Enactment, Step, Word

Wall = Literal["host", "vm"]
_IMAGE_MIB = 250.0


@dataclass(frozen=True, slots=True)
class Reach:
    """What a broken-out container can touch. wall: what it stands behind; tasks: its own and its neighbours.

    things: words among the texts, the nearest first.
    """

    wall: Wall
    tasks: int
    things: tuple[Word, ...]


def words(column: Column, on: str) -> frozenset[str]:
    """Answer the slide: may a container be privileged?  Source: fact `fargate.unsupported_params`."""
    return frozenset({"yes" if rules.has(rules.offer("privileged"), column, on) else "no"})


def reach(column: Column, isolation: Isolation, neighbours: int) -> Reach:
    """Say how far a container gets that has broken out of its own walls. Without a breakout it reaches nothing of this.

    Where a virtual machine parts tasks it holds one task; on a shared kernel the neighbours are inside as well.
    Source: facts `fargate.isolation`, `ecs.isolation.modes`; notes `table.sandbox`, `table.ec2_neighbours`, `table.mi_locked`.
    """
    own = (Word("reach.own_task"), Word("reach.own_role"))
    if column == "ecs-fargate" or (column == "ecs-managed-instances" and isolation != "shared"):
        return Reach("vm", 1, own)
    shared = [Word("reach.kernel"), Word("reach.instance_role")]
    if neighbours:
        shared += [Word("reach.neighbours"), Word("reach.their_roles")]
    return Reach("host", 1 + neighbours, (*own, *shared))


def enact(column: Column, era: Era, ask: PrivilegedAsk) -> Enactment:
    """Ask for privileges, run, break out, look around."""
    may = "yes" in words(column, day(era))
    found = reach(column, ask.isolation, ask.neighbours)
    facts, notes = rules.rests_on("privileged")
    return Enactment(
        row="privileged",
        column=column,
        era=era,
        verdict="yes" if may else "no",
        steps=tuple(_steps(column, ask, found, may=may)),
        reason=Step(
            ask.breaks_out_s,
            f"reason.privileged.{found.wall}",
            {"n": found.tasks},
            "lost" if found.wall == "host" else "ok",
        ),
        facts=facts,
        notes=notes,
    )


def _steps(column: Column, ask: PrivilegedAsk, found: Reach, *, may: bool) -> Iterator[Step]:
    if ask.privileged:
        yield Step(0.0, "step.privileged.asked")
        if may:
            yield Step(0.0, "step.privileged.taken", {}, "ok")
        else:
            quote = str(catalog.notes(rules.TABLE)["table.privileged_refused"].value)
            yield Step(0.0, "step.privileged.refused", {"quote": quote}, "lost")
    yield Step(start_s(column, _IMAGE_MIB), f"step.privileged.{'runs' if ask.privileged and may else 'runs_without'}")
    yield Step(ask.breaks_out_s, "step.privileged.breaks_out", {}, "lost")
    for thing in found.things:
        yield Step(ask.breaks_out_s, "step.privileged.reaches", {"thing": thing}, "lost")
    if found.wall == "vm":
        yield Step(ask.breaks_out_s, "step.privileged.stopped", {}, "ok")
