"""Axes: what all strips share, so that they can stand on one time axis and be compared."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor, log10
from typing import Any

import numpy as np
import plotly.graph_objects as go

from pages.figures.samples import MOST_POINTS, Floats, thinned
from pages.figures.theme import FONT, LAPTOP, Scale, tone

MOST_TICKS = 3  # and the zero line: four hairlines
HEADROOM = 1.16
STEPS = (1, 1.2, 2, 2.5, 3, 4, 5, 6, 8)
TIME_STEPS_S = (
    10,
    20,
    30,
    60,
    120,
    180,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    14400,
    21600,
    43200,
    86400,
    172800,
    432000,
    604800,
)
Signs = Mapping[str, str | int]
ENGLISH: Signs = {"group": ",", "decimal": ".", "from": 1_000}


def written(value: float, digits: int = 0, signs: Signs = ENGLISH) -> str:
    """Write a number as the reader's language does.  signs: what `words.number_signs()` gives.

    >>> spanish = {"group": " ", "decimal": ",", "from": 10_000}
    >>> written(1200), written(1200, 0, spanish), written(12000.5, 1, spanish)
    ('1,200', '1200', '12 000,5')
    """
    group = str(signs["group"]) if abs(value) >= int(signs.get("from", 1_000)) else ""
    return f"{value:,.{digits}f}".translate({ord(","): group, ord("."): str(signs["decimal"])})


def clock_text(time_s: float) -> str:
    """Write simulated time as the transport does.

    >>> clock_text(148), clock_text(3600), clock_text(604_800)
    ('2:28', '1:00:00', '7 d')
    """
    minutes, seconds = divmod(round(time_s), 60)
    if minutes < 60:
        return f"{minutes}:{seconds:02d}"
    if minutes >= 2 * 1440:
        days, rest = divmod(minutes, 1440)
        return f"{days} d {rest // 60}:{rest % 60:02d}" if rest else f"{days} d"
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def ticks(highest: float) -> Floats:
    """Choose round values from 0 up to `highest`, at most three above zero, the last as near the top as can be.

    >>> ticks(1222).tolist(), ticks(24).tolist(), ticks(1.14).tolist()
    ([0.0, 600.0, 1200.0], [0.0, 12.0, 24.0], [0.0, 0.5, 1.0])
    """
    if highest <= 0:
        return np.array([0.0, 1.0])
    unit = 10.0 ** floor(log10(highest))
    fits = [
        (highest - count * step, count, step)
        for step in (scale * unit * magnitude for magnitude in (0.1, 1.0) for scale in STEPS)
        if 1 < (count := floor(highest / step + 1e-9)) <= MOST_TICKS
    ]
    _, count, step = min(fits, key=lambda fit: (round(fit[0] / highest, 2), fit[1]))
    return np.asarray((np.arange(count + 1) * step).round(12), dtype=np.float64)


def time_ticks(start_s: float, end_s: float, most: int) -> Floats:
    """Choose whole minutes (or hours) between two moments, at most `most` of them."""
    step = next((s for s in TIME_STEPS_S if (end_s - start_s) // s < most), TIME_STEPS_S[-1])
    return np.arange(ceil(start_s / step) * step, end_s + 1e-9, step)


def digits_of(values: Floats) -> int:
    """Count the decimals that tell the values apart: 0 for whole numbers, at most 3.

    >>> digits_of(np.array([0.0, 0.5, 1.0]))
    1
    """
    return next((digits for digits in range(3) if np.allclose(values, values.round(digits), atol=1e-9)), 3)


def stairs(time_s: Floats, *columns: Floats, end_s: float, most: int = MOST_POINTS) -> tuple[Floats, ...]:
    """Keep only the samples at which something changes, and carry the last one to the end, for a stepped line."""
    changed = np.zeros(time_s.size, dtype=bool)
    changed[:1] = True
    for column in columns:
        changed[1:] |= column[1:] != column[:-1]
    kept = np.flatnonzero(changed)
    kept = kept[thinned([column[kept] for column in columns], most - 1)]
    return np.append(time_s[kept], [end_s] * min(kept.size, 1)), *(
        np.append(column[kept], column[kept][-1:]) for column in columns
    )


def corners(time_s: Floats, column: Floats) -> tuple[Floats, Floats]:
    """Write a stepped line as its corners, for shapes that must follow it exactly."""
    return np.repeat(time_s, 2)[1:], np.repeat(column, 2)[:-1]


def ribbon(x: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Outline the area between two edges wherever it has a height: closed shapes, parted by NaN, to fill `toself`.

    >>> x, y = ribbon(np.arange(4.0), np.zeros(4), np.array([0.0, 0.0, 5.0, 0.0]))
    >>> x.tolist()[:-1]
    [1.0, 2.0, 3.0, 3.0, 2.0, 1.0]
    """
    here = np.flatnonzero(high > low)
    if not here.size:
        return np.empty(0), np.empty(0)
    xs: list[Floats] = []
    ys: list[Floats] = []
    cut = np.array([np.nan])
    for run in np.split(here, np.flatnonzero(np.diff(here) > 2) + 1):
        part = slice(max(run[0] - 1, 0), run[-1] + 2)
        xs += [x[part], x[part][::-1], cut]
        ys += [low[part], high[part][::-1], cut]
    return np.concatenate(xs), np.concatenate(ys)


