"""Changes: a lesson's scenario, and its values read and set by their dotted paths. Lessons, courses and challenges speak this way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import Scenario, catalog, reading
from engine.architecture.cut import cut, cut_of

CUT = (
    "cut."  # how an application is taken apart and guarded: one word that sets many fields (`engine.architecture.cut`)
)


def scenario_of(lesson: str) -> Scenario:
    """Read the scenario that a lesson begins with."""
    return Scenario.read(catalog.scenario_text(catalog.lesson(lesson)["scenario"]))


def member_path(scenario: Scenario, path: str) -> str:
    """Find a lesson's service by another name: a scenario of the visitor's own calls its first one as it likes."""
    group, _, rest = path.partition(".")
    name, _, field = rest.partition(".")
    if group != "services" or not field or any(service.name == name for service in scenario.services):
        return path
    return f"services.{scenario.services[0].name}.{field}"


def value_at(scenario: Scenario, path: str) -> Any:
    """Read a value by its dotted path; None where the scenario has no such member."""
    here: Any = scenario
    if path.startswith(CUT):
        here, path = cut_of(scenario), path.removeprefix(CUT)
    for step in member_path(scenario, path).split("."):
        if isinstance(here, tuple):
            by_number = dict(enumerate(here)).get(int(step)) if step.isdecimal() else None
            here = next((member for member in here if getattr(member, "name", None) == step), by_number)
        else:
            here = getattr(here, step, None)
        if here is None:
            return None
    return here


def changed(scenario: Scenario, settings: Mapping[str, Any]) -> Scenario:
    """Set several values by their paths, checked together; those that set many things at once come last, in their order.

    Raises ScenarioError with every problem.
    """
    data: dict[str, Any] = scenario.model_dump(mode="json")
    for path, value in settings.items():
        if not path.startswith(CUT):
            data = reading.put(data, member_path(scenario, path), value)
    made = Scenario.of(data)
    for path, value in settings.items():
        if path.startswith(CUT):
            made = cut(made, path.removeprefix(CUT), value)
    return made
