"""The bill: asked against used against billed, short tasks, and Fargate against hosts that are packed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape

import streamlit as st

from engine import catalog
from engine.catalog import FargateSize
from engine.era import ERAS
from engine.fargate import Bills, Kind, Sizing, break_even, host_called, right_size
from engine.story import Amount
from pages.parts import chapter
from pages.parts.fargate.even import crossing, even, explained
from pages.parts.fargate.said import usd
from pages.parts.fargate.short import short
from pages.parts.lesson import controls
from pages.parts.sources import sources
from pages.parts.stage_map.payload import amount
from pages.parts.turn import VIEW, go, told
from pages.parts.turned import Turned, turn_record
from pages.parts.words import Voice

NAME = "fargate_size"


def size_room(speaker: Voice) -> None:
    """Show the three questions about a bill, one below the other, each with its controls."""
    row = catalog.lesson(NAME)
    turned = Turned(NAME, Bills(), controls(row["ask"]), _can_be_priced)
    if st.query_params.get(VIEW) == "stage":
        _stage(turned, speaker)
    else:
        _study(turned, speaker)
        told(speaker, NAME, row["explain"])
        sources(*row["facts"])
    turned.write_url()


def _study(turned: Turned[Bills], speaker: Voice) -> None:
    """Show the controls of each question beside its answer."""
    say = speaker.say
    chapter.heading(say(f"{NAME}.title"), say(f"{NAME}.lede"))
    chapter.set_aside(speaker, turned.aside)
    chapter.mend(speaker, turned.problems)
    parts: Mapping[str, Callable[[Bills, Voice], None]] = {"size": _sized, "even": even, "short": short}
    for part, show in parts.items():
        st.header(say(f"{NAME}.{part}.title"))
        left, right = st.columns([1, 2], gap="large")
        with left:
            turn_record(turned, [one for one in turned.controls if one.path.startswith(f"{part}.")], speaker, columns=1)
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
        crossing(ask, found, speaker, size="stage")
        first, bound, _ = explained(ask, found, speaker)
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
    """Show what is asked, used and billed; what would do; and what the size costs, then and today."""
    ask = bills.size
    then, today = (right_size(ask.asked, ask.used, era, ask.headroom) for era in ERAS)
    if today.billed is None:
        none = speaker.say(f"{NAME}.size.none", largest=_size(speaker, today.largest))
        st.html(f'<p class="q-verdict">{escape(none)}</p>')
        return
    first, *rest = _advice(today, then, speaker)
    st.html(
        f"{_bars(bills, today.billed, speaker)}"
        f'<p class="q-verdict"><b>{escape(first)}</b> {escape(" ".join(rest))}</p>{_prices(today.billed, today, then, speaker)}'
    )


def _advice(today: Sizing, then: Sizing, speaker: Voice) -> tuple[str, str, str]:
    """Say which size would do, what was bought for what is used, and what early 2020 would have sold."""
    say = speaker.say
    if today.better and today.saves_usd_per_month > 0:
        saves = speaker.money(today.saves_usd_per_month)
        better = say(f"{NAME}.size.better", size=_size(speaker, today.better), saves=saves)
    else:
        better = say(f"{NAME}.size.fits")
    used, billed = usd(speaker, today.used_usd_per_hour), usd(speaker, today.offers[0].usd_per_hour)
    if then.billed:
        sold = say(f"{NAME}.size.then", size=_size(speaker, then.billed))
    else:
        sold = say(f"{NAME}.size.not_then", size=_size(speaker, then.largest))
    return better, say(f"{NAME}.size.bought", used=used, billed=billed), sold


def _prices(billed: FargateSize, today: Sizing, then: Sizing, speaker: Voice) -> str:
    """Write what the size costs as each kind of task, and whether early 2020 sold it so."""
    say = speaker.say
    rows = "".join(
        f'<tr><th scope="row">{escape(say(f"{NAME}.kind.{one.kind}"))}</th><td>{escape(usd(speaker, one.usd_per_hour))}</td>'
        f"<td>{escape(speaker.money(one.usd_per_month))}</td>"
        f"<td>{escape(say(f'{NAME}.size.{_sold(one.kind, then)}'))}</td></tr>"
        for one in today.offers
    )
    heads = "".join(f'<th scope="col">{escape(say(f"{NAME}.size.{head}"))}</th>' for head in ("hour", "month", "sold"))
    caption = escape(say(f"{NAME}.size.caption", size=_size(speaker, billed)))
    return (
        f'<table class="q-outcomes q-even"><caption>{caption}</caption><thead><tr><td></td>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table>"
    )


def _bars(bills: Bills, billed: FargateSize, speaker: Voice) -> str:
    """Write CPU and memory as bars, with what their parts mean above them."""
    ask, say = bills.size, speaker.say
    keys = "".join(f'<li class="{key}">{escape(say(f"{NAME}.size.{key}"))}</li>' for key in ("used", "asked", "billed"))
    cpu = _bar(say(f"{NAME}.size.cpu"), ask.asked[0], ask.used[0], billed.cpu_units, "vcpu", speaker)
    memory = _bar(say(f"{NAME}.size.memory"), ask.asked[1], ask.used[1], billed.memory_mib, "gib", speaker)
    return f'<ul class="q-keys">{keys}</ul><div class="q-bars">{cpu}{memory}</div>'


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
