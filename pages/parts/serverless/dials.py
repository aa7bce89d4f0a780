"""The break-even dials: how busy you are against money a month, and how the time machine moves where the lines cross."""

from __future__ import annotations

from html import escape
from math import isinf
from typing import Literal

import numpy as np
import streamlit as st

from engine import catalog
from engine.serverless.breakeven import DIALS, Crossing, Dial, Dials, crossing, day
from pages.figures.serverless import day_figure, dial_figure
from pages.figures.theme import SCALES
from pages.parts import chapter
from pages.parts.charts import Strip, charts
from pages.parts.guess import guessed, which
from pages.parts.lesson import controls
from pages.parts.predict import SKIP
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "serverless_dials"
QUARTERS = (0, 0.25, 0.5, 0.75, 1)
OF_DIAL: dict[str, tuple[str, ...]] = {
    "lambda_fargate": ("memory_mb", "request_ms", "cpu_units", "memory_mib"),
    "fargate_ec2": ("instance_type",),
    "table": ("units",),
    "day": ("trough_share", "peak_width"),
}
Size = Literal["laptop", "stage"]


def dials_room(speaker: Voice) -> None:
    """Show the dials, in whichever room the URL asks for."""
    turned = Turned(NAME, Dials(), controls(catalog.lesson(NAME)["ask"]))
    if st.query_params.get(VIEW) == "stage":
        _stage(turned, speaker)
    else:
        _study(turned, speaker)
    turned.write_url()


def _study(turned: Turned[Dials], speaker: Voice) -> None:
    say, row = speaker.say, catalog.lesson(NAME)
    chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    guess = guessed(NAME, speaker, _spans(speaker, "guess"))
    if guess is None:  # the axes and the flat line are there to guess on
        draw(crossing(turned.record, "lambda_fargate"), speaker, is_open=True)
        sources(*row["facts"])
        return
    turn_record(turned, [one for one in turned.controls if one.path == "era"], speaker, columns=4)
    if guess != SKIP:
        lock(NAME, guess, right=lambda: judged(turned.record, guess) == "right")
        st.html(f'<p class="q-verdict">{escape(verdict(turned.record, speaker, guess))}</p>')
    for dial in DIALS:
        _dial(turned, dial, speaker)
    _day(turned, speaker)
    with st.container(horizontal=True, key="q-tools"):
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
    told(speaker, NAME, row["explain"])
    sources(*row["facts"])


def _dial(turned: Turned[Dials], dial: Dial, speaker: Voice) -> None:
    """Show one dial with what turns it beside it."""
    found = crossing(turned.record, dial)
    st.header(speaker.say(f"{NAME}.{dial}.title"))
    left, right = st.columns([7, 4], gap="large")
    with left:
        draw(found, speaker)
    with right:
        st.html(f'<p class="q-dial">{_said(found, speaker)}</p>')
        turn_record(turned, _of(turned, dial), speaker, columns=2 if dial == "lambda_fargate" else 1)


def _of(turned: Turned[Dials], what: str) -> list[object]:
    return [one for one in turned.controls if one.path in OF_DIAL[what]]


def _said(found: Crossing, speaker: Voice) -> str:
    """Say where they cross, and how much dearer paying by use is when all is used."""
    say = speaker.say
    ratio = speaker.number(found.full_ratio, 1)
    if isinf(found.even):
        return f"<b>{escape(say(f'{NAME}.{found.dial}.never'))}</b>"
    big = f"<strong>{escape(speaker.percent(found.even, 0))}</strong>"
    return f"{big}<b>{escape(say(f'{NAME}.{found.dial}.even'))}</b> {escape(say(f'{NAME}.ratio', ratio=ratio))}"


def draw(found: Crossing, speaker: Voice, size: Size = "laptop", *, is_open: bool = False) -> None:
    """Draw one dial's figure; is_open: without what a guess is about."""
    say, dial = speaker.say, found.dial
    words = {
        "by_use": say(f"{NAME}.{dial}.by_use"), "flat": say(f"{NAME}.{dial}.flat"),
        "even": "" if isinf(found.even) else say(f"{NAME}.crossing", share=speaker.percent(found.even, 0)),
    }  # fmt: skip
    figure = dial_figure(
        found.share, found.by_use_usd, found.flat_usd, even=found.even, words=words, unit=_money(speaker),
        percents=[speaker.percent(share, 0) for share in QUARTERS], scale=SCALES[size], signs=speaker.number_signs(),
        is_open=is_open,
    )  # fmt: skip
    _chart(dial, say(f"{NAME}.{dial}.chart"), figure, say(f"{NAME}.{dial}.axis"), size, say(f"{NAME}.{dial}.title"))


