"""Curves of a comparison: how a fleet fills up under several strategies, over the number of tasks asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, strip
from pages.figures.samples import Floats
from pages.figures.theme import LAPTOP, SERIES, Scale, tone


@dataclass(frozen=True, slots=True)
class Curve:
    """One strategy's line. values: shape (n_tasks + 1,), before any task, then after each."""

    name: str
    values: Floats


def filling(curves: Sequence[Curve], *, scale: Scale = LAPTOP, signs: Signs = ENGLISH) -> go.Figure:
    """Draw up to four strategies' curves on one pair of axes; each has a colour, a dash and, at its end, a marker."""
    highest = max((float(curve.values.max(initial=0)) for curve in curves), default=0.0)
    most = max((len(curve.values) - 1 for curve in curves), default=0)
    traces = []
    for curve, look in zip(curves, SERIES, strict=False):
        x = np.arange(len(curve.values), dtype=np.float64)
        line = {"color": tone(f"ty-{look.key}"), "width": scale.line_px, "dash": look.dash or "solid", "shape": "hv"}
        traces.append(go.Scatter(x=x, y=curve.values, mode="lines", name=curve.name, line=line, hoverinfo="skip"))
        end = {"symbol": look.marker, "size": 10, "color": tone(f"ty-{look.key}")}
        end["line"] = {"width": 2, "color": tone(f"ty-{look.key}")}
        traces.append(
            go.Scatter(
                x=x[-1:],
                y=curve.values[-1:],
                mode="markers",
                name=curve.name,
                marker=end,
                hoverinfo="skip",
                cliponaxis=False,
            )
        )
    figure = strip(
        traces, start_s=0, end_s=max(1, most), highest=highest, scale=scale, signs=signs, has_ticks=True
    )  # fmt: skip
    step = max(1, round(most / 6))
    marks = np.arange(0, most + 1, step)
    figure.update_xaxes(tickvals=marks, ticktext=[str(int(n)) for n in marks], showticklabels=True)
    figure.update_layout(margin_r=18)
    return figure
