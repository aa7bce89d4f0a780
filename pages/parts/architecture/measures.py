"""DORA's four, drawn and written: each way's quarters before the bands that were published for a named year."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from html import escape

import streamlit as st

from engine.delivery import Cluster, Four, Organisation, band, cluster_of, clusters
from engine.delivery.bands import MONTH_DAYS, WEEK_DAYS
from pages.figures.delivery import Band, Spread, spread_figure
from pages.parts.charts import Strip, charts
from pages.parts.words import Voice

NAME = "architecture_batch"
WAYS = ("train", "pipelines")
Pair = dict[str, Four]


@dataclass(frozen=True, slots=True)
class Measure:
    """One of the four: what it is called, where a way's values are, and the least span that its axis shows.

    cluster: the name of its span in a published cluster; "" for the one that was published as numbers. days: the span's unit
    is a working day, else a minute or a share.
    """

    name: str
    values: Callable[[Four], object]
    cluster: str
    is_log: bool
    span: tuple[float, float]


MEASURES = (
    Measure("frequency", lambda four: four.frequency_per_day, "frequency_per_day", True, (0.05, 12)),
    Measure("lead", lambda four: four.lead_median_min, "lead_min", True, (40, 12_000)),
    Measure("fail", lambda four: four.fail_rate, "", False, (0, 0.45)),
    Measure("recovery", lambda four: four.recovery_min, "recovery_min", True, (15, 4_000)),
)


def four_charts(pair: Pair, organisation: Organisation, speaker: Voice) -> None:
    """Draw the four in two columns."""
    published = clusters(organisation.day_min)
    for first in (0, 2):
        for column, measure in zip(st.columns(2, gap="medium"), MEASURES[first : first + 2], strict=True):
            with column:
                _chart(measure, pair, organisation, published, speaker)


def _chart(
    measure: Measure, pair: Pair, organisation: Organisation, published: tuple[Cluster, ...], speaker: Voice
) -> None:
    say = speaker.say
    spreads = {}
    for way in WAYS:
        low, middle, high = span_of(measure, pair[way])
        text = say(f"{NAME}.none") if math.isnan(middle) else written(measure, middle, organisation, speaker)
        spreads[way] = Spread(measure.values(pair[way]), low, middle, high, text)  # type: ignore[arg-type]
    figure = spread_figure(
        spreads, bands_of(measure, published, speaker), ticks=ticks_of(measure, organisation, speaker),
        names={way: say(f"{NAME}.way.{way}") for way in WAYS}, is_log=measure.is_log, span=measure.span,
    )  # fmt: skip
    strip = Strip(
        measure.name, say(f"{NAME}.measure.{measure.name}.title"), figure, sub=say(f"{NAME}.measure.{measure.name}.sub"),
        height_px=190, is_named=True,
    )  # fmt: skip
    charts([strip], run_id=measure.name, end_s=1, key=f"{NAME}.{measure.name}", on_clock=False, name=strip.title)


def span_of(measure: Measure, four: Four) -> tuple[float, float, float]:
    """Give the span of a measure over the quarters: p10, median, p90."""
    return band(measure.values(four))  # type: ignore[arg-type]


def bands_of(measure: Measure, published: tuple[Cluster, ...], speaker: Voice) -> list[Band]:
    """Give the bands to draw: clusters that share a span share its name."""
    spans: dict[tuple[float, float], list[str]] = {}
    for cluster in published:
        span = getattr(cluster, measure.cluster) if measure.cluster else (cluster.fail_rate, cluster.fail_rate)
        spans.setdefault(span, []).append(speaker.say(f"{NAME}.cluster.{cluster.name}"))
    return [Band(low, high, ", ".join(names)) for (low, high), names in spans.items()]


def ticks_of(measure: Measure, organisation: Organisation, speaker: Voice) -> dict[float, str]:
    """Write the axis in the units in which people speak of it."""
    say, day = speaker.say, organisation.day_min
    if measure.name == "fail":
        return {share: speaker.percent(share, 0) for share in (0, 0.2, 0.4, 0.6, 0.8, 1)}
    if measure.name == "frequency":
        found = {n: say(f"{NAME}.tick.a_day", n=n) for n in (1, 10, 100)}
        return {1 / MONTH_DAYS: say(f"{NAME}.tick.monthly"), 1 / WEEK_DAYS: say(f"{NAME}.tick.weekly"), **found}
    return {
        60: say(f"{NAME}.tick.hour"), day: say(f"{NAME}.tick.day"), WEEK_DAYS * day: say(f"{NAME}.tick.week"),
        MONTH_DAYS * day: say(f"{NAME}.tick.month"),
    }  # fmt: skip


def written(measure: Measure, value: float, organisation: Organisation, speaker: Voice) -> str:
    """Write one value."""
    if measure.name == "fail":
        return speaker.percent(value, 0)
    if measure.name == "frequency":
        return speaker.say(f"{NAME}.per_day", rate=speaker.number(value, 1 if value >= 0.1 else 2))
    return duration(value, organisation, speaker)


def duration(minutes: float, organisation: Organisation, speaker: Voice) -> str:
    """Write working time as people do: minutes, hours, then days of so many hours."""
    say = speaker.say
    if math.isnan(minutes):
        return say(f"{NAME}.none")
    if minutes < 90:
        return say(f"{NAME}.time.min", n=round(minutes))
    if minutes < 2 * organisation.day_min:
        return say(f"{NAME}.time.h", time=speaker.number(minutes / 60, 1))
    return say(f"{NAME}.time.days", time=speaker.number(minutes / organisation.day_min, 1))


# --- the same as a table ---------------------------------------------------------------------------------------------


def four_table(pair: Pair, organisation: Organisation, speaker: Voice) -> str:
    """Write the four, with their spread and the cluster in whose span the median lies, and what was delivered."""
    say, published = speaker.say, clusters(organisation.day_min)
    heads = "".join(f'<th scope="col">{escape(say(f"{NAME}.way.{way}"))}</th>' for way in WAYS)
    rows = [
        (
            say(f"{NAME}.measure.{measure.name}.title"),
            [_cell(measure, pair[way], organisation, published, speaker) for way in WAYS],
        )
        for measure in MEASURES
    ]
    rows += [(say(f"{NAME}.rows.{name}"), [_count(getattr(pair[way], field), speaker, is_share=field == "workers_busy") for way in WAYS])
             for name, field in (("delivered", "delivered"), ("waiting", "waiting"), ("workers", "workers_busy"))]  # fmt: skip
    body = "".join(
        f'<tr><th scope="row">{escape(title)}</th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
        for title, cells in rows
    )
    caption = escape(say(f"{NAME}.four.caption"))
    return (
        f'<div class="q-scroll"><table class="q-outcomes q-own q-lab-four"><caption>{caption}</caption>'
        f"<thead><tr><td></td>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _cell(
    measure: Measure, four: Four, organisation: Organisation, published: tuple[Cluster, ...], speaker: Voice
) -> str:
    low, middle, high = span_of(measure, four)
    if math.isnan(middle):
        return escape(speaker.say(f"{NAME}.none"))
    span = speaker.say(
        f"{NAME}.span",
        low=written(measure, low, organisation, speaker),
        high=written(measure, high, organisation, speaker),
    )
    name = cluster_of(middle, measure.cluster, published) if measure.cluster else None
    said = speaker.say(f"{NAME}.in_cluster", cluster=speaker.say(f"{NAME}.cluster.{name}")) if name else ""
    return f"<b>{escape(written(measure, middle, organisation, speaker))}</b> <span>{escape(span)}</span> <em>{escape(said)}</em>"


def _count(values: object, speaker: Voice, *, is_share: bool) -> str:
    low, middle, high = band(values)  # type: ignore[arg-type]
    write = (lambda x: speaker.percent(x, 0)) if is_share else (lambda x: speaker.number(round(x)))
    span = speaker.say(f"{NAME}.span", low=write(low), high=write(high))
    return f"<b>{escape(write(middle))}</b> <span>{escape(span)}</span>"
