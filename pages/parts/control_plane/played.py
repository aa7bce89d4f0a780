"""Played: the state of an experiment with a store. What is done to it is part of the link, as its settings are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from engine import ScenarioError, reading
from engine.consensus import Consensus, Course
from engine.consensus import run as play
from engine.consensus.scenario import problems
from engine.errors import Problem
from pages.parts.experiment import DONE, MAX_PAST, UNREADABLE
from pages.parts.lesson import Control
from pages.parts.turned import Turned

KEPT_RUNS = 32


@st.cache_resource(
    max_entries=KEPT_RUNS, show_spinner=False, hash_funcs={Consensus: lambda scenario: scenario.model_dump_json()}
)
def course_of(scenario: Consensus) -> Course:
    """Run a store, or take its run from the shelf: runs never change."""
    return play(scenario)


def _can_run(scenario: Consensus) -> None:
    """Refuse what does not go together."""
    if found := problems(scenario):
        raise ScenarioError(found)


class Played(Turned[Consensus]):
    """A store as a visitor turned it, with all that was done to it."""

    def __init__(self, name: str, first: Consensus, controls: tuple[Control, ...]) -> None:
        """Take it from the session, or from the URL, or as it comes."""
        super().__init__(name, first, controls, _can_run)
        st.session_state.setdefault(self._key("past"), [])

    @property
    def can_undo(self) -> bool:
        """Say whether there is a past to go back to."""
        return bool(st.session_state[self._key("past")])

    def set(self, settings: dict[str, Any]) -> None:
        """Set values, and remember what was there before."""
        before = self.record
        super().set(settings)
        if self.record != before:
            self._remember(before)

    def _remember(self, before: Consensus) -> None:
        past: list[Consensus] = st.session_state[self._key("past")]
        st.session_state[self._key("past")] = [*past, before][-MAX_PAST:]

    def act(self, given: dict[str, Any]) -> None:
        """Append what was asked for at the playhead."""
        done = [o.model_dump(mode="json") for o in self.record.operations]
        asked = {key: value for key, value in given.items() if value is not None}
        self.set({"operations": [*done, asked]})

    def undo(self) -> None:
        """Go one step back."""
        past: list[Consensus] = st.session_state[self._key("past")]
        if past:
            st.session_state[self._key("record")] = past[-1]
            st.session_state[self._key("past")] = past[:-1]
        st.session_state[self._key("problems")] = ()

    def reset(self) -> None:
        """Begin again as it comes; undo brings everything back."""
        before = self.record
        st.session_state[self._key("record")] = self.first
        st.session_state[self._key("problems")] = ()
        if before != self.first:
            self._remember(before)

    def write_url(self) -> None:
        """Make the URL say what differs, what was done included."""
        super().write_url()
        if self.record.operations == self.first.operations:
            st.query_params.pop(DONE, None)
        else:
            done = [o.model_dump(mode="json", exclude_defaults=True) for o in self.record.operations]
            word = reading.token({"do": done})
            if st.query_params.get(DONE) != word:
                st.query_params[DONE] = word

    def _read_url(self) -> tuple[Consensus, tuple[Problem, ...]]:
        record, aside = super()._read_url()
        word = st.query_params.get(DONE)
        if word is None:
            return record, aside
        try:
            done = reading.untoken(word)
            return self._with(record, {"operations": done.get("do") if isinstance(done, dict) else done}), aside
        except ScenarioError:
            return record, (*aside, UNREADABLE)


def acting(played: Played, key: str) -> Callable[[], None]:
    """Make what carries out a wish of the picture, before anything is shown again."""

    def act() -> None:
        asked = st.session_state[key].get("act")
        if asked:
            played.act(dict(asked))

    return act
