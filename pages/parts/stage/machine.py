"""The machine: what steps through a deck, in the browser. The page shows a beat; this is all around it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from engine.catalog import Language
from pages.parts.stage.deck import Beat, Cut, deck
from pages.parts.stage.stills import still_of
from pages.parts.stage.words import MACHINE
from pages.parts.stage_map import joined
from pages.parts.words import LANG, Voice

KEY = "stage.machine"
_HERE = Path(__file__).parent
# What lies over the page lies outside of the component's own place in it: its style goes along in the script.
_STYLE = (
    "const STYLE = "
    + json.dumps(joined(("tokens.css",)) + "\n" + joined(("machine.css",), _HERE)).replace("</", "<\\/")
    + ";"
)
_component = st.components.v2.component(
    "quayside.stage",
    js="\n".join(
        (
            joined(("clock.js", "ahead.js", "page.js")),
            _STYLE,
            joined(("link.js", "curtain.js", "overlays.js", "machine.js"), _HERE),
        )
    ),
    css=":host { display: block; height: 0 }",
)


def machine(beat: Beat, cut: Cut, lang: Language, *, turn: int, on_go: Callable[[], None]) -> None:
    """Put the machine beside the beat's page.

    turn: counts how often a beat was entered: what is entered again begins again.  on_go: called before the page runs, once
    another beat (or the same anew) was asked for; the session holds under KEY what was asked: {"go": {"beat"}}.
    """
    texts = Voice(lang).table("stage.machine")
    missing = [word for word in MACHINE if word not in texts]
    if missing:
        raise KeyError(f"stage: the texts lack {', '.join(missing)}; stage.yaml has them")
    order = deck().cuts[cut]
    _component(
        key=KEY,
        data={
            "beat": beat.id, "turn": turn, "cut": cut, "lang": lang, "base": base(), "order": order, "words": texts,
            "beats": told(lang), "highlight": beat.highlight, "part": beat.part, "runs": beat.runs.model_dump() if beat.runs else None,
            "ahead": f"{base()}/stage/ahead?{urlencode({'beat': beat.id, 'cut': cut, LANG: lang})}", "leave": f"{path_of(beat.page)}?{LANG}={lang}",
        },
        height="content", on_go_change=on_go,
    )  # fmt: skip


def told(lang: Language) -> list[dict[str, Any]]:
    """Write every beat for the browser: what is said of it, where it is shown, and its still picture."""
    return [
        {
            "id": beat.id, "line": beat.line.text(lang), "notes": beat.notes.text(lang), "minutes": beat.minutes,
            "slides": ", ".join(beat.slide), "path": path_of(beat.page), "still": still_of(beat.id, lang),
        }
        for beat in deck().beats.values()
    ]  # fmt: skip


def base() -> str:
    """Say below which path the app answers: "" or "/somewhere"."""
    path = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{path}" if path else ""


def path_of(page: str) -> str:
    """Say where a page is: the first one is at the root."""
    return f"{base()}/{'' if page == 'start' else page}"
