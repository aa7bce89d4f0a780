"""The memory room: copies at three quarters of their limit, a guess, and how they die one after another in five places."""

from __future__ import annotations

from html import escape
from typing import Literal

import numpy as np
import streamlit as st

from engine import catalog
from engine.containers.memory import Outcome, simulate
from engine.containers.memory_rules import MemoryAsk, is_function, is_shared, limit_mib, may_restart
from engine.containers.memory_sizing import enlarged, enough_mib, one_away
from pages.figures.containers_memory import fates_strip, limit_written, memory_strip
from pages.figures.theme import SCALES
from pages.parts import chapter
from pages.parts.charts import Strip, charts
from pages.parts.containers.memory_said import NAME, enough_says, lede, outcome_table, places_table, says
from pages.parts.flipped import later
from pages.parts.guess import guessed, spans, staged, which
from pages.parts.lesson import Control, controls
from pages.parts.predict import SKIP
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

Size = Literal["laptop", "stage"]
SHOWN = {"laptop": 6, "stage": 4}  # copies that have a strip of their own
TALL_PX = {"laptop": (92, 150), "stage": (136, 216)}  # a copy's strip, the requests' strip
ONLY = {  # what means something in some places only
    "host_mib": {"ecs-reservation"},
    "sidecar_mib": {"ecs-reservation", "fargate-size"},
    "restarts": {"ecs-limit", "ecs-reservation", "fargate-size"},
}


def memory_room(speaker: Voice) -> None:
    """Show the room as the URL asks for it: to read, or on stage."""
    turned = Turned(NAME, MemoryAsk(), controls(catalog.lesson(NAME)["ask"]))
    if st.query_params.get(VIEW) == "stage":
        _stage(turned, speaker)
    else:
        _study(turned, speaker)
    turned.write_url()


@st.cache_resource(max_entries=64, show_spinner=False)
def _outcome(ask: str) -> Outcome:
    return simulate(MemoryAsk.model_validate_json(ask))


def outcome_of(ask: MemoryAsk) -> Outcome:
    """Play it, or take it from the shelf."""
    return _outcome(ask.model_dump_json())


def _study(turned: Turned[MemoryAsk], speaker: Voice) -> None:
    row, say = catalog.lesson(NAME), speaker.say
    chapter.heading(say(f"{NAME}.title"), lede(turned.record, speaker))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    bounds = tuple(row["guess"]["bounds"])
    guess = guessed(NAME, speaker, spans(speaker, NAME, bounds, speaker.number, whole=True))
    if guess is None:
        sources(*row["facts"])
        return
    asked = len(outcome_of(turned.first).kills.t_s)
    lock(NAME, guess, right=guess != SKIP and which(asked, bounds, guess) == "right")
    ask = turned.record
    found = outcome_of(ask)
    is_first = ask.model_copy(update={"era": turned.first.era}) == turned.first
    if guess != SKIP and is_first:  # held against what was asked, not against what is turned later
        verdict = say(f"{NAME}.verdict.{which(asked, bounds, guess)}", n=asked)
        st.html(f'<p class="q-verdict" role="status">{escape(verdict)}</p>')
    with st.container(border=True, key="q-turn-row"):
        turn_record(turned, _of(turned, row["first"]), speaker, columns=4)
    st.html(f'<p class="q-verdict">{says(ask, found, speaker)}</p>')
    left, right = st.columns([7, 5], gap="medium")
    with left:
        chart(ask, found, speaker)
    with right:
        _sized(turned, found, speaker)
    _tries(turned, speaker)
    with chapter.fold(say(f"{NAME}.more"), key=f"{NAME}.more") as fold:
        if fold.open:
            _more(turned, row["first"], speaker)
    st.header(say(f"{NAME}.places.title"))
    st.html(places_table(ask, outcome_of, speaker))
    told(speaker, NAME, row["explain"])
    sources(*row["facts"])


def _sized(turned: Turned[MemoryAsk], found: Outcome, speaker: Voice) -> None:
    """Set what came of it beside what a limit large enough would bring, and offer that limit."""
    ask = turned.record
    more = enlarged(ask, one_away(ask))
    st.html(outcome_table(ask, found, more, outcome_of(more) if more else None, speaker))
    st.html(f'<p class="q-memory-note">{escape(enough_says(ask, speaker))}</p>')
    if more is not None and more != ask:
        name = "host_mib" if is_shared(ask) else "limit_mib"
        st.button(
            speaker.say(f"{NAME}.enough.try", mib=int(enough_mib(ask, one_away(ask)) or 0)), key=f"{NAME}.enough",
            on_click=turned.set, args=({name: getattr(more, name)},),
        )  # fmt: skip


def _tries(turned: Turned[MemoryAsk], speaker: Voice) -> None:
    """Offer what to try, the way back, and the stage. What is tried begins from how the page comes."""
    say, first = speaker.say, turned.first.model_dump(mode="json", exclude={"era"})
    st.header(say("furniture.try"))
    with st.container(horizontal=True, key="q-tools"):
        for what, settings in catalog.lesson(NAME)["try"].items():
            st.button(
                say(f"{NAME}.try.{what}"), key=f"{NAME}.try.{what}", on_click=turned.set, args=(first | dict(settings),)
            )
        st.button(say("common.button.reset"), key=f"{NAME}.reset", on_click=turned.set, args=(first,))
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))


