"""Responsibility's figures: what a year comes to in ten models, with its spread, and what it costs in people and in bills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, strip, ticks, written
from pages.figures.samples import Floats
from pages.figures.theme import LAPTOP, Scale, tone

DRAWN = {"mode": "lines", "hoverinfo": "skip", "cliponaxis": False}
BAR = 0.3  # half a bar, of a row's height
ROOM = 1.3  # right of the longest bar, for its value


@dataclass(frozen=True, slots=True)
class Spreads:
    """A quantity in each model, top to bottom.  Arrays of shape (models,); NaN where there is none."""

    low: Floats
    middle: Floats
    high: Floats


def spread_figure(
    found: Spreads, names: Sequence[str], *, chosen: Sequence[bool], unit: str = "{v}", digits: int = 0, scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Draw a dot at the middle of each model's years, and a line from one in ten to nine in ten of them.

    chosen: the models that the reader has picked; they are drawn in full ink. unit: how a value is written, with `{v}`.
    """
    rows = _rows(len(names))
    is_chosen = np.array(chosen, dtype=bool)
    traces = []
    for which, colour in ((~is_chosen, "idle"), (is_chosen, "accent")):
        x = np.column_stack([found.low[which], found.high[which], np.full(which.sum(), np.nan)]).ravel()
        y = np.repeat(rows[which], 3)
        line = {"color": tone(colour), "width": scale.line_px * 1.5}
        dot = {"color": tone(colour), "size": 10, "line": {"width": 2, "color": tone("page")}}
        traces += [
            go.Scatter(x=x, y=y, line=line, name=f"{colour}.span", **DRAWN),
            go.Scatter(
                x=found.middle[which], y=rows[which], mode="markers", marker=dot, hoverinfo="skip", cliponaxis=False,
                name=f"{colour}.middle",
            ),
        ]  # fmt: skip
    highest = float(np.nanmax(found.high, initial=0.0)) or 1.0
    notes = [
        _value(float(high), float(row), unit.format(v=written(float(middle), digits, signs)), scale)
        for high, middle, row in zip(found.high, found.middle, rows, strict=True)
        if np.isfinite(middle)
    ]
    return _framed(traces, names, highest, unit, scale, signs).update_layout(annotations=notes)


def money_figure(
    people_usd: Floats,
    bill_usd: Floats,
    names: Sequence[str],
    *,
    unit: str,
    scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
) -> go.Figure:
    """Stack what people cost (filled) and what is paid besides (an outline), model by model."""
    rows = _rows(len(names))
    total = people_usd + bill_usd
    traces = [
        _bars(np.zeros_like(people_usd), people_usd, rows, "people", {"fillcolor": tone("accent")}),
        _bars(people_usd, total, rows, "bill", {"fillcolor": tone("ok-area")}),
    ]
    notes = [
        _value(float(usd), float(row), unit.format(v=written(float(usd), 0, signs)), scale)
        for usd, row in zip(total, rows, strict=True)
    ]
    return _framed(traces, names, float(total.max(initial=1.0)), unit, scale, signs).update_layout(annotations=notes)


def _rows(n: int) -> Floats:
    """Place the first row at the top."""
    return np.arange(n, dtype=np.float64)[::-1] + 0.5


def _bars(start: Floats, end: Floats, rows: Floats, name: str, look: Mapping[str, str]) -> go.Scatter:
    """Outline a bar a row: closed shapes, parted by NaN."""
    gap = np.full(len(rows), np.nan)
    x = np.column_stack([start, end, end, start, start, gap]).ravel()
    y = np.column_stack([rows - BAR, rows - BAR, rows + BAR, rows + BAR, rows - BAR, gap]).ravel()
    return go.Scatter(x=x, y=y, fill="toself", line={"width": 1.2, "color": tone("accent")}, name=name, **look, **DRAWN)


def _value(x: float, row: float, text: str, scale: Scale) -> dict[str, object]:
    """Write a value right of what it belongs to."""
    return {
        "x": x, "y": row, "text": text, "showarrow": False, "xanchor": "left", "xshift": 8, "yanchor": "middle",
        "font": {"color": tone("ink"), "size": scale.label_px},
    }  # fmt: skip


def _framed(
    traces: list[go.Scatter], names: Sequence[str], highest: float, unit: str, scale: Scale, signs: Signs
) -> go.Figure:
    """Frame rows by their names; values run to the right."""
    n = len(names)
    figure = strip(traces, start_s=0, end_s=highest, highest=float(n), scale=scale, signs=signs, has_ticks=True)
    values = ticks(highest)
    figure.update_xaxes(
        range=[0, highest * ROOM],
        tickvals=values,
        ticktext=[unit.format(v=written(value, 0, signs)) for value in values],
    )
    return figure.update_yaxes(
        range=[0, n], tickvals=_rows(n), ticktext=list(names), showgrid=False, showticklabels=True, zeroline=False
    )
