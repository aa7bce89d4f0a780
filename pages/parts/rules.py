"""Rules: placement constraints as the reader types them, every mistake said with its place; the run goes on meanwhile."""

from __future__ import annotations

import re
from html import escape

import streamlit as st

from engine.changes import value_at
from engine.placement.constraints import read
from engine.placement.lexer import Mistake
from pages.parts.experiment import Experiment
from pages.parts.lesson import Control
from pages.parts.words import voice

PHRASES = {  # what the parser says in English, longest first
    "list": "a list in brackets, such as", "parentheses": "parentheses and nots inside each other", "most": "at most",
    "operator": "an operator", "subject": "a subject", "whole": "a whole number", "boolean": "true or false", "end": "the end",
    "value": "a value", "characters": "characters", "or": "` or",
}  # fmt: skip
BEFORE, AFTER = 26, 8  # signs around a mistake that are shown again


def ask_lines(experiment: Experiment, control: Control) -> None:
    """Let the reader type constraints, one a line. What can be read is run at once; of what cannot, every mistake is said."""
    speaker = voice()
    key = f"{experiment.lesson.name}.ask.{control.url}"
    now = "\n".join(value_at(experiment.scenario, control.path))
    bad = f"{key}.bad"

    def write() -> None:
        lines = [line.strip() for line in st.session_state[key].splitlines() if line.strip()]
        wrong = [(line, mistake) for line in lines for mistake in read(line)[1]]
        st.session_state[bad] = wrong
        if not wrong:
            experiment.set({control.path: lines})

    if not st.session_state.get(bad) and st.session_state.get(key) != now:
        st.session_state[key] = now
    st.text_area(
        speaker.say("rules.label"), key=key, help=speaker.say("rules.help"), height=92, placeholder=speaker.say("rules.placeholder"),
        on_change=write, max_chars=4_000,
    )  # fmt: skip
    if wrong := st.session_state.get(bad):
        said = "".join(_said(line, mistake) for line, mistake in wrong)
        st.html(
            f'<div class="q-rules" role="alert"><p>{escape(speaker.say("rules.wrong", n=len(wrong)))}</p>{said}</div>'
        )


def _spoken(text: str) -> str:
    """Say what the parser says in the reader's language; names and signs stay as they are."""
    words = voice().table("rules.phrase")
    for key, phrase in PHRASES.items():
        text = text.replace(phrase, words[key])
    return text


def _said(line: str, mistake: Mistake) -> str:
    """Show the line with a mark under the sign at fault, and what was expected there."""
    speaker = voice()
    at = min(mistake.at, len(line) + 1)
    where = speaker.say("rules.mistake", at=at, came=_spoken(mistake.came), expected=_spoken(mistake.expected))
    cut = max(0, at - 1 - BEFORE)
    seen = ("…" if cut else "") + line[cut : at + AFTER] + ("…" if len(line) > at + AFTER else "")
    mark = f"\n{' ' * (at - 1 - cut + (1 if cut else 0))}^"
    told = re.sub("`([^`]+)`", r"<code>\1</code>", escape(where))
    return f'<pre aria-hidden="true">{escape(seen)}{mark}</pre><p>{told}</p>'
