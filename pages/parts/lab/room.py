"""The lab: four slots, one clock. Guess, run, compare, change; and take it all away as a link, a report or a notebook."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine.together import refusals
from pages.parts import chapter, show
from pages.parts.course import course_of
from pages.parts.furniture import view
from pages.parts.lab.bench import bench
from pages.parts.lab.differences import differences
from pages.parts.lab.form import absent
from pages.parts.lab.guessing import ask_first, verdict
from pages.parts.lab.many import many
from pages.parts.lab.shelf import shelf
from pages.parts.lab.slots import Slot, opened, write_url
from pages.parts.lab.stage import stage
from pages.parts.lab.take_away import take_away
from pages.parts.lesson import lesson
from pages.parts.predict import SKIP
from pages.parts.side_by_side import Side, outcomes, side_by_side
from pages.parts.sources import sources
from pages.parts.turn import facts_of, go, told
from pages.parts.words import Voice, voice


def lab() -> None:
    """Open the lab in whichever room the URL asks for."""
    speaker, slots = voice(), opened()
    _set_aside(speaker, slots)
    sides = _sides(speaker, slots)
    if view() == "stage":
        stage(speaker, sides)
    else:
        _study(speaker, slots, sides)
        course_of("lab", "lab", speaker, slots[0].own)
    write_url(slots)


def _set_aside(speaker: Voice, slots: Sequence[Slot]) -> None:
    """Say which slot's word in the link could not be used, and what stands there in its place."""
    lines = [
        speaker.say("lab.aside", letter=slot.letter.upper(), name=slot.title(speaker)) for slot in slots if slot.aside
    ]
    if lines:
        st.warning("\n\n".join(lines))


def _sides(speaker: Voice, slots: list[Slot]) -> list[Side]:
    """Run what can be run; whoever is too large, or did not exist, is told, and the others stand."""
    there = [slot for slot in slots if not slot.absent]
    for slot in slots:
        absent(slot, speaker)
    sides = []
    for slot, problems in zip(there, refusals([slot.scenario for slot in there]), strict=True):
        if problems:
            st.html(
                f'<p class="q-lab-refused">{chapter.plain(speaker.say("lab.refused", name=slot.title(speaker)))}</p>'
            )
            chapter.mend(speaker, problems, is_budget=True)
        else:
            sides.append(Side(slot.letter, slot.title(speaker), show.run_of(slot.scenario, lambda: write_url(slots))))
    return sides


def _study(speaker: Voice, slots: Sequence[Slot], sides: Sequence[Side]) -> None:
    """One page: the compare room, its tables, the bench and the gallery."""
    of = lesson("lab")
    left, right = st.columns([9, 2], gap="medium", vertical_alignment="bottom")
    with left:
        chapter.heading(speaker.say("lab.title"), speaker.say("lab.lede"))
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        st.button(speaker.say("common.mode.stage"), key="lab.stage", on_click=go, args=("stage",))
    guess = None
    if sides:
        guess = ask_first(speaker, sides)
        with st.container(key="q-lab-row"):
            side_by_side(
                "lab", sides, speaker, goal_s=of.goal_s, strips=of.strips, locked=guess is None
            )  # fmt: skip
        if guess is not None:
            if guess != SKIP:
                st.html(f'<p class="q-verdict">{chapter.plain(verdict(speaker, sides, guess))}</p>')
            outcomes(speaker, speaker.say("lab.outcome.title"), sides, of.outcome)
            many(speaker, sides)
    titles = [slot.title(speaker) for slot in slots]
    if len(slots) > 1:
        differences(speaker, titles, [slot.scenario for slot in slots])
    bench(slots, speaker)
    shelf(speaker)
    if guess is not None:
        take_away(speaker, slots, sides, of)
    told(speaker, "lab", of.explain)
    facts = {fact for slot in slots for fact in facts_of(slot.scenario)}
    sources(*of.facts, *sorted(facts))
