"""Slide S05: three ways on, each with the chapters that go there. What is not open yet is named, and is no link."""

from __future__ import annotations

import streamlit as st

from engine import catalog
from pages.parts.chapter import OPEN
from pages.parts.time_machine import link_words
from pages.parts.words import Voice

NAME = "new_normal"


def ways(speaker: Voice) -> None:
    """Show the three ways as doors."""
    say = speaker.say
    st.header(say(f"{NAME}.ways.title"))
    found = catalog.table(NAME)["ways"]
    for column, (way, chapters) in zip(st.columns(len(found), gap="small"), found.items(), strict=True):
        with column.container(border=True, height="stretch", key=f"q-way-{way}"):
            st.markdown(f"**{say(f'{NAME}.ways.{way}')}**")
            st.markdown(say(f"{NAME}.ways.{way}_line"))
            _chapters(tuple(chapters), speaker)


def _chapters(chapters: tuple[str, ...], speaker: Voice) -> None:
    """List a way's chapters by the questions that they ask: doors first, then what is still to come."""
    for name in chapters:
        if name in OPEN:
            question = speaker.say(f"start.chapter.{name}.question")
            st.page_link(f"{name}.py", label=question, width="stretch", query_params=link_words(speaker.lang))
    coming = [speaker.say(f"start.chapter.{name}.question") for name in chapters if name not in OPEN]
    if coming:
        st.markdown(f"{speaker.say(f'{NAME}.ways.coming')} {' '.join(coming)}")
