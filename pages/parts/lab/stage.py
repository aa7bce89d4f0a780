"""The lab for the back of the hall: the same room, large."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages.parts import chapter, show
from pages.parts.lab.guessing import fewest
from pages.parts.lesson import lesson
from pages.parts.predict import is_asking
from pages.parts.side_by_side import Side, side_by_side
from pages.parts.turn import go
from pages.parts.words import Voice

ROWS = ("failed", "cost")


def stage(speaker: Voice, sides: Sequence[Side]) -> None:
    """Show what is compared, and two rows of what came of it; nothing under 24 px."""
    of, locked = lesson("lab"), is_asking()
    chapter.look_stage()
    best = next((side.title for side in sides if side.key == fewest(sides)), "") if sides and not locked else ""
    chapter.stage_heading(speaker.say("lab.title"), speaker.say("lab.stage.best", name=best) if best else "")
    if sides:
        with st.container(key=f"q-lab-stage-{len(sides)}"):
            side_by_side("lab", sides, speaker, goal_s=of.goal_s, strips=of.strips[:1], locked=locked, is_hall=True)
        if not locked:
            table = show.outcome_table(
                speaker,
                speaker.say("lab.outcome.title"),
                [side.title for side in sides],
                [side.run for side in sides],
                ROWS,
            )
            st.html(f'<div class="q-lab-hall">{table}</div>')
    with st.container(key="q-stage-exit"):
        st.button(speaker.say("common.mode.study"), key="lab.study", on_click=go, args=("study",))
