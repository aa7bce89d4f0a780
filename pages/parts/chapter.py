"""The frame of a chapter: its look, its notices, its kind way with a scenario that cannot run."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from engine.era_checks import flip_of
from engine.errors import BudgetError, Problem
from pages.parts import flipped
from pages.parts.time_machine import era, link_words
from pages.parts.words import Voice, harmless, voice

_LOOKS = Path(__file__).parent / "looks"
# The page's own sheet first, a chapter's after it: of two rules of one weight the later one holds.
_SHEETS = (
    "page",
    "start",
    "eras",
    "course",
    "bring",
    "new_normal",
    "fargate",
    "fleet",
    "placement",
    "kubernetes",
    "eks",
    "control_plane",
    "delivery_rollout",
    "architecture",
    "delivery",
    "responsibility",
    "serverless",
    "lab",
    "landscape",
    "containers",
    "containers_memory",
    "containers_places",
    "sources",
)
_CSS = "\n".join((_LOOKS / f"{name}.css").read_text(encoding="utf-8") for name in _SHEETS)
_STAGE_CSS = (_LOOKS / "stage.css").read_text(encoding="utf-8")


CHAPTERS = (
    "new_normal", "architecture", "responsibility", "serverless", "delivery", "containers", "landscape", "placement",
    "fleet", "fargate", "kubernetes", "control_plane", "eks", "az_failure", "lab", "sources",
)  # fmt: skip
OPEN = (
    "new_normal", "architecture", "responsibility", "serverless", "delivery", "containers", "landscape", "placement", "fleet",
    "fargate", "kubernetes", "control_plane", "eks", "az_failure", "lab", "sources",
)  # fmt: skip
WHICH = "x"  # the word in the URL that names one of a chapter's experiments
VIEW = "view"  # and the one that says in which room it is shown
LINE = "stage.line"  # the session's: what the beat on stage says in one line
TURN = "stage.turn"  # and how often one was entered: what is entered again begins again


def look() -> None:
    """Give the page the parts of its look that Streamlit's theme cannot say."""
    more = voice().say("common.more")  # what has no room in the navigation: Streamlit says it in English only
    st.html(f'<style>{_CSS}\n.rc-overflow-item-rest > button p::after {{ content: "{more}" }}</style>')


def fold(label: str, *, key: str) -> Any:
    """Fold a part of the page away. What is folded is not built (ask `.open`): a toggle repaints only what is seen."""
    return st.expander(label, key=key, on_change="rerun")


def heading(question: str, lede: str) -> None:
    """Ask the chapter's question, and say in one line what stands before the reader."""
    st.html(f'<header class="q-head"><h1>{escape(question)}{_mark()}</h1><p>{escape(lede)}</p></header>')


def _mark() -> str:
    """Write the mark of the talk's time, beside a page's question; nothing today."""
    return f'<span class="q-era">{escape(voice().say("era.talk"))}</span>' if era() == "talk" else ""


def chosen(speaker: Voice, page: str, *others: str) -> str:
    """Let the reader choose one of a chapter's experiments; the URL knows which, and what it says of another one is dropped."""
    if not others:
        return page
    names = (page, *others)
    asked = st.query_params.get(WHICH, "")
    now = asked if asked in names else page
    if asked and asked not in names:
        set_aside(speaker, (Problem(WHICH, asked[:60], ", ".join(names), "name"),))
    with st.container(horizontal=True, key="q-which"):
        for name in names:
            st.button(
                speaker.say(f"{name}.tab"), key=f"{name}.which", on_click=_which, args=(name,),
                type="primary" if name == now else "tertiary",
            )  # fmt: skip
    return now


def _which(name: str) -> None:
    lang = st.query_params.get("lang")
    st.query_params.from_dict({WHICH: name} | (link_words(lang) if lang else {}))


def steps(speaker: Voice, now: int, first: str) -> None:
    """Show where the reader is: predict, run, compare, explain. first: what the first step says (the guess, once made)."""
    names = [first, *(speaker.say(f"common.step.{step}") for step in ("run", "compare", "explain"))]
    items = []
    for number, name in enumerate(names):
        state = "done" if number < now else "now" if number == now else "next"
        current = ' aria-current="step"' if state == "now" else ""
        mark = '<i class="tick" aria-hidden="true"></i>' if state == "done" else f"<i>{number + 1}</i>"
        items.append(f'<li class="{state}"{current}>{mark}{escape(name)}</li>')
    st.html(f'<ol class="q-steps">{"".join(items)}</ol>')


def set_aside(speaker: Voice, aside: Sequence[Problem]) -> None:
    """Say which values of the link could not be used."""
    if not aside:
        return
    items = [
        speaker.say("common.notice.token")
        if problem.message == "token"
        else speaker.say(
            "common.notice.set_aside",
            items=speaker.say(
                "common.notice.set_aside_item",
                name=harmless(problem.path), came=harmless(problem.came), allowed=harmless(problem.allowed, 120),
            ),
        )
        for problem in aside
    ]  # fmt: skip
    st.warning("\n\n".join(items))


def mend(
    speaker: Voice, problems: Sequence[Problem], *, is_budget: bool = False, title: str = "common.error.title"
) -> None:
    """List what is wrong with a scenario (or with what `title` names), all of it; nothing was lost."""
    flipped.not_then(speaker, problems)
    problems = [problem for problem in problems if flip_of(problem) is None]
    if not problems:
        return
    is_scenario = title == "common.error.title"
    said = [f"**{speaker.say(title)}**"] + [speaker.say("common.error.lede", n=len(problems))] * is_scenario
    if is_budget:
        said.append(speaker.say("common.error.budget"))
    lines = [
        "- "
        + speaker.say(
            "common.error.problem",
            path=harmless(problem.path), message=harmless(_ended(problem.message), 160), came=harmless(problem.came, 80),
            allowed=harmless(problem.allowed, 200),
        )
        for problem in problems[:20]
    ]  # fmt: skip
    st.error("\n\n".join(said) + "\n\n" + "\n".join(lines))


def _ended(message: str) -> str:
    """End a sentence that its writer left open: another one follows."""
    return message if message.endswith((".", "!", "?")) else f"{message}."


def budget(speaker: Voice, error: BudgetError) -> None:
    """Say that a run would be too large, with the figure."""
    mend(speaker, error.problems, is_budget=True)


def coming(speaker: Voice) -> str:
    """List the chapters that are not built yet, in the talk's order."""
    items = [
        f"<li><strong>{escape(speaker.say(f'start.chapter.{name}.question'))}</strong>"
        f"<span>{escape(speaker.say(f'start.chapter.{name}.line'))}</span>"
        f"<em>{escape(speaker.say(f'common.nav.{name}'))}</em></li>"
        for name in CHAPTERS
        if name not in OPEN
    ]
    return f'<ul class="q-chapters">{"".join(items)}</ul>'


def plain(text: str) -> str:
    """Make a text safe inside HTML."""
    return escape(text)


def is_in_talk() -> bool:
    """Say whether the page is a beat of the talk on stage."""
    return st.query_params.get("stage") == "1"


def stage_heading(question: str, lede: str) -> None:
    """Ask the question for the back of the hall; in the talk, a beat's one line stands in its place."""
    if is_in_talk():
        question = st.session_state.get(LINE, question)
    st.html(f'<header class="q-stage-head"><h1>{escape(question)}{_mark()}</h1><p>{escape(lede)}</p></header>')


def look_stage() -> None:
    """Take the frame away and make everything large: nothing under 24 px."""
    st.html(f"<style>{_STAGE_CSS}</style>")
