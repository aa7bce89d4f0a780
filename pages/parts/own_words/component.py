"""Own words: Streamlit's widgets speak English only ("Clear all", "No results"); this says it in the page's language.

Whole texts are put in place of whole texts, in names that a screen reader is told and on the screen; nothing of ours is touched, as
ours is never one of them. `{}` stands for what differs: a file's name, a size.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from engine.catalog import Language
from pages.parts.stage_map import joined
from pages.parts.words import Voice

NAMES = (
    "app_pages", "clear_all", "clear_value", "close", "collapse", "decrement", "expand", "file", "home", "increment", "open", "remove",
    "running", "scroll_left", "scroll_right", "select_all", "selected", "stop", "upload_a", "upload",
)  # fmt: skip
TEXTS = (
    "no_results",
    "no_options",
    "to_pick",
    "apply",
    "drop",
    "drops",
    "per_file",
    "connecting",
    "select_all",
    "upload",
)
_HERE = Path(__file__).parent
_component = st.components.v2.component("quayside.own_words", js=joined(("own_words.js",), _HERE), isolate_styles=False)


def own_words(speaker: Voice) -> None:
    """Translate them; once a page."""
    _component(key="own_words", data=_told(speaker.lang), height="content")


def _told(lang: Language) -> dict[str, list[list[str]]]:
    """Pair what Streamlit says with what is said in its place. In English all stays."""
    if lang == "en":
        return {"names": [], "texts": []}
    english, said = Voice("en").say, Voice(lang).say
    return {
        kind: [[english(f"widgets.{key}", x="{}"), said(f"widgets.{key}", x="{}")] for key in keys]
        for kind, keys in (("names", NAMES), ("texts", TEXTS))
    }
