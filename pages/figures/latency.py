"""Latency: what the unlucky one in a hundred waits for, and how far that is from what was promised."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, strip, trace, written
from pages.figures.columns import Histogram, Latency
from pages.figures.labels import Label
from pages.figures.samples import Floats, thinned
from pages.figures.theme import LAPTOP, REQUESTS, Scale, hatch, tone

DECADES_S = 10.0 ** np.arange(-3, 3)
WIDE = 2.5  # decades; a histogram narrower than this is marked at 2 and 5 as well


def latency_top(latency: Latency, goal_s: float = 0.0) -> float:
    """Find the slowest moment, so that compared launch types can share one scale."""
    known = latency.p99_s[~np.isnan(latency.p99_s)]
    return max(float(known.max(initial=0.0)), goal_s)


def latency_strip(
    latency: Latency,
    *,
    end_s: float,
    start_s: float = 0.0,
    goal_s: float | None = None,
    top: float | None = None,
    scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
    unit: str = "{v} s",
    has_ticks: bool = False,
) -> go.Figure:
    """Draw the p99 as one ink line, broken where nobody was answered, and the goal as dots."""
    kept = thinned([latency.p99_s])
    traces = [
        trace(
            x=latency.t_s[kept],
            y=latency.p99_s[kept],
            mode="lines",
            name="p99",
            hoverinfo="skip",
            connectgaps=False,
            line={"color": tone("ink"), "width": scale.line_px},
        )
    ]
    if goal_s is not None:
        traces.insert(0, _goal(start_s, end_s, goal_s, scale))
    return strip(
        traces, start_s=start_s, end_s=end_s, highest=latency_top(latency, goal_s or 0.0), top=top,
        scale=scale, signs=signs, unit=unit, has_ticks=has_ticks,
    )  # fmt: skip


def latency_labels(
    latency: Latency, words: Mapping[str, str], *, goal_s: float | None = None, digits: int = 1
) -> list[Label]:
    """Say the p99 of the moment, and the goal where there is one.  words: `p99`, `p99_name`, `goal`, `goal_name`."""
    labels = [Label(latency.t_s, latency.p99_s, latency.p99_s, words["p99"], words["p99_name"], digits=digits)]
    if goal_s is not None:
        once = np.array([goal_s])
        labels.append(Label(latency.t_s[:1], once, once, words["goal"], words["goal_name"], tone="ink3", digits=1))
    return labels


def latency_histogram(
    histogram: Histogram,
    *,
    goal_s: float | None = None,
    percentiles_s: Mapping[str, float] | None = None,
    scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
    unit: str = "{v} s",
) -> go.Figure:
    """Show how many waited how long, on a scale of tens; what came later than the goal is dotted as slow.

    percentiles_s: named hairlines, such as {"p50": 0.08, "p99": 0.6}.
    """
    filled = np.flatnonzero(histogram.counts)
    first, last = (filled[0], filled[-1] + 1) if filled.size else (0, histogram.counts.size)
    edges, counts = histogram.edges_s[first : last + 1], histogram.counts[first:last].astype(np.float64)
    traces = _steps(edges, counts, 0.0, goal_s or np.inf, "ok", scale)
    if goal_s is not None:
        traces += _steps(edges, counts, goal_s, np.inf, "slow", scale)
    figure = strip(
        traces, start_s=0, end_s=1, highest=float(counts.max(initial=0.0)), scale=scale, signs=signs, has_ticks=True,
    )  # fmt: skip
    low, high = np.log10(edges[0]), np.log10(edges[-1])
    marks = DECADES_S if high - low > WIDE else np.outer(DECADES_S, [1.0, 2.0, 5.0]).ravel()
    decades = marks[(marks >= edges[0] * 0.9) & (marks <= edges[-1] * 1.1)]
    texts = [unit.format(v=written(value, max(0, -int(np.floor(np.log10(value)))), signs)) for value in decades]
    figure.update_xaxes(type="log", range=[low, high], tickvals=decades, ticktext=texts, showticklabels=True)
    for name, value in (percentiles_s or {}).items():
        figure.add_vline(x=value, line_width=1, line_dash="2px 3px", line_color=tone("ink3"))
        figure.add_annotation(
            x=np.log10(value), y=1, yref="paper", yanchor="bottom", text=name, showarrow=False,
            font={"size": scale.tick_px, "color": tone("ink2")},
        )  # fmt: skip
    return figure


def _goal(start_s: float, end_s: float, goal_s: float, scale: Scale) -> go.Scatter:
    line = {"color": tone("ink3"), "width": scale.line_px / 2, "dash": "2px 3px"}
    x, y = np.array([start_s, end_s]), np.array([goal_s, goal_s])
    return trace(x=x, y=y, mode="lines", name="goal", hoverinfo="skip", line=line)


def _steps(edges: Floats, counts: Floats, low: float, high: float, name: str, scale: Scale) -> list[go.Scatter]:
    """Fill the histogram's outline between two latencies, cutting the bar that the goal falls into."""
    look = REQUESTS[name]
    inside = (edges[1:] > low) & (edges[:-1] < high)
    if not inside.any():
        return []
    heights = counts[inside]
    starts, ends = np.clip(edges[:-1][inside], low, high), np.clip(edges[1:][inside], low, high)
    x = np.append(starts, ends[-1])
    y = np.append(heights, heights[-1])
    shared = {"mode": "lines", "hoverinfo": "skip", "name": name, "fill": "tozeroy"}
    line = {"shape": "hv", "width": scale.line_px * 0.6, "color": tone("ok-line" if name == "ok" else look.fill)}
    if not look.pattern:
        return [trace(x=x, y=y, line=line, fillcolor=tone(look.fill), **shared)]
    return [trace(x=x, y=y, line=line, fillpattern=hatch(look, scale), **shared)]
