"""EKS's figures: versions and their support, what a month costs, the staircase of Fargate's sizes, pods ready under a budget."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, corners, ribbon, stairs, strip
from pages.figures.labels import Label
from pages.figures.samples import Floats
from pages.figures.theme import LAPTOP, REQUESTS, Scale, hatch, tone

DRAWN = {"mode": "lines", "hoverinfo": "skip"}
NOTHING = {"width": 0}
BAR = 0.36  # half a version's bar, of the row's height


@dataclass(frozen=True, slots=True)
class Supported:
    """Versions, one a row: months from the calendar's beginning.  Arrays of shape (n,)."""

    released: Floats
    standard_until: Floats
    extended_until: Floats


@dataclass(frozen=True, slots=True)
class Ready:
    """Pods that are ready, over time, and how many a budget wants to stay so.  Arrays of shape (n,)."""

    t_s: Floats
    ready: Floats
    promised: float


def versions_figure(
    versions: Supported, path: Floats, *, forced: Sequence[tuple[float, float]], planned: Sequence[tuple[float, float]],
    names: Sequence[str], ticks: Sequence[tuple[float, str]], scale: Scale = LAPTOP, signs: Signs = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Draw each version's months, standard filled and extended hatched, and the way of the cluster through them.

    path: shape (months,), the version of each month. forced, planned: (month, version) of each upgrade. names: a version's
    name, one a row. ticks: months that are written, and how.
    """
    end = float(len(path))
    rows = np.arange(len(versions.released), dtype=np.float64) + 0.5
    dots = hatch(REQUESTS["slow"], scale, opacity=0.8)
    plain_x, plain_y = _bars(versions.released, np.minimum(versions.standard_until, end), rows)
    dear_x, dear_y = _bars(np.minimum(versions.standard_until, end), np.minimum(versions.extended_until, end), rows)
    edge = {"width": 1, "color": tone("line2")}
    way_x, way_y = corners(np.append(np.arange(end), end), np.append(path, path[-1]) + 0.5)
    traces = [
        go.Scatter(x=plain_x, y=plain_y, fill="toself", fillcolor=tone("ok-area"), line=edge, name="standard", **DRAWN),
        go.Scatter(x=dear_x, y=dear_y, fill="toself", fillpattern=dots, line=edge, name="extended", **DRAWN),
        go.Scatter(x=way_x, y=way_y, line={"color": tone("ink"), "width": scale.line_px * 1.6}, name="path", **DRAWN),
        _marks(forced, "lost", "x", scale),
        _marks(planned, "serving", "triangle-up", scale),
    ]
    figure = strip(traces, start_s=0, end_s=end, highest=float(len(rows)), scale=scale, signs=signs, has_ticks=True)
    figure.update_yaxes(range=[0, len(rows) + 0.1], tickvals=rows, ticktext=list(names), showgrid=False)
    return _months(figure, ticks)


def cost_figure(
    usd: Floats, is_extended: Floats, *, ticks: Sequence[tuple[float, str]], unit: str, scale: Scale = LAPTOP, signs: Signs = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Draw what each month costs; months of extended support are hatched."""
    months = np.arange(len(usd) + 1, dtype=np.float64)
    x, y = corners(months, np.append(usd, usd[-1]))
    dear = corners(months, np.append(np.where(is_extended > 0, usd, 0.0), [0.0]))[1]
    plain = corners(months, np.append(np.where(is_extended > 0, 0.0, usd), [0.0]))[1]
    plain_x, plain_y = ribbon(x, np.zeros_like(plain), plain)
    dear_x, dear_y = ribbon(x, np.zeros_like(dear), dear)
    traces = [
        go.Scatter(
            x=plain_x, y=plain_y, fill="toself", fillcolor=tone("ok-area"), line=NOTHING, name="standard", **DRAWN
        ),
        go.Scatter(
            x=dear_x,
            y=dear_y,
            fill="toself",
            fillpattern=hatch(REQUESTS["slow"], scale, opacity=0.8),
            line=NOTHING,
            name="extended",
            **DRAWN,
        ),
        go.Scatter(x=x, y=y, line={"color": tone("ink"), "width": scale.line_px}, name="usd", **DRAWN),
    ]
    figure = strip(
        traces,
        start_s=0,
        end_s=float(len(usd)),
        highest=float(usd.max()),
        scale=scale,
        signs=signs,
        unit=unit,
        has_ticks=True,
    )
    return _months(figure, ticks)


def staircase_figure(
    memory_gib: Floats, billed_usd: Floats, asked_usd: Floats, *, now: tuple[float, float], words: Mapping[str, str], unit: str,
    scale: Scale = LAPTOP, signs: Signs = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Draw what is billed as a request for memory grows, above what exactly it would cost; the dot is the reader's own.

    words: billed, asked, now.
    """
    stair = {"color": tone("ty-ecs-fargate"), "width": scale.line_px * 1.15, "shape": "vh"}
    line = {"color": tone("ink3"), "width": scale.line_px * 0.8, "dash": "6px 3px"}
    look = {"color": tone("ty-ecs-fargate"), "size": 11, "line": {"width": 2, "color": tone("surface")}}
    traces = [
        go.Scatter(x=memory_gib, y=asked_usd, line=line, name="asked", **DRAWN),
        go.Scatter(x=memory_gib, y=billed_usd, line=stair, name="billed", **DRAWN),
        go.Scatter(x=[now[0]], y=[now[1]], mode="markers", marker=look, hoverinfo="skip", cliponaxis=False, name="now"),
    ]
    end = float(memory_gib[-1])
    highest = float(np.nanmax(billed_usd))
    figure = strip(
        traces, start_s=0, end_s=end, highest=highest, scale=scale, signs=signs, unit=unit, digits=2, has_ticks=True
    )
    step = next(one for one in (1, 2, 4, 8, 16, 32) if end / one <= 9)
    values = np.arange(0, end + 0.01, step)
    figure.update_xaxes(tickvals=values, ticktext=[f"{value:g}" for value in values])
    right = now[0] > end / 2
    notes = [
        {"x": now[0], "y": now[1], "text": words["now"], "showarrow": False, "xanchor": "right" if right else "left",
         "xshift": -12 if right else 12, "yanchor": "bottom", "yshift": 12, "bgcolor": tone("page"), "font": {"color": tone("ty-ecs-fargate")}},
        {"x": end, "y": float(asked_usd[-1]), "text": words["asked"], "showarrow": False, "xanchor": "right", "yanchor": "top",
         "yshift": -8, "font": {"color": tone("ink3")}},
    ]  # fmt: skip
    return figure.update_layout(annotations=notes)


def ready_strip(
    ready: Ready, *, end_s: float, start_s: float = 0.0, top: float | None = None, scale: Scale = LAPTOP, signs: Signs = ENGLISH,
    has_ticks: bool = False,
) -> go.Figure:  # fmt: skip
    """Step the pods that are ready; dashed, what the budget promises; hatched, where they are fewer."""
    time_s, count = stairs(ready.t_s, ready.ready * 1.0, end_s=end_s)
    x, y = corners(time_s, count)
    least = np.full_like(y, ready.promised)
    short_x, short_y = ribbon(x, y, np.maximum(y, least))
    dashed = {"color": tone("ink"), "width": scale.line_px * 0.7, "dash": "6px 4px"}
    solid = {"color": tone("serving"), "width": scale.line_px * 1.15, "shape": "hv"}
    broken = hatch(REQUESTS["failed"], scale) if "failed" in REQUESTS else hatch(REQUESTS["slow"], scale)
    traces = [
        go.Scatter(x=short_x, y=short_y, fill="toself", fillpattern=broken, line=NOTHING, name="short", **DRAWN),
        go.Scatter(x=[start_s, end_s], y=[ready.promised] * 2, line=dashed, name="promised", **DRAWN),
        go.Scatter(x=time_s, y=count, line=solid, name="ready", **DRAWN),
    ]
    return strip(
        traces,
        start_s=start_s,
        end_s=end_s,
        highest=ready_top(ready),
        top=top,
        scale=scale,
        signs=signs,
        has_ticks=has_ticks,
    )


def ready_top(ready: Ready) -> float:
    """Find the most pods ever ready, or promised."""
    return float(max(ready.ready.max(initial=0.0), ready.promised))


def ready_labels(ready: Ready, words: Mapping[str, str]) -> list[Label]:
    """Say how many are ready, and how many must be.  words: ready, ready_name, promised, promised_name."""
    promised = np.full_like(ready.ready, ready.promised)
    return [
        Label(ready.t_s, ready.ready, ready.ready, words["ready"], words["ready_name"], tone="t-serving"),
        Label(ready.t_s, promised, promised, words["promised"], words["promised_name"], hides_zero=True),
    ]


# --- pieces ----------------------------------------------------------------------------------------------------------


def _bars(start: Floats, end: Floats, rows: Floats) -> tuple[Floats, Floats]:
    """Outline a bar a row from start to end, parted by NaN; none where it has no length."""
    xs: list[float] = []
    ys: list[float] = []
    for low, high, row in zip(start, end, rows, strict=True):
        if high > low:
            xs += [low, high, high, low, low, float("nan")]
            ys += [row - BAR, row - BAR, row + BAR, row + BAR, row - BAR, float("nan")]
    return np.array(xs), np.array(ys)


def _marks(points: Sequence[tuple[float, float]], colour: str, symbol: str, scale: Scale) -> go.Scatter:
    """Mark upgrades: a cross is one by force, a triangle one by plan."""
    look = {
        "color": tone(colour),
        "size": 10 * scale.line_px / LAPTOP.line_px,
        "symbol": symbol,
        "line": {"width": 1.5, "color": tone("surface")},
    }
    return go.Scatter(
        x=[month for month, _ in points], y=[version + 0.5 for _, version in points], mode="markers", marker=look, hoverinfo="skip",
        cliponaxis=False, name=symbol,
    )  # fmt: skip


def _months(figure: go.Figure, ticks: Sequence[tuple[float, str]]) -> go.Figure:
    return figure.update_xaxes(tickvals=[month for month, _ in ticks], ticktext=[text for _, text in ticks])
