"""A lesson: what a chapter asks, compares and cites, as data."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from engine import Scenario, catalog, reading


@dataclass(frozen=True, slots=True)
class Control:
    """One thing the reader may turn: the scenario's path, its name in the URL, and the span that the screen offers.

    only: the launch type for which it means anything; "" for all. options: choices where the field itself has none.
    """

    path: str
    url: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    only: str = ""
    options: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson:
    """A chapter's own data. variants and tries map a name to what it sets in the scenario, by path."""

    name: str
    scenario: Scenario
    goal_s: float
    controls: tuple[Control, ...]
    variants: dict[str, dict[str, Any]]
    compare: tuple[str, ...]
    guess_s: tuple[float, ...]
    tries: dict[str, dict[str, Any]]
    facts: tuple[str, ...]


@cache
def lesson(name: str) -> Lesson:
    """Read a chapter's lesson and its scenario."""
    row = catalog.lesson(name)
    return Lesson(
        name=name,
        scenario=Scenario.read(catalog.scenario_text(row["scenario"])),
        goal_s=row["goal_s"],
        controls=tuple(
            Control(**{key: tuple(value) if key == "options" else value for key, value in control.items()})
            for control in row["ask"]
        ),
        variants=row["variants"],
        compare=tuple(row["compare"]),
        guess_s=tuple(row["guess"]),
        tries=row["try"],
        facts=tuple(row["facts"]),
    )


def changed(scenario: Scenario, settings: dict[str, Any]) -> Scenario:
    """Set several values by their paths, checked together."""
    data: dict[str, Any] = scenario.model_dump(mode="json")
    for path, value in settings.items():
        data = reading.put(data, path, value)
    return Scenario.of(data)
