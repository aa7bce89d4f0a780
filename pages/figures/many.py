"""Many runs: every run a dot, a row for each scenario, and the mean with its interval over them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, digits_of, strip, ticks, written
from pages.figures.samples import Floats
from pages.figures.theme import LAPTOP, SERIES, Scale, tone

MOST_DOTS = 400
DRAWN = {"hoverinfo": "skip", "cliponaxis": False}


@dataclass(frozen=True, slots=True)
class Row:
    """One scenario. values: shape (n,), what each run came to, without those that never did; mean, low, high: NaN while unknown."""

    name: str
    values: Floats
    mean: float
    low: float
    high: float


def many_figure(rows: Sequence[Row], *, unit: str = "{v}", scale: Scale = LAPTOP, signs: Signs = ENGLISH) -> go.Figure:
    """Draw runs as dots, spread a little so that each is seen; over them the mean and where the true one lies."""
    seen = np.concatenate([row.values for row in rows]) if rows else np.empty(0)
    low, high = (float(seen.min()), float(seen.max())) if seen.size else (0.0, 1.0)
    pad = 0.06 * ((high - low) or abs(high) or 1.0)
    places = np.arange(len(rows), dtype=np.float64)[::-1] + 0.5
    traces: list[go.Scatter] = []
    for number, (row, place) in enumerate(zip(rows, places, strict=True)):
        look = SERIES[number % len(SERIES)]
        colour = tone(f"ty-{look.key}")
        values = row.values[:MOST_DOTS]
        lift = ((np.arange(values.size) * 0.618034) % 1 - 0.5) * 0.44  # the golden ratio never stacks two neighbours
        dot = {"color": colour, "size": 4.5 * scale.line_px / LAPTOP.line_px, "opacity": 0.5}
        traces.append(go.Scatter(x=values, y=place + lift, mode="markers", marker=dot, name=row.name, **DRAWN))
        if not np.isnan(row.low):
            line = {"color": tone("ink"), "width": scale.line_px * 1.6}
            traces.append(
                go.Scatter(x=[row.low, row.high], y=[place, place], mode="lines", line=line, name="interval", **DRAWN)
            )
            mark = {"symbol": "line-ns", "size": 15, "line": {"color": tone("ink"), "width": scale.line_px * 1.3}}
            traces.append(go.Scatter(x=[row.mean], y=[place], mode="markers", marker=mark, name="mean", **DRAWN))
    figure = strip(
        traces, start_s=low - pad, end_s=high + pad, highest=float(len(rows)), scale=scale, signs=signs, has_ticks=True
    )  # fmt: skip
    figure.update_yaxes(
        range=[0, len(rows)], tickvals=places, ticktext=[row.name for row in rows], showgrid=False, showticklabels=True
    )
    at = _round_values(low - pad, high + pad)
    digits = digits_of(at)
    texts = [unit.format(v=written(value, digits, signs)) for value in at]
    return figure.update_xaxes(tickvals=at, ticktext=texts)


def _round_values(low: float, high: float) -> Floats:
    """Choose a few round values between two."""
    step = float(ticks(high - low)[1]) / 2
    return np.arange(np.ceil(low / step), high / step + 1e-9) * step
