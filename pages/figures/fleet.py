"""Fleet: the hosts that are needed beside those that are there, and the reservation beside its target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, corners, digits_of, ribbon, stairs, strip, ticks, written
from pages.figures.labels import Label
from pages.figures.samples import MOST_POINTS, Floats
from pages.figures.theme import FONT, LAPTOP, REQUESTS, Scale, hatch, tone

DRAWN = {"mode": "lines", "hoverinfo": "skip"}
FEW = MOST_POINTS // 8  # each gap's outline has two corners a step, there and back


@dataclass(frozen=True, slots=True)
class Hosts:
    """Set the hosts that are needed (M) beside those that are there (N).  Arrays of shape (n,); each value holds until the next."""

    t_s: Floats
    needed: Floats
    there: Floats


@dataclass(frozen=True, slots=True)
class Reservation:
    """Give the reservation in percent, and the target that it is kept at.  Arrays of shape (n,)."""

    t_s: Floats
    percent: Floats
    target: float


@dataclass(frozen=True, slots=True)
class Left:
    """Count what still runs an old release.  Arrays of shape (n,); each value holds until the next."""

    t_s: Floats
    left: Floats


def hosts_top(hosts: Hosts) -> float:
    """Find the most hosts ever needed or there."""
    return float(max(hosts.needed.max(initial=0.0), hosts.there.max(initial=0.0)))


def hosts_strip(
    hosts: Hosts,
    *,
    end_s: float,
    start_s: float = 0.0,
    top: float | None = None,
    scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
    has_ticks: bool = False,
) -> go.Figure:
    """Step both lines; dots fill what is missing, a flat grey what is there for nothing."""
    time_s, needed, there = stairs(hosts.t_s, hosts.needed * 1.0, hosts.there * 1.0, end_s=end_s, most=FEW)
    x, low = corners(time_s, there)
    high = corners(time_s, needed)[1]
    short_x, short_y = ribbon(x, low, np.maximum(high, low))
    spare_x, spare_y = ribbon(x, high, np.maximum(high, low))
    dots = hatch(REQUESTS["slow"], scale, opacity=0.7)
    dashed = {"color": tone("ink"), "width": scale.line_px * 0.7, "dash": "6px 4px", "shape": "hv"}
    solid = {"color": tone("serving"), "width": scale.line_px * 1.15, "shape": "hv"}
    nothing = {"width": 0}
    traces = [
        go.Scatter(x=spare_x, y=spare_y, fill="toself", fillcolor=tone("line"), line=nothing, name="spare", **DRAWN),
        go.Scatter(x=short_x, y=short_y, fill="toself", fillpattern=dots, line=nothing, name="short", **DRAWN),
        go.Scatter(x=time_s, y=needed, line=dashed, name="needed", **DRAWN),
        go.Scatter(x=time_s, y=there, line=solid, name="there", **DRAWN),
    ]
    return strip(
        traces, start_s=start_s, end_s=end_s, highest=hosts_top(hosts), top=top, scale=scale, signs=signs,
        has_ticks=has_ticks,
    )  # fmt: skip


def hosts_labels(hosts: Hosts, words: Mapping[str, str]) -> list[Label]:
    """Say how many hosts are needed and how many are there.  words: `needed`, `there`, and `…_name`."""
    return [
        Label(hosts.t_s, hosts.needed, hosts.needed, words["needed"], words["needed_name"]),
        Label(hosts.t_s, hosts.there, hosts.there, words["there"], words["there_name"], tone="t-serving"),
    ]


def reservation_top(reservation: Reservation) -> float:
    """Find the highest reservation; the target always has room."""
    return float(max(reservation.percent.max(initial=0.0), reservation.target))


def reservation_strip(
    reservation: Reservation,
    *,
    end_s: float,
    start_s: float = 0.0,
    top: float | None = None,
    scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
    unit: str = "{v}%",
    has_ticks: bool = False,
) -> go.Figure:
    """Step the reservation; the target is a dashed line across."""
    time_s, percent = stairs(reservation.t_s, reservation.percent, end_s=end_s, most=FEW * 2)
    target = [reservation.target, reservation.target]
    dashed = {"color": tone("ink"), "width": scale.line_px * 0.7, "dash": "6px 4px"}
    solid = {"color": tone("t-pending"), "width": scale.line_px * 1.15, "shape": "hv"}
    traces = [
        go.Scatter(x=[start_s, end_s], y=target, line=dashed, name="target", **DRAWN),
        go.Scatter(x=time_s, y=percent, line=solid, name="reservation", **DRAWN),
    ]
    return strip(
        traces, start_s=start_s, end_s=end_s, highest=reservation_top(reservation), top=top, scale=scale, signs=signs,
        unit=unit, has_ticks=has_ticks,
    )  # fmt: skip


def reservation_labels(reservation: Reservation, words: Mapping[str, str]) -> list[Label]:
    """Say the reservation and its target.  words: `percent`, `target`, and `…_name`."""
    target = np.full(reservation.t_s.size, reservation.target)
    return [
        Label(reservation.t_s, target, target, words["target"], words["target_name"], tone="ink2"),
        Label(reservation.t_s, reservation.percent, reservation.percent, words["percent"], words["percent_name"], tone="t-pending"),
    ]  # fmt: skip


def left_strip(
    left: Left,
    *,
    end_s: float,
    start_s: float = 0.0,
    top: float | None = None,
    scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
    has_ticks: bool = False,
) -> go.Figure:
    """Step what still runs the old release down to nothing."""
    time_s, count = stairs(left.t_s, left.left * 1.0, end_s=end_s, most=FEW * 2)
    x, y = corners(time_s, count)
    fill_x, fill_y = ribbon(x, np.zeros_like(y), y)
    hatched = hatch(REQUESTS["slow"], scale, opacity=0.7)
    solid = {"color": tone("t-pending"), "width": scale.line_px * 1.15, "shape": "hv"}
    traces = [
        go.Scatter(x=fill_x, y=fill_y, fill="toself", fillpattern=hatched, line={"width": 0}, name="area", **DRAWN),
        go.Scatter(x=time_s, y=count, line=solid, name="left", **DRAWN),
    ]
    return strip(
        traces, start_s=start_s, end_s=end_s, highest=float(left.left.max(initial=0.0)), top=top, scale=scale, signs=signs,
        has_ticks=has_ticks,
    )  # fmt: skip


def left_labels(left: Left, words: Mapping[str, str]) -> list[Label]:
    """Say how many are left.  words: `left` and `left_name`."""
    return [Label(left.t_s, left.left, left.left, words["left"], words["left_name"], tone="t-pending")]


# --- money against errors --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Offer:
    """One way to buy hosts: what an hour of it costs, and for how long users saw errors.  is_yours: what the reader has set."""

    name: str
    usd_per_h: float
    error_s: float
    is_yours: bool = False


def lettered(offers: Sequence[Offer]) -> dict[str, Offer]:
    """Give each way a letter, the cheapest first."""
    ranked = sorted(offers, key=lambda offer: (offer.usd_per_h, offer.error_s))
    return dict(zip(ascii_uppercase, ranked, strict=False))


def trade(
    offers: Sequence[Offer], words: Mapping[str, str], signs: Signs = ENGLISH, scale: Scale = LAPTOP
) -> go.Figure:
    """Draw each way as a point with its letter: cheap is left, calm is low.  words: `x` names the cost; the chart's own title names the errors.

    Ways that fall on one spot share a point and stand in it side by side.
    """
    x_ticks, y_ticks = ticks(max(offer.usd_per_h for offer in offers)), ticks(max(offer.error_s for offer in offers))
    wide, high = float(x_ticks[-1]) * 1.12, float(y_ticks[-1]) * 1.16
    spots: list[dict[str, Offer]] = []
    for letter, offer in lettered(offers).items():
        here = next((spot for spot in spots if _touch(next(iter(spot.values())), offer, wide, high)), None)
        if here is None:
            spots.append({letter: offer})
        else:
            here[letter] = offer
    axis = {
        "showline": False, "fixedrange": True, "ticks": "", "color": tone("ink3"), "gridcolor": tone("line"), "gridwidth": 0.8,
        "zeroline": True, "zerolinecolor": tone("line"), "zerolinewidth": 1.2, "tickfont": {"size": scale.tick_px},
    }  # fmt: skip
    digits = digits_of(x_ticks)
    return go.Figure(
        [_point(spot, scale) for spot in spots],
        go.Layout(
            template=go.layout.Template(), paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", showlegend=False,
            font={"family": FONT, "size": scale.label_px, "color": tone("ink3")}, hovermode=False, dragmode=False,
            margin={"l": 46, "r": 24, "t": 14, "b": 52, "pad": 0},
            annotations=[{
                "text": words["x"], "x": 1, "y": 0, "yshift": -36, "xanchor": "right", "xref": "paper", "yref": "paper",
                "showarrow": False, "font": {"size": scale.label_px, "color": tone("ink2")},
            }],
            xaxis=axis | {
                "range": [0, wide], "tickvals": x_ticks,
                "ticktext": [written(value, digits if value % 1 else 0, signs) for value in x_ticks],
            },
            yaxis=axis | {
                "range": [-high * 0.08, high], "tickvals": y_ticks,
                "ticktext": [written(value, 0, signs) for value in y_ticks],
            },
        ),
    )  # fmt: skip


def _touch(one: Offer, other: Offer, wide: float, high: float) -> bool:
    """Say whether two points would lie upon each other."""
    return abs(one.usd_per_h - other.usd_per_h) < wide * 0.03 and abs(one.error_s - other.error_s) < high * 0.06


def _point(spot: Mapping[str, Offer], scale: Scale) -> go.Scatter:
    """Draw a point: a disc with its letters; the reader's own is a square, and only outlined."""
    first, is_yours = next(iter(spot.values())), any(offer.is_yours for offer in spot.values())
    return go.Scatter(
        x=[first.usd_per_h], y=[first.error_s], mode="markers+text", text=["".join(spot)], textposition="middle center",
        marker={
            "size": 24 + 7 * (len(spot) - 1), "symbol": "square" if is_yours else "circle",
            "color": tone("surface" if is_yours else "accent"), "line": {"width": 2.4, "color": tone("accent")},
        },
        textfont={"size": scale.label_px, "color": tone("accent" if is_yours else "onaccent"), "weight": 650},
        cliponaxis=False, hoverinfo="skip", name=", ".join(offer.name for offer in spot.values()),
    )  # fmt: skip
