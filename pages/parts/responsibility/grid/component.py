"""The grid's component: what the browser is given, and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.stage_map import joined

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.grid",
    js=joined(("clock.js", "ahead.js", "page.js")) + "\n" + joined(("grid_cell.js", "grid.js"), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("grid.css",), _HERE),
)


def grid(data: dict[str, Any], *, key: str, on_fill: Callable[[], None], on_check: Callable[[], None]) -> Any:
    """Show the grid.

    data: {size, checked, shown: [model], cells: {model: 13 letters of c, s, a and -}, layers: [{key, title, help}], models: [{key,
    title, since}], words, truth: {model: [{owner, why, cites}]} once it may be seen}.
    Returns a result whose `.fill` (what has been filled in: {shown, cells}) and `.check` ({shown, cells, checked}) hold for one
    rerun only.
    """
    return _component(key=key, data=data, height="content", on_fill_change=on_fill, on_check_change=on_check)
