"""The helper's room: what is needed; which ways are left, cheapest first; and a reason, with its source, for every no."""

from __future__ import annotations

from html import escape

import streamlit as st

from engine import catalog
from engine.era import Era
from engine.fields import Record
from engine.landscape import NEEDS, WAYS, Answer, Needs, Reason, Workload, choose, priced_for
from pages.parts import chapter
from pages.parts.guess import guessed, spans, staged, which
from pages.parts.landscape.names import cites, way_name, why_not
from pages.parts.lesson import controls
from pages.parts.predict import SKIP
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "landscape_choose"
TABLE = "landscape"
ON_STAGE = 5


class Choosing(Record):
    """What the page shows: what is needed, and the workload that it is priced for."""

    needs: Needs = Needs()
    era: Era = "today"
    workload: Workload = Workload()


def choose_room(speaker: Voice) -> None:
    """Ask what is needed, then part the ways."""
    row, say = catalog.lesson(NAME), speaker.say
    turned = Turned(NAME, Choosing(), controls(row["ask"]))
    shown = turned.record
    offered, refused = choose(shown.needs, shown.workload, shown.era)
    if st.query_params.get(VIEW) == "stage":
        _stage(turned, offered, refused, speaker)
        turned.write_url()
        return
    chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede", n=len(WAYS)))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    bounds = tuple(row["guess"]["bounds"])
    guess = guessed(NAME, speaker, spans(speaker, NAME, bounds, speaker.number, whole=True))
    if guess is None:
        sources(*row["facts"])
        turned.write_url()
        return
    if guess != SKIP:
        lock(NAME, guess, right=lambda: which(asked_of_the_guess(shown), bounds, guess) == "right")
        st.html(f'<p class="q-verdict" role="status">{escape(_verdict(guess, bounds, shown, speaker))}</p>')
    with st.container(border=True, key="q-turn-row"):
        st.markdown(f"**{say(f'{NAME}.needs')}**")
        turn_record(turned, [one for one in turned.controls if one.path.startswith("needs.")], speaker, columns=4)
    if shown.needs.gpu:
        host = priced_for(shown.needs, shown.workload).instance_type
        st.html(f'<p class="q-land-host">{escape(say(f"{NAME}.gpu_host", host=host))}</p>')
    st.html(parted(offered, refused, speaker))
    with st.container(border=True, key="q-land-load"):
        st.markdown(f"**{say('landscape.workload')}**")
        turn_record(turned, [one for one in turned.controls if one.path.startswith("workload.")], speaker, columns=4)
    with st.container(horizontal=True, key="q-tools"):
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
    told(speaker, NAME, row["explain"])
    sources(*row["facts"], also=list(catalog.notes(TABLE).values()))
    turned.write_url()


def asked_of_the_guess(shown: Choosing) -> int:
    """Count what is left of the ways for the guess's own question: GPUs, and an agent of one's own on each host."""
    offered, _ = choose(Needs(gpu=True, daemon=True), shown.workload, shown.era)
    return len(offered)


def _verdict(guess: str, bounds: tuple[float, ...], shown: Choosing, speaker: Voice) -> str:
    left = asked_of_the_guess(shown)
    return speaker.say(f"{NAME}.verdict.{which(left, bounds, guess)}", n=left, of=len(WAYS))


def parted(offered: tuple[Answer, ...], refused: tuple[Answer, ...], speaker: Voice, *, most: int = len(WAYS)) -> str:
    """Write who is left, with doubts, and who is not, with reasons."""
    say = speaker.say
    best = "".join(_offer(one, place, speaker) for place, one in enumerate(offered[:most]))
    noes = "".join(_refusal(one, speaker, short=most < len(WAYS)) for one in refused)
    none = f"<p>{escape(say(f'{NAME}.none'))}</p>" if not offered else ""
    rest = ", ".join(way_name(speaker, one.way.name) for one in offered[most:])
    more = f'<p class="q-land-more">{escape(say(f"{NAME}.more", names=rest))}</p>' if rest else ""
    all_ = f"<p>{escape(say(f'{NAME}.all'))}</p>" if not refused else ""
    return (
        f'<div class="q-land-parted"><section><h2>{escape(say(f"{NAME}.left", n=len(offered)))}</h2>{none}<ol class="q-land-offers">{best}</ol>{more}</section>'
        f'<section><h2>{escape(say(f"{NAME}.noes", n=len(refused)))}</h2>{all_}<ul class="q-land-noes">{noes}</ul></section></div>'
    )


def _offer(one: Answer, place: int, speaker: Voice) -> str:
    say = speaker.say
    hours = say(f"{NAME}.hours_most" if one.hours_at_most else f"{NAME}.hours", hours=speaker.number(one.hours))
    line = say(f"{NAME}.costs", usd=speaker.money(one.bill.usd, 0), hours=hours, total=speaker.money(one.usd, 0))
    doubts = "".join(_why(reason, speaker) for reason in one.soft)
    best = f' <span class="q-best">{escape(say(f"{NAME}.best"))}</span>' if place == 0 else ""
    soft = f"<details><summary>{escape(say(f'{NAME}.doubts', n=len(one.soft)))}</summary><ul>{doubts}</ul></details>"
    return (
        f"<li><b>{escape(way_name(speaker, one.way.name))}</b>{best}<p>{escape(line)}</p>{soft if doubts else ''}</li>"
    )


def _refusal(one: Answer, speaker: Voice, *, short: bool) -> str:
    whys = "".join(_why(reason, speaker, short=short) for reason in one.hard)
    return f'<li><i aria-hidden="true"></i><b>{escape(way_name(speaker, one.way.name))}</b><ul>{whys}</ul></li>'


def _why(reason: Reason, speaker: Voice, *, short: bool = False) -> str:
    need = f"<em>{escape(speaker.say(f'ask.needs.{reason.need}.label'))}</em> " if reason.need else ""
    text = escape(why_not(speaker, reason.why, reason.since))
    return f"<li>{need}{text}{'' if short else cites(speaker, reason.facts)}</li>"


def _stage(turned: Turned[Choosing], offered: tuple[Answer, ...], refused: tuple[Answer, ...], speaker: Voice) -> None:
    chapter.look_stage()
    chapter.stage_heading(speaker.say(f"{NAME}.title"), "")
    asked = [speaker.say(f"ask.needs.{need}.label") for need in NEEDS if getattr(turned.record.needs, need)]
    with st.container(key="q-land-stage"):
        if staged() is not None:
            st.html(f'<p class="q-stage-says">{escape(speaker.say(f"{NAME}.asked", which=" · ".join(asked)))}</p>')
            st.html(parted(offered, refused, speaker, most=ON_STAGE))
        else:
            question = speaker.say(f"{NAME}.ask.question")
            st.html(f'<p class="q-stage-says">{escape(question)}</p>')
    with st.container(key="q-stage-exit"):
        st.button(speaker.say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
