"""The headline: the number that a hall should take home from this moment, large, on the page's clock."""

from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.stage_map import joined

from .words import WORDS

_HERE = Path(__file__).parent
# map_index.js is the map's own arithmetic: one mean, one rounding, so the two can never disagree.
_component = st.components.v2.component(
    "quayside.headline",
    js=joined(("clock.js", "ahead.js", "page.js", "map_index.js")) + "\n" + joined(("headline.js",), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("headline.css",), _HERE),
)
_SHARED = ("id", "lang", "marks", "captions", "flow", "number")


def headline_data(payload: dict[str, Any]) -> dict[str, Any]:
    """Write what the headline is given: the map's own payload with the table `headline` for its words."""
    missing = [word for word in WORDS if word not in payload["words"]]
    if missing:
        raise KeyError(f"payload['words'] lacks {', '.join(missing)}; table('headline') has them")
    return {name: payload[name] for name in _SHARED} | {"words": {word: payload["words"][word] for word in WORDS}}


def headline(data: dict[str, Any], *, key: str) -> None:
    """Say the moment in one number: what users are refused, else what fails them, else what they are served.

    data: `headline_data`'s. The caption's sentence stands below the number, so the map beside it says none of its own.
    """
    _component(key=key, data=data, height="content")
