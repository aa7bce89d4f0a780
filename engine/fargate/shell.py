"""A shell beside a sick task, acted out: one door after the other is tried until one opens."""

from __future__ import annotations

from engine.era import Era, day, last_day
from engine.fargate import rules
from engine.fargate.asks import ShellAsk
from engine.fargate.records import Column, Enactment, Step, Word
from engine.fargate.rules import Door
from engine.sentence import Amount

_TRY_S = 60.0


def words(column: Column, on: str) -> frozenset[str]:
    """Answer the slide, to the letter: whether one can SSH into the host."""
    (ssh,) = [door for door in rules.doors() if door.name == "ssh"]
    return frozenset({"yes" if rules.has(ssh.on, column, on) else "no"})


def eased_on(column: Column, on: str) -> str:
    """Say when a host that nobody may enter got a door that needs nothing in the image; "" if it has none, or needs none."""
    if "yes" in words(column, on):
        return ""
    came = [
        door.on[column]
        for door in rules.doors()
        if rules.has(door.on, column, on) and "sshd_in_image" not in door.needs
    ]
    return min((since or rules.column_since(column) for since in came), key=last_day, default="")


def missing(door: Door, ask: ShellAsk) -> str | None:
    """Name the first thing that a door lacks, if it lacks one."""
    return next((need for need in door.needs if not getattr(ask, need)), None)


def opens(column: Column, era: Era, ask: ShellAsk) -> tuple[str, ...]:
    """List the doors that open, in the order in which they are tried."""
    return tuple(
        door.name for door in rules.doors() if rules.has(door.on, column, day(era)) and missing(door, ask) is None
    )


def enact(column: Column, era: Era, ask: ShellAsk) -> Enactment:
    """Notice that a task is sick, and try every door until one opens. The first that opens ends the search."""
    steps = [Step(0.0, "step.shell.sick")]
    opened = ""
    for number, door in enumerate(rules.doors(), 1):
        step = _try(door, column, era, ask, number * _TRY_S)
        steps.append(step)
        if step.tone == "ok":
            opened = door.name
            break
    at_s = steps[-1].at_s
    if not opened:
        steps.append(Step(at_s + _TRY_S, "step.shell.replaced", {"took": Amount(at_s + _TRY_S, "s")}, "lost"))
    facts, notes = rules.rests_on("shell")
    reason = (
        Step(at_s, "reason.shell.open", {"door": Word(f"door.{opened}")}, "ok")
        if opened
        else Step(at_s, "reason.shell.shut", {"n": len(rules.doors())}, "lost")
    )
    return Enactment("shell", column, era, "yes" if opened else "no", tuple(steps), reason, facts, notes)


def _try(door: Door, column: Column, era: Era, ask: ShellAsk, at_s: float) -> Step:
    """Try one door: it is not there, not there yet, lacks something, or opens."""
    name = Word(f"door.{door.name}")
    if column not in door.on:
        return Step(at_s, "step.shell.no_door", {"door": name}, "lost")
    if not rules.has(door.on, column, day(era)):
        return Step(at_s, "step.shell.not_yet", {"door": name, "date": door.on[column]}, "lost")
    if lacks := missing(door, ask):
        return Step(at_s, "step.shell.lacks", {"door": name, "need": Word(f"need.{lacks}")}, "lost")
    return Step(at_s, "step.shell.opens", {"door": name}, "ok")
