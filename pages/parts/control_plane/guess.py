"""A guess in a room without a run of the cluster: asked first, kept in the link, held against what happened."""

from __future__ import annotations

import streamlit as st

from engine.errors import Problem
from pages.parts import chapter
from pages.parts.predict import GUESS, SKIP
from pages.parts.words import Voice


def guessed(name: str, speaker: Voice) -> str | None:
    """Ask, until there is an answer; give the guess (SKIP for who will not guess), None while it is open.

    The choices are the texts `<name>.guess.*`.
    """
    key, choices = f"{name}.guess", speaker.table(f"{name}.guess")
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get(GUESS)
    guess: str | None = st.session_state[key]
    if guess in {SKIP, *choices}:
        st.query_params[GUESS] = str(guess)
        return guess
    if guess is not None:
        chapter.set_aside(speaker, [Problem(GUESS, guess, ", ".join((*choices, SKIP)), "name")])

    def make(choice: str) -> None:
        st.session_state[key] = choice

    with st.container(horizontal=True, vertical_alignment="center", key="q-guess"):
        st.markdown(f"**{speaker.say(f'{name}.ask.question')}**", help=speaker.say(f"{name}.ask.help"), width="content")
        for choice, text in choices.items():
            st.button(text, key=f"{key}.{choice}", on_click=make, args=(choice,))
        st.button(speaker.say("furniture.skip"), key=f"{key}.{SKIP}", type="tertiary", on_click=make, args=(SKIP,))
    return None
