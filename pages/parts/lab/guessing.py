"""A guess first: which of them fails fewer requests? The runs themselves are the answer."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from engine import metrics
from pages.parts import chapter
from pages.parts.guess import guessed
from pages.parts.predict import GUESS, SKIP
from pages.parts.side_by_side import Side
from pages.parts.sure import lock
from pages.parts.words import Voice

SAME, KEY = "same", "lab.guess"


def ask_first(speaker: Voice, sides: Sequence[Side]) -> str | None:
    """Ask, where there is something to compare; None while the question is open, SKIP where nothing is asked."""
    if len(sides) < 2:
        return SKIP
    choices = {side.key: side.title for side in sides} | {SAME: speaker.say("lab.guess.same")}
    guess = guessed("lab", speaker, choices)
    if guess is not None and guess != SKIP:
        said = speaker.say("lab.said.same") if guess == SAME else choices[guess]
        chapter.steps(speaker, 1, speaker.say("furniture.you_said", said=said))
        lock("lab", guess, right=lambda: guess == fewest(sides), what="lab.fewest")
    return guess


def again() -> None:
    """Ask anew: other scenarios are another question."""
    st.session_state.pop(KEY, None)
    st.query_params.pop(GUESS, None)


def fewest(sides: Sequence[Side]) -> str:
    """Name whose users lost the fewest requests; SAME where all lost as many.

    Shares decide, not counts: whoever is asked for more may lose more.
    """
    lost = {side.key: share_lost(side) for side in sides}
    return SAME if len(set(lost.values())) == 1 else min(lost, key=lambda key: lost[key])


def share_lost(side: Side) -> float:
    """Give the share of its closed requests that failed."""
    return 1 - metrics.totals(side.run).availability


def verdict(speaker: Voice, sides: Sequence[Side], guess: str) -> str:
    """Hold the guess against what happened."""
    truth, names = fewest(sides), {side.key: side.title for side in sides}
    shares = {side.key: speaker.percent(share_lost(side), 2) for side in sides}
    most = max(sides, key=share_lost)
    if truth == SAME:
        key = "lab.verdict.same_right" if guess == SAME else "lab.verdict.same"
        return speaker.say(key, share=shares[most.key])
    key = "lab.verdict.right" if guess == truth else "lab.verdict.wrong"
    return speaker.say(key, best=names[truth], least=shares[truth], worst=most.title, most=shares[most.key])
