"""The cards as a component: fed once with every text of a run, it follows the playhead in the browser."""

from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.stage_map import joined

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.cards",
    js=joined(("clock.js", "ahead.js", "page.js")) + "\n" + joined(("cards.js",), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("cards.css",), _HERE),
)


def cards(data: dict[str, Any], *, key: str) -> None:
    """Show the cards as they stand at the playhead. data: `payload`'s. It never talks to the server."""
    _component(key=key, data=data, height="content")
