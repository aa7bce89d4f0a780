"""The flow as a component of its own: fed once with a whole run of a pipeline, it follows the playhead in the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from pages.parts.serverless.flow.words import WORDS
from pages.parts.stage_map import joined

_HERE = Path(__file__).parent
_STORE = _HERE.parent.parent / "control_plane" / "store"  # its small menu of acts is this picture's too
_component = st.components.v2.component(
    "quayside.flow",
    js="\n".join((
        joined(("clock.js", "ahead.js", "page.js")),
        joined(("store_acts.js",), _STORE),
        joined(("flow_facts.js", "flow_draw.js", "flow_words.js", "flow.js"), _HERE),
    )),
    css=joined(("tokens.css",)) + "\n" + joined(("flow.css",), _HERE),
)  # fmt: skip


def _nothing() -> None:
    """Ask for a rerun and no more."""


def flow_picture(
    data: dict[str, Any], *, key: str, size: Literal["study", "stage", "small"] = "study", acts: bool = True,
    on_act: Callable[[], None] = _nothing,
) -> Any:  # fmt: skip
    """Play a run of a pipeline. data: `payload`'s. size: study fits itself to laptop or phone, stage is for a hall.

    acts: off where nothing can be done to it. Returns a result whose `.act` is {"do", "at_s", …} or None, for one rerun
    only. Errors: KeyError for a word that is missing.
    """
    missing = [word for word in WORDS if word not in data["words"]]
    if missing:
        raise KeyError(f"data['words'] lacks {', '.join(missing)}; table('flow') has them")
    return _component(key=key, data={**data, "size": size, "acts": acts}, height="content", on_act_change=on_act)
