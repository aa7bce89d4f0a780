"""An experiment's state: one scenario, its past, and the URL that says the same.

The scenario is the only state. A control, a click on the map, undo, reset and an opened file all replace it; the
URL is written from it after each run, and read once, when a fresh browser opens the link.

It is kept as it is today, and shown as it was in the time that the URL asks for (`pages.parts.time_machine`): so a journey
to early 2020 and back loses nothing. What cannot stand there is not shown as if it could: see `absent`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import streamlit as st

from engine import Scenario, ScenarioError, reading
from engine.changes import changed, value_at
from engine.era_checks import Barred, barred
from engine.errors import Problem
from engine.operations import LONGEST_S, Operation
from pages.parts.fields import ASSUMED
from pages.parts.lesson import Control, Lesson, lesson, name_of
from pages.parts.time_machine import ERA, era, travel

WHOLE, DONE = "s", "do"
OPERATIONS = "operations."
MAX_PAST = 100
UNREADABLE = Problem("link", "", "", "token")


class Experiment:
    """One chapter's scenario in this visitor's session."""

    def __init__(self, name: str) -> None:
        """Open it: from the session, or from the URL, or as the chapter comes."""
        self.lesson: Lesson = lesson(name)
        if self._key("scenario") not in st.session_state:
            scenario, aside = read_url(self.lesson, dict(st.query_params))
            if scenario.era != era() and ERA not in st.query_params:
                travel(scenario.era)  # a link that holds the whole scenario says its time as well
            st.session_state[self._key("scenario")] = scenario.in_era("today")
            st.session_state[self._key("past")] = []
            st.session_state[self._key("aside")] = aside
            st.session_state[self._key("problems")] = ()

    def _key(self, what: str) -> str:
        return f"{self.lesson.name}.{what}"

    @property
    def own(self) -> Scenario:
        """The scenario as it is today, whatever time is shown."""
        found: Scenario = st.session_state[self._key("scenario")]
        return found

    @property
    def scenario(self) -> Scenario:
        """The scenario as it stands in the time that is shown; where it cannot stand there, as it is today."""
        return (then(self.own) or self.own) if era() == "talk" else self.own

    @property
    def absent(self) -> tuple[Barred, ...]:
        """What the scenario asks for and did not exist in the time that is shown; none = it stands there."""
        return () if era() == "today" or then(self.own) is not None else not_then(self.own)

    @property
    def aside(self) -> tuple[Problem, ...]:
        """What of the URL could not be used."""
        found: tuple[Problem, ...] = st.session_state[self._key("aside")]
        return found

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What was wrong with the last change; the scenario before it still stands."""
        found: tuple[Problem, ...] = st.session_state[self._key("problems")]
        return found

    @property
    def can_undo(self) -> bool:
        """Say whether there is a past to go back to."""
        return bool(st.session_state[self._key("past")])

    def change(self, make: Callable[[Scenario], Scenario]) -> None:
        """Replace the scenario, or keep it and remember what was wrong. What did not exist is wrong in its time."""
        try:
            made = make(self.own)
            new = made.in_era("today")
            if era() == "talk" and not self.absent and made.era == "today":
                new.in_era("talk")  # one that could not stand before may be mended step by step
        except ScenarioError as error:
            self.refuse(error.problems)
            return
        st.session_state[self._key("problems")] = ()
        st.session_state[self._key("aside")] = ()
        if made.era == "talk":
            travel("talk")
        if new != self.own:
            past: list[Scenario] = st.session_state[self._key("past")]
            st.session_state[self._key("past")] = [*past, self.own][-MAX_PAST:]
            st.session_state[self._key("scenario")] = new

    def refuse(self, problems: tuple[Problem, ...]) -> None:
        """Keep what is wrong for the page to show."""
        st.session_state[self._key("problems")] = problems

    def undo(self) -> None:
        """Go one step back."""
        past: list[Scenario] = st.session_state[self._key("past")]
        if past:
            st.session_state[self._key("scenario")] = past[-1]
            st.session_state[self._key("past")] = past[:-1]
        st.session_state[self._key("problems")] = ()

    def reset(self) -> None:
        """Begin again as the chapter comes; undo brings everything back."""
        self.change(lambda _: self.lesson.scenario)

    def set(self, settings: dict[str, Any]) -> None:
        """Set values by their paths."""
        self.change(lambda scenario: changed(scenario, settings))

    def act(self, given: dict[str, Any]) -> None:
        """Append what was asked for on the map at its playhead."""
        self.change(lambda scenario: scenario.acting(operation(given, self.lesson)))

    def open_file(self, text: str) -> None:
        """Take a scenario of the visitor's own."""
        self.change(lambda _: Scenario.read(text))

    def write_url(self) -> None:
        """Make the URL say what the scenario is."""
        wanted = url_of(self.lesson, self.own)
        ours = {WHOLE, DONE, *(control.url for control in _controls(self.lesson))}
        for name in ours - set(wanted):
            if name in st.query_params:
                del st.query_params[name]
        for name, value in wanted.items():
            if st.query_params.get(name) != value:
                st.query_params[name] = value


