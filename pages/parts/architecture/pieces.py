"""The price of pieces: answers, time, money and nights, by formula and beside it as measured."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st
from pydantic import BaseModel, ConfigDict

from engine import catalog
from engine.architecture import (
    Curve,
    FanOut,
    Hops,
    PagerAsk,
    PiecesAsk,
    ShopAsk,
    allowed_min,
    answered,
    by_calls,
    by_hops,
    by_parts,
    storm,
)
from pages.figures.architecture import MANY, ONE, measured_figure
from pages.figures.theme import SCALES
from pages.parts import chapter
from pages.parts.architecture.pieces_said import (
    NAME,
    VALUE,
    Size,
    chart,
    drawn,
    lost,
    minutes_text,
    ms_text,
    percent_text,
    verdict,
)
from pages.parts.architecture.pieces_shop import money, nights_html
from pages.parts.guess import guessed, spans, which
from pages.parts.lesson import Control, controls
from pages.parts.predict import SKIP
from pages.parts.sources import sources
from pages.parts.sure import lock
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

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
        if _study(turned, tuple(row["guess"]["bounds"]), speaker):
            told(speaker, NAME, row["explain"])
            sources(*row["facts"])
    turned.write_url()


def _study(turned: Turned[Pieces], bounds: tuple[float, ...], speaker: Voice) -> bool:
    """Show the blocks; say whether the guess is made: the explanations would answer it."""
    guess = guessed(NAME, speaker, spans(speaker, NAME, bounds, lambda minutes: speaker.seconds(60 * minutes)))
    if guess is None:
        return False
    if guess != SKIP:
        lock(NAME, guess, right=lambda: which(asked_min(), bounds, guess) == "right")
        st.html(f'<p class="q-verdict">{escape(judge(guess, bounds, speaker))}</p>')
    _answers(turned, speaker)
    _times(turned, speaker)
    _block("money", turned, MONEY, speaker)
    money(turned.record.shop, speaker)
    _block("nights", turned, NIGHTS, speaker)
    st.html(nights_html(turned.record.pager, speaker))
    with st.container(horizontal=True, key="q-tools"):
        st.button(speaker.say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))
    return True


def asked_min() -> float:
    """Give the minutes a month without an answer of what the question asks about: ten parts of 99.99 % in a row."""
    return allowed_min(answered(PiecesAsk(), PiecesAsk().parts))


def judge(guess: str, bounds: tuple[float, ...], speaker: Voice) -> str:
    """Hold the guess against ten parts of 99.99 % in a row, as the question has them."""
    minutes = asked_min()
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
        say(f"{NAME}.answers.says", n=chain.needed, each=percent_text(speaker, chain.available_percent), lost=minutes_text(speaker, theory),
            share=percent_text(speaker, round(100 * answered(chain, chain.needed), 3))),
        say(f"{NAME}.answers.measured", mean=minutes_text(speaker, mean), low=minutes_text(speaker, low), high=minutes_text(speaker, high)),
    ]  # fmt: skip
    if chain.retries:
        calls, depth = storm(chain.retries, 3), 3
        parts.append(say(f"{NAME}.answers.storm", n=chain.retries, calls=calls, depth=depth))
    st.html(verdict(parts))


def lost_min(chain: PiecesAsk, parts: int) -> tuple[float, float, float, float]:
    """Give the minutes a month in which nobody answers: by the formula, as measured, and the interval's ends."""
    theory, mean, low, high = up_of(chain).at(parts)
    return allowed_min(theory), allowed_min(mean), allowed_min(high), allowed_min(low)


def answers_chart(chain: PiecesAsk, speaker: Voice, size: Size = "laptop") -> None:
    """Draw the minutes a month without an answer over the parts."""
    minutes = drawn(lost(up_of(chain)), speaker.say(f"{NAME}.answers.line"), "lost", times=allowed_min(0))
    figure = measured_figure([minutes], now=chain.needed, scale=SCALES[size], signs=speaker.number_signs())
    chart("answers", speaker, figure, size, 210)


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
        st.html(verdict(_hops_say(chain, speaker)))
    with right:
        slowest_chart(chain, speaker)
        st.html(verdict(_slowest_says(chain, speaker)))


def hops_chart(chain: PiecesAsk, speaker: Voice, size: Size = "laptop") -> None:
    """Draw p50 and p99 over the parts, in pieces and in one process."""
    hops, say = hops_of(chain), speaker.say
    curves = [
        drawn(hops.p99, say(f"{NAME}.times.p99"), MANY, times=1e-3),
        drawn(hops.one_p99, say(f"{NAME}.times.one_p99"), ONE, "6px 3px", times=1e-3),
        drawn(hops.p50, say(f"{NAME}.times.p50"), "ink3", times=1e-3),
    ]
    unit = say(f"{NAME}.times.tick", value=VALUE).replace(VALUE, "{v}")
    figure = measured_figure(curves, now=chain.parts, unit=unit, scale=SCALES[size], signs=speaker.number_signs())
    chart("hops", speaker, figure, size, 230)


def slowest_chart(chain: PiecesAsk, speaker: Voice, size: Size = "laptop") -> None:
    """Draw the share of answers that wait longer than 99 of 100 single calls, over the calls made at once."""
    found, say = fan_out_of(chain), speaker.say
    curves = [drawn(found.slow, say(f"{NAME}.times.slow"), "pending", times=100)]
    percent = speaker.percent(0, 0).replace("0", "{v}")
    figure = measured_figure(curves, now=chain.calls, unit=percent, scale=SCALES[size], signs=speaker.number_signs())
    chart("slowest", speaker, figure, size, 230)


def _hops_say(chain: PiecesAsk, speaker: Voice) -> tuple[str, str]:
    """Say the tail at the reader's own place, and how it was measured: at the nearest number that was."""
    hops = hops_of(chain)
    at = int(min(hops.p99.x, key=lambda n: (abs(int(n) - chain.parts), n)))
    theory, _, low, high = hops.p99.at(at)
    whole = hops.one_p99.at(at)[1]
    first = speaker.say(f"{NAME}.times.says", n=at, p99=ms_text(speaker, theory), one=ms_text(speaker, whole))
    return first, speaker.say(f"{NAME}.times.measured", low=ms_text(speaker, low), high=ms_text(speaker, high))


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


def _timed(chain: PiecesAsk) -> str:
    """Write what time depends on."""
    kept = {name: getattr(chain, name) for name in ("work_ms", "busy", "hop_ms", "seed")}
    return PiecesAsk(**kept).model_dump_json()


# --- stage and words ---------------------------------------------------------------------------------------------------


def _stage(record: Pieces, speaker: Voice) -> None:
    """Show two charts and their sentences for the back of the hall."""
    chain, say = record.chain, speaker.say
    with st.container(key="q-stage-main"):
        left, right = st.columns(2)
        with left:
            answers_chart(chain, speaker, "stage")
            lost = minutes_text(speaker, lost_min(chain, chain.needed)[0])
            line = say(
                f"{NAME}.answers.stage", n=chain.needed, each=percent_text(speaker, chain.available_percent), lost=lost
            )
            st.html(f'<p class="q-stage-says">{escape(line)}</p>')
        with right:
            hops_chart(chain, speaker, "stage")
            st.html(f'<p class="q-stage-says">{escape(_hops_say(chain, speaker)[0])}</p>')
    with st.container(key="q-stage-exit"):
        st.button(say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))
