"""Explained: what a term means, shown where it stands, to a pointer, to the keyboard, and to a finger."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from engine.catalog import Language
from pages.parts.glossary.terms import ANCHOR, terms
from pages.parts.stage_map import joined
from pages.parts.words import Voice

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.glossary",
    js=joined(("clock.js", "ahead.js", "page.js")) + "\n" + joined(("glossary.js",), _HERE),
    css=(_HERE / "glossary.css").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def explained(speaker: Voice) -> None:
    """Explain the page's marked terms; once a page. The explanations are sent with it, so that nothing is asked for later."""
    _component(key="glossary", data={"anchor": ANCHOR, "terms": _told(speaker.lang)}, height="content")


@cache
def _told(lang: Language) -> dict[str, list[str]]:
    """Give each term's name and meaning."""
    return {name: [term.forms(lang)[0], term.says.text(lang)] for name, term in terms().items()}