@lru_cache(maxsize=256)
def then(scenario: Scenario) -> Scenario | None:
    """Give a scenario of today as it was in early 2020; None where it asks for what did not exist."""
    try:
        return scenario.in_era("talk")
    except ScenarioError:
        return None


def in_time(scenario: Scenario) -> Scenario | None:
    """Give a scenario of today as it was in the time that is shown; None where it did not exist."""
    return then(scenario) if era() == "talk" else scenario


def not_then(scenario: Scenario) -> tuple[Barred, ...]:
    """List what a scenario asks for and did not exist in early 2020, what is switched off by itself left out."""
    return tuple(
        one for one in barred(scenario.model_dump(mode="json")) if not any(s.kind == "then" for s in one.flip.settings)
    )


def operation(given: dict[str, Any], of: Lesson) -> Operation:
    """Turn the map's wish into an operation; what the map offers in one word may need a number. Raises ScenarioError."""
    settings = {key: value for key, value in given.items() if value is not None}
    at_s = settings.setdefault("at_s", 0)
    if isinstance(at_s, int | float) and abs(at_s) <= LONGEST_S:  # what is no moment, the scenario refuses
        settings["at_s"] = round(float(at_s), 1)
    if settings.get("do") == "impair-zone":
        settings |= {"latency_ms": 1_000, "loss": 0.1}
    if settings.get("do") == "deploy-bad":
        settings |= {"do": "deploy", "errors": 0.2}
    if settings.get("do") == "undo-deploy":
        settings |= {"do": "deploy", "undo": True}
    if settings.get("do") == "surge":
        settings = {"do": "change-traffic", "factor": 2, "at_s": settings["at_s"]}
    around = {"duration_s": of.scenario.duration_s}
    if "module" in settings:  # it must be one of the application's
        around = of.scenario.model_dump(mode="json", include={"duration_s", "services", "application"})
    parsed: Operation = Scenario.of(around | {"operations": [settings]}).operations[0]
    return parsed


# --- the URL ---------------------------------------------------------------------------------------------------------


def _controls(of: Lesson) -> tuple[Control, ...]:
    return (Control("launch_type", "launch_type"), *of.controls, *ASSUMED)


def url_of(of: Lesson, scenario: Scenario) -> dict[str, str]:
    """Say a scenario in as few words as will do: what differs from the chapter's own, or else all of it."""
    base, words = of.scenario, {}
    rebuilt = base
    for control in _controls(of):
        if control.path.startswith(OPERATIONS):  # all of them are said in one word, below
            continue
        now, then = value_at(scenario, control.path), value_at(base, control.path)
        if control.named and now != then:
            if (named := name_of(control, scenario)) is not None:
                words[control.url] = named
                rebuilt = _tried(rebuilt, control.path, control.named[named])
        elif now != then and now is not None:
            words[control.url] = "\n".join(now) if control.text else written(now)
            rebuilt = _tried(rebuilt, control.path, now)
    if scenario.operations != rebuilt.operations:  # what a word has said already is not said again
        words[DONE] = reading.token(
            {"do": [o.model_dump(mode="json", exclude_defaults=True) for o in scenario.operations]}
        )
        rebuilt = _tried(rebuilt, "operations", [o.model_dump(mode="json") for o in scenario.operations])
    return words if rebuilt == scenario else {WHOLE: scenario.token()}


