"""Two lanes a host: the truth, and what the control plane believes. Where they part, the page says so."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import streamlit as st

from engine import Run
from engine.agents import Stretch, accounts
from pages.parts.lanes.words import WORDS
from pages.parts.scene import shown
from pages.parts.stage_map import joined
from pages.parts.words import Voice

Size = Literal["study", "stage"]

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.lanes",
    js=joined(("clock.js", "ahead.js", "page.js")) + "\n" + joined(("lanes.js",), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("lanes.css",), _HERE),
)


def lanes_data(run: Run, speaker: Voice, size: Size, *, locked: bool) -> dict[str, Any]:
    """Write what the lanes are given: each host's stretches, its agent's vain tries, and what came of its tasks.

    locked: what is to come stays hidden while a guess is open. On stage the caption stands here too, in large type.
    """
    words = speaker.table("lanes")
    return {
        "id": run.digest[:16], "end": run.scenario.duration_s, "size": size, "lang": speaker.lang, "locked": locked,
        "captions": shown(run, speaker)["captions"] if size == "stage" else [],
        "words": {word: words[word] for word in WORDS},
        "hosts": [
            {
                "name": one.name, "truth": _plain(one.truth), "belief": _plain(one.belief), "tries": one.tries_s.tolist(),
                "told": speaker.say("lanes.told", placed=one.placed, replaced=one.replaced),
            }
            for one in accounts(run, 2 if size == "stage" else 4)
        ],
    }  # fmt: skip


def _plain(stretches: Sequence[Stretch]) -> list[tuple[float, float, str]]:
    return [(one.start_s, one.end_s, one.state) for one in stretches]


def lanes(data: dict[str, Any], *, key: str) -> None:
    """Show the lanes. data: `lanes_data`'s."""
    _component(key=key, data=data, height="content")
