"""Acted: the state of an experiment whose record tells what is done to it. What is done is part of the link, as its settings are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st
from pydantic import BaseModel

from engine import ScenarioError, reading
from engine.errors import Problem
from pages.parts.experiment import DONE, MAX_PAST, UNREADABLE
from pages.parts.lesson import Control
from pages.parts.time_machine import ERA
from pages.parts.turned import Turned

R = TypeVar("R", bound=BaseModel)


class Acted(Turned[R]):
    """A record as a visitor turned it, with all that was done to it: its `operations`."""

    def __init__(
        self, name: str, first: R, controls: Sequence[Control], check: Callable[[R], object] = lambda _: None
    ) -> None:
        """Take it from the session, or from the URL, or as it comes."""
        super().__init__(name, first, controls, check)
        st.session_state.setdefault(self._key("past"), [])

    @property
    def can_undo(self) -> bool:
        """Say whether there is a past to go back to."""
        return bool(st.session_state[self._key("past")])

    def set(self, settings: dict[str, Any]) -> None:
        """Set values, and remember what was there before."""
        before = self.record
        super().set(settings)
        if self.record != before and set(settings) != {ERA}:  # a journey is no step: the switch brings one back
            self._remember(before)

    def _remember(self, before: R) -> None:
        past: list[R] = st.session_state[self._key("past")]
        st.session_state[self._key("past")] = [*past, before][-MAX_PAST:]

    def act(self, given: dict[str, Any]) -> None:
        """Append what was asked for at the playhead."""
        asked = {key: value for key, value in given.items() if value is not None}
        self.set({"operations": [*_done(self.record), asked]})

    def undo(self) -> None:
        """Go one step back."""
        past: list[R] = st.session_state[self._key("past")]
        if past:
            st.session_state[self._key("record")] = past[-1]
            st.session_state[self._key("past")] = past[:-1]
            self._in_time()
        st.session_state[self._key("problems")] = ()

    def reset(self) -> None:
        """Begin again as it comes; undo brings everything back."""
        self.replace(self.first)

    def replace(self, record: R) -> None:
        """Take another record; undo brings this one back."""
        before = self.record
        st.session_state[self._key("record")] = record
        st.session_state[self._key("problems")] = ()
        st.session_state[self._key("aside")] = ()
        if before != record:
            self._remember(before)

    def write_url(self) -> None:
        """Make the URL say what differs, what was done included."""
        super().write_url()
        if _done(self.record) == _done(self.first):
            st.query_params.pop(DONE, None)
        else:
            word = reading.token({"do": _done(self.record, exclude_defaults=True)})
            if st.query_params.get(DONE) != word:
                st.query_params[DONE] = word

    def _read_url(self) -> tuple[R, tuple[Problem, ...]]:
        record, aside = super()._read_url()
        word = st.query_params.get(DONE)
        if word is None:
            return record, aside
        try:
            done = reading.untoken(word)
            return self._with(record, {"operations": done.get("do") if isinstance(done, dict) else done}), aside
        except ScenarioError:
            return record, (*aside, UNREADABLE)


def _done(record: Any, **how: bool) -> list[dict[str, Any]]:
    """Write down what is done to a record."""
    return [o.model_dump(mode="json", **how) for o in record.operations]


def acting(acted: Acted[Any], key: str) -> Callable[[], None]:
    """Make what carries out a wish of the picture, before anything is shown again."""

    def act() -> None:
        asked = st.session_state[key].get("act")
        if asked:
            acted.act(dict(asked))

    return act
