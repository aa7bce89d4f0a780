"""How the lab says a setting, its value, an operation and a problem: always in words, never only by a path."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, get_args

from pydantic.fields import FieldInfo

from engine import Scenario
from engine.difference import ABSENT, WHOLE, Steps, lines_at, path_of
from engine.errors import Problem
from pages.parts.fields import KINDS, field_of
from pages.parts.words import THIN, Voice

# Operations whose place is a field of their own: where a task's, a host's or a zone's trouble happens.
PLACES = ("zone", "host", "service", "module", "provider", "member", "task")
_SAID_BY_UNIT = {"share", "x", ""}


def setting_name(speaker: Voice, steps: Steps, scenarios: Sequence[Scenario]) -> str:
    """Name a setting with the group it belongs to: "web: Tasks wanted"."""
    record, _ = _field(steps)
    last = steps[-1]
    name = _label(speaker, record, last) if isinstance(last, str) else _member(steps, scenarios) or str(last + 1)
    groups = [_group(speaker, steps[: n + 1], scenarios) for n in range(len(steps) - 1)]
    groups = [group for group in groups if group]
    return ": ".join([", ".join(groups), name]) if groups else name


def _field(steps: Steps) -> tuple[str, FieldInfo]:
    """Find a setting's field and its record's name; what is done is one setting."""
    if steps == WHOLE:
        return "scenario", Scenario.model_fields["operations"]
    while isinstance(steps[-1], int):  # a whole member: its list's field
        steps = steps[:-1]
    return field_of(Scenario, path_of(steps))


def _group(speaker: Voice, steps: Steps, scenarios: Sequence[Scenario]) -> str:
    """Name one step on the way: a member by its own name, a group by its label; "" for a list's own name."""
    last = steps[-1]
    if isinstance(last, int):
        return _member(steps, scenarios) or str(last + 1)
    record, field = _field(steps)
    is_list = str(field.annotation).startswith("tuple")
    return "" if is_list else _label(speaker, record, last)


def _label(speaker: Voice, record: str, name: str) -> str:
    """Name a field: as a control does, or as the lab does; a rule of Kubernetes that has no other word keeps the API's."""
    for book in ("ask", "lab.named"):
        if found := speaker.table(f"{book}.{record}").get(f"{name}.label" if book == "ask" else name):
            return found
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


def _member(steps: Steps, scenarios: Sequence[Scenario]) -> str:
    """Find what a list's member is called in the first scenario that has it."""
    for scenario in scenarios:
        here: Any = scenario
        for step in steps:
            here = (here[step] if step < len(here) else None) if isinstance(step, int) else getattr(here, step, None)
            if here is None:
                break
        if here is not None:
            return str(getattr(here, "name", ""))
    return ""


def value_text(speaker: Voice, steps: Steps, value: Any) -> str:
    """Write a setting's value: a choice by its name, a number with its unit, yes and no as words."""
    if value is ABSENT or value in (None, [], {}, ""):
        return speaker.say("lab.value.none")
    if isinstance(value, bool):
        return speaker.say("lab.value.is_so" if value else "lab.value.is_not")
    if steps == WHOLE:
        return "; ".join(operation_text(speaker, one) for one in value)
    if steps == ("launch_type",):
        return speaker.say(f"common.launch_type.{value}.name")
    if isinstance(value, list):
        return ", ".join(value_text(speaker, steps, one) for one in value)
    if isinstance(value, dict):
        return ", ".join(
            f"{key}: {value_text(speaker, steps, inner)}" for key, inner in value.items() if inner not in (None, [], {})
        )
    if isinstance(value, int | float):
        return _number(speaker, steps, value)
    return speaker.table("ask.choice").get(str(value), str(value))


def _number(speaker: Voice, steps: Steps, value: float) -> str:
    digits = len(f"{value:g}".partition(".")[2]) if abs(value) < 1e6 else 0
    written = speaker.number(value, digits)
    unit = _unit(_field(steps)[1])
    if unit in _SAID_BY_UNIT:
        return written
    return f"{written}{THIN}{speaker.table('ask.unit').get(unit, unit)}"


def _unit(field: FieldInfo) -> str:
    extra = field.json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def operation_text(speaker: Voice, done: Any) -> str:
    """Say what is done, when and where: "2:00 Fail a zone (b)". done: plain data, as a file holds it."""
    where = ", ".join(str(done[place]) for place in PLACES if done.get(place) is not None)
    name = speaker.say(f"lab.do.{done['do']}")
    return f"{speaker.clock(float(done['at_s']))} {name}" + (f" ({where})" if where else "")


def kind_of(do: str) -> Any:
    """Give the record of an operation by its word."""
    return next(kind for kind in KINDS if get_args(kind.model_fields["do"].annotation) == (do,))


# --- problems ----------------------------------------------------------------------------------------------------------


def placed(speaker: Voice, text: str, problems: Sequence[Problem]) -> list[tuple[int | None, str]]:
    """Say each problem of a text in words, with its line; in the text's order."""
    lines = lines_at(text, [problem.path for problem in problems])
    found = [(line, problem_text(speaker, problem)) for line, problem in zip(lines, problems, strict=True)]
    return sorted(found, key=lambda one: one[0] or 0)


def problem_text(speaker: Voice, problem: Problem) -> str:
    """Say what is wrong, what came and what would do."""
    kind = _KINDS.get(problem.message, "")
    if not kind and re.fullmatch(r"line \d+, column \d+|file", problem.path):
        kind = "unreadable"
    values = {
        "name": problem.path.rpartition(".")[2],
        "path": problem.path,
        "came": problem.came,
        "allowed": problem.allowed,
    }
    if kind:
        return speaker.say(f"lab.problem.{kind}", **values)
    if speaker.lang == "en":  # the engine's own sentence says more, and it is English
        return speaker.say("lab.problem.said", **values, message=problem.message.rstrip("."))
    return speaker.say("lab.problem.other", **values)


_KINDS = {
    "there is no setting of this name": "stranger",
    "this setting is needed": "missing",
    "`do` must name an operation": "operation",
    "there is no such service": "service",
    "the scenario has no such zone": "zone",
    "this is after the run's end": "late",
    "a scenario is a mapping": "mapping",
    "the file is too large": "large",
}
