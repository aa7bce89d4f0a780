"""The transport: one bar that plays every map and chart of a page."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.stage_map import joined

from .words import WORDS

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.transport",
    js=joined(("clock.js", "ahead.js", "page.js")) + "\n" + joined(("transport.js",), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("transport.css",), _HERE),
)


def _nothing() -> None:
    """Ask for a rerun and no more."""


def transport(data: dict[str, Any], *, key: str, on_act: Callable[[], None] = _nothing) -> Any:
    """Play, pause, scrub, step and pace the page's clock; return the action the reader chose, if any.

    data: {id, end, marks, words, number} and, where wanted, speeds (three), speed (one of them, at first), size ("stage"), lang,
    keys (space and F work wherever the focus is: for the stage), at (where a fresh page's playhead stands, s), locked_future (hide what is still to come while a guess is open), and
    action: [{from_t, label, tone, act: {do, zone, host, task}}], one button whose offer changes with time.
    Returns a result whose `.act` is `{"do", "zone", "host", "task", "at_s"}` or None, for one rerun only.
    """
    missing = [word for word in WORDS if word not in data["words"]]
    if missing:
        raise KeyError(f"transport {key!r}: data['words'] lacks {', '.join(missing)}; table('transport') has them")
    return _component(key=key, data={"scope": key, **data}, height="content", on_act_change=on_act)
