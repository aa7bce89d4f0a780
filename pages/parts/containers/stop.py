"""The stop's room: a container is told to go while requests come, and every request is a line that ends well or does not."""

from __future__ import annotations

from html import escape
from typing import Literal

import streamlit as st

from engine import catalog
from engine.containers.asks import StopAsk
from engine.containers.layers import TABLE
from engine.containers.stopping import OUTCOMES, Stopped, expected_lost, stop
from pages.figures.containers import stop_figure
from pages.figures.theme import SCALES
from pages.parts import chapter
from pages.parts.charts import Strip, charts
from pages.parts.guess import guessed, spans, staged, which
from pages.parts.lesson import controls
from pages.parts.predict import SKIP
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "containers_stop"
OF_PLACE = {
    "ecs": ("deregistration_delay_s", "stop_timeout_s"),
    "ecs-spot": ("deregistration_delay_s", "stop_timeout_s"),
    "kubernetes": ("grace_s", "pre_stop_s"),
}
REST = ("routed_s", "exit_s", "seed")
Size = Literal["laptop", "stage"]


def stop_room(speaker: Voice) -> None:
    """Ask how many are lost, then stop it."""
    row, say = catalog.lesson(NAME), speaker.say
    turned = Turned(NAME, StopAsk(), controls(row["ask"]))
    if st.query_params.get(VIEW) == "stage":
        _stage(turned, speaker)
        turned.write_url()
        return
    shown = turned.record
    chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    bounds = tuple(row["guess"]["bounds"])
    guess = guessed(NAME, speaker, spans(speaker, NAME, bounds, speaker.number, whole=True))
    if guess is None:
        sources(*row["facts"])
        turned.write_url()
        return
    first = stop(turned.first).lost
    truth = which(first, bounds, guess) if guess != SKIP else "right"
    lock(NAME, guess, right=lambda: truth == "right")
    found = stop(shown)
    mine = f"{escape(say(f'{NAME}.verdict.{truth}', n=first))} " if guess != SKIP else ""
    st.html(f'<p class="q-verdict" role="status">{mine}<b>{escape(came_of_it(found, speaker))}</b></p>')
    with st.container(border=True, key="q-turn-row"):
        turn_record(turned, [one for one in turned.controls if one.path in meant(shown)], speaker, columns=4)
    draw(shown, found, speaker)
    st.html(_outcome(shown, found, speaker))
    st.header(say("furniture.try"))
    with st.container(horizontal=True, key="q-tools"):
        first = turned.first.model_dump(mode="json")
        for what, settings in row["try"].items():
            st.button(
                say(f"{NAME}.try.{what}"), key=f"{NAME}-try-{what}", on_click=turned.set, args=(first | settings,)
            )
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
    with chapter.fold(say(f"{NAME}.more"), key=f"{NAME}.more") as fold:
        if fold.open:
            rest = (*REST, "deregistration_delay_s") if shown.place == "kubernetes" else REST
            turn_record(turned, [one for one in turned.controls if one.path in rest], speaker, columns=4)
    told(speaker, NAME, row["explain"])
    sources(*row["facts"], also=[catalog.notes(TABLE)["table.containers_routed"]])
    turned.write_url()


def meant(ask: StopAsk) -> tuple[str, ...]:
    """Name what means anything here: each orchestrator has its own times, and long requests a length once there are any."""
    length = ("long_s",) if ask.long_share else ()
    return ("place", "on_term", *OF_PLACE[ask.place], "rps", "usual_ms", "long_share", *length)


def came_of_it(found: Stopped, speaker: Voice) -> str:
    """Say in a sentence or two what was lost, and to what, and how long the stop took."""
    say = speaker.say
    if not found.lost:
        return say(f"{NAME}.none_lost", time=speaker.seconds(found.ended_s))
    how = [outcome for outcome in OUTCOMES[1:] if found.count(outcome)]
    if len(how) == 1:
        return say(f"{NAME}.all_lost.{how[0]}", n=found.lost, time=speaker.seconds(found.ended_s))
    parts = [say(f"{NAME}.lost.{outcome}", n=found.count(outcome)) for outcome in how]
    return say(f"{NAME}.some_lost", n=found.lost, parts=", ".join(parts), time=speaker.seconds(found.ended_s))


def draw(ask: StopAsk, found: Stopped, speaker: Voice, size: Size = "laptop") -> None:
    """Draw the requests as lines, and the moments of the stop across them."""
    say, order = speaker.say, found.order
    moments = [(0.0, "begins")]
    if ask.place == "kubernetes" and ask.pre_stop_s > 0:
        moments[0] = (0.0, "hook")
    if order.routed_s > 0:
        moments.append((order.routed_s, "routed"))
    if order.term_s <= found.ended_s:
        moments.append((order.term_s, "term"))
    if order.kill_s <= found.ended_s:
        moments.append((order.kill_s, "kill"))
    marks = [(at, say(f"{NAME}.mark.{what}")) for at, what in sorted(moments, key=lambda one: one[0])]
    figure = stop_figure(
        found.came_s, found.over_s, found.outcome, marks=marks, end_s=max(found.ended_s, order.routed_s),
        scale=SCALES[size], signs=speaker.number_signs(),
    )  # fmt: skip
    strip = Strip(
        "stop", say(f"{NAME}.chart"), figure, sub=say(f"{NAME}.chart_sub"), height_px=560 if size == "stage" else 320
    )  # fmt: skip
    charts([strip], run_id="stop", end_s=1, key=f"{NAME}.lines.{size}", on_clock=False, name=strip.title, size=size)
    keys = "".join(
        f'<li class="{outcome}"><i aria-hidden="true"></i>{escape(say(f"{NAME}.key.{outcome}"))} <b>{found.count(outcome)}</b></li>'
        for outcome in OUTCOMES
        if outcome == "ok" or found.count(outcome)
    )
    st.html(f'<ul class="q-box-keys">{keys}</ul>')


def _outcome(ask: StopAsk, found: Stopped, speaker: Voice) -> str:
    """Write what this stop cost, what one costs on average, and how long it took."""
    say, mean = speaker.say, expected_lost(ask)
    rows = {
        "lost": speaker.number(found.lost),
        "mean": speaker.number(mean, 0 if mean >= 10 or mean < 0.005 else 2),
        "ended": speaker.seconds(found.ended_s),
        "rollout": speaker.number(20 * mean, 0),
    }
    items = "".join(
        f"<div><dt>{escape(say(f'{NAME}.outcome.{key}'))}</dt><dd>{escape(text)}</dd></div>"
        for key, text in rows.items()
    )
    return f'<dl class="q-outcome q-box-outcome">{items}</dl>'


def _stage(turned: Turned[StopAsk], speaker: Voice) -> None:
    say, shown = speaker.say, turned.record
    chapter.look_stage()
    chapter.stage_heading(say(f"{NAME}.title"), say(f"{NAME}.place.{shown.place}"))
    with st.container(key="q-box-stage"):
        if staged() is None:
            st.html(f'<p class="q-stage-says">{escape(say(f"{NAME}.ask.question"))}</p>')
        else:
            found = stop(shown)
            draw(shown, found, speaker, "stage")
            st.html(f'<p class="q-stage-says">{escape(came_of_it(found, speaker))}</p>')
    with st.container(key="q-stage-exit"):
        st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
