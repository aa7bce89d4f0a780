"""Containers' figures: layers that are fetched and unpacked, and requests that meet a container on its way out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, strip, time_ticks, written
from pages.figures.samples import Floats, Ints
from pages.figures.theme import LAPTOP, REQUESTS, Scale, hatch, tone

BAR = 0.32
MOST_LINES = 240  # so many requests can be told apart
LOOKS = ("serving", "draining", "pending", "lost", "refused")  # of an answered request, and of four ways to lose one
DRAWN = {"hoverinfo": "skip", "cliponaxis": False}


@dataclass(frozen=True, slots=True)
class Stack:
    """Layers, bottom first. Shapes (n,): when each is downloaded, from and to, and unpacked; NaN for what is there already."""

    from_s: Floats
    to_s: Floats
    unpack_from_s: Floats
    unpacked_s: Floats


def pull_figure(
    stack: Stack, *, names: Sequence[str], words: Mapping[str, str], scale: Scale = LAPTOP, signs: Signs = ENGLISH
) -> go.Figure:
    """Draw a row a layer: its download outlined and filled, its unpacking dotted; a word where nothing is fetched.

    names: of the layers. words: cached.
    """
    rows = np.arange(len(names), dtype=np.float64) + 0.5
    end = float(np.nanmax(np.append(stack.unpacked_s, 1.0)))
    traces = [
        _bars(stack.from_s, stack.to_s, rows, {"fillcolor": tone("starting")}, "download"),
        _bars(
            stack.unpack_from_s, stack.unpacked_s, rows, {"fillpattern": hatch(REQUESTS["slow"], scale, opacity=0.9)}, "unpack"
        ),
    ]  # fmt: skip
    figure = strip(
        traces, start_s=0, end_s=end, highest=float(len(names)), scale=scale, signs=signs, has_ticks=True
    )  # fmt: skip
    figure.update_yaxes(range=[0, len(names)], tickvals=rows, ticktext=list(names), showgrid=False, showticklabels=True)
    notes = [
        {"x": 0, "y": row, "text": words["cached"], "showarrow": False, "xanchor": "left", "xshift": 6, "font": {"color": tone("ink2")}}
        for row, at in zip(rows, stack.to_s, strict=True)
        if np.isnan(at)
    ]  # fmt: skip
    return _seconds(figure, 0, end, scale, signs).update_layout(annotations=notes)


def stop_figure(
    came_s: Floats, over_s: Floats, outcome: Ints, *, marks: Sequence[tuple[float, str]], end_s: float,
    scale: Scale = LAPTOP, signs: Signs = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Draw a line a request, from its coming to its end, one above the other as they came; a cross where one is lost.

    marks: moments and their words, in order.
    """
    start = -max(3.0, 0.2 * end_s)  # what began earlier comes in from the left
    kept = np.unique(np.linspace(0, len(came_s) - 1, min(len(came_s), MOST_LINES)).round().astype(int))
    came, over, how = np.maximum(came_s[kept], start), over_s[kept], outcome[kept]
    lane = np.arange(1, len(kept) + 1, dtype=np.float64)
    traces: list[go.Scatter] = []
    for code, look in enumerate(LOOKS):
        of = how == code
        if not of.any():
            continue
        gap = np.full(int(of.sum()), np.nan)
        x = np.column_stack([came[of], over[of], gap]).ravel()
        y = np.column_stack([lane[of], lane[of], gap]).ravel()
        line = {"color": tone(look), "width": scale.line_px * (1 if code else 0.8)}
        traces.append(go.Scatter(x=x, y=y, mode="lines", line=line, name=look, **DRAWN))
        if code:
            mark = {
                "symbol": "x-thin",
                "size": 7 * scale.line_px / LAPTOP.line_px,
                "line": {"color": tone(look), "width": scale.line_px},
            }
            traces.append(go.Scatter(x=over[of], y=lane[of], mode="markers", marker=mark, name=f"{look}-end", **DRAWN))
    end = max(end_s, 1.0) * 1.03
    tall = float(max(len(kept), 1)) * 1.02
    figure = strip(traces, start_s=start, end_s=end, highest=tall, scale=scale, signs=signs, has_ticks=True)
    room = 0.16 + 0.09 * len(marks)  # the words stand in rows of their own above the lines
    figure.update_yaxes(range=[0, tall / (1 - room)], tickvals=[], ticktext=[], showgrid=False)
    shapes, notes = [], []
    for place, (at, text) in enumerate(marks):
        level = 1 - 0.09 * (place + 0.4)
        is_left = at > start + 0.6 * (end - start)
        shapes.append(
            {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": level, "yref": "paper", "line": {"color": tone("ink2"), "width": 1.3, "dash": "4px 3px"}}
        )  # fmt: skip
        notes.append(
            {"x": at, "y": level, "yref": "paper", "text": text, "showarrow": False, "xanchor": "right" if is_left else "left",
             "xshift": -5 if is_left else 5, "yanchor": "middle", "bgcolor": tone("page"), "font": {"color": tone("ink")}}
        )  # fmt: skip
    return _seconds(figure, start, end, scale, signs).update_layout(shapes=shapes, annotations=notes)


def _seconds(figure: go.Figure, start: float, end: float, scale: Scale, signs: Signs) -> go.Figure:
    """Write the axis in seconds: a pull or a stop is a matter of few."""
    step = next((one for one in (0.1, 0.2, 0.5, 1, 2, 5) if (end - start) / one <= scale.most_moments), 0)
    at = (
        np.arange(np.ceil(start / step), end / step + 1e-9) * step
        if step
        else time_ticks(start, end, scale.most_moments)
    )
    texts = [written(moment, 0 if float(moment).is_integer() else 1, signs) + " s" for moment in at.round(6)]
    return figure.update_xaxes(tickvals=at, ticktext=texts)


def _bars(start: Floats, end: Floats, rows: Floats, look: Mapping[str, object], name: str) -> go.Scatter:
    """Outline a bar a row, parted by NaN; none where it has no length."""
    has = end > start
    x = np.column_stack([start, end, end, start, start, np.full(len(rows), np.nan)])[has].ravel()
    y = np.column_stack([rows - BAR, rows - BAR, rows + BAR, rows + BAR, rows - BAR, np.full(len(rows), np.nan)])[
        has
    ].ravel()
    edge = {"color": tone("line2"), "width": 1}
    return go.Scatter(x=x, y=y, mode="lines", fill="toself", line=edge, name=name, **look, **DRAWN)