def _day(turned: Turned[Dials], speaker: Voice) -> None:
    """Show a day of the table: what is used as an area over what is provisioned."""
    say, found = speaker.say, day(turned.record)
    st.header(say(f"{NAME}.day.title"))
    left, right = st.columns([7, 4], gap="large")
    words = {name: say(f"{NAME}.day.{name}") for name in ("used", "flat", "following", "unused")}
    figure = day_figure(
        found.used, found.flat, found.following, words=words, hours=["0:00", "6:00", "12:00", "18:00", "24:00"],
        signs=speaker.number_signs(),
    )  # fmt: skip
    with left:
        _chart("day", say(f"{NAME}.day.chart"), figure, "", "laptop", say(f"{NAME}.day.title"))
    with right:
        share = speaker.percent(found.used_share, 0)
        cheapest = min(found.usd, key=lambda way: found.usd[way])
        st.html(f'<p class="q-dial"><strong>{escape(share)}</strong><b>{escape(say(f"{NAME}.day.share"))}</b></p>')
        rows = "".join(
            f'<tr><th scope="row">{escape(say(f"{NAME}.day.way.{way}"))}</th><td>{escape(speaker.money(usd, 0))}'
            f"{_best(speaker) if way == cheapest else ''}</td></tr>"
            for way, usd in found.usd.items()
        )
        caption = escape(say(f"{NAME}.day.caption"))
        st.html(f'<table class="q-outcomes q-own q-ways"><caption>{caption}</caption><tbody>{rows}</tbody></table>')
        turn_record(turned, _of(turned, "day"), speaker, columns=2)


def _best(speaker: Voice) -> str:
    return f" <em>{escape(speaker.say(f'{NAME}.day.best'))}</em>"


def _chart(key: str, title: str, figure: object, sub: str, size: Size, name: str) -> None:
    """Draw one figure without a time axis. name: what a screen reader calls it."""
    tall = 720 if size == "stage" else 250
    charts(
        [Strip(key, title, figure, sub=sub, height_px=tall)],  # type: ignore[arg-type]
        run_id=key, end_s=1, key=f"{NAME}.{key}.{size}", on_clock=False, name=name, size=size,
    )  # fmt: skip


def _money(speaker: Voice) -> str:
    """Write a tick of money."""
    return speaker.money(0, 0).replace("0", "{v}")


# --- the guess ---------------------------------------------------------------------------------------------------------


def _bounds() -> tuple[float, ...]:
    return tuple(catalog.lesson(NAME)["guess"]["bounds"])


def _spans(speaker: Voice, how: str) -> dict[str, str]:
    """Write each span of shares in one of two ways: as a button (guess), or as part of a sentence (said)."""
    bounds, texts = _bounds(), speaker.table(f"{NAME}.{how}")
    written = [speaker.percent(bound, 0) for bound in bounds]
    between = {
        f"{low:g}": texts["between"].format(low=a, high=b)
        for low, a, b in zip(bounds, written, written[1:], strict=False)
    }
    return (
        {"0": texts["under"].format(high=written[0])}
        | between
        | {f"{bounds[-1]:g}": texts["over"].format(low=written[-1])}
    )


def judged(dials: Dials, guess: str) -> str:
    """Say whether Lambda and Fargate cost the same within the span that was named, or above it, or below."""
    return which(crossing(dials, "lambda_fargate").even, _bounds(), guess)


def verdict(dials: Dials, speaker: Voice, guess: str) -> str:
    """Hold the guess against where Lambda and Fargate cost the same."""
    even, found = crossing(dials, "lambda_fargate").even, judged(dials, guess)
    truth = speaker.say(f"{NAME}.none") if isinf(even) else speaker.say(f"{NAME}.truth", share=speaker.percent(even, 0))
    return speaker.say(f"{NAME}.verdict.{found}", said=_spans(speaker, "said")[guess], truth=truth)


def _stage(turned: Turned[Dials], speaker: Voice) -> None:
    """Show one dial for the back of the hall: the table's, whose line the time machine moves."""
    chapter.look_stage()
    found = {era: crossing(turned.record.model_copy(update={"era": era}), "table").even for era in ("talk", "today")}
    shares = {f"{era}_share": speaker.percent(even, 0) for era, even in found.items() if np.isfinite(even)}
    chapter.stage_heading(speaker.say(f"{NAME}.title"), "")
    with st.container(key="q-stage-main"):
        left, right = st.columns(2, gap="large")
        with left:
            draw(crossing(turned.record, "lambda_fargate"), speaker, "stage")
        with right:
            draw(crossing(turned.record, "table"), speaker, "stage")
        st.html(f'<p class="q-stage-says">{escape(speaker.say(f"{NAME}.stage_lede", **shares))}</p>')
    with st.container(key="q-stage-exit"):
        st.button(speaker.say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
