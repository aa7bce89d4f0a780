"""The chart's component: what the browser is given, and the box that it gives back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.stage_map import joined

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.landscape",
    js=joined(("clock.js", "ahead.js", "page.js")) + "\n" + joined(("chart.js",), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("chart.css",), _HERE),
)


def chart(data: dict[str, Any], *, key: str, on_choose: Callable[[], None]) -> Any:
    """Show the chart.

    data: what `map.chart_data` gives, and size. Returns a result whose `.choose` is the layer and the box that the reader chose,
    or None, for one rerun only.
    """
    return _component(key=key, data=data, height="content", on_choose_change=on_choose)