def _more(turned: Turned[MemoryAsk], first: list[str], speaker: Voice) -> None:
    """Show the other numbers, those that mean something in this place; a restart policy was unknown at the talk."""
    place = turned.record.place
    there = [
        one
        for one in turned.controls
        if one.url not in {*first, "era"}
        and place in ONLY.get(one.path, {place})
        and (one.path != "restarts" or may_restart(turned.record.era))
    ]
    turn_record(turned, there, speaker, columns=4)
    if place in ONLY["restarts"] and not may_restart(turned.record.era):
        when = speaker.say("era.came", date=speaker.date(str(catalog.value("ecs.restart_policy", "since"))))
        later(speaker, [f"{speaker.say('ask.memoryask.restarts.label')} ({when})"])


def _of(turned: Turned[MemoryAsk], urls: list[str]) -> list[Control]:
    return [one for one in turned.controls if one.url in urls]


# --- the picture ---------------------------------------------------------------------------------------------------------


def chart(ask: MemoryAsk, found: Outcome, speaker: Voice, size: Size = "laptop") -> None:
    """Draw a strip for each copy, as many as there is room for, and what became of the requests below."""
    say, scale = speaker.say, SCALES[size]
    signs, (copy_px, fates_px) = speaker.number_signs(), TALL_PX[size]
    most, line = min(SHOWN[size], ask.tasks), None if is_shared(ask) else limit_mib(ask)
    top = float(max(found.highest_mib.max(initial=1.0), line or 0.0))
    who = "box" if is_function(ask) else "copy"
    strips = []
    for copy in range(most):
        kill_s = found.kills.t_s[found.kills.copy == copy]
        text = f"{say(f'{NAME}.chart.limit')}<br>{limit_written(line, say(f'{NAME}.mib', v='{v}'), signs)}" if line else ""
        figure = memory_strip(
            found.t_s, found.highest_mib[copy], found.is_up[copy], kill_s, line, end_s=ask.duration_s, top=top,
            limit_text=text if copy == 0 else "", scale=scale, signs=signs,
        )  # fmt: skip
        title = say(f"{NAME}.chart.{who}", n=copy + 1) + (f" · {say(f'{NAME}.chart.memory')}" if copy == 0 else "")
        sub = say(f"{NAME}.chart.kills", n=int(kill_s.size))
        if copy == most - 1 and ask.tasks > most:
            sub = f"{sub} · {say(f'{NAME}.chart.more', n=ask.tasks - most)}"
        strips.append(Strip(f"copy{copy}", title, figure, sub=sub, height_px=copy_px))
    fates = (found.ok_per_s, found.killed_per_s, found.refused_per_s)
    words = [say(f"{NAME}.fate.{fate}") for fate in ("ok", "failed", "refused")]
    figure = fates_strip(found.window_s, fates, words, end_s=ask.duration_s, scale=scale, signs=signs)
    strips.append(Strip("fates", say(f"{NAME}.chart.requests"), figure, height_px=fates_px))
    charts(
        strips, run_id=ask.model_dump_json(), end_s=ask.duration_s, key=f"{NAME}.chart.{size}",
        name=say(f"{NAME}.chart.name"), on_clock=False, size=size,
    )  # fmt: skip
    if size == "laptop":
        read = say(f"{NAME}.chart.read_shared", host=ask.host_mib) if is_shared(ask) else say(f"{NAME}.chart.read")
        st.html(f'<p class="q-memory-note">{escape(read)}</p>')


def _stage(turned: Turned[MemoryAsk], speaker: Voice) -> None:
    """Ask the hall, or show the strips with the one number beside them."""
    say, ask = speaker.say, turned.record
    chapter.look_stage()
    chapter.stage_heading(say(f"{NAME}.title"), "")
    with st.container(key="q-stage-main"):
        if staged() is None:
            st.html(f'<p class="q-stage-says">{escape(say(f"{NAME}.ask.question"))}</p>')
            st.html(f'<p class="q-stage-says">{escape(lede(ask, speaker))}</p>')
        else:
            found = outcome_of(ask)
            left, right = st.columns([5, 3], gap="large")
            with left:
                chart(ask, found, speaker, "stage")
            with right:
                number = int(np.size(found.kills.t_s))
                time = say(f"{NAME}.minutes", n=round(ask.duration_s / 60))
                st.html(
                    f'<p class="q-memory-big"><strong>{escape(speaker.number(number))}</strong>'
                    f"<b>{escape(say(f'{NAME}.stage_kills', n=number, minutes=time))}</b></p>"
                    f'<p class="q-stage-says">{says(ask, found, speaker, is_short=True)}</p>'
                )
    with st.container(key="q-stage-exit"):
        st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
