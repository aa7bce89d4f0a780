"""Fargate against hosts of one's own: where they cost the same, computed from what truly fits."""

from __future__ import annotations

from html import escape
from typing import Literal

import numpy as np
import streamlit as st

from engine import catalog
from engine.fargate import Bills, BreakEven, BreakEvenAsk, break_even, by_discount, by_price, by_tasks
from pages.figures.fargate import discount_figure, even_figure, whole_hosts_figure
from pages.figures.theme import SCALES
from pages.parts.charts import Strip, charts
from pages.parts.fargate.said import usd
from pages.parts.fargate.sidecar import money_tick
from pages.parts.guess import guessed, which
from pages.parts.predict import SKIP
from pages.parts.sure import lock
from pages.parts.words import Voice

NAME = "fargate_size"
MOST_TASKS = 60


def even(bills: Bills, speaker: Voice) -> None:
    """Show where a host and Fargate cost the same, what discounts do to it, and what whole hosts do to a bill."""
    ask, say = bills.even, speaker.say
    found = break_even(ask)
    if not found.packing.tasks:
        st.html(f'<p class="q-verdict">{escape(say(f"{NAME}.even.no_room", host=found.host.name))}</p>')
        return
    guess = guessed(NAME, speaker, _spans(speaker, "guess"))
    if guess is None:
        return
    crossing(ask, found, speaker)
    first, *rest = explained(ask, found, speaker)
    lock(NAME, guess, right=lambda: which(found.utilisation, _bounds(), guess) == "right")
    judged = f"{escape(judge(found.utilisation, guess, speaker))} " if guess != SKIP else ""
    st.html(f'<p class="q-verdict">{judged}<b>{escape(first)}</b> {escape(" ".join(rest))}</p>')
    left, right = st.columns(2, gap="medium")
    with left:
        _cheaper(ask, speaker)
    with right:
        _whole(ask, speaker)


# --- the guess -------------------------------------------------------------------------------------------------------


def judge(utilisation: float, guess: str, speaker: Voice) -> str:
    """Hold the guess against where the lines meet."""
    found = which(utilisation, _bounds(), guess)
    return speaker.say(f"{NAME}.verdict.{found}", said=_spans(speaker, "said")[guess])


def _bounds() -> tuple[float, ...]:
    return tuple(catalog.lesson(NAME)["guess"]["bounds"])


def _spans(speaker: Voice, how: str) -> dict[str, str]:
    """Write each span of shares in one of two ways: as a button (guess), or as part of a sentence (said)."""
    bounds, texts = _bounds(), speaker.table(f"{NAME}.{how}")
    written = [speaker.percent(bound, 0) for bound in bounds]
    between = {
        f"{low:g}": texts["between"].format(low=first, high=second)
        for low, first, second in zip(bounds, written, written[1:], strict=False)
    }
    return {"0": texts["under"].format(time=written[0])} | between | {f"{bounds[-1]:g}": texts["over"]}


# --- what it is drawn from -------------------------------------------------------------------------------------------


def _cheaper(ask: BreakEvenAsk, speaker: Voice) -> None:
    """Draw where they meet as hosts get cheaper."""
    found = by_discount(ask)
    at = float(np.interp(ask.ec2_discount, found.ec2_discount, found.utilisation))
    words = {"now": speaker.percent(at, 0), "percent": speaker.percent(0, 0).replace("0", "")}
    figure = discount_figure(
        found.ec2_discount, found.utilisation, now=(ask.ec2_discount, at), words=words,
        percents=[speaker.percent(share, 0) for share in (0, 0.3, 0.6, 0.9)], signs=speaker.number_signs(),
    )  # fmt: skip
    chart("discount", speaker.say(f"{NAME}.even.discount"), figure, sub=speaker.say(f"{NAME}.even.off"))


def _whole(ask: BreakEvenAsk, speaker: Voice) -> None:
    """Draw the bill by tasks: hosts come whole."""
    line = by_tasks(ask, MOST_TASKS)
    words = {"ec2": speaker.say(f"{NAME}.even.hosts"), "fargate": speaker.say(f"{NAME}.even.tasks")}
    figure = whole_hosts_figure(
        line.tasks * 1.0, line.ec2_usd, line.fargate_usd, words=words, unit=money_tick(speaker), signs=speaker.number_signs()
    )  # fmt: skip
    chart("whole", speaker.say(f"{NAME}.even.whole"), figure, sub=speaker.say(f"{NAME}.even.count"))


def crossing(ask: BreakEvenAsk, found: BreakEven, speaker: Voice, size: Literal["laptop", "stage"] = "laptop") -> None:
    """Draw the host against its tasks on Fargate, and where they meet."""
    say = speaker.say
    box = by_price(ask)
    words = {
        "ec2": say(f"{NAME}.even.ec2", host=found.host.name),
        "fargate": say(f"{NAME}.even.fargate"),
        "cross": say(f"{NAME}.even.meet", share=speaker.percent(found.utilisation, 0)),
        "box": say(f"{NAME}.even.by_price", share=speaker.percent(box, 0)),
    }
    figure = even_figure(
        found.curve_utilisation, found.curve_ec2_usd, found.curve_fargate_usd, cross=found.utilisation, box=box, words=words,
        unit=money_tick(speaker), percents=[speaker.percent(share, 0) for share in (0, 0.25, 0.5, 0.75, 1)],
        scale=SCALES[size], signs=speaker.number_signs(),
    )  # fmt: skip
    tall = 680 if size == "stage" else 250
    chart("even", say(f"{NAME}.even.curve"), figure, sub=say(f"{NAME}.even.share"), height_px=tall, size=size)


def explained(ask: BreakEvenAsk, found: BreakEven, speaker: Voice) -> tuple[str, str, str]:
    """Say what the crossing means, what bounds the host, and why it is not the share that guides quote."""
    say = speaker.say
    key = "cross" if found.can_ec2_win else "never"
    first = say(
        f"{NAME}.even.{key}", share=speaker.percent(found.utilisation, 0), host=found.host.name, tasks=found.packing.tasks,
        host_usd=usd(speaker, found.host_usd), task_usd=usd(speaker, found.task_usd), kind=say(f"{NAME}.kind.{found.kind}"),
    )  # fmt: skip
    bound = say(f"{NAME}.even.bound", why=say(f"{NAME}.bound.{found.packing.bound_by}"), n=found.packing.tasks)
    box = say(f"{NAME}.even.box", host=found.host.name, share=speaker.percent(by_price(ask), 1))
    return first, bound, box


def chart(
    key: str, title: str, figure: object, *, sub: str, height_px: int = 190, size: Literal["laptop", "stage"] = "laptop"
) -> None:
    """Draw one figure without a time axis."""
    charts(
        [Strip(key, title, figure, sub=sub, height_px=height_px)],  # type: ignore[arg-type]
        run_id=key, end_s=1, key=f"{NAME}.{key}.{size}", on_clock=False, name=title,
        size=size,
    )  # fmt: skip
