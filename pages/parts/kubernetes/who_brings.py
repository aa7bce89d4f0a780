"""Who brings the nodes: every node's life on the page's clock, and each decision with what an hour costs from then on."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine import Run, autoscaled
from pages.parts.bring import bring
from pages.parts.charts import charts
from pages.parts.experiment import Experiment
from pages.parts.nodes import lives
from pages.parts.predict import guess_of
from pages.parts.scene import chart_marks, shown
from pages.parts.stage_map.payload import caption
from pages.parts.words import Voice


def who_brings(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Show who brought which nodes, once the reader has guessed (it tells the answer); then take a manifest."""
    if guess_of(experiment, speaker, run) is not None:
        _told(experiment, speaker, run)
    bring(experiment, speaker)


def _told(experiment: Experiment, speaker: Voice, run: Run) -> None:
    """Show the nodes as bars and the decisions as a list."""
    name, packed = experiment.lesson.name, shown(run, speaker)
    st.header(speaker.say(f"{name}.lives.title"))
    st.html(_legend(speaker, name))
    charts(
        [lives(run, speaker)], run_id=packed["id"], end_s=run.scenario.duration_s, key=f"{name}.lives",
        name=speaker.say("charts.lives.title"), marks=chart_marks(packed),
    )  # fmt: skip
    st.html(_ledger(run, speaker, name))


def _legend(speaker: Voice, name: str) -> str:
    """Say what the bars' looks mean."""
    looks = ("boots", "there", "idle", "drains")
    items = "".join(f'<li><i class="{look}"></i>{escape(speaker.say(f"{name}.lives.{look}"))}</li>' for look in looks)
    return f'<ul class="q-lives">{items}</ul>'


def _ledger(run: Run, speaker: Voice, name: str) -> str:
    """Write what the autoscaler saw and did, a row each, with the cost rate from then on."""
    say, found = speaker.say, autoscaled.decisions(run)
    if not found:
        return f'<p class="q-verdict">{escape(say(f"{name}.ledger.none"))}</p>'
    rows = []
    for one in found:
        told = caption(one.line, speaker)
        usd = say("common.unit.per_hour", value=speaker.money(one.usd_per_hour))
        rows.append(
            f'<tr><th scope="row">{escape(speaker.clock(told["t"]))}</th>'
            f"<td><b>{escape(told['cause'])}</b> {escape(told['number'])}</td><td>{escape(usd)}</td></tr>"
        )
    head = "".join(
        f'<th scope="col">{escape(say(f"{name}.ledger.{column}"))}</th>' for column in ("at", "what", "rate")
    )
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{escape(say(f"{name}.ledger.title"))}">'
        f'<table class="q-facts q-ledger"><caption>{escape(say(f"{name}.ledger.title"))}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
