"""The four slots: each holds one scenario with its past, and the URL holds them all.

In the URL a slot is a scenario of the gallery by its name, or a scenario's token, or a name and a token: what it came from, and
what became of it. Each keeps the time that it says (`era`); in early 2020 all of them are shown as they were then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from engine import Scenario, ScenarioError, catalog
from engine.errors import Problem
from pages.parts.experiment import MAX_PAST, Experiment, not_then, then
from pages.parts.lab.gallery import Entry, entries
from pages.parts.lesson import lesson
from pages.parts.time_machine import era
from pages.parts.words import Voice

NAME = "lab"
LETTERS = ("a", "b", "c", "d")
LONGEST_URL = 7_500  # signs; servers and mail readers cut longer ones
_OPEN, _JOINT = "lab.open", "~"


class Slot(Experiment):
    """One of the four: an experiment's state, under its letter."""

    def __init__(self, letter: str) -> None:
        """Take it from the session; `opened` has put it there."""
        self.letter = letter
        self.lesson = replace(lesson(NAME), name=f"{NAME}.{letter}")

    def fill(self, scenario: Scenario, origin: str = "", aside: tuple[Problem, ...] = ()) -> None:
        """Begin with a scenario that has no past. origin: the gallery's name for what it came from."""
        for what, value in (
            ("scenario", scenario),
            ("past", []),
            ("aside", aside),
            ("problems", ()),
            ("origin", origin),
        ):
            st.session_state[self._key(what)] = value
        st.session_state.pop(self._key("draft"), None)

    @property
    def scenario(self) -> Scenario:
        """The scenario as it stands: in its own time, or in early 2020 where the page speaks of that."""
        return (then(self.own) or self.own) if era() == "talk" else self.own

    @property
    def absent(self) -> Any:
        """What it asks for and did not exist in the time that the page speaks of."""
        return () if era() == "today" or then(self.own) is not None else not_then(self.own)

    def change(self, make: Callable[[Scenario], Scenario]) -> None:
        """Replace the scenario, or keep it and remember what was wrong."""
        try:
            new = make(self.own)
        except ScenarioError as error:
            self.refuse(error.problems)
            return
        self.put("problems", ())
        self.put("aside", ())
        if new != self.own:
            self.put("past", [*st.session_state[self._key("past")], self.own][-MAX_PAST:])
            self.put("scenario", new)

    def reset(self) -> None:
        """Begin again with what it came from; undo brings everything back."""
        base = self.entry.scenario if self.entry else self.lesson.scenario
        self.change(lambda _: base)

    def put(self, what: str, value: object) -> None:
        """Remember something of this slot."""
        st.session_state[self._key(what)] = value

    def get(self, what: str, otherwise: Any = None) -> Any:
        """Recall something of this slot."""
        return st.session_state.get(self._key(what), otherwise)

    @property
    def entry(self) -> Entry | None:
        """What of the gallery it came from."""
        return entries().get(self.get("origin", ""))

    @property
    def word(self) -> str:
        """Say it for the URL."""
        entry = self.entry
        if entry is None:
            return self.own.token()
        return entry.name if entry.scenario == self.own else f"{entry.name}{_JOINT}{self.own.token()}"

    def title(self, speaker: Voice) -> str:
        """Say what it is called: its letter, and the gallery's words for it while it is what it was there."""
        entry = self.entry
        if entry is None or self.own.name != entry.scenario.name:
            return speaker.say("lab.slot", letter=self.letter.upper(), name=self.own.name)
        name = entry.title(speaker)
        key = "lab.slot" if entry.scenario == self.own else "lab.slot_changed"
        return speaker.say(key, letter=self.letter.upper(), name=name)


# --- which are there ---------------------------------------------------------------------------------------------------


def opened() -> list[Slot]:
    """Give the slots that hold something; a fresh browser takes them from its link, or as the lab comes."""
    if _OPEN not in st.session_state:
        _from_url({letter: st.query_params[letter] for letter in LETTERS if letter in st.query_params})
    return [Slot(letter) for letter in st.session_state[_OPEN]]


def _from_url(words: dict[str, str]) -> None:
    words = words or dict(catalog.lesson(NAME)["first"])
    st.session_state[_OPEN] = [letter for letter in LETTERS if letter in words]
    for letter, word in words.items():
        found = read(word)
        Slot(letter).fill(found.scenario, found.origin, found.problems)


@dataclass(frozen=True, slots=True)
class Found:
    """What a link's word for a slot comes to: the scenario that stands, and why it is another one than was asked for."""

    scenario: Scenario
    origin: str
    problems: tuple[Problem, ...]


def read(word: str) -> Found:
    """Read a slot's word. What cannot be read is told, and what it came from, or the plainest scenario, stands in its place."""
    head, joint, token = word.partition(_JOINT)
    entry = entries().get(head)
    base = entry.scenario if entry else lesson(NAME).scenario
    origin = entry.name if entry else ""
    if entry and not joint:
        return Found(base, origin, ())
    try:
        return Found(Scenario.from_token(token if joint else head), origin, ())
    except ScenarioError as error:
        return Found(base, origin or catalog.lesson(NAME)["scenario"], error.problems)


def open_in(letter: str, scenario: Scenario, origin: str = "") -> None:
    """Put a scenario into a slot, which opens it if it was empty."""
    letters = {*st.session_state[_OPEN], letter}
    st.session_state[_OPEN] = [one for one in LETTERS if one in letters]
    Slot(letter).fill(scenario, origin)


def close(letter: str) -> None:
    """Empty a slot; the last one stays."""
    left = [one for one in st.session_state[_OPEN] if one != letter]
    if left:
        st.session_state[_OPEN] = left


def free() -> str:
    """Name the first slot that is empty; "" where all four are taken."""
    return next((letter for letter in LETTERS if letter not in st.session_state[_OPEN]), "")


def write_url(slots: list[Slot]) -> None:
    """Make the URL say what stands in the slots."""
    wanted = {slot.letter: slot.word for slot in slots}
    for letter in LETTERS:
        if letter not in wanted:
            st.query_params.pop(letter, None)
        elif st.query_params.get(letter) != wanted[letter]:
            st.query_params[letter] = wanted[letter]
