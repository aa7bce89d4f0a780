"""Serverless: what waits in a queue, what a box is asked for against what it can, and where two ways to pay cross."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, ribbon, strip
from pages.figures.labels import Label
from pages.figures.samples import MOST_POINTS, Floats, thinned
from pages.figures.theme import LAPTOP, REQUESTS, Scale, hatch, tone

USE, FLAT = "ty-lambda", "ty-ecs-fargate"
DASH = "6px 3px"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What a queue holds at each second. Shapes (n,): messages that are worked on, that wait, and in its dead-letter queue."""

    t_s: Floats
    working: Floats
    queued: Floats
    dead: Floats


LOOKS = {"working": ("serving", "t-serving"), "queued": ("slow", "t-pending"), "dead": ("failed", "t-lost")}


def waiting_strip(
    waiting: Waiting, *, end_s: float, scale: Scale = LAPTOP, signs: Signs = ENGLISH, has_ticks: bool = False
) -> go.Figure:
    """Stack what is worked on, what waits, and what was moved aside."""
    columns = {name: getattr(waiting, name) for name in LOOKS}
    kept = thinned(list(columns.values()), MOST_POINTS // 2 - 10)  # a ribbon goes there and back
    time_s, below, traces = waiting.t_s[kept], np.zeros(kept.size), []
    for name, column in columns.items():
        edge = below + column[kept]
        if column.any():
            traces.append(_area(name, time_s, below, edge, scale))
        below = edge
    highest = float(sum(columns.values()).max(initial=0.0))  # type: ignore[union-attr]
    return strip(traces, start_s=0, end_s=end_s, highest=highest, scale=scale, signs=signs, has_ticks=has_ticks)


def waiting_labels(waiting: Waiting, words: Mapping[str, str]) -> list[Label]:
    """Name each part at its middle. words: working, queued, dead, such as "{v} wait"; and `…_name`."""
    labels, below = [], np.zeros(waiting.t_s.size)
    for name, (_, text) in LOOKS.items():
        column = getattr(waiting, name)
        if column.any():
            y = below + column / 2
            labels.append(
                Label(
                    waiting.t_s, column, y, words[name], words[f"{name}_name"], tone=text, hides_zero=name != "queued"
                )
            )
        below = below + column
    return labels


def _area(name: str, time_s: Floats, below: Floats, edge: Floats, scale: Scale) -> go.Scatter:
    shared = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "name": name, "fill": "toself"}
    x, y = ribbon(time_s, below, edge)
    look = LOOKS[name][0]
    if look in REQUESTS:
        return go.Scatter(x=x, y=y, fillpattern=hatch(REQUESTS[look], scale), **shared)
    return go.Scatter(x=x, y=y, fillcolor=tone(look), **shared)


def against_strip(
    t_s: Floats, asked: Floats, limit: Floats, *, end_s: float, scale: Scale = LAPTOP, signs: Signs = ENGLISH,
    has_ticks: bool = False,
) -> go.Figure:  # fmt: skip
    """Draw what was asked for as an area, and what was possible as a dashed line, as far as it fits the picture."""
    kept = thinned([asked, limit], MOST_POINTS)
    highest = _top(asked, limit)
    area = go.Scatter(
        x=t_s[kept], y=asked[kept], fill="tozeroy", fillcolor=tone("ok-area"), mode="lines", hoverinfo="skip", name="asked",
        line={"color": tone("ok-line"), "width": scale.line_px},
    )  # fmt: skip
    line = go.Scatter(
        x=t_s[kept], y=np.minimum(limit[kept], highest * 1.15), mode="lines", hoverinfo="skip", name="limit",
        line={"color": tone("ink"), "width": scale.line_px * 0.7, "dash": "4px 3px", "shape": "hv"},
    )  # fmt: skip
    return strip([area, line], start_s=0, end_s=end_s, highest=highest, scale=scale, signs=signs, has_ticks=has_ticks)


def against_labels(t_s: Floats, asked: Floats, limit: Floats, words: Mapping[str, str]) -> list[Label]:
    """Name both. words: asked, limit, with `{v}`; and `…_name`."""
    top = _top(asked, limit) * 1.06
    return [
        Label(t_s, asked, asked, words["asked"], words["asked_name"], tone="t-serving"),
        Label(t_s, limit, np.minimum(limit, top), words["limit"], words["limit_name"], tone="ink2"),
    ]


def _top(asked: Floats, limit: Floats) -> float:
    """Choose a height: all that was asked for, and the limit where it is not far above."""
    most = float(asked.max(initial=1.0))
    return max(most, min(float(limit.max(initial=0.0)), most * 2.5))


# --- ways to pay ---------------------------------------------------------------------------------------------------------


