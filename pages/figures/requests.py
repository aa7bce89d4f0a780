"""Requests: how many were answered, and what became of the rest.  Solid is well; every trouble has its own pattern."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, ribbon, strip, trace
from pages.figures.columns import Requests
from pages.figures.labels import Label
from pages.figures.samples import MOST_POINTS, Floats, thinned
from pages.figures.theme import LAPTOP, REQUESTS, Scale, hatch, tone


def requests_top(requests: Requests) -> float:
    """Find the highest total, so that compared launch types can share one scale."""
    return float(_stack(requests)[-1].max(initial=0.0))


def requests_strip(
    requests: Requests,
    *,
    end_s: float,
    start_s: float = 0.0,
    top: float | None = None,
    scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
    has_ticks: bool = False,
) -> go.Figure:
    """Stack ok, slow, failed and refused requests; the line is what was answered in time."""
    parts = _parts(requests)
    kept = thinned(list(parts.values()), MOST_POINTS // 2 - 10)  # a ribbon goes there and back
    time_s = requests.t_s[kept]
    traces, below = [], np.zeros(kept.size)
    for name, part in parts.items():
        if name == "ok" or part.any():
            edge = below + part[kept]
            traces.append(_area(name, time_s, below, edge, scale))
            below = edge
    traces.append(_line(time_s, requests.ok_per_s[kept], scale))
    return strip(
        traces, start_s=start_s, end_s=end_s, highest=requests_top(requests), top=top,
        scale=scale, signs=signs, has_ticks=has_ticks,
    )  # fmt: skip


def requests_labels(requests: Requests, words: Mapping[str, str], *, to: float = 1.0) -> list[Label]:
    """Name each area at its middle.  words: `ok`, `slow`, `failed`, `refused`, such as "{v} ok"; and `…_name`."""
    labels, below = [], np.zeros(requests.t_s.size)
    for name, part in _parts(requests).items():
        if name == "ok" or part.any():
            labels.append(
                Label(
                    t=requests.t_s,
                    v=part,
                    y=below + part / 2,
                    text=words[name],
                    name=words[f"{name}_name"],
                    tone=REQUESTS[name].text,
                    to=to,
                    hides_zero=name != "ok",
                )
            )
        below = below + part
    return labels


def _parts(requests: Requests) -> dict[str, Floats]:
    return {name: np.asarray(getattr(requests, f"{name}_per_s"), dtype=np.float64) for name in REQUESTS}


def _stack(requests: Requests) -> list[Floats]:
    return list(np.cumsum(np.array(list(_parts(requests).values())), axis=0))


def _area(name: str, time_s: Floats, below: Floats, edge: Floats, scale: Scale) -> go.Scatter:
    """Fill between two edges, with the pattern of the category."""
    look = REQUESTS[name]
    shared = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "name": name}
    if not look.pattern:
        return trace(x=time_s, y=edge, fill="tozeroy", fillcolor=tone(look.fill), **shared)
    x, y = ribbon(time_s, below, edge)
    return trace(x=x, y=y, fill="toself", fillpattern=hatch(look, scale), **shared)


def _line(time_s: Floats, ok_per_s: Floats, scale: Scale) -> go.Scatter:
    line = {"color": tone("ok-line"), "width": scale.line_px}
    return trace(x=time_s, y=ok_per_s, mode="lines", line=line, name="ok line", hoverinfo="skip")
