"""The meter: the slider of S27. Six stops side by side, each a stack of the slide's four boxes; the chosen one in full."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.stage_map import joined

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.meter",
    js=joined(("clock.js", "ahead.js", "page.js")) + "\n" + joined(("meter.js",), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("meter.css",), _HERE),
)


def meter(data: dict[str, Any], *, key: str, on_show: Callable[[], None]) -> Any:
    """Show the slider.

    data: what `slider.meter_data` gives, and stop (the chosen one), size. Returns a result whose `.show` is the stop that the
    reader chose, or None, for one rerun only.
    """
    return _component(key=key, data=data, height="content", on_show_change=on_show)
