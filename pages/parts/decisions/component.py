"""The table of a decision: it follows the playhead, steps from one decision to the next, and asks before it tells."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from engine import Run
from pages.parts.decisions.payload import packed
from pages.parts.decisions.words import WORDS
from pages.parts.show import BY_SCENARIO
from pages.parts.stage_map import joined
from pages.parts.words import Voice

Size = Literal["study", "stage"]

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.decisions",
    js=joined(("clock.js", "ahead.js", "page.js")) + "\n" + joined(("decisions.js",), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("decisions.css",), _HERE),
)


def _nothing() -> None:
    """Ask for a rerun and no more."""


@st.cache_resource(max_entries=32, show_spinner=False, hash_funcs=BY_SCENARIO)
def _packed(run: Run, speaker: Voice) -> dict[str, Any]:
    return packed(run, speaker)


def decisions_data(run: Run, speaker: Voice, size: Size, *, asks: bool) -> dict[str, Any]:
    """Write what the table is given. asks: whether a decision hides its answer until it was guessed or skipped."""
    words = speaker.table("decisions")
    return _packed(run, speaker) | {
        "size": size, "asks": asks, "lang": speaker.lang, "number": speaker.number_signs(), "words": {word: words[word] for word in WORDS},
    }  # fmt: skip


def decisions(data: dict[str, Any], *, key: str, on_why: Callable[[], None] = _nothing) -> Any:
    """Show the decision at the playhead. `.why` of the result is `{"task"}` for one rerun after its gates were asked for."""
    return _component(key=key, data=data, height="content", on_why_change=on_why)
