"""The doors to the stage, on the first page: the whole talk, its cut, and the speaker's window, each in a window of its own."""

from __future__ import annotations

import streamlit as st

from pages.parts.stage.deck import deck
from pages.parts.stage.machine import path_of
from pages.parts.stage.speaker import stage_address
from pages.parts.words import LANG, language, say


def doors() -> None:
    """Offer the three windows, with how long the talk takes."""
    lang = language()
    talk, short = (round(deck().minutes(cut)) for cut in ("talk", "short"))
    with st.container(border=True, key="q-doors"):
        st.header(say("stage.open.title"))
        st.markdown(say("stage.open.line"))
        with st.container(horizontal=True, gap="small"):
            st.link_button(say("stage.open.talk", talk=talk), stage_address("talk", lang), type="primary")
            st.link_button(say("stage.open.short", short=short), stage_address("short", lang))
            st.link_button(say("stage.open.speaker"), f"{path_of('start')}?notes=1&{LANG}={lang}")
