"""Sure: a guess is made once, kept before anything is told, and may say how sure it is."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from pages.parts import progress
from pages.parts.words import Voice

SKIP = "skip"  # the answer of who will not guess
STEPS = (50, 60, 70, 80, 90, 100)  # percent; half is a coin
_SURE, _FRESH = "sure", "fresh"


def ask_sure(name: str, speaker: Voice) -> None:
    """Offer to say how sure one is; nobody has to. name: whose guess it is."""
    st.selectbox(
        speaker.say("progress.sure.ask"), STEPS, index=None, key=f"{name}.{_SURE}", label_visibility="collapsed",
        format_func=lambda step: speaker.say("progress.sure.step", share=speaker.percent(step / 100, 0)),
        placeholder=speaker.say("progress.sure.brief"), width=108,
    )  # fmt: skip


def how_sure(name: str) -> int | None:
    """Give what was said, in percent; none where nothing was, or what was never offered."""
    found = st.session_state.get(f"{name}.{_SURE}")
    return found if found in STEPS else None


def click(name: str, choice: str) -> None:
    """Make a guess by hand: what a link or a former visit brings is no answer of today's."""
    st.session_state[f"{name}.guess"] = choice
    st.session_state[f"{name}.{_FRESH}"] = how_sure(name) or True


def skip(name: str) -> None:
    """Go on without a guess."""
    st.session_state[f"{name}.guess"] = SKIP


def lock(name: str, guess: str, *, right: Callable[[], bool | None], what: str = "") -> None:
    """Keep a guess that was made by hand just now: it is on disk before the page tells whether it was right.

    right: whether it was; asked only of a guess that is kept. what: under which name it is kept, where that is not `name`.
    """
    sure = st.session_state.pop(f"{name}.{_FRESH}", None)
    if sure is not None and guess != SKIP:
        progress.answered("guess", what or name, guess, right=right(), sure=None if sure is True else sure)


def kept(name: str) -> str | None:
    """Give the guess of a former visit: who has been told how it ends is not asked again."""
    return next((one.answer for one in reversed(progress.answers("guess")) if one.what == name), None)
