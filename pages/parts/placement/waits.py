"""Waits: which tasks will never find room on this fleet, in words and with the figure. The run goes on all the same."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine import Scenario
from engine.placement import doubts
from pages.parts.words import Voice


def waits(scenario: Scenario, speaker: Voice) -> None:
    """List what runs out before every task has a host; nothing where all of them fit."""
    found = doubts.found(scenario)
    if not found:
        return
    said = []
    for doubt in found:
        values = {
            name: speaker.number(v) if isinstance(v, int) and name != "n" else v for name, v in doubt.values.items()
        }
        said.append(f"<li>{escape(speaker.say(f'placement.waits.{doubt.kind}', service=doubt.service, **values))}</li>")
    st.html(
        f'<div class="q-waits" role="note"><b>{escape(speaker.say("placement.waits.title"))}</b><ul>{"".join(said)}</ul></div>'
    )
