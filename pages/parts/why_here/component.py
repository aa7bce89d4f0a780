"""Why here?: one placement decision, drawn as hosts that run through gates.  The browser gets text, never markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NotRequired, TypedDict

import streamlit as st

from pages.figures import theme
from pages.parts import words

HERE = Path(__file__).parent


class Gate(TypedDict):
    """Ask one question.  no: how the gate says no to many at once, such as "not enough memory"."""

    kind: Literal["filter", "score"]
    title: str
    no: NotRequired[str]


class Host(TypedDict):
    """Tell how far a host came.  stops_at: the gate that held it, or None; values: what each gate read, "" for none.

    kind: the reason without its number, so that many hosts can be told together.
    """

    id: str
    lost: bool
    stops_at: int | None
    reason: str
    values: Sequence[str]
    chosen: bool
    kind: NotRequired[str]


class Task(TypedDict):
    """Describe who was to be placed."""

    title: str
    sub: str
    rows: Sequence[tuple[str, str]]


class Zone(TypedDict):
    """Count the service's tasks in a zone, the evidence for a spread."""

    id: str
    n: int
    lost: bool


class Note(TypedDict):
    """Say what the decision rests on."""

    basis: Literal["documented", "assumed"]
    text: str


class Decision(TypedDict):
    """Hold everything the view says, in the page's language.  counts: hosts left at the start and after each gate."""

    title: str
    lede: str
    task: Task
    gates: Sequence[Gate]
    hosts: Sequence[Host]
    counts: Sequence[int]
    sentence: str
    zones: NotRequired[Sequence[Zone]]
    notes: NotRequired[Sequence[Note]]
    words: NotRequired[Mapping[str, str]]  # where a page calls things otherwise (node for host)


def _style() -> str:
    tones = theme.css(theme.LIGHT, ".qw") + theme.css(theme.DARK, '.qw[data-theme="dark"]')
    return f"{tones}\n{(HERE / 'why_here.css').read_text(encoding='utf-8')}"


_component = st.components.v2.component(
    "quayside_why_here",
    js=(HERE / "why_here.js").read_text(encoding="utf-8"),
    css=_style(),
    isolate_styles=False,
)


def why_here(data: Decision, key: str) -> None:
    """Answer "why did it go there?": filters stop a host with the reason, scores outrank it, one comes through."""
    _component(key=key, data={**data, "words": {**words.table("charts.why"), **data.get("words", {})}})
