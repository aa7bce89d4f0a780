"""The store as a component of its own: fed once with a whole run, it follows the playhead in the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from pages.parts.control_plane.store.words import WORDS
from pages.parts.stage_map import joined

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.store",
    js=joined(("clock.js", "ahead.js", "page.js"))
    + "\n"
    + joined(("store_facts.js", "store_draw.js", "store_acts.js", "store.js"), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("store.css",), _HERE),
)


def _nothing() -> None:
    """Ask for a rerun and no more."""


def store(
    data: dict[str, Any], *, key: str, size: str = "study", locked: bool = False, acts: bool = True,
    on_act: Callable[[], None] = _nothing,
) -> Any:  # fmt: skip
    """Play a run of a store. data: `payload`'s. size: study, stage or small. locked: what is still to come is hidden.

    acts: off where nothing can be done to it. Returns a result whose `.act` is {"do", "at_s", …} or None, for one rerun
    only. Errors: KeyError for a word that is missing.
    """
    missing = [word for word in WORDS if word not in data["words"]]
    if missing:
        raise KeyError(f"data['words'] lacks {', '.join(missing)}; table('store') has them")
    return _component(
        key=key, data={**data, "size": size, "locked": locked, "acts": acts}, height="content", on_act_change=on_act
    )
