"""The shop taken apart: what it costs by the hour, how fast it answers, and how often somebody is called at night."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import numpy as np
import streamlit as st

from engine.architecture import HOURS_A_MONTH, Curve, Pager, PagerAsk, ShopAsk, bill, bills, by_out, pager
from pages.figures.architecture import MANY, bills_figure, measured_figure
from pages.figures.theme import SCALES
from pages.parts.architecture.pieces_said import NAME, VALUE, Size, chart, drawn, ms_text, verdict
from pages.parts.fargate.sidecar import money_tick
from pages.parts.words import Voice


def money(ask: ShopAsk, speaker: Voice) -> None:
    """Show the shop's bill as its modules leave, and how fast it answers."""
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
    chart("money", speaker, figure, size, 260)


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


def shop_chart(ask: ShopAsk, speaker: Voice) -> None:
    """Draw the shop's own p50 and p99 as its modules leave, as they were run."""
    with st.spinner(speaker.say(f"{NAME}.times.running")):
        p50, p99 = _by_out(ask.model_dump_json())
    say = speaker.say
    curves = [drawn(p99, say(f"{NAME}.times.shop_p99"), MANY), drawn(p50, say(f"{NAME}.times.shop_p50"), "ink3")]
    unit = say(f"{NAME}.times.ms", value=VALUE)
    figure = measured_figure(
        curves, now=ask.out + 1, unit=unit, whole=tuple(int(n) for n in p50.x), scale=SCALES["laptop"],
        signs=speaker.number_signs(),
    )  # fmt: skip
    chart("shop", speaker, figure, "laptop", 200)
    at = ask.out
    cut = say(f"{NAME}.money.services", n=at + 1)
    first = say(
        f"{NAME}.times.shop", services=cut, p99=ms_text(speaker, p99.mean[at]), one=ms_text(speaker, p99.mean[0])
    )
    rest = say(f"{NAME}.times.shop_p50s", p50=ms_text(speaker, p50.mean[at]), one=ms_text(speaker, p50.mean[0]))
    saved = [say(f"{NAME}.times.shop_saved")] if p50.mean[at] < p50.mean[0] else []
    st.html(verdict((first, rest, *saved)))


@st.cache_data(max_entries=32, show_spinner=False)
def _by_out(ask: str) -> tuple[Curve, Curve]:
    return by_out(ShopAsk.model_validate_json(ask))


# --- nights ----------------------------------------------------------------------------------------------------------


def nights_html(ask: PagerAsk, speaker: Voice) -> str:
    """Write both months side by side, each night and day with its calls."""
    one = ask.model_copy(update={"services": 1})
    both = "".join(_month(found, pager(found), speaker) for found in (one, ask))
    keys = "".join(
        f'<li class="{kind}"><i aria-hidden="true"></i>{escape(text)}</li>'
        for kind, text in speaker.table(f"{NAME}.nights.key").items()
    )
    return f'<ul class="q-month-keys">{keys}</ul><div class="q-months">{both}</div>'


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
