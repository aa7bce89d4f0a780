"""The board as a component of its own: fed once with a whole run of both ways, it follows the playhead in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.board.words import WORDS
from pages.parts.stage_map import joined

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.board",
    js=joined(("clock.js", "ahead.js", "page.js"))
    + "\n"
    + joined(("board_lanes.js", "board_story.js", "board.js"), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("board.css",), _HERE),
)


def board(data: dict[str, Any], *, key: str, size: str = "study", locked: bool = False) -> None:
    """Play both ways of an organisation. data: `pages.parts.delivery.payload`'s. size: study or stage. locked: a guess is open.

    It never talks to the server. Errors: KeyError for a word that is missing.
    """
    missing = [word for word in WORDS if word not in data["words"]]
    if missing:
        raise KeyError(f"data['words'] lacks {', '.join(missing)}; table('board') has them")
    _component(key=key, data={**data, "size": size, "locked": locked}, height="content")
