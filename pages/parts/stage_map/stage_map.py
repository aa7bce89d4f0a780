"""The cluster map: zones, hosts and tasks, played in the browser from the run's own moves."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from .words import WORDS

Size = Literal["study", "stage", "small"]

_HERE = Path(__file__).parent
# One module is one string: the clock first, the component last; between them each file uses only those above it.
_SCRIPTS = (
    "clock.js", "ahead.js", "page.js", "map_index.js", "map_glyphs.js", "map_text.js", "map_layout.js", "map_items.js",
    "map_flow.js", "map_draw.js", "map_words.js", "map_panel.js", "map_popover.js", "map.js",
)  # fmt: skip
_STYLES = ("tokens.css", "map.css")


def joined(names: tuple[str, ...], folder: Path = _HERE) -> str:
    """Join source files in the order named: Streamlit takes a component's code as one string.

    Comments that fill a line and indents stay at home: the string travels with every new run.
    """
    text = "\n".join((folder / name).read_text(encoding="utf-8") for name in names)
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith(("//", "/*", "*")))


_component = st.components.v2.component("quayside.stage_map", js=joined(_SCRIPTS), css=joined(_STYLES))


def _nothing() -> None:
    """Ask for a rerun and no more."""


def map_data(
    payload: dict[str, Any], size: Size, *, caption: bool = True, card: bool = True, ahead: str = ""
) -> dict[str, Any]:
    """Write what the map is given.

    payload: the run as columns (zones, hosts, moves, rates, captions, actions, words).
    size: "study" fits itself to laptop or phone, "stage" is read from the back of a hall, "small" stands beside others.
    caption: whether the map says its own sentence (a page that shows it larger elsewhere turns it off).
    card: whether the control plane's card may stand beside it, where there is room.
    ahead: where the browser asks for the run that an action makes, before the page brings it; "" = it waits for the page.
    """
    missing = [word for word in WORDS if word not in payload["words"]]
    if missing:
        raise KeyError(f"payload['words'] lacks {', '.join(missing)}; table('map') has them")
    return {"payload": payload, "size": size, "caption": caption, "card": card, "ahead": ahead}


def stage_map(
    data: dict[str, Any], *, key: str, on_act: Callable[[], None] = _nothing, on_why: Callable[[], None] = _nothing
) -> Any:
    """Show a run as a map on the page's clock; return what the reader asked of it. data: `map_data`'s.

    Returns a result whose `.act` is `{"do", "zone", "host", "task", "at_s"}` or None, and whose `.why` is
    `{"task", "at_s"}` or None; both last for one rerun only.
    """
    return _component(key=key, data=data, height="content", on_act_change=on_act, on_why_change=on_why)
