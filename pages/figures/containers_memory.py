"""Memory against its limit: a strip for each copy, what it used and where it was killed; and what became of the requests."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, corners, ribbon, strip
from pages.figures.samples import MOST_POINTS, Floats, thinned
from pages.figures.theme import LAPTOP, REQUESTS, Scale, hatch, tone

Bools = npt.NDArray[np.bool_]
FATES = ("ok", "failed", "refused")  # answered, dead with its copy, nobody there


def memory_strip(
    t_s: Floats, used_mib: Floats, is_up: Bools, kill_s: Floats, limit_mib: float | None, *, end_s: float, top: float,
    scale: Scale = LAPTOP, signs: Signs = ENGLISH, has_ticks: bool = False,
) -> go.Figure:  # fmt: skip
    """Draw one copy's memory over time; a gap where it was away, washed, and a cross at each kill.

    t_s, used_mib, is_up: shape (n,), as far as they are to be seen. kill_s: shape (k,). limit_mib: the dashed line; none where the
    copy has no limit of its own. top: the highest value to make room for, the same for every strip.
    """
    kept = thinned([np.where(is_up, used_mib, 0.0)], MOST_POINTS)
    time_s, used, up = t_s[kept], used_mib[kept], is_up[kept]
    shared = {"mode": "lines", "hoverinfo": "skip", "x": time_s}
    solid = {"color": tone("ok-line"), "width": scale.line_px * 0.8, "shape": "hv"}
    area = {"fill": "tozeroy", "fillcolor": tone("ok-area"), "line": {"width": 0, "shape": "hv"}}
    traces = [
        go.Scatter(
            y=np.where(up, used, 0.0), name="area", **area, **shared
        ),  # down to zero: a filled gap would be bridged
        go.Scatter(y=np.where(up, used, np.nan), name="used", line=solid, connectgaps=False, **shared),
    ]
    if limit_mib is not None:
        dashed = {"color": tone("ink"), "width": scale.line_px * 0.7, "dash": "6px 4px"}
        traces.append(
            go.Scatter(x=[0, end_s], y=[limit_mib] * 2, mode="lines", line=dashed, hoverinfo="skip", name="limit")
        )
    if kill_s.size:
        height = np.full(kill_s.size, top if limit_mib is None else limit_mib)
        line = {"width": scale.line_px, "color": tone("lost")}
        cross = {"symbol": "x-thin", "size": scale.tick_px * 0.75, "color": tone("lost"), "line": line}
        traces.append(go.Scatter(x=kill_s, y=height, mode="markers", marker=cross, hoverinfo="skip", name="kills"))
    figure = strip(traces, start_s=0, end_s=end_s, highest=top, top=top, scale=scale, signs=signs, has_ticks=has_ticks)
    return figure.update_layout(shapes=_away(t_s, is_up, end_s))


def fates_strip(
    window_s: Floats, per_s: Sequence[Floats], *, until_s: float, end_s: float, scale: Scale = LAPTOP, signs: Signs = ENGLISH,
    has_ticks: bool = True,
) -> go.Figure:  # fmt: skip
    """Stack what became of the requests, by when they came.

    per_s: answered, killed, refused, each of shape (w,). until_s: where the last window ends; end_s: where the axis does.
    """
    edges = np.append(window_s, until_s)
    below, traces = np.zeros(window_s.size), []
    for fate, column in zip(FATES, per_s, strict=True):
        above = below + column
        if column.any():
            x, low = corners(edges, np.append(below, below[-1]))
            high = corners(edges, np.append(above, above[-1]))[1]
            x, y = ribbon(x, low, high)
            look = REQUESTS[fate]
            fill: dict[str, Any] = (
                {"fillpattern": hatch(look, scale)} if look.pattern else {"fillcolor": tone(look.fill)}
            )
            shared = {"mode": "lines", "line": {"width": 0}, "fill": "toself", "hoverinfo": "skip", "name": fate}
            traces.append(go.Scatter(x=x, y=y, **shared, **fill))
        below = above
    highest = float(below.max(initial=1.0))
    return strip(traces, start_s=0, end_s=end_s, highest=highest, scale=scale, signs=signs, has_ticks=has_ticks)


def _away(t_s: Floats, is_up: Bools, end_s: float) -> list[dict[str, Any]]:
    """Wash the times in which a copy was away."""
    change = np.flatnonzero(np.diff(np.concatenate([[False], ~is_up, [False]]).astype(np.int8)))
    edges = np.append(t_s, end_s)
    return [
        {"type": "rect", "x0": edges[low], "x1": edges[high], "y0": 0, "y1": 1, "yref": "paper", "layer": "below",
         "fillcolor": tone("lost-wash"), "line": {"width": 0}}
        for low, high in zip(change[::2], change[1::2], strict=True)
    ]  # fmt: skip
