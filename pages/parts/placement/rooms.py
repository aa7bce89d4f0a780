"""What each of the chapter's experiments shows beside its map, and below its outcome."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from engine import Run
from pages.parts.bring import bring
from pages.parts.decisions import decisions, decisions_data
from pages.parts.experiment import Experiment
from pages.parts.furniture import Beside, Panel, explain_place
from pages.parts.lanes import lanes, lanes_data
from pages.parts.meters import meters, meters_data
from pages.parts.placement.strategies import strategies
from pages.parts.placement.waits import waits
from pages.parts.placement.who_asks import who_asks
from pages.parts.predict import GUESS, SKIP, guess_of
from pages.parts.scene import View
from pages.parts.words import Voice


def beside() -> Mapping[str, Beside]:
    """Give what stands beside each map."""
    return {
        "placement": _decisions,
        "placement_network": _meters,
        "placement_compare": _decisions,
        "placement_agent": _lanes,
    }


def panels() -> Mapping[str, Panel]:
    """Give what stands below each outcome."""
    return {
        "placement": _who_and_mine,
        "placement_network": _mine,
        "placement_compare": _compared,
        "placement_agent": _mine,
    }


def _decisions(experiment: Experiment, speaker: Voice, run: Run, view: View) -> None:
    asks = view == "study" and experiment.lesson.name == "placement" and st.query_params.get(GUESS) != SKIP
    data = decisions_data(run, speaker, view, asks=asks)
    result = decisions(data, key=f"{experiment.lesson.name}.{view}_decisions")
    if result.why:
        explain_place(run, int(result.why["task"]), speaker)
    if view == "study":
        waits(experiment.scenario, speaker)


def _meters(experiment: Experiment, speaker: Voice, run: Run, view: View) -> None:
    meters(meters_data(run, speaker, view), key=f"{experiment.lesson.name}.{view}_meters")


def _lanes(experiment: Experiment, speaker: Voice, run: Run, view: View) -> None:
    locked = view == "study" and guess_of(experiment, speaker, run) is None
    lanes(lanes_data(run, speaker, view, locked=locked), key=f"{experiment.lesson.name}.{view}_lanes")


def _who_and_mine(experiment: Experiment, speaker: Voice, _run: Run) -> None:
    who_asks(experiment, speaker)
    bring(experiment, speaker)


def _mine(experiment: Experiment, speaker: Voice, _run: Run) -> None:
    bring(experiment, speaker)


def _compared(experiment: Experiment, speaker: Voice, _run: Run) -> None:
    strategies(experiment, speaker)
    bring(experiment, speaker)
