"""The memory room: copies at three quarters of their limit, a guess, and how they die one after another in five places."""

from __future__ import annotations

from html import escape
from typing import Literal

import streamlit as st

from engine import catalog
from engine.containers.memory import Outcome, simulate
from engine.containers.memory_rules import MemoryAsk, is_function, is_shared, limit_mib, may_restart
from engine.containers.memory_sizing import enlarged, one_away
from pages.figures.containers_memory import fates_strip, memory_strip
from pages.figures.theme import SCALES
from pages.parts import chapter
from pages.parts.charts import Strip, charts
from pages.parts.containers.memory_said import NAME, enough_says, keys, lede, outcome_table, places_table, says
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
SEEN_S = 60.0  # what a guess may look at
SHOWN = {"laptop": 6, "stage": 4}  # copies that have a strip of their own
TALL_PX = {"laptop": (92, 150), "stage": (156, 228)}  # a copy's strip, the requests' strip
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
        chart(turned.first, outcome_of(turned.first), speaker, is_open=True)
        sources(*row["facts"])
        return
    asked = len(outcome_of(turned.first).kills.t_s)
    lock(NAME, guess, right=lambda: which(asked, bounds, guess) == "right")
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
        read = say(f"{NAME}.chart.read_shared", host=ask.host_mib) if is_shared(ask) else say(f"{NAME}.chart.read")
        st.html(f'{keys(found, speaker)}<p class="q-memory-note">{escape(read)}</p>')
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
    if more is not None:
        name = "host_mib" if is_shared(ask) else "limit_mib"
        st.button(
            speaker.say(f"{NAME}.enough.try", mib=getattr(more, name)), key=f"{NAME}.enough",
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


def chart(ask: MemoryAsk, found: Outcome, speaker: Voice, size: Size = "laptop", *, is_open: bool = False) -> None:
    """Draw a strip for each copy, as many as there is room for, and what became of the requests below.

    is_open: a guess is still to be made, and only the first minute is shown.
    """
    say, scale, signs, end_s = speaker.say, SCALES[size], speaker.number_signs(), ask.duration_s
    until_s = SEEN_S if is_open else end_s
    most, line = min(SHOWN[size], ask.tasks), None if is_shared(ask) else limit_mib(ask)
    top = float(max(found.highest_mib.max(initial=1.0), line or 0.0))
    seen, windows = found.t_s < until_s, found.window_s < until_s
    strips = []
    for copy in range(most):
        kill_s = found.kills.t_s[(found.kills.copy == copy) & (found.kills.t_s < until_s)]
        figure = memory_strip(
            found.t_s[seen], found.highest_mib[copy][seen], found.is_up[copy][seen], kill_s, line, end_s=end_s, top=top,
            scale=scale, signs=signs,
        )  # fmt: skip
        title, sub = _titles(ask, copy, most, None if is_open else kill_s.size, speaker)
        strips.append(Strip(f"copy{copy}", title, figure, sub=sub, height_px=TALL_PX[size][0]))
    fates = [column[windows] for column in (found.ok_per_s, found.killed_per_s, found.refused_per_s)]
    figure = fates_strip(found.window_s[windows], fates, until_s=until_s, end_s=end_s, scale=scale, signs=signs)
    strips.append(Strip("fates", say(f"{NAME}.chart.requests"), figure, height_px=TALL_PX[size][1]))
    charts(
        strips, run_id=f"{is_open} {ask.model_dump_json()}", end_s=end_s, key=f"{NAME}.chart.{size}",
        name=say(f"{NAME}.chart.name"), on_clock=False, size=size,
    )  # fmt: skip


def _titles(ask: MemoryAsk, copy: int, most: int, kills: int | None, speaker: Voice) -> tuple[str, str]:
    """Name a copy's strip, and say at its right how often it was killed; the first says the limit, the last how many more there are."""
    say, who = speaker.say, "box" if is_function(ask) else "copy"
    title = say(f"{NAME}.chart.{who}", n=copy + 1) + (f" · {say(f'{NAME}.chart.memory')}" if copy == 0 else "")
    parts = [say(f"{NAME}.chart.limit", mib=round(limit_mib(ask)))] if copy == 0 and not is_shared(ask) else []
    parts += [] if kills is None else [say(f"{NAME}.chart.kills", n=kills)]
    parts += [say(f"{NAME}.chart.more", n=ask.tasks - most)] if copy == most - 1 and ask.tasks > most else []
    return title, " · ".join(parts)


def _stage(turned: Turned[MemoryAsk], speaker: Voice) -> None:
    """Ask the hall, or show the strips with the one number beside them."""
    say, ask = speaker.say, turned.record
    chapter.look_stage()
    chapter.stage_heading(say(f"{NAME}.title"), "")
    with st.container(key="q-stage-main"):
        if staged() is None:
            left, right = st.columns([5, 3], gap="large")
            with left:
                chart(turned.first, outcome_of(turned.first), speaker, "stage", is_open=True)
            with right:
                st.html(f'<p class="q-stage-says"><b>{escape(say(f"{NAME}.ask.question"))}</b></p>')
                st.html(f'<p class="q-stage-says">{escape(lede(turned.first, speaker))}</p>')
        else:
            found = outcome_of(ask)
            left, right = st.columns([5, 3], gap="large")
            with left:
                chart(ask, found, speaker, "stage")
            with right:
                number = len(found.kills.t_s)
                time = say(f"{NAME}.minutes", n=round(ask.duration_s / 60))
                st.html(
                    f'<p class="q-memory-big"><strong>{escape(speaker.number(number))}</strong>'
                    f"<b>{escape(say(f'{NAME}.stage_kills', n=number, minutes=time))}</b></p>"
                    f'<p class="q-stage-says">{says(ask, found, speaker, is_short=True)}</p>{keys(found, speaker)}'
                )
    with st.container(key="q-stage-exit"):
        st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
