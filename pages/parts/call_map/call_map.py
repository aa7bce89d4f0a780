"""The call map: an application's modules, services and calls, played in the browser from the run's own tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.call_map.words import WORDS
from pages.parts.stage_map import joined
from pages.parts.stage_map.stage_map import Size

_HERE = Path(__file__).parent
# Clock, index, glyphs, panel and popover are the cluster map's own; what is drawn and said is this folder's.
_SHARED = ("clock.js", "ahead.js", "page.js", "map_index.js", "map_glyphs.js", "map_text.js")
_OWN = ("call_layout.js", "call_index.js", "call_items.js", "call_flow.js", "call_draw.js", "call_words.js")
_PANEL = ("map_panel.js", "map_popover.js")
SCRIPT = "\n".join((joined(_SHARED), joined(_OWN, _HERE), joined(_PANEL), joined(("call_map.js",), _HERE)))
STYLE = joined(("tokens.css", "map.css")) + "\n" + joined(("call_map.css",), _HERE)
_component = st.components.v2.component("quayside.call_map", js=SCRIPT, css=STYLE)


def _nothing() -> None:
    """Ask for a rerun and no more."""


def call_map_data(payload: dict[str, Any], size: Size, *, caption: bool = True, ahead: str = "") -> dict[str, Any]:
    """Write what the call map is given.

    payload: `pages.parts.call_map.payload`'s. size: "study" fits itself to laptop or phone, "stage" is read from the back of
    a hall, "small" stands beside others. caption: whether it says its own sentence. ahead: as for the cluster map.

    Errors: KeyError for a word that is missing.
    """
    missing = [word for word in WORDS if word not in payload["words"]]
    if missing:
        raise KeyError(f"payload['words'] lacks {', '.join(missing)}; table('calls') has them")
    return {"payload": payload, "size": size, "caption": caption, "card": False, "ahead": ahead}


def call_map(data: dict[str, Any], *, key: str, on_act: Callable[[], None] = _nothing) -> Any:
    """Show a run's application on the page's clock; return what the reader asked of it. data: `call_map_data`'s.

    Returns a result whose `.act` is an operation as `experiment.operation` reads it (with its module and at_s) or None, for
    one rerun only. It asks `why` of nobody: the result has none.
    """
    return _component(key=key, data=data, height="content", on_act_change=on_act)