def _tried(scenario: Scenario, path: str, value: object) -> Scenario:
    """Set a value; where that cannot stand alone, keep the scenario (the whole is then said instead)."""
    try:
        return changed(scenario, {path: value})
    except ScenarioError:
        return scenario


def read_url(of: Lesson, words: dict[str, str]) -> tuple[Scenario, tuple[Problem, ...]]:
    """Read a scenario from a URL; each word that cannot be used is set aside and named, the rest stands."""
    scenario, aside = of.scenario, []
    if WHOLE in words:
        try:
            scenario = Scenario.from_token(words[WHOLE])
        except ScenarioError:
            aside.append(UNREADABLE)
    settings: dict[str, Any] = {}
    for control in _controls(of):
        if control.url in words:
            if control.named and words[control.url] not in control.named:
                aside.append(Problem(control.url, words[control.url][:60], ", ".join(control.named), "name"))
                continue
            value = chosen(control, words[control.url], value_at(scenario, control.path))
            try:
                changed(scenario, {control.path: value})
                settings[control.path] = value
            except ScenarioError as error:
                offered = of.launch_types if control.url == "launch_type" else ()
                allowed = ", ".join(offered) or error.problems[0].allowed
                aside.append(Problem(control.url, words[control.url][:60], allowed, error.problems[0].message))
    try:
        scenario = changed(scenario, settings)
    except ScenarioError as error:  # each alone is well, together they are not
        aside += [Problem(problem.path, problem.came, problem.allowed, problem.message) for problem in error.problems]
    if DONE in words:
        try:
            done = reading.untoken(words[DONE])
            scenario = scenario.with_("operations", done.get("do") if isinstance(done, dict) else done)
        except ScenarioError:
            aside.append(UNREADABLE)
    return scenario, tuple(aside)


def chosen(control: Control, word: str, like: object) -> object:
    """Read a control's value from the URL: typed lines, one of its options as they are written, what a name stands for, or a plain value."""
    if control.named:
        return control.named.get(word, word)
    if control.text:
        return [line.strip() for line in word.splitlines() if line.strip()]
    options = [list(option) if isinstance(option, list | tuple) else option for option in control.options]
    return next((option for option in options if written(option) == word), read(word, like))


def written(value: object) -> str:
    """Write a value for the URL: yes and no as words, several as a list with dots, or with commas where they have dots themselves.

    >>> written(True), written(("spread-zones", "spread-hosts")), written(1200.0), written(("m5.large",)), written(())
    ('true', 'spread-zones.spread-hosts', '1200', 'm5.large,', ',')
    """
    if isinstance(value, tuple | list):
        parts = [str(part) for part in value]
        if not parts:
            return ","
        return "".join(f"{part}," for part in parts) if any("." in part for part in parts) else ".".join(parts)
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def read(word: str, like: object) -> object:
    """Read a value from the URL, of the kind that stands there now.

    >>> read("false", True), read("1200", 1000.0), read("spread-zones.binpack-memory", ("random",)), read("m5.large,", ("",))
    (False, 1200, ['spread-zones', 'binpack-memory'], ['m5.large'])
    """
    if isinstance(like, tuple):
        return [part for part in word.split(",") if part] if "," in word else word.split(".")
    if isinstance(like, bool):
        return {"true": True, "false": False}.get(word, word)
    if isinstance(like, str) or len(word) > 40:
        return word
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word
