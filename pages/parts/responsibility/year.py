"""The year's room: what falls on whom, one year on the clock, two hundred of them in figures; the team is the reader's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from pydantic import BaseModel, ConfigDict, field_validator

from engine import catalog, reading
from engine.fields import refusal
from engine.responsibility import KINDS, MODELS, Kind, Model, Outcome, YearAsk, check, happenings, years
from pages.parts import chapter
from pages.parts.guess import guessed, spans, which
from pages.parts.lesson import controls
from pages.parts.predict import SKIP, is_asking
from pages.parts.responsibility.desk import DAY_S, YEAR_S, desk, desk_data
from pages.parts.responsibility.many_years import compared
from pages.parts.responsibility.names import in_time, kind_name, layer_name, model_name, not_there, there
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.transport import transport
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "responsibility_year"
TABLE = "responsibility"
MOST_MODELS = 3
SPEEDS = tuple(days * DAY_S for days in (3, 7, 14))
OF_TEN = 10
FIRST_TURNED = ("ask.team", "ask.ops_h", "ask.deploy_days", "ask.images")


class YearShown(BaseModel):
    """What the page shows: the models side by side, and the year."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models: tuple[Model, ...] = ("ecs-ec2", "ecs-fargate")
    ask: YearAsk = YearAsk()

    @field_validator("models")
    @classmethod
    def _a_few(cls, names: tuple[Model, ...]) -> tuple[Model, ...]:
        if not 1 <= len(set(names)) <= MOST_MODELS:
            raise refusal("too many, or none", f"one to {MOST_MODELS} of {', '.join(MODELS)}")
        return tuple(name for name in MODELS if name in names)


def year_room(speaker: Voice) -> None:
    """Ask for a guess, then play the year."""
    row, say = catalog.lesson(NAME), speaker.say
    turned = Turned(NAME, YearShown(), controls(row["ask"]), lambda shown: check(shown.ask))
    found = years(turned.record.ask)
    if st.query_params.get(VIEW) == "stage":
        _stage(turned.record, found, speaker)
        turned.write_url()
        return
    chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    bounds = tuple(row["guess"]["bounds"])
    guess = guessed(NAME, speaker, spans(speaker, NAME, bounds, speaker.number, whole=True))
    if guess is None:
        st.html(_brings(turned.record.ask, speaker))
    else:
        lock(NAME, guess, right=lambda: which(round(of_ten(found)), bounds, guess) == "right")
        st.html(_verdict(found, guess, bounds, speaker))
        _played(turned.record, speaker, size="study")
        _choose(turned, speaker)
        with st.container(border=True, key="q-turn-row"):
            turn_record(turned, _some(turned, FIRST_TURNED), speaker, columns=4)
        compared(in_time(turned.record.models, speaker), found, speaker)
        _rest(turned, speaker)
        told(speaker, NAME, row["explain"])
        notes = catalog.notes(TABLE)
        sources(*row["facts"], also=[notes[name] for name in row["notes"]])
    turned.write_url()


def of_ten(found: Mapping[Model, Outcome]) -> float:
    """Say how many of ten nights on EC2 are left on Fargate; none where EC2 wakes nobody."""
    before = float(found["ecs-ec2"].nights.mean())
    return OF_TEN * float(found["ecs-fargate"].nights.mean()) / before if before else 0.0


def _some(turned: Turned[YearShown], paths: Sequence[str]) -> list[Any]:
    return [control for control in turned.controls if control.path in paths]


def _choose(turned: Turned[YearShown], speaker: Voice) -> None:
    """Offer the models as pills; a fourth one is refused in words."""
    key = f"{NAME}.turn.models"
    models = list(in_time(turned.record.models, speaker))
    if st.session_state.get(key) != models:
        st.session_state[key] = models

    def write() -> None:
        turned.set({"models": list(st.session_state[key])})

    st.pills(
        speaker.say("ask.yearshown.models.label"), there(speaker), selection_mode="multi", key=key, on_change=write,
        help=speaker.say("ask.yearshown.models.help"), format_func=lambda model: model_name(speaker, model, short=True),
    )  # fmt: skip
    not_there(speaker)


def _stage(shown: YearShown, found: Mapping[Model, Outcome], speaker: Voice) -> None:
    """Play the year for the hall."""
    chapter.look_stage()
    chapter.stage_heading(speaker.say(f"{NAME}.stage_title"), "")
    with st.container(key="q-duty-stage"):
        _played(shown, speaker, size="stage")
    if not is_asking():
        st.html(f'<p class="q-stage-says">{escape(speaker.say(f"{NAME}.left", n=round(of_ten(found))))}</p>')
    with st.container(key="q-stage-exit"):
        st.button(speaker.say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))


# --- what a year brings ------------------------------------------------------------------------------------------------


