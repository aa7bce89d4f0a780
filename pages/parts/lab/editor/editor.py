"""The editor: a text with its lines numbered, and what is wrong with it; the server hears of it when the fingers rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.stage_map import joined
from pages.parts.words import Voice

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.editor",
    js=joined(("clock.js", "ahead.js", "page.js")) + "\n" + joined(("editor.js",), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("editor.css",), _HERE),
)


def editor_data(
    text: str, problems: Sequence[tuple[int | None, str]], speaker: Voice, *, label: str, whose: str, count: str
) -> dict[str, Any]:
    """Write what the editor is given.

    problems: each with its line, from 1 on (None = the whole text), in words. whose: what this text is of; where that changes, the
    browser's own text gives way. count: how many problems there are, or that there is none, in words.
    """
    return {
        "text": text, "problems": [{"line": line, "text": said} for line, said in problems], "label": label, "whose": whose,
        "count": count, "words": speaker.table("lab.editor"),
    }  # fmt: skip


def editor(data: dict[str, Any], *, key: str, on_text: Callable[[], None]) -> Any:
    """Show the text and what is wrong with it. data: `editor_data`'s.

    Returns a result whose `.text` is what was typed, or None, for one rerun only.
    """
    return _component(key=key, data=data, height="content", on_text_change=on_text)