def trace(**drawn: Any) -> go.Scatter:
    """Draw a line or an area of a strip. What is drawn is ours, so Plotly need not hold every word against its schema at each run."""
    return go.Scatter(**drawn, _validate=False)


def strip(
    traces: list[go.Scatter],
    *,
    start_s: float,
    end_s: float,
    highest: float,
    top: float | None = None,
    scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
    unit: str = "{v}",
    digits: int | None = None,
    has_ticks: bool = False,
) -> go.Figure:
    """Frame traces as one strip of a stack.

    top: the highest value to make room for; give the same to each of several strips to compare them by eye.
    unit: how a tick is written, with `{v}` for its number; digits: how exactly, where it is not whole.  has_ticks: true for the last strip, which carries the time.
    """
    height = top or highest or 1.0
    values = ticks(height)
    digits = digits_of(values) if digits is None else digits
    moments = time_ticks(start_s, end_s, scale.most_moments)
    axis = {
        "showgrid": False, "showline": False, "fixedrange": True, "ticks": "", "color": tone("ink3"),
        "ticklabeloverflow": "allow",
    }  # fmt: skip
    # All of it is ours: held against Plotly's schema at each run, it would take a third longer.
    layout = go.Layout(
        _validate=False,
        template=go.layout.Template(),
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": scale.label_px, "color": tone("ink3")},
        margin={
            "l": scale.left_px,
            "r": scale.right_px,
            "t": scale.top_px,
            "b": scale.bottom_px if has_ticks else scale.gap_px,
            "pad": 0,
        },
        showlegend=False,
        hovermode=False,
        dragmode=False,
        xaxis=axis
        | {
            "range": [start_s, end_s],
            "tickvals": moments,
            "ticktext": [clock_text(moment) for moment in moments],
            "tickfont": {"size": scale.tick_px},
            "tickangle": 0,
            "showticklabels": has_ticks,
            "zeroline": False,
            "ticklabelstandoff": 4,
        },
        yaxis=axis
        | {
            "range": [0, height * HEADROOM],
            "tickvals": values,
            "ticktext": [unit.format(v=written(value, digits if value % 1 else 0, signs)) for value in values],
            "tickfont": {"size": scale.tick_px},
            "showticklabels": scale.has_y_texts,
            "showgrid": True,
            "gridcolor": tone("line"),
            "gridwidth": 0.8,
            "zeroline": True,
            "zerolinecolor": tone("line"),
            "zerolinewidth": 1.2,
            "ticklabelstandoff": 4,
        },
    )
    return go.Figure(traces, layout, _validate=False)
