"""The blast radius: where the tasks run, on the same clock, and every call's own settings."""

from __future__ import annotations

import streamlit as st

from engine import Run
from pages.parts import chapter
from pages.parts.architecture.every_call import every_call
from pages.parts.experiment import Experiment
from pages.parts.scene import shown
from pages.parts.stage_map import map_data, stage_map
from pages.parts.words import Voice


def blast_panel(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Show where the tasks run, below the map of their calls; and let every call be set by itself."""
    name, say = experiment.lesson.name, speaker.say
    with chapter.fold(say(f"{name}.panel.where"), key=f"{name}.where_fold") as fold:
        if fold.open:
            st.markdown(say(f"{name}.panel.where_lede"))
            stage_map(map_data(shown(run, speaker), "study", caption=False, card=False), key=f"{name}.where")
    with chapter.fold(say(f"{name}.panel.calls"), key=f"{name}.every_call") as fold:
        if fold.open:
            every_call(experiment, speaker)
