"""Managed by, acted out: a hole is found in the kernel, another in your image; who closes them, and by when."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine import catalog
from engine.duties import duties as who_does_what
from engine.era import Era
from engine.fargate import rules
from engine.fargate.pace import DAY_S
from engine.fargate.records import Column, Enactment, Step

_FACTS: dict[Column, str] = {
    "ecs-ec2": "resp.ecs_ec2",
    "ecs-fargate": "resp.ecs_fargate",
    "ecs-managed-instances": "resp.ecs_managed_instances",
}


def duties(column: Column) -> Mapping[str, str]:
    """Say who does what, layer by layer. Source: facts `resp.ecs_ec2`, `resp.ecs_fargate`, `resp.ecs_managed_instances`."""
    return who_does_what(_FACTS[column])


def words(column: Column, on: str) -> frozenset[str]:
    """Answer the slide: whoever patches the hosts manages them."""
    return frozenset({duties(column)["host_os_patching"]}) if rules.column_exists(column, on) else frozenset()


def enact(column: Column, era: Era) -> Enactment:
    """Let a kernel patch and an image patch fall due."""
    found = duties(column)
    yours = sum(who == "customer" for who in found.values())
    facts, notes = rules.rests_on("managed")
    reason = Step(0.0, "reason.managed", {"yours": yours, "of": len(found)})
    is_theirs = found["host_os_patching"] == "aws"
    return Enactment(
        "managed", column, era, "yes" if is_theirs else "no", tuple(_steps(column, era, found)), reason, facts, notes
    )


def _steps(column: Column, era: Era, found: Mapping[str, str]) -> Iterator[Step]:
    """Tell the hosts' patch, then the image's. Steps carry their day: a task lives shorter than this story."""
    yield Step(0.0, "step.managed.kernel")
    if found["host_os_patching"] == "customer":
        yield Step(0.0, "step.managed.you_patch", {}, "lost")
    elif column == "ecs-fargate":
        if era == "talk":
            yield Step(0.0, "step.managed.they_choose", {}, "ok")
        else:
            days = catalog.number("fargate.retirement.wait_default")
            yield Step(0.0, "step.managed.notice", {"days": int(days)}, "ok")
            yield Step(days * DAY_S, "step.managed.replaced", {}, "ok")
    else:
        first, last = (catalog.number("ecs.mi.lifetime", key) for key in ("drain_start_day", "terminate_by_day"))
        yield Step(first * DAY_S, "step.managed.drains", {"day": int(first)}, "ok")
        yield Step(last * DAY_S, "step.managed.ends", {"day": int(last)}, "ok")
    last_s = 0.0 if found["host_os_patching"] == "customer" or era == "talk" else _last_s(column)
    yield Step(last_s, "step.managed.image", {}, "lost")


def _last_s(column: Column) -> float:
    """Give the end of what AWS does by itself, in seconds."""
    if column == "ecs-fargate":
        return catalog.seconds("fargate.retirement.wait_default")
    return catalog.number("ecs.mi.lifetime", "terminate_by_day") * DAY_S
