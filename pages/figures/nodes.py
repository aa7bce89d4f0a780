"""Nodes: each one's life as a bar, from its order to its end; and the vCPU that are wanted beside those that are paid for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, clock_text, time_ticks
from pages.figures.fleet import Hosts, hosts_strip
from pages.figures.labels import Label
from pages.figures.samples import Floats
from pages.figures.theme import FONT, LAPTOP, Scale, tone

ROW_PX = 19
MOST_ROWS = 26
NAMES_PX = 132  # room for "a12 · m5.24xlarge"


@dataclass(frozen=True, slots=True)
class Bar:
    """One node's life.  Seconds.  name: how its row is called.  ready_s, drained_s: none where that never was.

    idle: spans in which nobody needed it.  goes: it is gone at end_s; else the run ends there.
    """

    name: str
    asked_s: float
    ready_s: float | None
    drained_s: float | None
    end_s: float
    goes: bool
    idle: tuple[tuple[float, float], ...] = ()


def lives_height_px(bars: Sequence[Bar]) -> int:
    """Say how high the figure stands: a row for each node, and the axis."""
    return ROW_PX * min(len(bars), MOST_ROWS) + 52


def life_bars(
    bars: Sequence[Bar], *, end_s: float, start_s: float = 0.0, scale: Scale = LAPTOP, more: str = ""
) -> go.Figure:
    """Draw a row for each node: outlined while it boots, solid while it is there, hatched while nobody needs it, then draining.

    The first stand above.  Of more than fit, the last are left out; `more` says how many.
    """
    shown = list(bars[:MOST_ROWS])
    rows = np.arange(len(shown))[::-1].astype(float)
    moments = time_ticks(start_s, end_s, scale.most_moments)
    axis = {
        "showgrid": False,
        "showline": False,
        "fixedrange": True,
        "ticks": "",
        "color": tone("ink3"),
        "zeroline": False,
    }
    note = [{"text": more, "x": 1, "y": 0, "xref": "paper", "yref": "paper", "xanchor": "right", "yanchor": "bottom",
             "showarrow": False, "font": {"size": scale.label_px, "color": tone("ink2")}}] if more else []  # fmt: skip
    return go.Figure(
        [*_traces(shown, rows, scale)],
        go.Layout(
            template=go.layout.Template(), paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", showlegend=False,
            font={"family": FONT, "size": scale.label_px, "color": tone("ink3")}, hovermode=False, dragmode=False,
            barmode="overlay", bargap=0.3, annotations=note,
            margin={"l": NAMES_PX, "r": scale.right_px, "t": scale.top_px, "b": scale.bottom_px, "pad": 0},
            xaxis=axis | {
                "range": [start_s, end_s], "tickvals": moments, "ticktext": [clock_text(moment) for moment in moments],
                "tickfont": {"size": scale.tick_px}, "tickangle": 0, "ticklabelstandoff": 4,
            },
            yaxis=axis | {
                "range": [-0.7, max(len(shown) - 0.3, 0.7)], "tickvals": rows, "ticktext": [bar.name for bar in shown],
                "tickfont": {"size": scale.tick_px, "color": tone("ink2")}, "ticklabelstandoff": 6,
            },
        ),
    )  # fmt: skip


def _traces(bars: Sequence[Bar], rows: Floats, scale: Scale) -> list[go.Bar]:
    """Make one trace for each state."""
    spans: dict[str, list[tuple[float, float, float]]] = {"boots": [], "there": [], "idle": [], "drains": []}
    for bar, row in zip(bars, rows, strict=True):
        ready = bar.end_s if bar.ready_s is None else bar.ready_s
        drained = bar.end_s if bar.drained_s is None else max(bar.drained_s, ready)
        spans["boots"].append((row, bar.asked_s, ready))
        spans["there"].append((row, ready, drained))
        spans["drains"].append((row, drained, bar.end_s))
        spans["idle"] += [(row, max(start, ready), min(end, drained)) for start, end in bar.idle]
    outline = {"color": tone("starting"), "width": 1.4}
    looks = {
        "boots": {"color": "rgba(0,0,0,0)", "line": outline},
        "there": {"color": tone("serving"), "line": {"width": 0}},
        "drains": {"color": tone("draining"), "line": {"width": 0}},
        "idle": {
            "color": tone("sunk"), "line": {"width": 1, "color": tone("serving")},
            "pattern": {"shape": "/", "size": scale.hatch_px, "solidity": 0.3, "fgcolor": tone("serving"), "bgcolor": tone("sunk")},
        },
    }  # fmt: skip
    return [_bars(name, [span for span in some if span[2] > span[1]], looks[name]) for name, some in spans.items()]


def _bars(name: str, spans: Sequence[tuple[float, float, float]], look: Mapping[str, object]) -> go.Bar:
    return go.Bar(
        y=[row for row, _, _ in spans], base=[start for _, start, _ in spans], x=[end - start for _, start, end in spans],
        orientation="h", name=name, marker=dict(look), hoverinfo="skip", width=0.64,
    )  # fmt: skip


def lives_labels(at_s: Floats, nodes: Floats, words: Mapping[str, str]) -> list[Label]:
    """Say how many nodes are paid for.  words: `nodes` and `nodes_name`."""
    return [Label(at_s, nodes, np.zeros_like(nodes), words["nodes"], words["nodes_name"], tone="t-serving")]


# --- vCPU ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Vcpu:
    """vCPU that pods want, and vCPU that are paid for.  Arrays of shape (n,); each value holds until the next."""

    t_s: Floats
    wanted: Floats
    bought: Floats


def vcpu_strip(
    found: Vcpu,
    *,
    end_s: float,
    start_s: float = 0.0,
    top: float | None = None,
    scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
    has_ticks: bool = False,
) -> go.Figure:
    """Step both lines; dots fill what waits for a node, a flat grey what is paid for nothing."""
    columns = Hosts(found.t_s, found.wanted, found.bought)
    return hosts_strip(columns, end_s=end_s, start_s=start_s, top=top, scale=scale, signs=signs, has_ticks=has_ticks)


def vcpu_labels(found: Vcpu, words: Mapping[str, str]) -> list[Label]:
    """Say how many vCPU are wanted and how many are paid for.  words: `wanted`, `bought`, and `…_name`."""
    return [
        Label(found.t_s, found.wanted, found.wanted, words["wanted"], words["wanted_name"]),
        Label(found.t_s, found.bought, found.bought, words["bought"], words["bought_name"], tone="t-serving"),
    ]
