"""The ladder's component: what the browser is given, and the stop that it gives back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.stage_map import joined

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.ladder",
    js=joined(("clock.js", "ahead.js", "page.js")) + "\n" + joined(("ladder.js",), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("ladder.css",), _HERE),
)


def ladder(data: dict[str, Any], *, key: str, on_show: Callable[[], None]) -> Any:
    """Show the ladder.

    data: what `slider.ladder_data` gives, and stop (the chosen one), size. Returns a result whose `.show` is the stop that the
    reader chose, or None, for one rerun only.
    """
    return _component(key=key, data=data, height="content", on_show_change=on_show)
