"""The speaker's window: notes, the next beat, a clock with its pace, and keys that step the stage."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from pages.parts.stage.deck import CUTS, Cut, deck
from pages.parts.stage.machine import base, path_of, told
from pages.parts.stage.words import SPEAKER
from pages.parts.stage_map import joined
from pages.parts.words import LANG, Voice, language

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.speaker",
    js="\n".join((joined(("clock.js", "ahead.js", "page.js")), joined(("link.js", "speaker.js"), _HERE))),
    css=joined(("tokens.css",)) + "\n" + joined(("speaker.css",), _HERE),
)
_LOOK = "header[data-testid='stHeader'] { display: none } .stApp .stMainBlockContainer { padding: 24px 32px; max-width: none }"


def speakers_window(cut: Cut) -> None:
    """Show the window. It is given the whole deck once: after that it asks the server for nothing."""
    lang = language()
    texts = Voice(lang).table("stage.speaker")
    missing = [word for word in SPEAKER if word not in texts]
    if missing:
        raise KeyError(f"stage: the texts lack {', '.join(missing)}; stage.yaml has them")
    st.html(f"<style>{_LOOK}</style>")
    _component(
        key="stage.speaker",
        data={
            "cut": cut, "lang": lang, "base": base(), "words": texts, "beats": told(lang), "decimal": Voice(lang).number_signs()["decimal"],
            "orders": {one: deck().cuts[one] for one in CUTS}, "stage": stage_address(cut, lang),
        },
        height="content",
    )  # fmt: skip


def stage_address(cut: Cut, lang: str) -> str:
    """Write the link that begins a talk."""
    first = deck().of(cut)[0]
    words = {"stage": "1", "beat": first.id, LANG: lang} | ({"cut": cut} if cut == "short" else {})
    return f"{path_of(first.page)}?{urlencode(words)}"
