"""The slider's room: how much of the four boxes is yours, in duties, hours and money."""

from __future__ import annotations

from html import escape
from typing import Any, Literal

import streamlit as st
from pydantic import BaseModel, ConfigDict

from engine import catalog
from engine.eks import Share, SliderAsk, Stop, StopName, slider
from pages.parts import chapter
from pages.parts.eks.meter import meter
from pages.parts.flipped import later
from pages.parts.guess import guessed, spans, which
from pages.parts.lesson import controls
from pages.parts.predict import SKIP
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "eks"
Groups = Literal["customer", "shared", "aws"]


class Shown(BaseModel):
    """What the page shows: the stop chosen, and the workload."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stop: StopName = "eks-managed"
    ask: SliderAsk = SliderAsk()


def slider_room(speaker: Voice) -> None:
    """Ask for a guess, show the slider, and offer what may be turned."""
    row, say = catalog.lesson(NAME), speaker.say
    turned = Turned(NAME, Shown(), controls(row["ask"]), lambda shown: slider(shown.ask))
    is_stage = st.query_params.get(VIEW) == "stage"
    if is_stage:
        chapter.look_stage()
        chapter.stage_heading(say(f"{NAME}.title"), "")
    else:
        chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    every = slider(turned.record.ask, speaker.era)
    stops = tuple(stop for stop in every if stop.exists)
    bounds = tuple(row["guess"]["bounds"])
    guess = SKIP if is_stage else guessed(NAME, speaker, spans(speaker, NAME, bounds, speaker.number, whole=True))
    if guess is not None:
        _slide(turned, stops, speaker, is_stage=is_stage)
        if not is_stage:
            later(speaker, [_came(stop, speaker) for stop in every if not stop.exists])
    if is_stage:
        with st.container(key="q-stage-exit"):
            st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
    elif guess is not None:
        lock(NAME, guess, right=lambda: which(yours(stops[-1]), bounds, guess) == "right")
        _judge(stops, bounds, guess, speaker)
        _beside(turned, speaker)
        told(speaker, NAME, row["explain"])
        sources(*row["facts"], also=[catalog.notes("eks")[name] for stop in stops for name in stop.notes])
    turned.write_url()


def _came(stop: Stop, speaker: Voice) -> str:
    """Name a stop, and when it came."""
    return f"{speaker.say(f'{NAME}.stop.{stop.name}')} ({speaker.say('era.came', date=speaker.date(stop.since))})"


def yours(stop: Stop) -> int:
    """Count the layers that are yours alone."""
    return sum(who == "customer" for who in stop.duties.values())


def _judge(stops: tuple[Stop, ...], bounds: tuple[float, ...], guess: str, speaker: Voice) -> None:
    """Hold the guess against what is left to you at the last stop."""
    last = stops[-1]
    n, of = yours(last), len(last.duties)
    lead = "" if guess == SKIP else f"{escape(speaker.say(f'{NAME}.verdict.{which(n, bounds, guess)}', n=n))} "
    first, *rest = speaker.say(f"{NAME}.left", n=n, of=of).split("|")
    st.html(f'<p class="q-verdict">{lead}<b>{escape(first.strip())}</b> {escape(" ".join(rest).strip())}</p>')


def _beside(turned: Turned[Shown], speaker: Voice) -> None:
    """Offer the workload first, what is assumed below it, and the stage."""
    workload, assumed = [], []
    for one in turned.controls:
        (assumed if one.path.endswith(("_h", "_share", "masters", "master_type")) else workload).append(one)
    workload = [one for one in workload if one.path != "stop"]
    with st.container(border=True, key="q-turn-row"):
        st.markdown(f"**{speaker.say(f'{NAME}.turn')}**")
        turn_record(turned, workload, speaker, columns=4)
        with chapter.fold(speaker.say(f"{NAME}.assumed"), key=f"{NAME}.assumed") as fold:
            if fold.open:
                turn_record(turned, assumed, speaker, columns=4)
    with st.container(horizontal=True, key="q-tools"):
        st.button(speaker.say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))


def _slide(turned: Turned[Shown], stops: tuple[Stop, ...], speaker: Voice, *, is_stage: bool) -> None:
    key = f"{NAME}.meter"

    def show() -> None:
        chosen = st.session_state[key].get("show")
        if chosen:
            turned.set({"stop": str(chosen)})

    stop = next((stop.name for stop in stops if stop.name == turned.record.stop), stops[-1].name)
    data = meter_data(stops, speaker) | {"stop": stop, "size": "stage" if is_stage else "study"}
    meter(data, key=key, on_show=show)


# --- what the browser is given ---------------------------------------------------------------------------------------


def meter_data(stops: tuple[Stop, ...], speaker: Voice) -> dict[str, Any]:
    """Write every stop."""
    highest = max(max((usd for usd in stop.usd.values() if usd is not None), default=0.0) for stop in stops)
    return {"words": speaker.table(f"{NAME}.meter"), "stops": [_stop(stop, highest, speaker) for stop in stops]}


def _stop(stop: Stop, highest: float, speaker: Voice) -> dict[str, Any]:
    say = speaker.say
    total = stop.total_usd
    return {
        "name": stop.name,
        "title": say(f"{NAME}.stop.{stop.name}"),
        "line": say(f"{NAME}.line.{stop.name}", n=stop.nodes or 0),
        "since": say(f"{NAME}.since", date=speaker.date(stop.since)) if stop.since else "",
        "hours": say(f"{NAME}.hours", hours=speaker.number(stop.hours, 0 if stop.hours == round(stop.hours) else 1)),
        "total": say(f"{NAME}.unknown") if total is None else say(f"{NAME}.a_month", usd=speaker.money(total, 0)),
        "layers": [_layer(share, speaker) for share in stop.shares],
        "bill": _bill(stop, highest, speaker),
        "duties": [_duties(stop, who, speaker) for who in ("customer", "shared", "aws") if who in stop.duties.values()],
    }


def _layer(share: Share, speaker: Voice) -> dict[str, str]:
    hours = speaker.say(
        f"{NAME}.hours_short", hours=speaker.number(share.hours, 0 if share.hours == round(share.hours) else 1)
    )
    return {
        "who": share.who,
        "title": speaker.say(f"{NAME}.layer.{share.layer}"),
        "says": speaker.say(f"{NAME}.who.{share.who}"),
        "hours": hours if share.hours else "",
    }


def _bill(stop: Stop, highest: float, speaker: Voice) -> list[dict[str, Any]]:
    """Write the bill's lines, each with its bar; all stops share one scale."""
    lines: list[dict[str, Any]] = []
    for name, usd in stop.usd.items():
        said = speaker.say("common.unit.unknown") if usd is None else speaker.money(usd, 0)
        share = None if usd is None else round(100 * usd / highest, 1)
        lines.append({"kind": name, "name": speaker.say(f"{NAME}.bought.{name}"), "usd": said, "share": share})
    total = stop.total_usd
    said = speaker.say(f"{NAME}.unknown") if total is None else speaker.money(total, 0)
    return [*lines, {"kind": "total", "name": speaker.say(f"{NAME}.total"), "usd": said, "share": None}]


def _duties(stop: Stop, who: str, speaker: Voice) -> dict[str, Any]:
    layers = [speaker.say(f"fargate_table.layer.{layer}") for layer, has in stop.duties.items() if has == who]
    return {"who": who, "title": speaker.say(f"{NAME}.who.{who}"), "layers": layers}
