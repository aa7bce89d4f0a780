"""Predict: say what will happen before it is shown, and be held to it afterwards."""

from __future__ import annotations

from itertools import pairwise

import streamlit as st

from engine import Run
from pages.parts import chapter, show
from pages.parts.experiment import Experiment
from pages.parts.words import Voice

GUESS = "guess"


def predict(experiment: Experiment, speaker: Voice) -> str | None:
    """Ask for a guess before the future is shown; return it, "" for who will not guess, None while it is open."""
    name = experiment.lesson.name
    key = f"{name}.guess"
    choices = guesses(experiment, speaker)
    guess = guess_of(experiment)
    if guess is None:
        with st.container(horizontal=True, vertical_alignment="center", key="q-guess"):
            st.markdown(
                f"**{speaker.say(f'{name}.ask.question')}**", help=speaker.say(f"{name}.ask.help"), width="content"
            )
            for choice, text in choices.items():
                st.button(text, key=f"{key}.{choice}", on_click=_guess, args=(key, choice))
            st.button(
                speaker.say(f"{name}.ask.skip"), key=f"{key}.skip", type="tertiary", on_click=_guess, args=(key, "skip")
            )
        return None
    if guess == "skip":
        return ""
    st.query_params[GUESS] = guess
    said = speaker.say(f"{name}.you_said", said=said_of(experiment, speaker, guess))
    chapter.steps(speaker, 1, said)
    return guess


def guess_of(experiment: Experiment) -> str | None:
    """Give the guess as it stands: the session's, else the URL's; None while it is open."""
    key, bounds = f"{experiment.lesson.name}.guess", experiment.lesson.guess_s
    if key not in st.session_state:
        asked = st.query_params.get(GUESS)
        known = {"never", "0", "skip", *(f"{bound:g}" for bound in bounds)}
        st.session_state[key] = asked if asked in known else None
    guess: str | None = st.session_state[key]
    return guess


def guesses(experiment: Experiment, speaker: Voice) -> dict[str, str]:
    """List what may be guessed: never, then each span of seconds."""
    return _spans(experiment, speaker, "guess")


def _spans(experiment: Experiment, speaker: Voice, how: str) -> dict[str, str]:
    """Write each choice in one of two ways: as a button (guess), or as part of a sentence (said)."""
    name, bounds = experiment.lesson.name, experiment.lesson.guess_s
    texts, seconds = speaker.table(f"{name}.{how}"), speaker.seconds
    spans = {
        f"{low:g}": texts["between"].format(low=seconds(low), high=seconds(high)) for low, high in pairwise(bounds)
    }
    return {
        "never": texts["never"],
        "0": texts["under"].format(time=seconds(bounds[0])),
        **spans,
        f"{bounds[-1]:g}": texts["over"].format(time=seconds(bounds[-1])),
    }


def said_of(experiment: Experiment, speaker: Voice, guess: str) -> str:
    """Repeat a guess inside a sentence."""
    return _spans(experiment, speaker, "said")[guess]


def verdict(experiment: Experiment, speaker: Voice, run: Run, guess: str) -> str:
    """Hold the guess against what happened."""
    name, bounds = experiment.lesson.name, experiment.lesson.guess_s
    found = show.outcome(run)
    said, took = said_of(experiment, speaker, guess), speaker.seconds(found.errors_s)
    if not found.failed:
        return speaker.say(f"{name}.verdict.none", said=said)
    if guess == "never":
        return speaker.say(f"{name}.verdict.never", took=took)
    low = float(guess)
    high = next((bound for bound in bounds if bound > low), float("inf"))
    which = "right" if low <= found.errors_s < high else "short" if found.errors_s >= high else "long"
    return speaker.say(f"{name}.verdict.{which}", said=said, took=took)


def _guess(key: str, choice: str) -> None:
    st.session_state[key] = choice
