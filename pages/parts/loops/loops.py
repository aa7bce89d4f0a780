"""The two loops as a component of its own: fed once with every look, it follows the playhead in the browser."""

from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.stage_map import joined

from .words import WORDS

_HERE = Path(__file__).parent
# map_index.js brings `lastAt`, the search for what holds at a moment.
_component = st.components.v2.component(
    "quayside.loops",
    js=joined(("clock.js", "ahead.js", "page.js", "map_index.js")) + "\n" + joined(("loops.js",), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("loops.css",), _HERE),
)


def loops(data: dict[str, Any], *, key: str) -> None:
    """Show both loops with the numbers of the moment, and why each host is still there. data: `payload`'s.

    It never talks to the server. Errors: KeyError for a word that is missing.
    """
    missing = [word for word in WORDS if word not in data["words"]]
    if missing:
        raise KeyError(f"data['words'] lacks {', '.join(missing)}; table('loops') has them")
    _component(key=key, data=data, height="content")
