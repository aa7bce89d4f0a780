"""The desk's component."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.stage_map import joined

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.desk",
    js=joined(("clock.js", "ahead.js", "page.js")) + "\n" + joined(("desk.js",), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("desk.css",), _HERE),
)


def desk(data: dict[str, Any], *, key: str) -> None:
    """Show the desk. data: `desk_data`'s, and size (study or stage)."""
    _component(key=key, data=data, height="content")
