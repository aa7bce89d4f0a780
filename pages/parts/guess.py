"""A guess for a room without a run: a few answers, one of which is right; held against what the engine says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

import streamlit as st

from pages.parts import chapter
from pages.parts.predict import GUESS, SKIP, is_asking, unknown_guess
from pages.parts.sure import ask_sure, click, kept, skip
from pages.parts.words import Voice


def guessed(name: str, speaker: Voice, choices: Mapping[str, str]) -> str | None:
    """Ask; give the answer once it is made (SKIP for who will not guess), None while it is open. choices: answer -> its words."""
    key = f"{name}.guess"
    if key not in st.session_state:
        st.session_state[key] = st.query_params.get(GUESS) or kept(name)
    guess: str | None = st.session_state[key]
    if guess in {SKIP, *choices}:
        st.query_params[GUESS] = str(guess)
        return guess

    chapter.set_aside(speaker, unknown_guess(name, choices))

    with st.container(horizontal=True, vertical_alignment="center", key="q-guess"):
        st.markdown(f"**{speaker.say(f'{name}.ask.question')}**", help=speaker.say(f"{name}.ask.help"), width="content")
        for choice, text in choices.items():
            st.button(text, key=f"{key}.{choice}", on_click=click, args=(name, choice))
        ask_sure(name, speaker)
        st.button(speaker.say("furniture.skip"), key=f"{key}.{SKIP}", type="tertiary", on_click=skip, args=(name,))
    return None


def staged() -> str | None:
    """Give what stands for a guess on stage: none while the link asks the hall, else SKIP."""
    return None if is_asking() else SKIP


def spans(
    speaker: Voice, name: str, bounds: Sequence[float], write: Callable[[float], str], *, whole: bool = False
) -> dict[str, str]:
    """Name the spans between bounds: under the first, between two, from the last on.

    write: a bound in the reader's language. whole: they count things, so that a span ends one before the next begins.
    """
    texts = speaker.table(f"{name}.guess")
    between = {
        f"{low:g}": texts["between"].format(low=write(low), high=write(high - whole)) for low, high in pairwise(bounds)
    }
    under, over = texts["under"].format(high=write(bounds[0])), texts["over"].format(low=write(bounds[-1]))
    return {"0": under} | between | {f"{bounds[-1]:g}": over}


def which(value: float, bounds: Sequence[float], guess: str) -> str:
    """Say whether a value lies in the span that begins at the guess, or above it, or below.

    >>> which(6, (3, 6, 9), "6"), which(2, (3, 6, 9), "6"), which(9, (3, 6, 9), "0")
    ('right', 'high', 'low')
    """
    low = float(guess)
    top = next((bound for bound in bounds if bound > low), float("inf"))
    return "right" if low <= value < top else "low" if value >= top else "high"
