"""What goes on while nothing can be written: the cluster's own run, and when its control plane was away."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine import Run
from engine.consensus import control_plane_outages
from engine.consensus.outages import places_of
from engine.consensus.quorum import zone_losses
from pages.parts.experiment import Experiment
from pages.parts.predict import guess_of
from pages.parts.words import Voice

NAME = "control_plane_outage"


def outage_panel(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """List what stops and what goes on, and when nothing could be written."""
    say = speaker.say
    if guess_of(experiment, speaker, run) is None:
        return
    outages = control_plane_outages(run.scenario)
    rows = "".join(
        f"<tr><td>{escape(speaker.clock(o.from_s))}</td><td>{escape(speaker.clock(o.to_s))}</td>"
        f"<td>{escape(speaker.seconds(o.to_s - o.from_s))}</td>"
        f"<td>{escape(say(f'{NAME}.because.{_key(o.because)}'))}</td></tr>"
        for o in outages
    )
    places = places_of(run.scenario)
    caption = say(f"{NAME}.away.caption", members=", ".join(f"{n}: {zone}" for n, zone in enumerate(places, 1)))
    if rows:
        heads = "".join(
            f'<th scope="col">{escape(say(f"{NAME}.away.{head}"))}</th>' for head in ("from", "to", "for", "because")
        )
        st.html(
            f'<div class="q-scroll"><table class="q-facts"><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>'
            f"<tbody>{rows}</tbody></table></div>"
        )
    else:
        st.html(f'<p class="q-verdict">{escape(say(f"{NAME}.away.none"))} {escape(caption)}</p>')
    st.html(_goes_on(speaker, has_trap=not all(loss.writes_on for loss in zone_losses(places))))


def _key(because: str) -> str:
    """Name a cause among the texts."""
    return because.replace(" ", "_")


def _goes_on(speaker: Voice, *, has_trap: bool) -> str:
    """Write both lists side by side."""
    say = speaker.say
    lists = "".join(
        f'<div class="{which}"><h3>{escape(say(f"{NAME}.{which}.title"))}</h3><ul>'
        + "".join(f"<li>{escape(text)}</li>" for text in speaker.table(f"{NAME}.{which}.list").values())
        + "</ul></div>"
        for which in ("goes_on", "stops")
    )
    trap = f'<p class="q-verdict">{escape(say(f"{NAME}.trap"))}</p>' if has_trap else ""
    return f'{trap}<div class="q-both">{lists}</div>'
