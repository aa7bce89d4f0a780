"""The first page for who reads it: what this is, the open chapters as ways in, and what is still to come."""

from __future__ import annotations

import streamlit as st

from pages.parts.chapter import OPEN, coming, heading
from pages.parts.flipped import everything
from pages.parts.progress.card import card
from pages.parts.stage.doors import doors
from pages.parts.time_machine import era, link_words
from pages.parts.words import language, prose, say, voice

CARD_PX = 288  # four in a row on a laptop; a phone shows one


def start_page() -> None:
    """Show the ways in."""
    heading(say("start.title"), say("start.lede"))
    if era() == "talk":
        everything(voice())

    left, right = st.columns([3, 2], gap="large")
    with left:
        st.header(say("start.about"))
        st.markdown(prose("start", "what"))
    with right, st.container(border=True):
        st.header(say("start.first"))
        st.markdown(f"**{say('start.chapter.az_failure.question')}** {say('start.first_line')}")
        if st.button(say("common.button.to_experiment"), type="primary", key="to_experiment"):
            st.switch_page("az_failure.py", query_params=link_words(language()))
        st.markdown(prose("start", "begin"))
        if st.button(say("still_true.start"), key="to_quiz"):
            st.switch_page("fargate.py", query_params={"x": "fargate_true", **link_words(language())})

    st.header(say("start.open"))
    with st.container(horizontal=True, gap="small", key="q-open"):
        for name in OPEN:
            with st.container(border=True, width=CARD_PX, height="stretch", key=f"q-open-{name}"):
                question = say(f"start.chapter.{name}.question")
                st.page_link(f"{name}.py", label=question, width="stretch", query_params=link_words(language()))
                st.markdown(say(f"start.chapter.{name}.line"))

    card(voice())

    doors()

    st.header(say("start.ways"))
    for column, way in zip(st.columns(3, gap="large"), ("learner", "speaker", "architect"), strict=True):
        column.markdown(prose("start", way))

    st.header(say("start.chapters"))
    st.markdown(prose("start", "coming"))
    st.html(coming(voice()))

    with st.expander(say("start.trust")):
        st.markdown(prose("start", "trust"))
    if era() == "today":
        everything(voice())
