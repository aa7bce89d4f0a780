"""The slider's room: ten stops; what leaves you at each, in duties, hours, nights and money, and what you can no longer do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st
from pydantic import BaseModel, ConfigDict

from engine import catalog
from engine.duties import LAYERS, OWNERS, Layer
from engine.responsibility import MODELS, Model, Outcome, YearAsk, check, models, never_moves, owners, years
from pages.parts import chapter
from pages.parts.guess import guessed, spans, which
from pages.parts.lesson import controls
from pages.parts.predict import SKIP
from pages.parts.responsibility.ladder import ladder
from pages.parts.responsibility.names import in_time, layer_name, model_name, not_there, since, there
from pages.parts.sources import cited_facts, sources
from pages.parts.sure import lock
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "responsibility_slider"
TABLE = "responsibility"
PERCENT = 100


class Stopped(BaseModel):
    """What the page shows: the stop chosen, and the year."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    stop: Model = "ecs-ec2"
    ask: YearAsk = YearAsk()


def slider_room(speaker: Voice) -> None:
    """Ask for a guess, show the slider, and offer what may be turned."""
    row, say = catalog.lesson(NAME), speaker.say
    turned = Turned(NAME, Stopped(), controls(row["ask"]), lambda shown: check(shown.ask))
    found = years(turned.record.ask)
    is_stage = st.query_params.get(VIEW) == "stage"
    if is_stage:
        chapter.look_stage()
        chapter.stage_heading(say(f"{NAME}.title"), "")
    else:
        chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
        chapter.set_aside(speaker, turned.aside)
        chapter.mend(speaker, turned.problems)
    bounds = tuple(row["guess"]["bounds"])
    texts = spans(speaker, NAME, bounds, lambda n: speaker.percent(n / PERCENT, 0))
    guess = SKIP if is_stage else guessed(NAME, speaker, texts)
    if guess is not None and not is_stage:
        lock(NAME, guess, right=lambda: which(left(found) * PERCENT, bounds, guess) == "right")
        st.html(_verdict(found, guess, bounds, speaker))
    if guess is not None:
        with st.container(key="q-duty-stage" if is_stage else "q-duty-ladder"):
            _slide(turned, found, speaker, size="stage" if is_stage else "study")
        if not is_stage:
            not_there(speaker)
    if is_stage:
        with st.container(key="q-stage-exit"):
            st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
    elif guess is not None:
        with st.container(border=True, key="q-turn-row"):
            st.markdown(f"**{say(f'{NAME}.turn')}**")
            turn_record(turned, [one for one in turned.controls if one.path != "stop"], speaker, columns=4)
        with st.container(horizontal=True, key="q-tools"):
            st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
        told(speaker, NAME, row["explain"])
        _sources(row["facts"])
    turned.write_url()


def _sources(facts: Sequence[str]) -> None:
    """Cite the lesson's facts, and those behind what each stop takes away."""
    losses = [loss for row in models().values() for loss in row.loses]
    behind = {fact for loss in losses for fact in loss.facts} - set(facts)
    notes = {name for loss in losses for name in loss.notes} | {"table.duty_rates"}
    sources(*facts, also=[*cited_facts(sorted(behind)), *(catalog.notes(TABLE)[name] for name in sorted(notes))])


def left(found: Mapping[Model, Outcome]) -> float:
    """Say what share of the hours on the first stop is left on the last; none where there are none."""
    first, last = (float(found[model].hours.mean()) for model in (MODELS[0], MODELS[-1]))
    return last / first if first else 0.0


def _verdict(found: Mapping[Model, Outcome], guess: str, bounds: tuple[float, ...], speaker: Voice) -> str:
    """Hold the guess against what is left at the last stop, then say what no stop takes."""
    say, share = speaker.say, left(found)
    lead = ""
    if guess != SKIP:
        lead = f"{escape(say(f'{NAME}.verdict.{which(share * PERCENT, bounds, guess)}', n=speaker.percent(share, 0)))} "
    rest = say(f"{NAME}.never", which=_listed(never_moves(), speaker))
    return f'<p class="q-verdict">{lead}<b>{escape(say(f"{NAME}.left", share=speaker.percent(share, 0)))}</b> {escape(rest)}</p>'


def _slide(turned: Turned[Stopped], found: Mapping[Model, Outcome], speaker: Voice, *, size: str) -> None:
    key = f"{NAME}.ladder.{size}"

    def show() -> None:
        chosen = st.session_state[key].get("show")
        if chosen:
            turned.set({"stop": str(chosen)})

    (stop,) = in_time([turned.record.stop], speaker)
    ladder(ladder_data(found, speaker) | {"stop": stop, "size": size}, key=key, on_show=show)


# --- what the browser is given -----------------------------------------------------------------------------------------


