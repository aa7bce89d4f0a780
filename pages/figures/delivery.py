"""Delivery: DORA's four as spreads before published bands, who wins over teams and coupling, and what is on its way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, corners, strip, written
from pages.figures.labels import Label
from pages.figures.samples import Floats
from pages.figures.theme import FONT, LAPTOP, SERIES, Scale, tone

WAYS = ("train", "pipelines")
LOOKS = dict(zip(WAYS, (SERIES[1], SERIES[0]), strict=True))
_ROWS = {"train": 1.0, "pipelines": 0.0}
_JITTER = 0.24  # of a row, so that equal quarters do not hide each other
_NAMELESS = {"showgrid": False, "zeroline": False, "fixedrange": True, "ticks": "", "showline": False}
_FARTHEST = 4.0  # doublings: more than 16 times as slow looks the same
_FULL = 0.75  # of the farthest: from here on a cell's colour is too full for ink


@dataclass(frozen=True, slots=True)
class Band:
    """What was published: from, to, and its name; equal ends are one number, drawn as a line."""

    low: float
    high: float
    name: str


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure of one way: each possible quarter, and the span that holds most of them.  values: shape (n,)."""

    values: Floats
    low: float
    middle: float
    high: float
    text: str


def spread_figure(
    spreads: Mapping[str, Spread], bands: Sequence[Band], *, ticks: Mapping[float, str], names: Mapping[str, str],
    is_log: bool, span: tuple[float, float], scale: Scale = LAPTOP,
) -> go.Figure:  # fmt: skip
    """Draw each way's quarters as dots on a row of its own, with median and span, before the published bands.

    ticks: value -> how it is written.  span: what must be seen at least; the quarters make it wider.
    """
    known = [one.values[np.isfinite(one.values)] for one in spreads.values()]
    low, high = _range(
        [span[0], *(float(k.min()) for k in known if k.size)],
        [span[1], *(float(k.max()) for k in known if k.size)],
        is_log,
    )
    place = np.log10 if is_log else np.asarray
    traces = [trace for way, one in spreads.items() for trace in _row(way, one, place, scale)]
    figure = go.Figure(traces, _bare(scale))
    left, right = (float(place(np.array(one))) for one in (low, high))
    figure.update_layout(
        shapes=[shape for band in bands for shape in _band(band, low, high, place)],
        annotations=[*_band_names(bands, low, high, place, scale), *(_said(way, one, place, left, right, scale) for way, one in spreads.items())],
        xaxis=_NAMELESS | {
            "range": [left, right], "tickvals": [float(place(np.array(at))) for at in ticks if low <= at <= high],
            "ticktext": [text for at, text in ticks.items() if low <= at <= high], "tickfont": {"size": scale.tick_px},
            "color": tone("ink3"), "tickangle": 0,
        },
        yaxis=_NAMELESS | {
            "range": [-0.62, 2.05], "tickvals": [_ROWS[way] for way in spreads], "ticktext": [names[way] for way in spreads],
            "tickfont": {"size": scale.label_px, "color": tone("ink")},
        },
    )  # fmt: skip
    return figure


def _range(lows: list[float], highs: list[float], is_log: bool) -> tuple[float, float]:
    """Make room around everything."""
    low, high = min(lows), max(highs)
    return (low / 1.25, high * 1.25) if is_log else (0.0, high * 1.06)


def _row(way: str, one: Spread, place: object, scale: Scale) -> list[go.Scatter]:
    """Draw a way's dots, its span and its median."""
    look, row = LOOKS[way], _ROWS[way]
    known = np.sort(one.values[np.isfinite(one.values)])
    if not known.size:
        return []
    # A fixed shuffle: neighbours in value stand apart, and the same quarters always look the same.
    shift = (np.arange(known.size) * 0.618034 % 1 - 0.5) * 2 * _JITTER
    colour = tone(f"ty-{look.key}")
    dots = go.Scatter(
        x=place(known), y=row + shift, mode="markers", hoverinfo="skip", opacity=0.28,  # type: ignore[operator]
        marker={"color": colour, "size": scale.line_px * 1.9, "symbol": look.marker},
    )  # fmt: skip
    ends = place(np.array([one.low, one.high]))  # type: ignore[operator]
    span = go.Scatter(
        x=ends, y=[row, row], mode="lines", hoverinfo="skip", line={"color": colour, "width": scale.line_px * 2.4}
    )
    dot = {
        "color": colour,
        "size": scale.line_px * 6,
        "symbol": look.marker,
        "line": {"width": 2, "color": tone("surface")},
    }
    middle = go.Scatter(x=place(np.array([one.middle])), y=[row], mode="markers", hoverinfo="skip", marker=dot)  # type: ignore[operator]
    return [dots, span, middle]


def _said(way: str, one: Spread, place: object, left: float, right: float, scale: Scale) -> dict[str, object]:
    """Write the median beside its dot, below the row, on the side that has room."""
    at = float(place(np.array(one.middle))) if np.isfinite(one.middle) else left  # type: ignore[operator]
    share = (at - left) / (right - left)
    side = "left" if share < 0.22 else "right" if share > 0.78 else "center"
    return {
        "x": at, "y": _ROWS[way] - 0.3, "text": one.text, "showarrow": False, "yanchor": "top", "xanchor": side,
        "font": {"size": scale.label_px, "color": tone(f"ty-{LOOKS[way].key}")}, "yshift": 2,
    }  # fmt: skip


