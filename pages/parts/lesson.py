"""A lesson: what a chapter asks, compares and cites, as data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from engine import Scenario, ScenarioError, catalog
from engine.changes import changed, scenario_of


@dataclass(frozen=True, slots=True)
class Control:
    """One thing the reader may turn: the scenario's path, its name in the URL, and the span that the screen offers.

    only: the launch types or orchestrators for which it means anything, with spaces between; "" for all. options: choices where
        the field itself has none.
    also: what a choice sets besides, by the choice: another metric needs another target. text: it is typed, a line for each value.
    slide: its options are in order, so they are a slider.
    named: values that are whole rules, each by the name that stands for it on the screen and in the URL.
    when: what must stand in the scenario for it to mean anything: by path, one of these values; the URL knows it in any case.
    """

    path: str
    url: str
    low: float | None = None
    high: float | None = None
    step: float | None = None
    only: str = ""
    options: tuple[Any, ...] = ()
    also: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    text: bool = False
    slide: bool = False
    named: Mapping[str, Any] = field(default_factory=dict)
    when: Mapping[str, Sequence[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Guess:
    """What the reader says beforehand: a question by its name (`pages.parts.predict`), and what it needs to be asked."""

    question: str
    settings: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lesson:
    """One experiment's own data. variants and tries map a name to what it sets in the scenario, by path.

    page: the chapter it belongs to. launch_types: which may be chosen; none = the scenario's stays. strips: the charts, top to
    bottom. outcome: the rows of its table. explain: the sections of its prose. offer: what the button beside the scrubber does
    (`pages.parts.scene.OFFERS`). strip: the chart where there is room for one; "" = the first. has_caption, has_card: whether the
    map says its sentence and has the control plane's card; no where something beside it does.
    """

    name: str
    page: str
    scenario: Scenario
    goal_s: float
    launch_types: tuple[str, ...]
    controls: tuple[Control, ...]
    variants: dict[str, dict[str, Any]]
    compare: tuple[str, ...]
    guess: Guess | None
    tries: dict[str, dict[str, Any]]
    strips: tuple[str, ...]
    outcome: tuple[str, ...]
    explain: tuple[str, ...]
    facts: tuple[str, ...]
    offer: str = "zone"
    strip: str = ""
    has_caption: bool = True
    has_card: bool = True


def controls(rows: Sequence[Mapping[str, Any]]) -> tuple[Control, ...]:
    """Read controls as a lesson's file writes them."""
    return tuple(
        Control(**{key: tuple(value) if key == "options" else value for key, value in row.items()}) for row in rows
    )


@cache
def lesson(name: str) -> Lesson:
    """Read an experiment's lesson and its scenario."""
    row = catalog.lesson(name)
    asked = row.get("guess")
    return Lesson(
        page=row.get("page", name),
        offer=row.get("offer", "zone"),
        strip=row.get("strip", "") or row["strips"][0],
        has_caption=row.get("caption", True),
        has_card=row.get("card", True),
        launch_types=tuple(row.get("launch_types", ())),
        guess=Guess(asked["question"], {key: value for key, value in asked.items() if key != "question"})
        if asked
        else None,
        strips=tuple(row["strips"]),
        outcome=tuple(row["outcome"]),
        explain=tuple(row["explain"]),
        name=name,
        scenario=scenario_of(name),
        goal_s=row["goal_s"],
        controls=controls(row["ask"]),
        variants=row.get("variants", {}),
        compare=tuple(row.get("compare", ())),
        tries=row.get("try", {}),
        facts=tuple(row["facts"]),
    )


def name_of(control: Control, scenario: Scenario) -> str | None:
    """Say by which of its names a control's value goes; None for a value that the lesson has no name for."""
    return _name_of(control.path, json.dumps(dict(control.named)), scenario)


@lru_cache(maxsize=512)
def _name_of(path: str, named: str, scenario: Scenario) -> str | None:
    """Try each value in its place: two ways to write a rule may mean the same, and a scenario knows."""
    for name, value in json.loads(named).items():
        try:
            if changed(scenario, {path: value}) == scenario:
                return str(name)
        except ScenarioError:
            continue
    return None