def _brings(ask: YearAsk, speaker: Voice) -> str:
    """List what comes in a year and which layers it hits, before anybody says on whom it falls."""
    say = speaker.say
    heads = "".join(
        f'<th scope="col">{escape(say(f"{NAME}.brings.{head}"))}</th>' for head in ("what", "often", "hits")
    )
    rows = "".join(
        f'<tr><th scope="row">{escape(kind_name(speaker, kind))}</th><td>{escape(_often(ask.rate(kind), speaker))}</td>'
        f"<td>{escape(', '.join(layer_name(speaker, hit.layer) for hit in happenings()[kind].hits))}</td></tr>"
        for kind in KINDS
    )
    caption = escape(say(f"{NAME}.brings.caption", hosts=ask.hosts, images=ask.images))
    return (
        f'<div class="q-scroll"><table class="q-outcomes q-duty-brings"><caption>{caption}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _often(rate: float, speaker: Voice) -> str:
    """Say how often: so many a year, or once in so many years."""
    if 0 < rate < 1:
        return speaker.say(f"{NAME}.brings.once_in", years=speaker.number(1 / rate, 0))
    return speaker.say(f"{NAME}.brings.a_year", times=speaker.number(rate, 0 if rate == round(rate) else 1))


# --- one year ------------------------------------------------------------------------------------------------------------


def _played(shown: YearShown, speaker: Voice, *, size: str) -> None:
    """Play the first of the years."""
    data = desk_data(shown.ask, in_time(shown.models, speaker), speaker)
    desk(data | {"size": size}, key=f"{NAME}.desk.{size}")
    bar = {
        "id": data["id"], "end": YEAR_S, "marks": _marks(data), "number": data["number"], "lang": speaker.lang,
        "words": speaker.table("transport"), "speeds": list(SPEEDS), "speed": SPEEDS[1],
    }  # fmt: skip
    if size == "stage":
        bar["words"] = {**speaker.table("transport"), "events_past": speaker.table("headline")["events_past"]}
        bar |= {"size": "stage", "keys": True}
    transport(bar, key=f"{NAME}.{size}.transport")


def _marks(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Mark every event; those that wake somebody in one of the models are named."""
    woke = {ticket["event"] for model in data["models"] for ticket in model["tickets"] if ticket["woke"]}
    return [
        {"t": event["t"], "text": event["text"] if at in woke else event["kind"], "tone": "lost" if at in woke else "plain",
         "op": None, "label": at in woke}
        for at, event in enumerate(data["events"])
    ]  # fmt: skip


def _verdict(found: Mapping[Model, Outcome], guess: str, bounds: tuple[float, ...], speaker: Voice) -> str:
    """Hold the guess against the nights that stay, then say what they are and what Fargate takes away instead."""
    say, n = speaker.say, round(of_ten(found))
    lead = "" if guess == SKIP else f"{escape(say(f'{NAME}.verdict.{which(n, bounds, guess)}', n=n))} "
    if not found["ecs-ec2"].nights.any():
        return f'<p class="q-verdict">{lead}<b>{escape(say(f"{NAME}.nobody"))}</b></p>'
    kinds = most_nights(found["ecs-fargate"])
    rest = (
        say(
            f"{NAME}.mostly",
            which=say(f"{NAME}.or", **dict(zip(("one", "two"), [_mid(k, speaker) for k in kinds], strict=True))),
        )
        if kinds
        else ""
    )
    hours = 1 - float(found["ecs-fargate"].hours.mean()) / float(found["ecs-ec2"].hours.mean())
    saved = say(f"{NAME}.saved", share=speaker.percent(hours, 0))
    return f'<p class="q-verdict">{lead}<b>{escape(say(f"{NAME}.left", n=n))}</b> {escape(rest)} {escape(saved)}</p>'


def most_nights(outcome: Outcome) -> tuple[Kind, ...]:
    """Name the two kinds of event that wake somebody most often; none where fewer than two ever do."""
    order = np.argsort(-outcome.kind_nights, kind="stable")[:2]
    return tuple(KINDS[at] for at in order) if (outcome.kind_nights[order] > 0).all() else ()


def _mid(kind: Kind, speaker: Voice) -> str:
    """Name a kind of event within a sentence."""
    name = kind_name(speaker, kind)
    return name[0].lower() + name[1:]


# --- what may be turned ------------------------------------------------------------------------------------------------------


def _rest(turned: Turned[YearShown], speaker: Voice) -> None:
    """Offer the workload, then what nobody publishes, then how often things happen."""
    say = speaker.say
    rates = [one for one in turned.controls if one.path.startswith("ask.rates.")]
    workload = _some(
        turned, [f"ask.{name}" for name in ("hosts", "used", "busy", "instance_type", "usd_per_h", "seed")]
    )
    others = [
        one for one in turned.controls if one not in (*rates, *workload, *_some(turned, ("models", *FIRST_TURNED)))
    ]
    with st.container(border=True, key="q-turn-more"):
        st.markdown(f"**{say(f'{NAME}.turn')}**")
        turn_record(turned, workload, speaker, columns=4)
        for name, some in (("assumed", others), ("rates", rates)):
            with chapter.fold(say(f"{NAME}.{name}"), key=f"{NAME}.{name}") as fold:
                if fold.open:
                    turn_record(turned, some, speaker, columns=4)
    with st.container(horizontal=True, key="q-tools"):
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
        st.download_button(
            say(f"{NAME}.save"), reading.to_yaml(turned.record.ask), "year.yaml", "application/yaml", key=f"{NAME}.yaml",
            on_click="ignore",
        )  # fmt: skip
