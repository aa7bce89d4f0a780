"""One row a host: what is taken of what it has. The browser reads the account at the playhead."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import streamlit as st

from engine import Run
from engine.fullness import waiting
from engine.ledger import ledger
from pages.parts.meters.words import WORDS
from pages.parts.stage_map import joined
from pages.parts.words import Voice

Size = Literal["study", "stage"]

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "quayside.meters",
    js=joined(("clock.js", "ahead.js", "page.js")) + "\n" + joined(("meters.js",), _HERE),
    css=joined(("tokens.css",)) + "\n" + joined(("meters.css",), _HERE),
)


def meters_data(run: Run, speaker: Voice, size: Size) -> dict[str, Any]:
    """Write what the meters are given: limits, the account's moves, who waits and for what."""
    book, words = ledger(run), speaker.table("meters")
    queue = waiting(run)
    return {
        "id": run.digest[:16], "size": size, "lang": speaker.lang, "number": speaker.number_signs(),
        "percent": speaker.percent(0.5, 0).replace("50", "{n}"), "words": {word: words[word] for word in WORDS},
        "asks_enis": any(service.network_mode == "awsvpc" for service in run.scenario.services),
        "asks_ports": any(service.network_mode != "awsvpc" for service in run.scenario.services),
        "hosts": {
            "id": [name for name, _ in run.hosts], "type": [kind.instance_type for kind in run.kinds], "cpu": book.cpu_units.tolist(),
            "memory": book.memory_mib.tolist(), "enis": book.enis.tolist(),
        },
        "moves": {
            "t": book.at_s.tolist(), "host": book.host.tolist(), "tasks": book.tasks.tolist(), "cpu": book.cpu_held.tolist(),
            "memory": book.memory_held.tolist(), "enis": book.enis_held.tolist(), "dynamic": book.dynamic.tolist(),
            "ports": [", ".join(ports) for ports in book.ports],
        },
        "waiting": {"t": queue.at_s.tolist(), "n": queue.tasks.tolist(), "why": list(queue.reason)},
    }  # fmt: skip


def meters(data: dict[str, Any], *, key: str) -> None:
    """Show the meters. data: `meters_data`'s."""
    _component(key=key, data=data, height="content")
