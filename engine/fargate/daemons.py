"""Daemons, acted out: one agent on every host, or a refusal and one in every task."""

from __future__ import annotations

from collections.abc import Iterator

from engine import catalog
from engine.era import Era, day
from engine.fargate import rules
from engine.fargate.asks import DaemonAsk
from engine.fargate.pace import start_s
from engine.fargate.records import Column, Enactment, Step

_IMAGE_MIB = 100.0
_JOINS_S = 600.0
_STOPS_S = 1_200.0


def words(column: Column, on: str) -> frozenset[str]:
    """Answer the slide: can a daemon be had?  Source: facts `ecs.daemon.strategy`, `ecs.daemon.managed`."""
    return frozenset({"yes" if rules.has(rules.offer("daemons"), column, on) else "no"})


def enact(column: Column, era: Era, ask: DaemonAsk) -> Enactment:
    """Ask for an agent on every host; let hosts join, and one agent stop."""
    may = "yes" in words(column, day(era))
    facts, notes = rules.rests_on("daemons")
    copies = ask.hosts + ask.joins if may else ask.tasks
    return Enactment(
        row="daemons",
        column=column,
        era=era,
        verdict="yes" if may else "no",
        steps=tuple(_daemon(column, ask) if may else _no_daemon(ask)),
        reason=Step(0.0, f"reason.daemons.{'a_host' if may else 'a_task'}", {"n": copies}, "ok" if may else "lost"),
        facts=facts,
        notes=notes,
    )


def _daemon(column: Column, ask: DaemonAsk) -> Iterator[Step]:
    start = start_s(column, _IMAGE_MIB)
    is_managed = column == "ecs-managed-instances"
    yield Step(0.0, f"step.daemons.{'asked_managed' if is_managed else 'asked'}")
    yield Step(start, "step.daemons.placed", {"n": ask.hosts}, "ok")
    if ask.joins:
        yield Step(_JOINS_S, "step.daemons.joins", {"n": ask.joins})
        yield Step(_JOINS_S + start, "step.daemons.first", {"n": ask.joins}, "ok")
    if ask.stops and is_managed:
        # An agent that ECS holds to be critical takes its instance with it: fact `ecs.daemon.managed`.
        yield Step(_STOPS_S, "step.daemons.stopped_managed", {}, "lost")
    elif ask.stops:
        yield Step(_STOPS_S, "step.daemons.stopped", {}, "lost")
        yield Step(_STOPS_S + start_s(column, _IMAGE_MIB, has_image=True), "step.daemons.restarted", {}, "ok")


def _no_daemon(ask: DaemonAsk) -> Iterator[Step]:
    yield Step(0.0, "step.daemons.asked")
    quote = str(catalog.notes(rules.TABLE)["table.daemon_refused"].value)
    yield Step(0.0, "step.daemons.refused", {"quote": quote}, "lost")
    yield Step(0.0, "step.daemons.instead", {"n": ask.tasks})
