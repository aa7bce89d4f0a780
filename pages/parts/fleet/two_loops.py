"""The two loops, with every number that feeds them, and why each host is still there."""

from __future__ import annotations

import streamlit as st

from engine import Run
from pages.parts.experiment import Experiment
from pages.parts.loops import loops, payload
from pages.parts.words import Voice


def two_loops(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Draw both loops as they stand at the playhead."""
    name = experiment.lesson.name
    st.header(speaker.say(f"{name}.panel.title"))
    loops(payload(run, speaker), key=f"{name}.loops")
