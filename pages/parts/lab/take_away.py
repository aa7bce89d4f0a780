"""Take it away: the link, a report that needs no network, a notebook that runs it again."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

import streamlit as st

from pages.parts.lab.notebook import notebook
from pages.parts.lab.report import report
from pages.parts.lab.slots import LONGEST_URL, Slot
from pages.parts.lesson import Lesson
from pages.parts.side_by_side import Side
from pages.parts.time_machine import link_words
from pages.parts.words import Voice


def take_away(speaker: Voice, slots: Sequence[Slot], sides: Sequence[Side], of: Lesson) -> None:
    """Offer what can be kept of it all. Files are written when they are asked for."""
    say = speaker.say
    st.header(say("lab.away.title"))
    address = link(slots, speaker)
    st.markdown(say("furniture.link"))
    st.code(address, language=None, wrap_lines=True)
    if len(address) > LONGEST_URL:
        st.warning(say("lab.away.long", n=len(address)))
    if not sides:
        return
    with st.container(horizontal=True):
        st.download_button(
            say("lab.away.report"), lambda: report(speaker, sides, of, address), "quayside-lab.html", "text/html",
            key="lab.report", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            say("lab.away.notebook"), lambda: notebook(speaker, sides, of.goal_s), "quayside-lab.ipynb",
            "application/x-ipynb+json", key="lab.notebook", on_click="ignore",
        )  # fmt: skip
    st.markdown(say("lab.away.what"))


def link(slots: Sequence[Slot], speaker: Voice) -> str:
    """Write the address that opens the same scenarios in the same slots."""
    words = {slot.letter: slot.word for slot in slots} | link_words(speaker.lang)
    base = str(st.context.url or "").split("?")[0]
    return f"{base}?{urlencode(words)}"
