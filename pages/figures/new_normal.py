"""Pace against stability: groups as the spans that were published, on an axis of powers; one's own team among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log10

import plotly.graph_objects as go

from pages.figures.axes import strip
from pages.figures.theme import LAPTOP, Scale, tone

DRAWN = {"mode": "lines", "hoverinfo": "skip"}
BAR = 0.9  # per cent: half of what a single published number is drawn high
AIR = 0.08  # of the axis: room beyond its last ticks
TOP = 62.0  # per cent
INSIDE = 55.0  # per cent: boxes that end above it have their name within


@dataclass(frozen=True, slots=True)
class Group:
    """One group's span of pace (low to high, in the axis's unit; inf where it has no end) and of failing changes, shares.

    is_open: nobody says where its fast end is. is_past: of the talk's year.
    """

    low: float
    high: float
    fails_low: float
    fails_high: float
    is_open: bool
    is_past: bool
    name: str


def pace_figure(
    groups: Sequence[Group], *, you: tuple[float, float] | None, ticks: Sequence[tuple[float, str]], is_reversed: bool,
    words: Mapping[str, str], percents: Sequence[tuple[float, str]], scale: Scale = LAPTOP,
) -> go.Figure:  # fmt: skip
    """Draw each group as a box: as wide as its span of pace, as high as its span of failures; fast is at the right.

    you: one's own pace and share of failures. ticks: values of pace that are written, slowest first. is_reversed: the axis
    counts hours, so that less is faster. words: you.
    """
    across = _Across(is_reversed)
    first, last = across.at(ticks[0][0]), across.at(ticks[-1][0])
    air = AIR * (last - first)
    end = last + air
    traces, notes = [], []
    for one in groups:
        fast = one.low if is_reversed else one.high
        slow = one.high if is_reversed else one.low
        right = end if one.is_open else across.at(fast)
        traces.append(_box(one, across.at(slow), right, scale))
        notes += _names(one, across.at(slow), right, scale)
    if you is not None:
        at = (across.at(you[0]), you[1] * 100)
        look = {
            "color": tone("ink"),
            "size": 6 * scale.line_px,
            "symbol": "diamond",
            "line": {"width": 2, "color": tone("surface")},
        }
        traces.append(
            go.Scatter(
                x=[at[0]], y=[at[1]], mode="markers", marker=look, hoverinfo="skip", cliponaxis=False, name="you"
            )
        )
        right = at[0] > (first + last) / 2
        notes.append(
            {"x": at[0], "y": at[1], "text": f"<b>{words['you']}</b>", "showarrow": False, "xanchor": "right" if right else "left",
             "xshift": -5 * scale.line_px if right else 5 * scale.line_px, "yanchor": "bottom", "yshift": 3, "bgcolor": tone("page"),
             "font": {"color": tone("ink"), "size": scale.label_px}}
        )  # fmt: skip
    figure = strip(traces, start_s=first - air, end_s=end, highest=TOP, top=TOP, scale=scale, has_ticks=True)
    figure.update_xaxes(tickvals=[across.at(value) for value, _ in ticks], ticktext=[text for _, text in ticks])
    figure.update_yaxes(
        range=[-2.5, TOP], tickvals=[share * 100 for share, _ in percents], ticktext=[text for _, text in percents],
        showticklabels=True,
    )  # fmt: skip
    return figure.update_layout(
        annotations=notes, margin={"r": 16, "l": max(scale.left_px, 46 if scale is LAPTOP else 84)}
    )


@dataclass(frozen=True, slots=True)
class _Across:
    """The axis of powers: to the right is faster, whichever way it counts."""

    is_reversed: bool

    def at(self, value: float) -> float:
        """Place a value."""
        return -log10(value) if self.is_reversed else log10(value)


def _sides(one: Group) -> tuple[float, float]:
    """Give a group's lower and upper edge, per cent; a single number is a bar, so that it can be seen."""
    low, high = one.fails_low * 100, one.fails_high * 100
    return (low, high) if high - low > 2 * BAR else (low - BAR, high + BAR)


def _box(one: Group, left: float, right: float, scale: Scale) -> go.Scatter:
    """Outline a group: filled in this report's year, dashed and empty in the talk's."""
    low, high = _sides(one)
    line = {
        "width": scale.line_px * 0.9,
        "color": tone("ink3" if one.is_past else "serving"),
        "dash": "6px 4px" if one.is_past else "solid",
    }
    return go.Scatter(
        x=[left, right, right, left, left], y=[low, low, high, high, low], fill="toself", line=line, name=one.name,
        fillcolor="rgba(0,0,0,0)" if one.is_past else tone("ok-area"), **DRAWN,
    )  # fmt: skip


def _names(one: Group, left: float, right: float, scale: Scale) -> list[dict[str, object]]:
    """Name a group at its left, above it or, where there is no room, within; an open end has an arrow."""
    low, high = _sides(one)
    colour = tone("ink3" if one.is_past else "t-serving")
    is_inside = high > INSIDE  # above it would be outside the figure
    shift = {"yanchor": "top", "yshift": -3} if is_inside else {"yanchor": "bottom", "yshift": 1}
    found: list[dict[str, object]] = [
        {"x": left, "y": high, "text": one.name, "showarrow": False, "xanchor": "left", "xshift": 5, "font": {"color": colour, "size": scale.label_px}} | shift
    ]  # fmt: skip
    if one.is_open:
        found.append(
            {"x": right, "y": (low + high) / 2, "ax": -14 * scale.line_px, "ay": 0, "text": "", "showarrow": True, "arrowhead": 2,
             "arrowwidth": scale.line_px * 0.9, "arrowcolor": colour}
        )  # fmt: skip
    return found
