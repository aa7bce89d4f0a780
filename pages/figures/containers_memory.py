"""Memory against its limit: a strip for each copy, what it used and where it was killed; and what became of the requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, corners, ribbon, strip, written
from pages.figures.samples import MOST_POINTS, Floats, thinned
from pages.figures.theme import LAPTOP, REQUESTS, Scale, hatch, tone

Bools = npt.NDArray[np.bool_]
FATES = ("ok", "failed", "refused")  # answered, dead with its copy, nobody there


def memory_strip(
    t_s: Floats, used_mib: Floats, is_up: Bools, kill_s: Floats, limit_mib: float | None, *, end_s: float, top: float,
    limit_text: str = "", scale: Scale = LAPTOP, signs: Signs = ENGLISH, has_ticks: bool = False,
) -> go.Figure:  # fmt: skip
    """Draw one copy's memory over time; a gap where it was away, washed, and a cross at each kill.

    t_s, used_mib, is_up: shape (n,). kill_s: shape (k,). limit_mib: the dashed line; none where the copy has no limit of its own.
    limit_text: written beside the line. top: the highest value to make room for, the same for every strip.
    """
    used = np.where(is_up, used_mib, np.nan)
    kept = thinned([used], MOST_POINTS)
    area = {"fill": "tozeroy", "fillcolor": tone("ok-area"), "connectgaps": False}
    line = {"color": tone("ok-line"), "width": scale.line_px * 0.8}
    traces = [go.Scatter(x=t_s[kept], y=used[kept], mode="lines", line=line, hoverinfo="skip", name="used", **area)]
    if limit_mib is not None:
        dashed = {"color": tone("ink"), "width": scale.line_px * 0.7, "dash": "6px 4px"}
        traces.append(
            go.Scatter(x=[0, end_s], y=[limit_mib] * 2, mode="lines", line=dashed, hoverinfo="skip", name="limit")
        )
    if kill_s.size:
        height = top if limit_mib is None else limit_mib
        cross = {"symbol": "x-thin", "size": scale.tick_px * 0.75, "color": tone("lost")}
        cross["line"] = {"width": scale.line_px, "color": tone("lost")}
        traces.append(
            go.Scatter(x=kill_s, y=np.full(kill_s.size, height), mode="markers", marker=cross, hoverinfo="skip", name="kills")
        )
    figure = strip(traces, start_s=0, end_s=end_s, highest=top, top=top, scale=scale, signs=signs, has_ticks=has_ticks)
    notes = [_beside(limit_mib, limit_text, "ink", scale)] if limit_mib is not None and limit_text else []
    return figure.update_layout(shapes=_away(t_s, is_up, end_s), annotations=notes)


def fates_strip(
    window_s: Floats, per_s: Sequence[Floats], words: Sequence[str], *, end_s: float, scale: Scale = LAPTOP,
    signs: Signs = ENGLISH, has_ticks: bool = True,
) -> go.Figure:  # fmt: skip
    """Stack what became of the requests, by when they came. per_s: answered, killed, refused, each of shape (w,).

    words: what each is called, written at the right where there is any.
    """
    edges = np.append(window_s, end_s)
    below, traces, notes = np.zeros(window_s.size), [], []
    for fate, column, word in zip(FATES, per_s, words, strict=True):
        above = below + column
        if column.any():
            x, low = corners(edges, np.append(below, below[-1]))
            high = corners(edges, np.append(above, above[-1]))[1]
            x, y = ribbon(x, low, high)
            look = REQUESTS[fate]
            fill: dict[str, Any] = {"fillpattern": hatch(look, scale)} if look.pattern else {"fillcolor": tone(look.fill)}
            shared = {"mode": "lines", "line": {"width": 0}, "fill": "toself", "hoverinfo": "skip", "name": fate}
            traces.append(go.Scatter(x=x, y=y, **shared, **fill))
            notes.append((word, look.text))
        below = above
    highest = float(below.max(initial=1.0))
    figure = strip(traces, start_s=0, end_s=end_s, highest=highest, scale=scale, signs=signs, has_ticks=has_ticks)
    # At the right, one below the other in the order of the stack: a thin layer has no height to stand beside.
    places = [highest * (0.12 + 0.4 * n) for n in range(len(notes))]
    return figure.update_layout(
        annotations=[_beside(y, word, text, scale) for y, (word, text) in zip(places, notes, strict=True)]
    )


def limit_written(mib: float, unit: str, signs: Signs = ENGLISH) -> str:
    """Write a limit beside its line.

    >>> limit_written(1024, "{v} MiB")
    '1,024 MiB'
    """
    return unit.format(v=written(mib, 0, signs))


def _beside(y: float, text: str, colour: str, scale: Scale) -> dict[str, Any]:
    """Write at the right of the plot."""
    return {
        "x": 1, "xref": "paper", "xanchor": "left", "xshift": 6, "y": y, "yanchor": "middle", "text": text, "showarrow": False,
        "align": "left", "font": {"size": scale.label_px if scale.has_y_texts else scale.tick_px, "color": tone(colour)},
    }  # fmt: skip


def _away(t_s: Floats, is_up: Bools, end_s: float) -> list[dict[str, Any]]:
    """Wash the times in which a copy was away."""
    change = np.flatnonzero(np.diff(np.concatenate([[False], ~is_up, [False]]).astype(np.int8)))
    edges = np.append(t_s, end_s)
    return [
        {"type": "rect", "x0": edges[low], "x1": edges[high], "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
         "fillcolor": tone("lost-wash"), "line": {"width": 0}}
        for low, high in zip(change[::2], change[1::2], strict=True)
    ]  # fmt: skip
