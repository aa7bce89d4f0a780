"""The hot part: what a rush on one module costs, as one service and as many, found by a search over runs."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Literal

import numpy as np
import streamlit as st

from engine import catalog
from engine.architecture import Heat, HotAsk, heat, usd_by_factor
from pages.figures.architecture import heat_figure
from pages.figures.theme import SCALES
from pages.parts import chapter
from pages.parts.charts import Strip, charts
from pages.parts.fargate.sidecar import money_tick
from pages.parts.guess import guessed
from pages.parts.lesson import controls
from pages.parts.predict import SKIP
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "architecture_hot"
MOST = 20
Both = tuple[Heat, Heat]


def hot_room(speaker: Voice) -> None:
    """Ask for a guess, search, and show both cuts before the rush and in it."""
    row, say = catalog.lesson(NAME), speaker.say
    turned = Turned(NAME, HotAsk(), controls(row["ask"]))
    is_stage = st.query_params.get(VIEW) == "stage"
    if is_stage:
        chapter.look_stage()
        chapter.stage_heading(say(f"{NAME}.title"), "")
        both = both_of(turned.record, speaker)
        with st.container(key="q-stage-main"):
            chart(turned.record, both, speaker, "stage")
            st.html(f'<p class="q-stage-says">{escape(says(turned.record, both, speaker)[0])}</p>')
        with st.container(key="q-stage-exit"):
            st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
    else:
        chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
        chapter.set_aside(speaker, turned.aside)
        chapter.mend(speaker, turned.problems)
        if _study(turned, row["guess"]["same"], speaker):
            told(speaker, NAME, row["explain"])
            sources(*row["facts"])
    turned.write_url()


def _study(turned: Turned[HotAsk], same: float, speaker: Voice) -> bool:
    """Show the room; say whether the guess is made. While it is open nothing may be turned: the question has its own settings."""
    guess = guessed(NAME, speaker, speaker.table(f"{NAME}.guess"))
    if guess is None:
        return False
    with st.container(border=True, key="q-turn-heat"):
        turn_record(turned, turned.controls, speaker, columns=4)
    ask = turned.record
    both = both_of(ask, speaker)
    # A guess is held against what was asked, not against what is turned later.
    if guess != SKIP and ask == turned.first:
        lock(NAME, guess, right=lambda: guess == dearer(both, same))
        st.html(f'<p class="q-verdict">{escape(judge(both, guess, same, speaker))}</p>')
    left, right = st.columns([6, 6], gap="medium")
    with left:
        chart(ask, both, speaker)
    with right:
        st.html(table(ask, both, speaker))
    first, *rest = says(ask, both, speaker)
    st.html(f'<p class="q-verdict"><b>{escape(first)}</b> {escape(" ".join(rest))}</p>')
    with st.container(horizontal=True, key="q-tools"):
        st.button(speaker.say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
    return True


def both_of(ask: HotAsk, speaker: Voice) -> Both:
    """Search both cuts, and say meanwhile that it takes a while: some twenty runs."""
    with st.spinner(speaker.say(f"{NAME}.searching")):
        return _heat(ask.model_dump_json(), 0), _heat(ask.model_dump_json(), ask.out)


@st.cache_data(max_entries=128, show_spinner=False)
def _heat(ask: str, out: int) -> Heat:
    return heat(HotAsk.model_validate_json(ask), out)


def dearer(both: Both, same: float) -> str:
    """Say which cut pays more for the rush: "one", "many", or "same"."""
    one, many = (found.more_usd for found in both)
    if abs(one - many) <= same * max(one, many):
        return "same"
    return "one" if one > many else "many"


def judge(both: Both, guess: str, same: float, speaker: Voice) -> str:
    """Hold the guess against both searches."""
    truth = dearer(both, same)
    one, many = (speaker.money(found.more_usd) for found in both)
    which = "right" if guess == truth else "wrong"
    return speaker.say(f"{NAME}.verdict.{which}", said=speaker.say(f"{NAME}.said.{guess}"), one=one, many=many)


def says(ask: HotAsk, both: Both, speaker: Voice) -> list[str]:
    """Say what the rush costs, and which services had to grow for it."""
    say = speaker.say
    names = speaker.table("calls.module")
    found = [
        say(f"{NAME}.says", module=names.get(ask.module, ask.module), x=speaker.number(ask.factor),
            one=speaker.money(both[0].more_usd), many=speaker.money(both[1].more_usd), n=ask.out + 1),
    ]  # fmt: skip
    grown = [
        say(f"{NAME}.grew", module=names.get(name, name), before=speaker.number(before / 1000, 2), after=speaker.number(after / 1000, 2))
        for name, (before, after) in both[1].grown.items()
    ]  # fmt: skip
    if grown:
        found.append(say(f"{NAME}.grown", names="; ".join(grown)))
    if not all(one.holds for one in both):
        found.append(say(f"{NAME}.never", goal=speaker.number(ask.goal_ms)))
    return found


def chart(ask: HotAsk, both: Both, speaker: Voice, size: Literal["laptop", "stage"] = "laptop") -> None:
    """Draw the bill over the load; the dots are runs, the lines the rule between them."""
    factors = np.arange(1.0, MOST + 1)
    say = speaker.say
    lines = [np.array(usd_by_factor(ask, found, factors.tolist())) for found in both]
    dots = [[(1.0, found.usual.usd), (ask.factor, found.hot.usd)] for found in both]
    words = (say(f"{NAME}.services", n=1), say(f"{NAME}.services", n=ask.out + 1))
    figure = heat_figure(
        factors, lines, dots, words=words, unit=money_tick(speaker), scale=SCALES[size], signs=speaker.number_signs()
    )
    title = say(f"{NAME}.chart")
    charts(
        [Strip("heat", title, figure, sub=say(f"{NAME}.axis"), height_px=680 if size == "stage" else 300)],
        run_id="heat", end_s=1, key=f"{NAME}.heat.{size}", on_clock=False, name=title, size=size,
    )  # fmt: skip


def table(ask: HotAsk, both: Both, speaker: Voice) -> str:
    """Set both cuts side by side: before the rush, and in it."""
    say = speaker.say
    spots = [found for pair in both for found in (pair.usual, pair.hot)]
    rows: dict[str, Callable[[int], str]] = {
        "tasks": lambda n: speaker.number(spots[n].tasks),
        "vcpu": lambda n: speaker.number(spots[n].vcpu, 2),
        "usd": lambda n: speaker.money(spots[n].usd),
        "p99": lambda n: say(f"{NAME}.ms", value=speaker.number(spots[n].p99_ms)),
        "busy": lambda n: speaker.percent(spots[n].busy, 0),
    }
    heads = "".join(
        f'<th scope="colgroup" colspan="2">{escape(say(f"{NAME}.services", n=n))}</th>' for n in (1, ask.out + 1)
    )
    unders = "".join(f'<th scope="col">{escape(say(f"{NAME}.{when}"))}</th>' for _ in both for when in ("usual", "hot"))
    body = "".join(
        f'<tr><th scope="row">{escape(say(f"{NAME}.row.{name}"))}</th>'
        + "".join(f"<td>{escape(write(n))}</td>" for n in range(4))
        + "</tr>"
        for name, write in rows.items()
    )
    more = "".join(f'<td colspan="2">{escape(speaker.money(found.more_usd))}</td>' for found in both)
    caption = escape(say(f"{NAME}.caption", goal=speaker.number(ask.goal_ms)))
    return (
        f'<div class="q-scroll"><table class="q-outcomes q-own q-heat"><caption>{caption}</caption>'
        f"<thead><tr><td></td>{heads}</tr><tr><td></td>{unders}</tr></thead>"
        f'<tbody>{body}<tr class="more"><th scope="row">{escape(say(f"{NAME}.row.more"))}</th>{more}</tr></tbody></table></div>'
    )
