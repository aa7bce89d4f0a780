"""Tasks: what is wanted, what runs, and the gap between them, which is what a control plane is for."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, corners, ribbon, stairs, strip, trace
from pages.figures.columns import Tasks
from pages.figures.labels import Label
from pages.figures.samples import MOST_POINTS
from pages.figures.theme import LAPTOP, REQUESTS, Scale, hatch, tone


def tasks_top(tasks: Tasks) -> float:
    """Find the most tasks ever wanted or running, so that compared launch types can share one scale."""
    return float(max(tasks.wanted.max(initial=0.0), tasks.running.max(initial=0.0)))


def tasks_strip(
    tasks: Tasks,
    *,
    end_s: float,
    start_s: float = 0.0,
    top: float | None = None,
    scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
    has_ticks: bool = False,
) -> go.Figure:
    """Step both lines; fill what is missing with the dots of pending tasks."""
    few = MOST_POINTS // 5  # the gap's outline has two corners a step, there and back
    time_s, wanted, running = stairs(tasks.t_s, tasks.wanted * 1.0, tasks.running * 1.0, end_s=end_s, most=few)
    x, low = corners(time_s, running)
    gap_x, gap_y = ribbon(x, low, np.maximum(corners(time_s, wanted)[1], low))
    drawn = {"mode": "lines", "hoverinfo": "skip"}
    dashed = {"color": tone("ink"), "width": scale.line_px * 0.7, "dash": "6px 4px", "shape": "hv"}
    solid = {"color": tone("serving"), "width": scale.line_px * 1.15, "shape": "hv"}
    dots = hatch(REQUESTS["slow"], scale, opacity=0.7)
    traces = [
        trace(x=gap_x, y=gap_y, fill="toself", fillpattern=dots, line={"width": 0}, name="gap", **drawn),
        trace(x=time_s, y=wanted, line=dashed, name="wanted", **drawn),
        trace(x=time_s, y=running, line=solid, name="running", **drawn),
    ]
    return strip(
        traces, start_s=start_s, end_s=end_s, highest=tasks_top(tasks), top=top,
        scale=scale, signs=signs, has_ticks=has_ticks,
    )  # fmt: skip


def tasks_labels(tasks: Tasks, words: Mapping[str, str]) -> list[Label]:
    """Say how many are wanted and how many run.  words: `wanted`, `running`, and `…_name`."""
    return [
        Label(tasks.t_s, tasks.wanted, tasks.wanted, words["wanted"], words["wanted_name"]),
        Label(tasks.t_s, tasks.running, tasks.running, words["running"], words["running_name"], tone="t-serving"),
    ]
