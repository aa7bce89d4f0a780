"""The room of slide S04: how often against how well, in the groups that DORA published, and where one's own team stands."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import isfinite
from typing import Literal

import streamlit as st
from pydantic import BaseModel, ConfigDict

from engine import catalog
from engine.new_normal import MEASURES, Cluster, PaceAsk, Place, clusters, place
from pages.figures.new_normal import Group, pace_figure
from pages.figures.theme import SCALES
from pages.parts import chapter
from pages.parts.charts import Strip, charts
from pages.parts.guess import guessed, staged
from pages.parts.lesson import controls
from pages.parts.new_normal.ways import ways
from pages.parts.predict import SKIP
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "new_normal_pace"
Axis = Literal["deploys", "lead"]
YEAR, TALK_YEAR = 2024, 2019
TICKS: dict[Axis, tuple[str, ...]] = {
    "deploys": ("half-yearly", "monthly", "weekly", "daily", "ten-a-day"),
    "lead": ("6mo", "1mo", "1w", "1d", "1h"),
}
TABLES: dict[Axis, str] = {"deploys": "paces", "lead": "leads"}


class Shown(BaseModel):
    """What the page shows: one's own team, and which of the two measures of pace the figure has across."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ask: PaceAsk = PaceAsk()
    axis: Axis = "deploys"


def pace_room(speaker: Voice) -> None:
    """Ask who comes next after the best, show the groups, and let the reader stand among them."""
    row, say = catalog.lesson(NAME), speaker.say
    turned = Turned(NAME, Shown(), controls(row["ask"]))
    is_stage = st.query_params.get(VIEW) == "stage"
    if is_stage:
        chapter.look_stage()
        chapter.stage_heading(say(f"{NAME}.title"), "")
    else:
        chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    choices = {name: say(f"{NAME}.group.{name}") for name in row["guess"]["choices"]}
    guess = staged() if is_stage else guessed(NAME, speaker, choices)
    if guess is not None and not is_stage:
        lock(NAME, guess, right=lambda: guess == str(row["guess"]["answer"]))
        st.html(f'<p class="q-verdict">{judge(guess, str(row["guess"]["answer"]), speaker)}</p>')
    found = place(turned.record.ask, YEAR)
    _figure(turned.record, speaker, size="stage" if is_stage else "laptop", is_open=guess is not None)
    if is_stage:
        st.html(f'<p class="q-stage-says">{_hall(turned, found, speaker, is_asking=guess is None)}</p>')
        with st.container(key="q-stage-exit"):
            st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
    elif guess is not None:
        _beside(turned, found, speaker)
        ways(speaker)
        told(speaker, NAME, row["explain"])
        sources(*row["facts"])
    turned.write_url()


def _hall(turned: Turned[Shown], found: Place, speaker: Voice, *, is_asking: bool) -> str:
    """Ask the hall; then say what is odd in the groups or, where somebody's own numbers stand, which group they look like."""
    if is_asking:
        return f"<b>{escape(speaker.say(f'{NAME}.ask.question'))}</b>"
    return judge(SKIP, "", speaker) if turned.record.ask == turned.first.ask else says(found, speaker)


def judge(guess: str, answer: str, speaker: Voice) -> str:
    """Hold the guess against the groups of 2024."""
    fails = {one.name: speaker.percent(one.fails.low, 0) for one in clusters(YEAR)}
    what = "skip" if guess == SKIP else "right" if guess == answer else "wrong"
    first, _, rest = speaker.say(f"{NAME}.verdict.{what}", **fails).partition("|")
    return f"<b>{escape(first.strip())}</b> {escape(rest.strip())}"


# --- one's own team --------------------------------------------------------------------------------------------------


def _beside(turned: Turned[Shown], found: Place, speaker: Voice) -> None:
    """Offer one's own four numbers, and say what they look like."""
    own = [control for control in turned.controls if control.path != "axis"]
    with st.container(border=True, key="q-turn-row"):
        st.markdown(f"**{speaker.say(f'{NAME}.turn')}**")
        turn_record(turned, own, speaker, columns=4)
    st.html(f'<p class="q-verdict" role="status">{says(found, speaker)}</p>{table(found, speaker)}')
    with st.container(horizontal=True, key="q-tools"):
        st.button(speaker.say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))


def says(found: Place, speaker: Voice) -> str:
    """Say which group a team looks like, or that none fits."""
    if found.fits:
        first = speaker.say(f"{NAME}.near.fits", group=_groups(found.names, speaker))
        return f"<b>{escape(first)}</b>"
    pace, fails = (_groups(found.near[measure], speaker) for measure in ("deploys", "fails"))
    first = speaker.say(f"{NAME}.near.none")
    most = speaker.say(f"{NAME}.near.most", groups=_groups(found.names, speaker), n=found.agreeing)
    by = (
        speaker.say(f"{NAME}.near.by", pace=pace, fails=fails)
        if set(found.near["deploys"]).isdisjoint(found.near["fails"])
        else ""
    )
    return f"<b>{escape(first)}</b> {escape(most)} {escape(by)}".strip()


def _groups(names: Sequence[str], speaker: Voice) -> str:
    """Name several groups in a sentence: "low or elite"."""
    *early, last = (speaker.say(f"{NAME}.group.{name}") for name in names)
    return speaker.say(f"{NAME}.near.either", first=", ".join(early), second=last) if early else last


def table(found: Place, speaker: Voice) -> str:
    """Write the groups' four bands side by side; what is nearest to one's own number wears the word."""
    say, all_of = speaker.say, clusters(YEAR)
    yours = f' <span class="q-best">{escape(say(f"{NAME}.yours"))}</span>'
    names = speaker.table(f"{NAME}.group")
    heads = "".join(f'<th scope="col">{escape(_head(one, speaker))}</th>' for one in all_of)
    rows = "".join(
        f'<tr><th scope="row">{escape(say(f"{NAME}.measure.{measure}"))}</th>'
        + "".join(
            f'<td data-group="{escape(names[one.name])}">{escape(band(one, measure, speaker))}'
            f"{yours if one.name in found.near[measure] else ''}</td>"
            for one in all_of
        )
        + "</tr>"
        for measure in MEASURES
    )
    title = escape(say(f"{NAME}.table"))
    return (
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{title}"><table class="q-facts q-pace-table"><caption>{title}'
        f"</caption><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _head(one: Cluster, speaker: Voice) -> str:
    name = speaker.say(f"{NAME}.group.{one.name}")
    return (
        name
        if one.share is None
        else speaker.say(f"{NAME}.group_share", group=name, share=speaker.percent(one.share, 0))
    )


def band(one: Cluster, measure: str, speaker: Voice) -> str:
    """Write a group's band as the report words it; failures as their number."""
    if measure == "fails":
        low, high = (speaker.percent(share, 0) for share in (one.fails.low, one.fails.high))
        return low if low == high else speaker.say("common.unit.range", low=low, high=high)
    return speaker.say(f"{NAME}.band.{measure}.{one.name}")


# --- the figure ------------------------------------------------------------------------------------------------------


def _figure(shown: Shown, speaker: Voice, *, size: Literal["laptop", "stage"], is_open: bool) -> None:
    """Draw both years' groups, and oneself; while the guess is open the two groups in the middle stay hidden."""
    say, axis, scale = speaker.say, shown.axis, SCALES[size]
    has_you = is_open and (
        size == "laptop" or shown.ask != PaceAsk()
    )  # the hall is nobody's team until somebody says so
    groups = [
        _group(one, axis, speaker, is_full=size == "stage")
        for year in (TALK_YEAR, YEAR)
        for one in clusters(year)
        if is_open or one.name in {"low", "elite"}
    ]
    here = catalog.table("new_normal")[TABLES[axis]]
    names = speaker.table("ask.choice")
    figure = pace_figure(
        groups,
        you=(shown.ask.deploys if axis == "deploys" else shown.ask.lead_h, shown.ask.fail_share) if has_you else None,
        ticks=[(float(here[name]), names[name]) for name in TICKS[axis]], is_reversed=axis == "lead",
        words=speaker.table(f"{NAME}.figure"), percents=[(share, speaker.percent(share, 0)) for share in (0, 0.2, 0.4, 0.6)],
        scale=scale,
    )  # fmt: skip
    if size == "laptop" and is_open:
        _choose_axis(speaker)
    keys = "".join(
        f'<li class="{key}">{escape(say(f"{NAME}.key.{key}"))}</li>'
        for key in ("now", "then", *(["you"] if has_you else []))
    )
    st.html(f'<ul class="q-keys q-pace-keys">{keys}</ul>')
    with st.container(key="q-pace-figure"):
        charts(
            [Strip(f"pace.{axis}", say(f"{NAME}.curve"), figure, sub=say(f"{NAME}.across.{axis}"), height_px=700 if size == "stage" else 330)],
            run_id=f"pace.{axis}", end_s=1, key=f"{NAME}.figure.{size}", on_clock=False, name=say(f"{NAME}.curve"), size=size,
        )  # fmt: skip


def _choose_axis(speaker: Voice) -> None:
    """Let the reader choose which measure of pace stands across."""
    key = f"{NAME}.turned.record"
    shown: Shown = st.session_state[key]
    chooser = f"{NAME}.axis"
    if st.session_state.get(chooser) != shown.axis:
        st.session_state[chooser] = shown.axis

    def choose() -> None:
        axis = st.session_state[chooser] or shown.axis
        st.session_state[key] = shown.model_copy(update={"axis": axis})

    st.segmented_control(
        speaker.say(f"{NAME}.axis"), list(TICKS), key=chooser, on_change=choose, label_visibility="collapsed",
        format_func=lambda axis: speaker.say(f"{NAME}.across.{axis}"),
    )  # fmt: skip


def _group(one: Cluster, axis: Axis, speaker: Voice, *, is_full: bool) -> Group:
    """Say what to draw of a group. is_full: its name says its share too, where no table does."""
    name = speaker.say(f"{NAME}.group.{one.name}")
    span = one.span(axis)
    low = span.low or catalog.table("new_normal")[TABLES[axis]][TICKS[axis][-1]]
    return Group(
        low=float(low), high=span.high, fails_low=one.fails.low, fails_high=one.fails.high, is_open=not isfinite(span.high) or not span.low,
        is_past=one.year == TALK_YEAR, name=(_head(one, speaker) if is_full else name) if one.year == YEAR else speaker.say(
            f"{NAME}.group_year", group=name, year=str(one.year)
        ),
    )  # fmt: skip