def dial_figure(
    share: Floats, by_use: Floats, flat: Floats, *, even: float, words: Mapping[str, str], unit: str, percents: Sequence[str],
    is_open: bool = False, scale: Scale = LAPTOP, signs: Signs = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Draw what is paid by use and what is paid anyway over how busy one is; the area between them is what the wrong one costs.

    even: where they cross, above 1 where they do not. words: by_use, flat, even. percents: how the quarters are written.
    is_open: a guess is still to be made, and what is paid by use is left to it.
    """
    highest = float(max(by_use.max(), flat.max()))
    traces = [_line(share, flat, FLAT, scale, dash=DASH)]
    notes = [_note(0.01, float(flat[0]), words["flat"], FLAT, "left", above=True, scale=scale)]
    shapes = []
    if not is_open:
        x, y = ribbon(share, np.minimum(by_use, flat), np.maximum(by_use, flat))
        gap = {
            "fill": "toself",
            "fillcolor": tone("pending-soft"),
            "mode": "lines",
            "line": {"width": 0},
            "hoverinfo": "skip",
        }
        traces = [go.Scatter(x=x, y=y, **gap), *traces, _line(share, by_use, USE, scale, dash="")]
        at = float(np.interp(0.7, share, by_use))
        notes.append(_note(0.7, at, words["by_use"], "ink", "left", shift=10, scale=scale))
    if even <= 1 and not is_open:
        line = {"color": tone("ink"), "width": 1.6}
        shapes.append({"type": "line", "x0": even, "x1": even, "y0": 0, "y1": highest, "line": line})
        side = "left" if even < 0.7 else "right"
        notes.append(_note(even, highest * 0.08, words["even"], "ink", side, shift=8, above=True, scale=scale))
    figure = strip(traces, start_s=0, end_s=1, highest=highest, scale=scale, signs=signs, unit=unit, has_ticks=True)
    figure.update_xaxes(tickvals=np.linspace(0, 1, len(percents)), ticktext=list(percents))
    return figure.update_layout(annotations=notes, shapes=shapes)


def day_figure(
    used: Floats, flat: Floats, following: Floats, *, words: Mapping[str, str], hours: Sequence[str], unit: str = "{v}",
    scale: Scale = LAPTOP, signs: Signs = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Lay what is used over what is provisioned; what is paid and not used is hatched. words: used, flat, following, unused."""
    kept = thinned([used, following], MOST_POINTS // 2 - 10)
    at = np.linspace(0.0, 1.0, used.size)[kept]
    highest = float(flat.max())
    x, y = ribbon(at, used[kept], flat[kept])
    traces = [
        go.Scatter(x=x, y=y, fill="toself", mode="lines", line={"width": 0}, hoverinfo="skip",
                   fillpattern={"shape": "/", "size": scale.hatch_px, "solidity": 0.25, "fgcolor": tone("idle"),
                                "bgcolor": tone("sunk")}),
        go.Scatter(x=at, y=used[kept], fill="tozeroy", fillcolor=tone("ok-area"), mode="lines", hoverinfo="skip",
                   line={"color": tone("ok-line"), "width": scale.line_px}),
        _line(at, following[kept], "ink", scale, dash="4px 3px"),
        _line(at, flat[kept], FLAT, scale, dash=DASH),
    ]  # fmt: skip
    figure = strip(traces, start_s=0, end_s=1, highest=highest, scale=scale, signs=signs, unit=unit, has_ticks=True)
    figure.update_xaxes(tickvals=np.linspace(0, 1, len(hours)), ticktext=list(hours))
    notes = [
        _note(0.01, highest, words["flat"], FLAT, "left", above=True, scale=scale),
        _note(0.03, highest * 0.62, words["unused"], "ink2", "left", above=True, scale=scale, plate=True),
        _note(0.5, highest * 0.22, words["used"], "t-serving", "center", above=False, scale=scale),
        _note(0.985, highest * 0.34, words["following"], "ink", "right", above=True, scale=scale, plate=True),
    ]
    return figure.update_layout(annotations=notes)


def _line(x: Floats, y: Floats, colour: str, scale: Scale, *, dash: str) -> go.Scatter:
    line = {"color": tone(colour), "width": scale.line_px * 1.15} | ({"dash": dash} if dash else {})
    return go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip")


def _note(
    x: float, y: float, text: str, colour: str, anchor: str, *, scale: Scale, above: bool = False, shift: float = 0,
    plate: bool = False,
) -> dict[str, object]:  # fmt: skip
    return {
        "x": x, "y": y, "text": text, "showarrow": False, "xanchor": anchor, "yanchor": "bottom" if above else "top",
        "xshift": shift if anchor == "left" else -shift, "font": {"size": scale.label_px, "color": tone(colour)}, "align": "left",
        "bgcolor": tone("surface") if plate else "rgba(0,0,0,0)", "borderpad": 2,
    }  # fmt: skip
