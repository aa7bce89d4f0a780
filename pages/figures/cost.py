"""Cost: the rate of the bill, which moves in steps because machines come and go whole."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, stairs, strip, trace
from pages.figures.columns import Cost
from pages.figures.labels import Label
from pages.figures.theme import LAPTOP, Scale, tone


def cost_top(cost: Cost) -> float:
    """Find the dearest moment, so that compared launch types can share one scale."""
    return float(cost.usd_per_h.max(initial=0.0))


def cost_strip(
    cost: Cost,
    *,
    end_s: float,
    start_s: float = 0.0,
    top: float | None = None,
    scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
    unit: str = "${v}",
    has_ticks: bool = False,
) -> go.Figure:
    """Step the hourly rate."""
    time_s, usd_per_h = stairs(cost.t_s, cost.usd_per_h, end_s=end_s)
    line = {"color": tone("ink2"), "width": scale.line_px, "shape": "hv"}
    drawn = trace(x=time_s, y=usd_per_h, mode="lines", line=line, name="cost", hoverinfo="skip")
    return strip(
        [drawn], start_s=start_s, end_s=end_s, highest=cost_top(cost), top=top,
        scale=scale, signs=signs, unit=unit, digits=2, has_ticks=has_ticks,
    )  # fmt: skip


def cost_labels(cost: Cost, words: Mapping[str, str]) -> list[Label]:
    """Say the rate of the moment.  words: `cost`, such as "${v} / h", and `cost_name`."""
    return [Label(cost.t_s, cost.usd_per_h, cost.usd_per_h, words["cost"], words["cost_name"], digits=2)]
