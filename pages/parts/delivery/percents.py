"""The percents: the square of minimum and maximum, cut exactly by what a roll-out may do there; ECS beside Kubernetes, one dot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from engine.traps import MOVES, Orchestrator, patches
from pages.parts.stage_map import joined
from pages.parts.words import Voice

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.percents",
    js=joined(("clock.js", "ahead.js", "page.js")) + "\n" + joined(("percents.js",), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("percents.css",), _HERE),
)


def percents_data(
    desired: int, minimum: int, maximum: int, speaker: Voice, size: Literal["study", "stage"] = "study"
) -> dict[str, Any]:
    """Write both squares. A patch is [minimum from, to, maximum from, to, may stop, may start, way]."""
    words = speaker.table("delivery_traps.square")
    return {
        "words": words, "size": size, "minimum": minimum, "maximum": maximum, "desired": desired,
        "sides": [_side(whose, desired, speaker) for whose in MOVES],
    }  # fmt: skip


def _side(whose: Orchestrator, desired: int, speaker: Voice) -> dict[str, Any]:
    rows = [
        [one.low_percent, one.high_percent, one.most_low_percent, one.most_high_percent, one.moves.may_stop, one.moves.may_start,
         one.moves.way]
        for one in patches(whose, desired)
    ]  # fmt: skip
    return {"whose": whose, "words": speaker.table(f"delivery_traps.side.{whose}"), "patches": rows}


def percents(data: dict[str, Any], *, key: str, on_point: Callable[[], None]) -> Any:
    """Show the squares; a click or a drag in one of them sets both percents.

    data: `percents_data`'s. Returns a result whose `.point` is {"minimum", "maximum"} or None, for one rerun only.
    """
    return _component(key=key, data=data, height="content", on_point_change=on_point)
