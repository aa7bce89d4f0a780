"""The calendar's room: a version's years, month by month; what skipping upgrades costs, and how it ends."""

from __future__ import annotations

from html import escape

import numpy as np
import streamlit as st

from engine import catalog
from engine.eks import Calendar, Event, VersionsAsk, calendar, month_usd
from pages.figures.eks import Supported, cost_figure, versions_figure
from pages.figures.theme import SCALES
from pages.parts import chapter
from pages.parts.charts import Strip, charts
from pages.parts.fargate.sidecar import money_tick
from pages.parts.guess import guessed, spans, which
from pages.parts.lesson import controls
from pages.parts.predict import SKIP
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "eks_versions"
MOST_EVENTS = 8


def versions_room(speaker: Voice) -> None:
    """Ask what doing nothing costs, then show the years and what they cost."""
    row, say = catalog.lesson(NAME), speaker.say
    turned = Turned(NAME, VersionsAsk(), controls(row["ask"]))
    is_stage = st.query_params.get(VIEW) == "stage"
    if is_stage:
        chapter.look_stage()
        chapter.stage_heading(say(f"{NAME}.title"), "")
    else:
        chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    ask = turned.record
    found, bounds = calendar(ask), tuple(row["guess"]["bounds"])
    texts = spans(speaker, NAME, bounds, lambda usd: speaker.money(usd, 0))
    guess = SKIP if is_stage else guessed(NAME, speaker, texts)
    if guess is not None:
        _years(ask, found, speaker, size="stage" if is_stage else "laptop")
        _verdict(ask, found, speaker, guess, bounds)
    if is_stage:
        with st.container(key="q-stage-exit"):
            st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
    elif guess is not None:
        with st.container(border=True, key="q-turn-row"):
            turn_record(turned, turned.controls, speaker, columns=4)
        _habits(ask, speaker)
        with st.container(horizontal=True, key="q-tools"):
            st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
        told(speaker, NAME, row["explain"])
        notes = catalog.notes("eks")
        sources(*row["facts"], also=[notes[name] for name in catalog.table("eks")["versions"]["notes"]])
    turned.write_url()


