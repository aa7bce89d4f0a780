"""Roll-outs: ready pods of the old version and of the new one on top of each other, and what the roll-out promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, corners, ribbon, stairs, strip
from pages.figures.labels import Label
from pages.figures.samples import Floats
from pages.figures.theme import LAPTOP, REQUESTS, Scale, hatch, tone

DRAWN = {"mode": "lines", "hoverinfo": "skip"}
NOTHING = {"width": 0}


@dataclass(frozen=True, slots=True)
class Versions:
    """Ready pods by version.  Arrays of shape (n,); each value holds until the next.  promised: fewest that must be ready."""

    t_s: Floats
    old: Floats
    new: Floats
    promised: float
    most: float


def versions_top(found: Versions) -> float:
    """Find the most pods ever ready, or promised."""
    return float(max((found.old + found.new).max(initial=0.0), found.promised))


def versions_strip(
    found: Versions, *, end_s: float, start_s: float = 0.0, top: float | None = None, scale: Scale = LAPTOP, signs: Signs = ENGLISH,
    has_ticks: bool = False,
) -> go.Figure:  # fmt: skip
    """Stack the new version, hatched, and the old one, flat; dashed, what is promised; dots where fewer are ready."""
    time_s, old, new = stairs(found.t_s, found.old * 1.0, found.new * 1.0, end_s=end_s)
    x, low = corners(time_s, new)
    high = corners(time_s, old + new)[1]
    floor = np.full_like(high, found.promised)
    parts = {"old": (low, high), "new": (np.zeros_like(low), low), "short": (high, np.maximum(high, floor))}
    fills = {
        "old": {"fillcolor": tone("serving")},
        "new": {"fillpattern": {
            "shape": "/", "size": scale.hatch_px, "solidity": 0.3, "fgcolor": tone("serving"), "bgcolor": tone("sunk"),
        }},
        "short": {"fillpattern": hatch(REQUESTS["failed"], scale)},
    }  # fmt: skip
    areas = []
    for name, (bottom, above) in parts.items():
        edge_x, edge_y = ribbon(x, bottom, above)
        areas.append(go.Scatter(x=edge_x, y=edge_y, fill="toself", line=NOTHING, name=name, **DRAWN, **fills[name]))
    solid = {"color": tone("serving"), "width": scale.line_px, "shape": "hv"}
    dashed = {"color": tone("ink"), "width": scale.line_px * 0.7, "dash": "6px 4px"}
    lines = [
        go.Scatter(x=time_s, y=old + new, line=solid, name="ready", **DRAWN),
        go.Scatter(x=[start_s, end_s], y=[found.promised] * 2, line=dashed, name="promised", **DRAWN),
    ]
    return strip(
        [*areas, *lines], start_s=start_s, end_s=end_s, highest=versions_top(found), top=top, scale=scale, signs=signs,
        has_ticks=has_ticks,
    )  # fmt: skip


def versions_labels(found: Versions, words: Mapping[str, str]) -> list[Label]:
    """Name both areas at their middle, and the promise.  words: `old`, `new`, `promised`, and `…_name`."""
    promised = np.full_like(found.old, found.promised)
    old, new = words["old_name"], words["new_name"]
    return [
        Label(found.t_s, found.old, found.new + found.old / 2, words["old"], old, tone="t-serving", hides_zero=True),
        Label(found.t_s, found.new, found.new / 2, words["new"], new, tone="t-serving", hides_zero=True),
        Label(found.t_s, promised, promised, words["promised"], words["promised_name"], hides_zero=True),
    ]