def ladder_data(found: Mapping[Model, Outcome], speaker: Voice) -> dict[str, Any]:
    """Write every stop."""
    return {
        "words": speaker.table(f"{NAME}.ladder"),
        "stops": [_stop(model, found, speaker) for model in there(speaker)],
    }


def _stop(model: Model, found: Mapping[Model, Outcome], speaker: Voice) -> dict[str, Any]:
    say, outcome, who = speaker.say, found[model], owners(model)
    yours = sum(owner == "customer" for owner in who.values())
    hours = speaker.number(float(outcome.hours.mean()))
    return {
        "name": model,
        "title": model_name(speaker, model, short=True),
        "since": since(speaker, model),
        "layers": [{"title": layer_name(speaker, layer), "who": who[layer]} for layer in reversed(LAYERS)],
        "yours": say(f"{NAME}.yours", n=yours, of=len(who)),
        "hours": say(f"{NAME}.hours", hours=hours),
        "short": say(f"{NAME}.hours_short", hours=hours),
        "usd": speaker.money(float(outcome.total_usd.mean()), 0),
        "total": say(f"{NAME}.a_year", usd=speaker.money(float(outcome.total_usd.mean()), 0)),
        "moves": _moves(model, speaker),
        "numbers": _numbers(outcome, found, speaker),
        "loses": _loses(model, speaker),
    }


def _moves(model: Model, speaker: Voice) -> list[str]:
    """Say what changed hands since the stop to the left."""
    say, stops = speaker.say, there(speaker)
    at = stops.index(model)
    if at == 0:
        return [say(f"{NAME}.first")]
    before, now = owners(stops[at - 1]), owners(model)
    weight = {owner: place for place, owner in enumerate(OWNERS)}
    forth = [layer for layer in LAYERS if weight[now[layer]] > weight[before[layer]]]
    parts = {
        "moved": [layer for layer in forth if now[layer] == "aws"],
        "shares": [layer for layer in forth if now[layer] == "shared"],
        "back": [layer for layer in LAYERS if weight[now[layer]] < weight[before[layer]]],
    }
    told_ = [say(f"{NAME}.{key}", which=_listed(layers, speaker)) for key, layers in parts.items() if layers]
    return told_ or [say(f"{NAME}.same")]


def _listed(layers: Sequence[Layer], speaker: Voice) -> str:
    """Name layers within a sentence."""
    names = [layer_name(speaker, layer) for layer in layers]
    return ", ".join(name[0].lower() + name[1:] for name in names)


def _numbers(outcome: Outcome, found: Mapping[Model, Outcome], speaker: Voice) -> list[dict[str, Any]]:
    """Write an average year; all stops share the scales of hours and of money."""
    most_hours = max(float(one.hours.mean()) for one in found.values()) or 1.0
    most_usd = max(float(one.total_usd.mean()) for one in found.values()) or 1.0
    hours, people = float(outcome.hours.mean()), float(outcome.people_usd.mean())
    lines = [
        _line("hours", speaker.say(f"{NAME}.hours_short", hours=speaker.number(hours)), hours / most_hours, speaker),
        _line("nights", speaker.number(float(outcome.nights.mean()), 1), None, speaker),
        _line("open_days", speaker.number(float(outcome.open_days.mean())), None, speaker),
        _line(
            "host_days",
            speaker.number(float(outcome.host_days.mean()), 1) if len(outcome.host_days) else "–",
            None,
            speaker,
        ),
        _line("people", speaker.money(people, 0), people / most_usd, speaker),
    ]
    for what, usd in outcome.usd.items():
        name = speaker.say(f"{NAME}.bought.{what}")
        lines.append(
            {"kind": "bill", "name": name, "value": speaker.money(usd, 0), "share": round(PERCENT * usd / most_usd, 1)}
        )
    lines.append(_line("total", speaker.money(float(outcome.total_usd.mean()), 0), None, speaker))
    return lines


def _line(kind: str, value: str, share: float | None, speaker: Voice) -> dict[str, Any]:
    bar = None if share is None else round(PERCENT * share, 1)
    return {"kind": kind, "name": speaker.say(f"{NAME}.row.{kind}"), "value": value, "share": bar}


def _loses(model: Model, speaker: Voice) -> list[str]:
    """Say what cannot be done any more, with the figures of the facts."""
    values = {
        "days": int(catalog.number("eks.automode.lifetime")),
        "minutes": int(catalog.seconds("lambda.timeout", "max") // 60),
        "gb": int(catalog.number("lambda.memory", "max") // 1024),
    }
    keys = [loss.what for loss in models()[model].loses] or ["nothing"]
    return [speaker.say(f"{NAME}.lost.{key}", **values) for key in keys]