def _years(ask: VersionsAsk, found: Calendar, speaker: Voice, *, size: str) -> None:
    """Draw the versions with the cluster's way through them, and the bill below, on one axis of months."""
    say, scale = speaker.say, SCALES[size]
    ticks = [(month, say(f"{NAME}.year", n=month // 12)) for month in range(0, ask.months + 1, 12)]
    versions = Supported(*(np.array([getattr(one, what) for one in found.versions], dtype=np.float64)
                           for what in ("released", "standard_until", "extended_until")))  # fmt: skip
    names = [say(f"{NAME}.first") if one.number == 0 else f"+{one.number}" for one in found.versions]
    figure = versions_figure(
        versions, found.version.astype(np.float64), forced=_points(found, "forced"), planned=_points(found, "upgraded"), names=names,
        ticks=ticks, scale=scale, signs=speaker.number_signs(),
    )  # fmt: skip
    cost = cost_figure(
        found.usd,
        found.is_extended.astype(np.float64),
        ticks=ticks,
        unit=money_tick(speaker),
        scale=scale,
        signs=speaker.number_signs(),
    )
    rows = len(found.versions)
    tall = (max(200, 60 + 21 * rows), 150) if size == "laptop" else (520, 230)
    keys = "".join(
        f'<li class="{key}">{escape(say(f"{NAME}.key.{key}"))}</li>'
        for key in ("standard", "extended", "way", "forced", "planned")
    )
    st.html(f'<ul class="q-keys q-eks-keys">{keys}</ul>')
    with st.container(key="q-eks-figure"):
        charts(
            [
                Strip("versions", say(f"{NAME}.versions"), figure, height_px=tall[0]),
                Strip("cost", say(f"{NAME}.cost"), cost, sub=say(f"{NAME}.a_month"), height_px=tall[1]),
            ],
            run_id="eks-versions", end_s=1, key=f"{NAME}.years.{size}", on_clock=False, name=say(f"{NAME}.versions"), size=size,  # type: ignore[arg-type]
        )  # fmt: skip


def _points(found: Calendar, what: str) -> list[tuple[float, float]]:
    return [(float(event.month), float(event.version)) for event in found.events if event.what == what]


def _verdict(ask: VersionsAsk, found: Calendar, speaker: Voice, guess: str, bounds: tuple[float, ...]) -> None:
    """Hold the guess (which was of doing nothing) against the bill, then say what these years did."""
    say = speaker.say
    lead = ""
    if guess != SKIP:
        idle = calendar(VersionsAsk())
        key, usd = which(idle.total_usd, bounds, guess), speaker.money(idle.total_usd, 0)
        lock(NAME, guess, right=lambda: key == "right")
        lead = f"{escape(say(f'{NAME}.verdict.{key}', usd=usd))} "
    dear = int(found.is_extended.sum())
    first = say(f"{NAME}.says", usd=speaker.money(found.total_usd, 0), months=ask.months, dear=dear)
    rest = [
        say(f"{NAME}.extra", usd=speaker.money(found.extra_usd, 0)) if dear else say(f"{NAME}.no_extra"),
        say(f"{NAME}.forced_times", n=found.count("forced")),
        say(f"{NAME}.work", hours=speaker.number(found.hours)),
    ]
    st.html(f'<p class="q-verdict">{lead}<b>{escape(first)}</b> {escape(" ".join(rest))}</p>')
    if st.query_params.get(VIEW) != "stage":  # the hall has the crosses
        _events(found, speaker)


def _events(found: Calendar, speaker: Voice) -> None:
    """List what happened, the first few of it."""
    told_ = [event for event in found.events if event.what != "released"]
    if not told_:
        return
    items = "".join(f"<li>{_told(event, speaker)}</li>" for event in told_[:MOST_EVENTS])
    more = len(told_) - MOST_EVENTS
    rest = f"<li>{escape(speaker.say(f'{NAME}.more', n=more))}</li>" if more > 0 else ""
    st.html(f'<ol class="q-eks-events">{items}{rest}</ol>')


def _told(event: Event, speaker: Voice) -> str:
    when = speaker.say(f"{NAME}.month", n=event.month)
    values = {"n": event.passed, "version": f"+{event.version}", "usd": speaker.money(month_usd("extended"), 0)}
    said = speaker.say(f"{NAME}.event.{event.what}", **values)
    return f'<time>{escape(when)}</time><b class="{event.what}">{escape(said)}</b>'


def _habits(ask: VersionsAsk, speaker: Voice) -> None:
    """Compare habits: what the same years cost whoever upgrades now and then, or never."""
    say = speaker.say
    rows = []
    for every, policy in (
        (4, "extended"),
        (12, "extended"),
        (14, "extended"),
        (16, "extended"),
        (0, "standard"),
        (0, "extended"),
    ):
        found = calendar(ask.model_copy(update={"every_months": every, "policy": policy}))
        name = say(f"{NAME}.habit.every", n=every) if every else say(f"{NAME}.habit.{policy}")
        is_now = (every, policy) == (ask.every_months, ask.policy) or (every and every == ask.every_months)
        cells = (
            speaker.money(found.total_usd, 0), speaker.number(int(found.is_extended.sum())), speaker.number(found.count("forced")),
            speaker.number(found.hours),
        )  # fmt: skip
        now = f' <span class="q-best">{escape(say(f"{NAME}.yours"))}</span>' if is_now else ""
        rows.append(
            f'<tr><th scope="row">{escape(name)}{now}</th>'
            + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
            + "</tr>"
        )
    heads = "".join(
        f'<th scope="col">{escape(say(f"{NAME}.head.{head}"))}</th>'
        for head in ("habit", "cost", "dear", "forced", "work")
    )
    st.html(
        f'<div class="q-scroll" tabindex="0" role="region" aria-label="{escape(say(f"{NAME}.habits"))}"><table class="q-facts">'
        f"<caption>{escape(say(f'{NAME}.habits'))}</caption><thead><tr>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )
