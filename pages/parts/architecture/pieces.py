"""The price of pieces: answers, time, money and nights, by formula and beside it as measured."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Literal

import numpy as np
import streamlit as st
from pydantic import BaseModel, ConfigDict

from engine import catalog
from engine.architecture import (
    HOURS_A_MONTH,
    Curve,
    FanOut,
    Hops,
    Pager,
    PagerAsk,
    PiecesAsk,
    ShopAsk,
    allowed_min,
    answered,
    bill,
    bills,
    by_calls,
    by_hops,
    by_out,
    by_parts,
    pager,
    storm,
)
from pages.figures.architecture import Drawn, bills_figure, measured_figure
from pages.figures.theme import SCALES
from pages.parts import chapter
from pages.parts.charts import Strip, charts
from pages.parts.fargate.sidecar import money_tick
from pages.parts.guess import guessed, spans, which
from pages.parts.lesson import Control, controls
from pages.parts.predict import SKIP
from pages.parts.sources import sources
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "architecture_pieces"
Size = Literal["laptop", "stage"]
LATEST_TICK = "{v}"
CHAIN = ("parts", "each", "optional", "copies", "retries", "brief", "restore")
TIME = ("work", "busy", "hop", "calls")
MONEY = ("out", "rps", "zones", "kib", "least", "full", "sidecar")
NIGHTS = ("modules", "services", "of_code", "of_service", "minutes", "night")


class Pieces(BaseModel):
    """What the page shows: parts in a row, the shop taken apart, and who is called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    chain: PiecesAsk = PiecesAsk()
    shop: ShopAsk = ShopAsk()
    pager: PagerAsk = PagerAsk()


def pieces_room(speaker: Voice) -> None:
    """Ask for a guess; then one block each for answers, time, money and nights."""
    row, say = catalog.lesson(NAME), speaker.say
    turned = Turned(NAME, Pieces(), controls(row["ask"]))
    is_stage = st.query_params.get(VIEW) == "stage"
    if is_stage:
        chapter.look_stage()
        chapter.stage_heading(say(f"{NAME}.title"), "")
        _stage(turned.record, speaker)
    else:
        chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
        chapter.set_aside(speaker, turned.aside)
        chapter.mend(speaker, turned.problems)
        _study(turned, tuple(row["guess"]["bounds"]), speaker)
        told(speaker, NAME, row["explain"])
        sources(*row["facts"])
    turned.write_url()


def _study(turned: Turned[Pieces], bounds: tuple[float, ...], speaker: Voice) -> None:
    guess = guessed(NAME, speaker, spans(speaker, NAME, bounds, lambda minutes: speaker.seconds(60 * minutes)))
    if guess is None:
        return
    if guess != SKIP:
        st.html(f'<p class="q-verdict">{escape(judge(guess, bounds, speaker))}</p>')
    for block in (_answers, _times, _money, _nights):
        block(turned, speaker)
    with st.container(horizontal=True, key="q-tools"):
        st.button(speaker.say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))


def judge(guess: str, bounds: tuple[float, ...], speaker: Voice) -> str:
    """Hold the guess against ten parts of 99.99 % in a row, as the question has them."""
    minutes = allowed_min(answered(PiecesAsk(), PiecesAsk().parts))
    took = speaker.seconds(60 * minutes)
    one = speaker.seconds(60 * allowed_min(answered(PiecesAsk(), 1)))
    return speaker.say(f"{NAME}.verdict.{which(minutes, bounds, guess)}", took=took, one=one)


def _turns(turned: Turned[Pieces], names: Sequence[str]) -> list[Control]:
    return [control for control in turned.controls if control.url in names]


def _block(title: str, turned: Turned[Pieces], names: Sequence[str], speaker: Voice, columns: int = 4) -> None:
    """Begin a block: its question, and what may be turned about it."""
    st.header(speaker.say(f"{NAME}.{title}.title"))
    with st.container(border=True, key=f"q-turn-{title}"):
        turn_record(turned, _turns(turned, names), speaker, columns=columns)


# --- answers ---------------------------------------------------------------------------------------------------------


def _answers(turned: Turned[Pieces], speaker: Voice) -> None:
    """Show how often nobody answers, by the parts that an answer needs."""
    _block("answers", turned, CHAIN, speaker)
    chain, say = turned.record.chain, speaker.say
    answers_chart(chain, speaker)
    theory, mean, low, high = lost_min(chain, chain.needed)
    parts = [
        say(f"{NAME}.answers.says", n=chain.needed, each=_percent(speaker, chain.available_percent), lost=_min(speaker, theory),
            share=_percent(speaker, round(100 * answered(chain, chain.needed), 3))),
        say(f"{NAME}.answers.measured", mean=_min(speaker, mean), low=_min(speaker, low), high=_min(speaker, high)),
    ]  # fmt: skip
    if chain.retries:
        calls, depth = storm(chain.retries, 3), 3
        parts.append(say(f"{NAME}.answers.storm", n=chain.retries, calls=calls, depth=depth))
    st.html(_verdict(parts))


def lost_min(chain: PiecesAsk, parts: int) -> tuple[float, float, float, float]:
    """Give the minutes a month in which nobody answers: by the formula, as measured, and the interval's ends."""
    theory, mean, low, high = up_of(chain).at(parts)
    return allowed_min(theory), allowed_min(mean), allowed_min(high), allowed_min(low)


def answers_chart(chain: PiecesAsk, speaker: Voice, size: Size = "laptop") -> None:
    """Draw the minutes a month without an answer over the parts."""
    minutes = drawn(lost(up_of(chain)), speaker.say(f"{NAME}.answers.line"), "lost", times=allowed_min(0))
    figure = measured_figure([minutes], now=chain.needed, scale=SCALES[size], signs=speaker.number_signs())
    _chart("answers", speaker, figure, size, 210)


@st.cache_data(max_entries=32, show_spinner=False)
def _up_of(chain: str) -> Curve:
    return by_parts(PiecesAsk.model_validate_json(chain))


def up_of(chain: PiecesAsk) -> Curve:
    """Simulate once for all who ask the same; how many parts the reader looks at changes nothing."""
    return _up_of(chain.model_copy(update={"parts": 1, "optional": 0, "calls": 1}).model_dump_json())


# --- time ------------------------------------------------------------------------------------------------------------


def _times(turned: Turned[Pieces], speaker: Voice) -> None:
    """Show what hops do to an answer, and what waiting for the slowest does."""
    _block("times", turned, TIME, speaker)
    chain = turned.record.chain
    left, right = st.columns(2, gap="medium")
    with left:
        hops_chart(chain, speaker)
        st.html(_verdict(_hops_say(chain, speaker)))
    with right:
        slowest_chart(chain, speaker)
        st.html(_verdict(_slowest_says(chain, speaker)))


def hops_chart(chain: PiecesAsk, speaker: Voice, size: Size = "laptop") -> None:
    """Draw p50 and p99 over the parts, in pieces and in one process."""
    hops, say = hops_of(chain), speaker.say
    curves = [
        drawn(hops.p99, say(f"{NAME}.times.p99"), "lost", times=1e-3),
        drawn(hops.one_p99, say(f"{NAME}.times.one_p99"), "serving", "6px 3px", times=1e-3),
        drawn(hops.p50, say(f"{NAME}.times.p50"), "ink3", times=1e-3),
    ]
    unit = say(f"{NAME}.times.tick", value=LATEST_TICK).replace(LATEST_TICK, "{v}")
    figure = measured_figure(curves, now=chain.parts, unit=unit, scale=SCALES[size], signs=speaker.number_signs())
    _chart("hops", speaker, figure, size, 230)


def slowest_chart(chain: PiecesAsk, speaker: Voice, size: Size = "laptop") -> None:
    """Draw the share of answers that wait longer than 99 of 100 single calls, over the calls made at once."""
    found, say = fan_out_of(chain), speaker.say
    curves = [drawn(found.slow, say(f"{NAME}.times.slow"), "pending", times=100)]
    percent = speaker.percent(0, 0).replace("0", "{v}")
    figure = measured_figure(curves, now=chain.calls, unit=percent, scale=SCALES[size], signs=speaker.number_signs())
    _chart("slowest", speaker, figure, size, 230)


def _verdict(sentences: Sequence[str]) -> str:
    """Write sentences as a paragraph, the first one with weight."""
    first, *rest = sentences
    return f'<p class="q-verdict"><b>{escape(first)}</b> {escape(" ".join(rest))}</p>'


def _hops_say(chain: PiecesAsk, speaker: Voice) -> tuple[str, str]:
    """Say the tail at the reader's own place, and how it was measured: at the nearest number that was."""
    hops = hops_of(chain)
    at = int(min(hops.p99.x, key=lambda n: (abs(int(n) - chain.parts), n)))
    theory, _, low, high = hops.p99.at(at)
    whole = hops.one_p99.at(at)[1]
    first = speaker.say(f"{NAME}.times.says", n=at, p99=_ms(speaker, theory), one=_ms(speaker, whole))
    return first, speaker.say(f"{NAME}.times.measured", low=_ms(speaker, low), high=_ms(speaker, high))


def _slowest_says(chain: PiecesAsk, speaker: Voice) -> tuple[str, str]:
    found = fan_out_of(chain)
    at = int(min(found.slow.x, key=lambda n: (abs(int(n) - chain.calls), n)))
    theory, _, low, high = found.slow.at(at)
    first = speaker.say(f"{NAME}.times.fan", n=at, share=speaker.percent(theory, 1))
    span = {"low": speaker.percent(low, 1), "high": speaker.percent(high, 1)}
    return first, speaker.say(f"{NAME}.times.measured", **span)


@st.cache_data(max_entries=32, show_spinner=False)
def _hops_of(chain: str) -> Hops:
    return by_hops(PiecesAsk.model_validate_json(chain))


def hops_of(chain: PiecesAsk) -> Hops:
    """Simulate once for all who ask the same."""
    return _hops_of(_timed(chain))


@st.cache_data(max_entries=32, show_spinner=False)
def _fan_out_of(chain: str) -> FanOut:
    return by_calls(PiecesAsk.model_validate_json(chain))


def fan_out_of(chain: PiecesAsk) -> FanOut:
    """Simulate once for all who ask the same."""
    return _fan_out_of(_timed(chain))


def shop_chart(ask: ShopAsk, speaker: Voice) -> None:
    """Draw the shop's own p50 and p99 as its modules leave, as they were run."""
    with st.spinner(speaker.say(f"{NAME}.times.running")):
        p50, p99 = _by_out(ask.model_dump_json())
    say = speaker.say
    curves = [drawn(p99, say(f"{NAME}.times.shop_p99"), "lost"), drawn(p50, say(f"{NAME}.times.shop_p50"), "ink3")]
    unit = say(f"{NAME}.times.ms", value=LATEST_TICK)
    figure = measured_figure(
        curves, now=ask.out + 1, unit=unit, whole=tuple(int(n) for n in p50.x), scale=SCALES["laptop"],
        signs=speaker.number_signs(),
    )  # fmt: skip
    _chart("shop", speaker, figure, "laptop", 200)
    at = ask.out
    first = say(f"{NAME}.times.shop", n=at + 1, p99=_ms(speaker, p99.mean[at]), one=_ms(speaker, p99.mean[0]))
    rest = say(f"{NAME}.times.shop_p50s", p50=_ms(speaker, p50.mean[at]), one=_ms(speaker, p50.mean[0]))
    st.html(_verdict((first, rest)))


@st.cache_data(max_entries=32, show_spinner=False)
def _by_out(ask: str) -> tuple[Curve, Curve]:
    return by_out(ShopAsk.model_validate_json(ask))


def _timed(chain: PiecesAsk) -> str:
    """Write what time depends on."""
    kept = {name: getattr(chain, name) for name in ("work_ms", "busy", "hop_ms", "seed")}
    return PiecesAsk(**kept).model_dump_json()


# --- money -----------------------------------------------------------------------------------------------------------


def _money(turned: Turned[Pieces], speaker: Voice) -> None:
    """Show the shop's bill as its modules leave."""
    _block("money", turned, MONEY, speaker)
    ask = turned.record.shop
    left, right = st.columns([7, 5], gap="medium")
    with left:
        bills_chart(ask, speaker)
    with right:
        st.html(_bill_table(ask, speaker))
    shop_chart(ask, speaker)


def bills_chart(ask: ShopAsk, speaker: Voice, size: Size = "laptop") -> None:
    """Draw the bill of every cut."""
    say = speaker.say
    found = bills(ask)
    columns = ([one.services for one in found], [one.usd for one in found], [one.cross_usd for one in found])
    figure = bills_figure(
        *(np.array(column, dtype=np.float64) for column in columns), now=ask.out + 1, words=(say(f"{NAME}.money.tasks"), say(f"{NAME}.money.calls")), unit=money_tick(speaker),
        scale=SCALES[size], signs=speaker.number_signs(),
    )  # fmt: skip
    _chart("money", speaker, figure, size, 260)


def _bill_table(ask: ShopAsk, speaker: Voice) -> str:
    """Set the one service beside the reader's cut, row by row."""
    say, both = speaker.say, (bill(ask, 0), bill(ask, ask.out))
    rows: dict[str, Callable[[int], str]] = {
        "count": lambda n: speaker.number(both[n].tasks),
        "vcpu": lambda n: say(f"{NAME}.money.of", bought=speaker.number(both[n].vcpu, 1), needed=speaker.number(both[n].needed_vcpu, 1)),
        "idle": lambda n: say("story.amount.gib", value=speaker.number(both[n].idle_gib, 1)),
        "hops": lambda n: speaker.number(both[n].calls, bool(both[n].calls)),
        "month": lambda n: speaker.money(both[n].usd * HOURS_A_MONTH, 0),
        "cross": lambda n: speaker.money(both[n].cross_usd * HOURS_A_MONTH, 0),
    }  # fmt: skip
    heads = "".join(
        f'<th scope="col">{escape(say(f"{NAME}.money.services", n=one.services))}</th>' for one in both
    )  # fmt: skip
    body = "".join(
        f'<tr><th scope="row">{escape(say(f"{NAME}.money.{row}"))}</th>'
        + "".join(f"<td>{escape(write(n))}</td>" for n in range(2))
        + "</tr>"
        for row, write in rows.items()
    )
    caption = escape(say(f"{NAME}.money.caption"))
    return (
        f'<div class="q-scroll"><table class="q-outcomes q-own q-bill"><caption>{caption}</caption><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


# --- nights ----------------------------------------------------------------------------------------------------------


def _nights(turned: Turned[Pieces], speaker: Voice) -> None:
    """Show a month of one service and of many, night by night."""
    _block("nights", turned, NIGHTS, speaker)
    st.html(nights_html(turned.record.pager, speaker))


def nights_html(ask: PagerAsk, speaker: Voice) -> str:
    """Write both months side by side, each night and day with its calls."""
    one = ask.model_copy(update={"services": 1})
    both = "".join(_month(found, pager(found), speaker) for found in (one, ask))
    return f'<div class="q-months">{both}</div>'


def _month(ask: PagerAsk, found: Pager, speaker: Voice) -> str:
    say = speaker.say
    cells = "".join(
        f'<i class="{"night" if night else "day" if day else "calm"}">{day + night or ""}</i>'
        for day, night in zip(found.by_day.tolist(), found.by_night.tolist(), strict=True)
    )
    span = found.measured_calm
    lines = [
        say(f"{NAME}.nights.says", alarms=speaker.number(found.alarms, 1), hours=speaker.number(found.hours, 1),
            nights=speaker.number(found.nights, 1)),
        say(f"{NAME}.nights.calm", share=speaker.percent(found.calm, 1), low=speaker.percent(span.low, 1),
            high=speaker.percent(span.high, 1)),
    ]  # fmt: skip
    head = escape(say(f"{NAME}.nights.services", n=ask.services))
    label = escape(
        say(f"{NAME}.nights.month", nights=int((found.by_night > 0).sum()), days=int((found.by_day > 0).sum()))
    )
    return (
        f'<section><h3 class="q-small-head">{head}</h3><div class="q-month" role="img" aria-label="{label}">{cells}</div>'
        f'<p class="q-note">{label}</p><p class="q-verdict"><b>{escape(lines[0])}</b> {escape(lines[1])}</p></section>'
    )


# --- stage and words ---------------------------------------------------------------------------------------------------


def _stage(record: Pieces, speaker: Voice) -> None:
    """Show two charts and their sentences for the back of the hall."""
    chain, say = record.chain, speaker.say
    with st.container(key="q-stage-main"):
        left, right = st.columns(2)
        with left:
            answers_chart(chain, speaker, "stage")
            lost = _min(speaker, lost_min(chain, chain.needed)[0])
            line = say(
                f"{NAME}.answers.stage", n=chain.needed, each=_percent(speaker, chain.available_percent), lost=lost
            )
            st.html(f'<p class="q-stage-says">{escape(line)}</p>')
        with right:
            hops_chart(chain, speaker, "stage")
            st.html(f'<p class="q-stage-says">{_hops_say(chain, speaker)[0]}</p>')
    with st.container(key="q-stage-exit"):
        st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))


def _chart(key: str, speaker: Voice, figure: object, size: Size, height_px: int) -> None:
    """Draw one figure without a time axis."""
    title, sub = speaker.say(f"{NAME}.chart.{key}"), speaker.say(f"{NAME}.axis.{key}")
    charts(
        [Strip(key, title, figure, sub=sub, height_px=620 if size == "stage" else height_px)],  # type: ignore[arg-type]
        run_id=key, end_s=1, key=f"{NAME}.{key}.{size}", on_clock=False, name=title, size=size,
    )  # fmt: skip


def drawn(curve: Curve, name: str, colour: str, dash: str = "solid", *, times: float = 1.0) -> Drawn:
    """Hand a curve to the figure, in the unit of its axis."""
    y = (column * times for column in (curve.theory, curve.mean, curve.low, curve.high))
    return Drawn(curve.x.astype(np.float64), *y, name, colour, dash)


def lost(curve: Curve) -> Curve:
    """Turn shares that are answered into shares that are not."""
    return Curve(curve.x, 1 - curve.theory, 1 - curve.mean, 1 - curve.high, 1 - curve.low)


def _min(speaker: Voice, minutes: float) -> str:
    return speaker.seconds(60 * minutes)


def _ms(speaker: Voice, ms: float) -> str:
    return speaker.say(f"{NAME}.times.ms", value=speaker.number(ms))


def _percent(speaker: Voice, percent: float) -> str:
    """Write 99.99 as it is promised, with its own decimals."""
    digits = next(digits for digits in range(5) if round(percent, digits) == percent)
    return speaker.percent(percent / 100, digits)