def _band(band: Band, low: float, high: float, place: object) -> list[dict[str, object]]:
    """Draw a published span as a pale field with edges, or a single number as a line."""
    if band.low == band.high:
        at = float(place(np.array(band.low)))  # type: ignore[operator]
        line = {"color": tone("ink3"), "width": 1, "dash": "2px 3px"}
        return [
            {"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 0.86, "yref": "paper", "line": line, "layer": "below"}
        ]
    from_, to = max(band.low, low), min(band.high, high)
    if to <= from_:
        return []
    x0, x1 = (float(place(np.array(edge))) for edge in (from_, to))  # type: ignore[operator]
    return [{
        "type": "rect", "x0": x0, "x1": x1, "y0": 0, "y1": 0.86, "yref": "paper", "layer": "below", "fillcolor": tone("sunk"),
        "line": {"color": tone("surface"), "width": 2},
    }]  # fmt: skip


def _band_names(bands: Sequence[Band], low: float, high: float, place: object, scale: Scale) -> list[dict[str, object]]:
    """Write each band's name above it."""
    found = []
    for band in bands:
        from_, to = max(band.low, low), min(band.high, high)
        if to < from_:
            continue
        x0, x1 = (float(place(np.array(edge))) for edge in (from_, to))  # type: ignore[operator]
        found.append({
            "x": (x0 + x1) / 2, "y": 0.87, "yref": "paper", "text": band.name, "showarrow": False, "yanchor": "bottom",
            "font": {"size": scale.tick_px, "color": tone("ink3")},
        })  # fmt: skip
    return found


# --- who wins --------------------------------------------------------------------------------------------------------


def winner_figure(
    teams: Floats, coupling: Floats, times_slower: Floats, frontier: Floats, *, here: tuple[float, float],
    percents: Sequence[str], words: Mapping[str, str], signs: Signs = ENGLISH, scale: Scale = LAPTOP,
) -> go.Figure:  # fmt: skip
    """Draw how many times as long changes take through pipelines, cell by cell, and the line where that is once: between cells.

    times_slower: shape (teams, coupling).  frontier: shape (teams,), a coupling.  here: the reader's coupling and teams.
    percents: how the couplings are written.  words: pipelines, train, here, slower ("{v} times").
    """
    rows = np.arange(len(teams), dtype=np.float64)
    # Doublings, so that twice as fast is as far from even as twice as slow.
    far = np.clip(np.log2(times_slower), -_FARTHEST, _FARTHEST)
    ours, theirs = (tone(f"ty-{LOOKS[way].key}") for way in ("pipelines", "train"))
    field = go.Heatmap(
        x=coupling, y=rows, z=far.tolist(), zmin=-_FARTHEST, zmax=_FARTHEST, showscale=False, xgap=1.5, ygap=1.5, hoverinfo="skip",
        colorscale=[[0, ours], [0.5, tone("surface")], [1, theirs]],
    )  # fmt: skip
    step = float(coupling[1] - coupling[0])
    left, right = float(coupling[0]) - step / 2, float(coupling[-1]) + step / 2
    # Along the cells' edges, so that no number is struck through: where exactly it lies in the reader's row is said beside it.
    edge = np.repeat(left + step * (coupling[None, :] < frontier[:, None]).sum(axis=1), 2)
    rise = np.repeat(rows, 2) + np.tile([-0.5, 0.5], len(rows))
    halo = go.Scatter(
        x=edge, y=rise, mode="lines", line={"color": tone("surface"), "width": scale.line_px * 3.4}, hoverinfo="skip"
    )
    line = go.Scatter(
        x=edge, y=rise, mode="lines", line={"color": tone("ink"), "width": scale.line_px * 1.6}, hoverinfo="skip"
    )
    at = float(np.interp(here[1], teams, rows))
    look = {
        "color": tone("surface"),
        "size": scale.line_px * 8,
        "symbol": "circle",
        "line": {"width": scale.line_px * 1.6, "color": tone("ink")},
    }
    dot = go.Scatter(x=[here[0]], y=[at], mode="markers", marker=look, hoverinfo="skip", cliponaxis=False)
    is_right = here[0] > 0.6
    note = {
        "x": here[0], "y": at, "text": words["here"], "showarrow": False, "xanchor": "right" if is_right else "left",
        "xshift": -14 if is_right else 14, "font": {"size": scale.label_px, "color": tone("ink")}, "bgcolor": tone("surface"),
        "borderpad": 2,
    }  # fmt: skip
    numbers = _numbers(coupling, rows, times_slower, np.abs(far), scale, signs) if scale.has_y_texts else []
    figure = go.Figure([field, *numbers, halo, line, dot], _bare(scale, left_px=46, bottom_px=scale.bottom_px))
    axis = _NAMELESS | {"color": tone("ink3"), "tickfont": {"size": scale.tick_px}, "tickangle": 0}
    kept = range(0, len(coupling), 1 if len(coupling) <= 6 or scale.has_y_texts else 2)
    figure.update_layout(
        annotations=[note],
        xaxis=axis | {"range": [left, right], "tickvals": [float(coupling[i]) for i in kept], "ticktext": [percents[i] for i in kept]},
        yaxis=axis | {"range": [-0.5, len(teams) - 0.5], "tickvals": rows, "ticktext": [written(n, 0, signs) for n in teams]},
    )  # fmt: skip
    return figure


def _numbers(
    coupling: Floats, rows: Floats, times_slower: Floats, far: Floats, scale: Scale, signs: Signs
) -> list[go.Scatter]:
    """Write each cell's ratio: ink on the pale cells, the paper's own colour on the full ones, in either theme."""
    x, y = np.meshgrid(coupling, rows)
    is_full = far > _FULL * _FARTHEST
    return [
        go.Scatter(
            x=x[cells], y=y[cells], mode="text", text=[_times(one, signs) for one in times_slower[cells]], hoverinfo="skip",
            textfont={"size": scale.tick_px, "family": FONT, "color": tone(colour)},
        )
        for cells, colour in ((~is_full, "ink"), (is_full, "surface"))
    ]  # fmt: skip


def _times(value: float, signs: Signs) -> str:
    """Write a ratio in three signs or so."""
    return written(value, 0 if value >= 9.95 else 1 if value >= 0.95 else 2, signs) if np.isfinite(value) else ""


# --- on the clock ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """Count what is written and not yet with users, at each change of that number.  Arrays of shape (n,)."""

    t_s: Floats
    changes: Floats


@dataclass(frozen=True, slots=True)
class Arrived:
    """Say when each change reached users to stay, and after how many hours.  Arrays of shape (n,), by time."""

    t_s: Floats
    lead_h: Floats


def way_strip(
    counts: Mapping[str, OnTheWay],
    *,
    end_s: float,
    scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
    has_ticks: bool = False,
) -> go.Figure:
    """Draw what is on its way, as a stair for each way to users."""
    traces = []
    for way, one in counts.items():
        look = LOOKS[way]
        t, y = corners(np.append(one.t_s, end_s), np.append(one.changes, one.changes[-1:]))
        line = {"color": tone(f"ty-{look.key}"), "width": scale.line_px, "dash": look.dash or "solid"}
        traces.append(go.Scatter(x=t, y=y, mode="lines", line=line, hoverinfo="skip"))
    highest = max(float(one.changes.max(initial=1)) for one in counts.values())
    return strip(traces, start_s=0, end_s=end_s, highest=highest, scale=scale, signs=signs, has_ticks=has_ticks)


def way_labels(counts: Mapping[str, OnTheWay], texts: Mapping[str, str], names: Mapping[str, str]) -> tuple[Label, ...]:
    """Say each number at the playhead."""
    return tuple(
        Label(one.t_s, one.changes, one.changes, texts[way], names[way], tone=f"ty-{LOOKS[way].key}")
        for way, one in counts.items()
    )


def lead_strip(
    arrived: Mapping[str, Arrived], *, end_s: float, unit: str, scale: Scale = LAPTOP, signs: Signs = ENGLISH,
    has_ticks: bool = True,
) -> go.Figure:  # fmt: skip
    """Draw a mark for each change that reached users: how long it had been on its way."""
    traces = []
    for way, one in arrived.items():
        look = LOOKS[way]
        marker = {"color": tone(f"ty-{look.key}"), "size": scale.line_px * 3.4, "symbol": look.marker}
        traces.append(go.Scatter(x=one.t_s, y=one.lead_h, mode="markers", marker=marker, opacity=0.8, hoverinfo="skip"))
    highest = max(float(one.lead_h.max(initial=1)) for one in arrived.values())
    return strip(
        traces,
        start_s=0,
        end_s=end_s,
        highest=highest,
        scale=scale,
        signs=signs,
        unit=unit,
        digits=1,
        has_ticks=has_ticks,
    )


def lead_labels(
    arrived: Mapping[str, Arrived], texts: Mapping[str, str], names: Mapping[str, str]
) -> tuple[Label, ...]:
    """Say the mean so far, at its height, for each way."""
    found = []
    for way, one in arrived.items():
        if one.t_s.size:
            mean = np.cumsum(one.lead_h) / np.arange(1, one.lead_h.size + 1)
            found.append(Label(one.t_s, mean, mean, texts[way], names[way], tone=f"ty-{LOOKS[way].key}", digits=1))
    return tuple(found)


def _bare(scale: Scale, *, left_px: int = 92, bottom_px: int | None = None) -> go.Layout:
    """Give the frame that figures without a clock share."""
    return go.Layout(
        template=go.layout.Template(), paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": scale.label_px, "color": tone("ink3")},
        margin={"l": left_px, "r": 12, "t": scale.top_px, "b": scale.bottom_px if bottom_px is None else bottom_px, "pad": 0},
        showlegend=False, hovermode=False, dragmode=False,
    )  # fmt: skip
