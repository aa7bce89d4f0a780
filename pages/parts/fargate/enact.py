"""Enact: the component that acts a row out. It holds all rows, so choosing one, and playing, never asks the server first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.stage_map import joined

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.enact",
    js=joined(("clock.js", "ahead.js", "page.js"))
    + "\n"
    + joined(("enact_cards.js", "enact_scene.js", "enact.js"), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("enact.css",), _HERE),
)


def enact_component(
    data: dict[str, Any], *, key: str, on_show: Callable[[], None], on_guess: Callable[[], None]
) -> Any:
    """Show the table and act it out.

    data: what `table_data` gives, and row, era, guesses (cell -> status), open (all is told without a guess), size,
        turn (another one: the story begins anew).
    Returns a result whose `.show` is {"row", "era"} and `.guess` {"cell", "value"}, or None, for one rerun only.
    """
    return _component(key=key, data=data, height="content", on_show_change=on_show, on_guess_change=on_guess)
