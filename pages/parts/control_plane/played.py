"""Played: the state of an experiment with a store, and its runs."""

from __future__ import annotations

import streamlit as st

from engine import ScenarioError
from engine.consensus import Consensus, Course
from engine.consensus import run as play
from engine.consensus.scenario import problems
from pages.parts.acted import Acted, acting
from pages.parts.lesson import Control

KEPT_RUNS = 32

__all__ = ["KEPT_RUNS", "Played", "acting", "course_of"]


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


class Played(Acted[Consensus]):
    """A store as a visitor turned it, with all that was done to it."""

    def __init__(self, name: str, first: Consensus, controls: tuple[Control, ...]) -> None:
        """Take it from the session, or from the URL, or as it comes."""
        super().__init__(name, first, controls, _can_run)
