"""Side-cars, acted out: an agent is put into the task; it starts, and somebody pays for it."""

from __future__ import annotations

from engine import catalog
from engine.catalog import FargateSize
from engine.era import Era
from engine.fargate import rules
from engine.fargate.agent_cost import Agents, agents
from engine.fargate.asks import AgentAsk
from engine.fargate.pace import start_s
from engine.fargate.records import Column, Enactment, Step, Values
from engine.sentence import Amount

_IMAGE_MIB = 100.0


def words(column: Column, on: str) -> frozenset[str]:
    """Answer the slide: whether a task can hold a side-car.  Source: fact `fargate.sidecars`."""
    return frozenset({"yes" if rules.has(rules.offer("sidecars"), column, on) else "no"})


def enact(column: Column, era: Era, ask: AgentAsk) -> Enactment:
    """Ask for the side-car, size the task again, start both."""
    found = agents(ask, era)
    usd = found.sidecar_usd if column == "ecs-fargate" else found.ec2_sidecar_usd
    steps = [
        Step(0.0, "step.sidecars.asked", _size(ask.agent_cpu_units, ask.agent_memory_mib)),
        _paid(column, ask, found),
    ]
    if usd is not None:
        steps.append(Step(start_s(column, _IMAGE_MIB), "step.sidecars.runs", {}, "ok"))
    facts, notes = rules.rests_on("sidecars")
    return Enactment(
        "sidecars", column, era, "no" if usd is None else "yes", tuple(steps), _reason(usd), facts, notes
    )  # fmt: skip


def _reason(usd: float | None) -> Step:
    """Sum up: too large for every size, free, or a sum an hour."""
    if usd is None:
        return Step(0.0, "reason.sidecars.too_large", {}, "lost")
    return (
        Step(0.0, "reason.sidecars.costs", {"cost": Amount(usd, "usd")}, "ok")
        if usd
        else Step(0.0, "reason.sidecars.free", {}, "ok")
    )


def _paid(column: Column, ask: AgentAsk, found: Agents) -> Step:
    """Say what the side-car does to what is billed: a slice of a host, or the next size on sale."""
    if column != "ecs-fargate":
        return Step(
            0.0, "step.sidecars.slice", {"host": ask.instance_type, "cost": Amount(found.ec2_sidecar_usd, "usd")}
        )
    if found.alone is None or found.together is None:
        return Step(0.0, "step.sidecars.no_size", {}, "lost")
    if found.alone == found.together:
        return Step(0.0, "step.sidecars.same_size", _sold(found.together), "ok")
    new = {f"new_{name}": amount for name, amount in _sold(found.together).items()}
    return Step(0.0, "step.sidecars.larger_size", {**_sold(found.alone), **new}, "lost")


def _sold(size: FargateSize) -> Values:
    return _size(size.cpu_units, size.memory_mib)


def _size(cpu_units: int, memory_mib: int) -> Values:
    vcpu = cpu_units / catalog.number("ecs.placement.cpu_unit")
    return {"cpu": Amount(vcpu, "vcpu"), "memory": Amount(memory_mib / 1024, "gib")}
