"""The way of a call: what share was answered, and where the rest died."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, ribbon, strip
from pages.figures.labels import Label
from pages.figures.samples import MOST_POINTS, Floats, thinned
from pages.figures.theme import LAPTOP, REQUESTS, Category, Scale, hatch, tone

PARTS: dict[str, Category] = {
    "answered": REQUESTS["ok"],
    "store": Category("pending", "pending-soft", "t-pending", "."),
    "server": REQUESTS["failed"],
    "front": REQUESTS["refused"],
}


def calls_strip(
    at_s: Floats, parts: Mapping[str, Floats], *, end_s: float, scale: Scale = LAPTOP, signs: Signs = ENGLISH,
    has_ticks: bool = True,
) -> go.Figure:  # fmt: skip
    """Stack what was answered and what died at each place, in percent. parts: shares of one, by the names of `PARTS`."""
    percent = {name: np.asarray(parts[name]) * 100 for name in PARTS}
    kept = thinned(list(percent.values()), MOST_POINTS // 2 - 10)
    x, traces, below = at_s[kept], [], np.zeros(kept.size)
    for name, look in PARTS.items():
        if name != "answered" and percent[name].max(initial=0.0) < 0.05:
            continue
        edge = below + percent[name][kept]
        shared = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "name": name}
        if look.pattern:
            there, back = ribbon(x, below, edge)
            traces.append(go.Scatter(x=there, y=back, fill="toself", fillpattern=hatch(look, scale), **shared))
        else:
            traces.append(go.Scatter(x=x, y=edge, fill="tozeroy", fillcolor=tone(look.fill), **shared))
        below = edge
    line = {"color": tone("ok-line"), "width": scale.line_px}
    traces.append(go.Scatter(x=x, y=percent["answered"][kept], mode="lines", line=line, name="line", hoverinfo="skip"))
    return strip(
        traces, start_s=0.0, end_s=end_s, highest=100.0, top=100.0, scale=scale, signs=signs, has_ticks=has_ticks
    )


def calls_labels(at_s: Floats, parts: Mapping[str, Floats], words: Mapping[str, str]) -> list[Label]:
    """Name each area at its middle. words: by the names of `PARTS`, such as "{v}% answered"; and `…_name`."""
    labels, below = [], np.zeros(at_s.size)
    for name, look in PARTS.items():
        part = np.asarray(parts[name]) * 100
        if name == "answered" or part.max(initial=0.0) >= 0.05:
            labels.append(
                Label(
                    t=at_s, v=part, y=below + part / 2, text=words[name], name=words[f"{name}_name"], tone=look.text,
                    hides_zero=name != "answered",
                )
            )  # fmt: skip
        below = below + part
    return labels
