"""The bill: asked against used against billed, short tasks, and Fargate against hosts that are packed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Literal

import numpy as np
import streamlit as st

from engine import catalog
from engine.catalog import FargateSize
from engine.fargate import (
    Bills,
    BreakEven,
    BreakEvenAsk,
    Kind,
    Sizing,
    break_even,
    by_discount,
    by_length,
    by_tasks,
    host_called,
    right_size,
    short_tasks,
    smallest,
    usd_per_hour,
    whole_box,
)
from engine.story import Amount
from pages.figures.fargate import discount_figure, even_figure, short_figure, whole_hosts_figure
from pages.figures.theme import SCALES
from pages.parts import chapter
from pages.parts.charts import Strip, charts
from pages.parts.fargate.said import usd
from pages.parts.fargate.sidecar import money_tick
from pages.parts.lesson import Control
from pages.parts.sources import sources
from pages.parts.stage_map.payload import amount
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "fargate_size"
LENGTHS_S = (1.0, 10.0, 60.0, 600.0, 3_600.0)  # where the axis of lengths is written
MOST_TASKS = 60


def size_room(speaker: Voice) -> None:
    """Show the three questions about a bill, one below the other, each with its controls."""
    row = catalog.lesson(NAME)
    controls = tuple(Control(**{**one, "options": tuple(one.get("options", ()))}) for one in row["ask"])
    turned = Turned(NAME, Bills(), controls, _can_be_priced)
    if st.query_params.get(VIEW) == "stage":
        _stage(turned, speaker)
    else:
        _study(turned, controls, speaker)
        told(speaker, NAME, row["explain"])
        sources(*row["facts"])
    turned.write_url()


def _study(turned: Turned[Bills], controls: Sequence[Control], speaker: Voice) -> None:
    """Show the controls of each question beside its answer."""
    say = speaker.say
    chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    parts: Mapping[str, Callable[[Bills, Voice], None]] = {"size": _sized, "even": _even, "short": _short}
    for part, show in parts.items():
        st.header(say(f"{NAME}.{part}.title"))
        left, right = st.columns([1, 2], gap="large")
        with left:
            turn_record(turned, [one for one in controls if one.path.startswith(f"{part}.")], speaker, columns=1)
        with right:
            show(turned.record, speaker)
    with st.container(horizontal=True, key="q-tools"):
        st.button(say("common.mode.stage"), key=f"{NAME}.stage", on_click=go, args=("stage",))


def _stage(turned: Turned[Bills], speaker: Voice) -> None:
    """Show the crossing alone, for the back of the hall."""
    ask = turned.record.even
    found = break_even(ask)
    chapter.look_stage()
    chapter.stage_heading(speaker.say(f"{NAME}.even.title"), found.host.name)
    chapter.set_aside(speaker, turned.aside)
    if found.packing.tasks:
        _crossing(ask, found, speaker, size="stage")
        first, bound, _ = _explained(found, speaker)
        st.html(f'<p class="q-stage-says"><b>{escape(first)}</b> {escape(bound)}</p>')
    else:
        st.html(f'<p class="q-stage-says">{escape(speaker.say(f"{NAME}.even.no_room", host=found.host.name))}</p>')
    with st.container(key="q-stage-exit"):
        st.button(speaker.say("common.mode.study"), key=f"{NAME}.study", on_click=go, args=("study",))


def _can_be_priced(bills: Bills) -> None:
    """Refuse a host that nobody knows, and a task that no size holds."""
    host_called(bills.even.instance_type, "even.instance_type")
    break_even(bills.even)


# --- asked, used, billed ---------------------------------------------------------------------------------------------


def _sized(bills: Bills, speaker: Voice) -> None:
    ask, say = bills.size, speaker.say
    today = right_size(ask.asked, ask.used, "today", ask.headroom)
    then = right_size(ask.asked, ask.used, "talk", ask.headroom)
    if today.billed is None:
        st.html(f'<p class="q-verdict">{escape(say(f"{NAME}.size.none", largest=_size(speaker, today.largest)))}</p>')
        return
    bars = _bar(say(f"{NAME}.size.cpu"), ask.asked[0], ask.used[0], today.billed.cpu_units, "vcpu", speaker)
    bars += _bar(say(f"{NAME}.size.memory"), ask.asked[1], ask.used[1], today.billed.memory_mib, "gib", speaker)
    keys = "".join(f'<li class="{key}">{escape(say(f"{NAME}.size.{key}"))}</li>' for key in ("used", "asked", "billed"))
    sold = say(
        f"{NAME}.size.then" if then.billed else f"{NAME}.size.not_then",
        size=_size(speaker, then.billed) if then.billed else _size(speaker, then.largest),
    )
    if today.better and today.saves_usd_per_month > 0:
        better = say(
            f"{NAME}.size.better", size=_size(speaker, today.better), saves=speaker.money(today.saves_usd_per_month)
        )
    else:
        better = say(f"{NAME}.size.fits")
    used = say(
        f"{NAME}.size.bought",
        used=usd(speaker, today.used_usd_per_hour),
        billed=usd(speaker, today.offers[0].usd_per_hour),
    )
    st.html(
        f'<ul class="q-keys">{keys}</ul><div class="q-bars">{bars}</div>'
        f'<p class="q-verdict"><b>{escape(better)}</b> {escape(used)} {escape(sold)}</p>'
    )
    rows = "".join(
        f'<tr><th scope="row">{escape(say(f"{NAME}.kind.{one.kind}"))}</th><td>{escape(usd(speaker, one.usd_per_hour))}</td>'
        f"<td>{escape(speaker.money(one.usd_per_month))}</td>"
        f"<td>{escape(say(f'{NAME}.size.{_sold(one.kind, then)}'))}</td></tr>"
        for one in today.offers
    )
    heads = "".join(f'<th scope="col">{escape(say(f"{NAME}.size.{head}"))}</th>' for head in ("hour", "month", "sold"))
    caption = escape(say(f"{NAME}.size.caption", size=_size(speaker, today.billed)))
    st.html(
        f'<table class="q-outcomes q-even"><caption>{caption}</caption><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table>'
    )


def _sold(kind: Kind, then: Sizing) -> str:
    """Say whether a size was sold as a kind of task in early 2020."""
    if then.billed is None:
        return "no_size"
    return "was_sold" if kind in {one.kind for one in then.offers} else "not_yet"


def _bar(name: str, asked: int, used: int, billed: int, unit: str, speaker: Voice) -> str:
    """Write one measure as three nested lengths, each with its number."""

    def much(value: int) -> str:
        if unit == "vcpu":
            return str(amount(Amount(value / catalog.number("ecs.placement.cpu_unit"), "vcpu"), speaker))
        return str(amount(Amount(value / 1024, "gib"), speaker))

    widths = {"asked": 100 * min(1.0, asked / billed), "used": 100 * min(1.0, used / billed)}
    spans = "".join(f'<i class="{key}" style="width:{width:.1f}%"></i>' for key, width in widths.items())
    numbers = {"used": much(used), "asked": much(asked), "billed": much(billed)}
    told = "".join(
        f'<span class="{key}">{escape(speaker.say(f"{NAME}.size.{key}"))} <b>{escape(text)}</b></span>'
        for key, text in numbers.items()
    )
    return f'<div class="q-bar"><h3>{escape(name)}</h3><div class="q-rail" aria-hidden="true">{spans}</div><p>{told}</p></div>'


def _size(speaker: Voice, size: FargateSize) -> str:
    """Write a size as one buys it."""
    vcpu = amount(Amount(size.cpu_units / catalog.number("ecs.placement.cpu_unit"), "vcpu"), speaker)
    return speaker.say(f"{NAME}.pair", cpu=vcpu, memory=amount(Amount(size.memory_mib / 1024, "gib"), speaker))


# --- against hosts of one's own --------------------------------------------------------------------------------------


def _even(bills: Bills, speaker: Voice) -> None:
    ask, say, signs = bills.even, speaker.say, speaker.number_signs()
    found = break_even(ask)
    if not found.packing.tasks:
        st.html(f'<p class="q-verdict">{escape(say(f"{NAME}.even.no_room", host=found.host.name))}</p>')
        return
    _crossing(ask, found, speaker)
    first, *rest = _explained(found, speaker)
    st.html(f'<p class="q-verdict"><b>{escape(first)}</b> {escape(" ".join(rest))}</p>')
    left, right = st.columns(2, gap="medium")
    cheaper = by_discount(ask)
    at = np.interp(ask.ec2_discount, cheaper.ec2_discount, cheaper.utilisation)
    with left:
        words = {"now": speaker.percent(float(at), 0), "percent": speaker.percent(0, 0).replace("0", "")}
        ticks = [speaker.percent(share, 0) for share in (0, 0.3, 0.6, 0.9)]
        figure = discount_figure(
            cheaper.ec2_discount, cheaper.utilisation, now=(ask.ec2_discount, float(at)), words=words, percents=ticks, signs=signs
        )  # fmt: skip
        _chart("discount", say(f"{NAME}.even.discount"), figure, sub=say(f"{NAME}.even.off"))
    with right:
        line = by_tasks(ask, MOST_TASKS)
        words = {"ec2": say(f"{NAME}.even.hosts"), "fargate": say(f"{NAME}.even.tasks")}
        figure = whole_hosts_figure(
            line.tasks * 1.0, line.ec2_usd, line.fargate_usd, words=words, unit=money_tick(speaker), signs=signs
        )
        _chart("whole", say(f"{NAME}.even.whole"), figure, sub=say(f"{NAME}.even.count"))


def _crossing(ask: BreakEvenAsk, found: BreakEven, speaker: Voice, size: Literal["laptop", "stage"] = "laptop") -> None:
    """Draw the host against its tasks on Fargate, and where they meet."""
    say = speaker.say
    box = whole_box(found.host.name) * (1 - ask.ec2_discount)
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
    tall = 560 if size == "stage" else 250
    _chart("even", say(f"{NAME}.even.curve"), figure, sub=say(f"{NAME}.even.share"), height_px=tall, size=size)


def _explained(found: BreakEven, speaker: Voice) -> tuple[str, str, str]:
    """Say what the crossing means, what bounds the host, and why it is not the share that guides quote."""
    say = speaker.say
    key = "cross" if found.can_ec2_win else "never"
    first = say(
        f"{NAME}.even.{key}", share=speaker.percent(found.utilisation, 0), host=found.host.name, tasks=found.packing.tasks,
        host_usd=usd(speaker, found.host_usd), task_usd=usd(speaker, found.task_usd), kind=say(f"{NAME}.kind.{found.kind}"),
    )  # fmt: skip
    bound = say(f"{NAME}.even.bound", why=say(f"{NAME}.bound.{found.packing.bound_by}"), n=found.packing.tasks)
    box = say(f"{NAME}.even.box", host=found.host.name, share=speaker.percent(whole_box(found.host.name), 1))
    return first, bound, box


# --- short tasks -----------------------------------------------------------------------------------------------------


def _short(bills: Bills, speaker: Voice) -> None:
    ask, size, say = bills.short, smallest(*bills.size.asked, "today"), speaker.say
    if size is None:
        return
    found = short_tasks(ask.tasks, ask.work_s, ask.pull_s, size)
    line = by_length(np.geomspace(LENGTHS_S[0], LENGTHS_S[-1], 240), ask.pull_s, size)
    now = by_length(np.array([ask.work_s]), ask.pull_s, size)
    here = usd(speaker, float(now.usd_per_work_hour[0]))
    figure = short_figure(
        line.work_s, line.usd_per_work_hour, now=(ask.work_s, float(now.usd_per_work_hour[0])), least=usd_per_hour(size, "x86"),
        texts=[speaker.seconds(length) for length in LENGTHS_S], at=np.array(LENGTHS_S), words={"now": here},
        unit=money_tick(speaker), signs=speaker.number_signs(),
    )  # fmt: skip
    _chart("short", say(f"{NAME}.short.curve"), figure, sub=say(f"{NAME}.short.length"), height_px=230)
    told = say(
        f"{NAME}.short.says", n=ask.tasks, work=speaker.seconds(ask.work_s), billed=speaker.seconds(found.billed_s),
        usd=speaker.money(found.usd), work_usd=speaker.money(found.work_usd), overhead=speaker.percent(found.overhead, 0),
    )  # fmt: skip
    st.html(f'<p class="q-verdict">{escape(told)}</p>')


def _chart(
    key: str, title: str, figure: object, *, sub: str, height_px: int = 190, size: Literal["laptop", "stage"] = "laptop"
) -> None:
    """Draw one figure without a time axis."""
    charts(
        [Strip(key, title, figure, sub=sub, height_px=height_px)],  # type: ignore[arg-type]
        run_id=key, end_s=1, key=f"{NAME}.{key}.{size}", on_clock=False, name=title,
        size=size,
    )  # fmt: skip
