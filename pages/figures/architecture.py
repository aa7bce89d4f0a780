"""Architecture's figures: a quantity by formula and as measured, and what an hour costs as modules leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, strip, written
from pages.figures.labels import Label
from pages.figures.samples import MOST_POINTS, Floats, thinned
from pages.figures.theme import LAPTOP, SERIES, Scale, tone

MOST_DOTS = 16
# Two cuts, in the colours that the batch lab's train and pipelines have: red is for what is lost.
ONE, MANY = (f"ty-{SERIES[n].key}" for n in (1, 0))


@dataclass(frozen=True, slots=True)
class Drawn:
    """One curve in the axis's own unit. Shapes (n,): where, by the formula (NaN where there is none), measured, its interval.

    name: its word; colour: its colour's name.
    """

    x: Floats
    theory: Floats
    mean: Floats
    low: Floats
    high: Floats
    name: str
    colour: str
    dash: str = "solid"


def measured_figure(
    drawn: Sequence[Drawn], *, now: int, unit: str = "{v}", whole: Sequence[int] = (), scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Draw formulas as lines and what was measured as dots with their intervals; the reader's own place stands out.

    now: where the reader stands on the axis. whole: the numbers that are written there; none = 1, 10, 20 and on. A curve without a formula is drawn through its dots.
    """
    traces: list[go.Scatter] = []
    notes, highest = [], 0.0
    last = float(drawn[0].x[-1])
    for one in drawn:
        x, mean, low, high, colour = one.x, one.mean, one.low, one.high, tone(one.colour)
        line = np.where(np.isnan(one.theory), mean, one.theory)
        highest = max(highest, float(np.nanmax(line)), float(mean.max()))
        traces.append(
            go.Scatter(
                x=x, y=line, mode="lines", hoverinfo="skip", name=one.name,
                line={"color": colour, "width": scale.line_px, "dash": one.dash},
            )
        )  # fmt: skip
        at = np.unique(np.linspace(0, len(x) - 1, min(len(x), MOST_DOTS)).round().astype(int))
        bars = {
            "type": "data", "symmetric": False, "array": np.abs(high - mean)[at], "arrayminus": np.abs(mean - low)[at],
            "color": colour, "thickness": 1.2, "width": 3,
        }  # fmt: skip
        traces.append(
            go.Scatter(
                x=x[at], y=mean[at], mode="markers", hoverinfo="skip", error_y=bars, cliponaxis=False,
                marker={"color": tone("surface"), "size": 6, "line": {"color": colour, "width": 1.6}},
            )
        )  # fmt: skip
        notes.append(_note(last, float(line[-1]), one.name, colour))
    figure = strip(
        traces, start_s=float(drawn[0].x[0]), end_s=last, highest=highest, scale=scale, signs=signs, unit=unit,
        has_ticks=True,
    )  # fmt: skip
    return _placed(figure, now, notes, last, signs, whole)


def bills_figure(
    x: Floats, tasks: Floats, calls: Floats, *, now: int, words: Sequence[str], unit: str, scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Stack what an hour costs by the number of services: the tasks, and the calls between zones. words: both names."""
    look = {"width": 0.62, "hoverinfo": "skip", "cliponaxis": False}
    bars = [
        go.Bar(x=x, y=tasks, marker={"color": tone("ok-area"), "line": {"color": tone("serving"), "width": 1.2}}, **look),
        go.Bar(
            x=x, y=calls, base=tasks, marker={"color": tone("pending-soft"), "line": {"color": tone("pending"), "width": 1.2},
                                              "pattern": {"shape": ".", "fgcolor": tone("pending"), "size": 5}}, **look,
        ),
    ]  # fmt: skip
    highest = float((tasks + calls).max())
    figure = strip(
        bars, start_s=0.4, end_s=float(x[-1]) + 0.6, highest=highest, scale=scale, signs=signs, unit=unit, digits=2,
        has_ticks=True,
    )  # fmt: skip
    figure.update_layout(barmode="overlay")
    # Where few services are, the bars are low: the words stand above them.
    notes = [
        _word(0.97, words[1], tone("t-pending")),
        _word(0.85, words[0], tone("t-serving")),
    ]
    return _placed(figure, now, notes, float(x[-1]), signs, whole=tuple(int(n) for n in x))


def _placed(
    figure: go.Figure, now: float, notes: list[dict[str, object]], last: float, signs: Signs,
    whole: Sequence[int] = (),
) -> go.Figure:  # fmt: skip
    """Mark the reader's own place, and write the axis in whole numbers."""
    ticks = whole or sorted({1, *range(10, int(last) + 1, 10)})
    figure.update_xaxes(tickvals=list(ticks), ticktext=[written(tick, 0, signs) for tick in ticks])
    line = {"color": tone("ink"), "width": 1.4, "dash": "3px 3px"}
    here = {"type": "line", "x0": now, "x1": now, "y0": 0, "y1": 1, "yref": "paper", "line": line, "layer": "below"}
    return figure.update_layout(annotations=notes, shapes=[here])


def _note(x: float, y: float, text: str, colour: str) -> dict[str, object]:
    """Write a word above the end of a line, clear of what stands at the very end: an interval, or the reader's own place."""
    return {
        "x": x, "y": y, "text": text, "showarrow": False, "xanchor": "right", "yanchor": "bottom", "yshift": 4, "xshift": -9,
        "font": {"color": colour}, "align": "right",
    }  # fmt: skip


def _word(y: float, text: str, colour: str) -> dict[str, object]:
    """Write a word in the upper left corner. y: share of the plot's height."""
    return {
        "x": 0.015, "y": y, "xref": "paper", "yref": "paper", "text": text, "showarrow": False, "xanchor": "left",
        "yanchor": "top", "font": {"color": colour},
    }  # fmt: skip


# --- lines over time ---------------------------------------------------------------------------------------------------

LINES = (
    ("lost", "solid"),
    ("serving", "6px 3px"),
    ("pending", "2px 3px"),
    ("draining", "10px 3px"),
    ("ink3", "8px 2px 3px 2px"),
)


@dataclass(frozen=True, slots=True)
class Lines:
    """Several quantities over time. t_s: shape (n,); rows: by name, of the same shape."""

    t_s: Floats
    rows: Mapping[str, Floats]


def _looks(lines: Lines) -> Iterator[tuple[str, str]]:
    """Give each line its look; one alone is ink: nothing is wrong with it by itself."""
    return cycle(LINES) if len(lines.rows) > 1 else cycle((("ink", "solid"),))


def lines_top(lines: Lines) -> float:
    """Find the highest value of all."""
    return float(max((row.max(initial=0.0) for row in lines.rows.values()), default=0.0))


def lines_strip(
    lines: Lines, *, end_s: float, least: float, unit: str = "{v}", top: float | None = None, scale: Scale = LAPTOP,
    signs: Signs = ENGLISH, has_ticks: bool = False,
) -> go.Figure:  # fmt: skip
    """Draw each quantity with a colour and a dash of its own. least: the axis goes up to here at any rate."""
    kept = thinned(list(lines.rows.values()), MOST_POINTS // 2) if lines.rows else np.arange(0)
    traces = [
        go.Scatter(
            x=lines.t_s[kept], y=row[kept], mode="lines", name=name, hoverinfo="skip",
            line={"color": tone(colour), "width": scale.line_px, "dash": dash},
        )
        for (name, row), (colour, dash) in zip(lines.rows.items(), _looks(lines), strict=False)
    ]  # fmt: skip
    return strip(
        traces, start_s=0.0, end_s=end_s, highest=max(lines_top(lines), least), top=top, scale=scale, signs=signs, unit=unit,
        has_ticks=has_ticks,
    )  # fmt: skip


def lines_labels(lines: Lines, names: Mapping[str, str], text: str) -> list[Label]:
    """Name each line at the playhead. names: by the rows' names; text: such as "{v}% {name}", its `{v}` left for the clock."""
    return [
        Label(
            t=lines.t_s, v=row, y=row, text=text.replace("{name}", names[name]), name=names[name], tone=_TEXTS.get(colour, colour),
            hides_zero=len(lines.rows) > 1, digits=0 if len(lines.rows) > 1 else 1,
        )
        for (name, row), (colour, _) in zip(lines.rows.items(), _looks(lines), strict=False)
    ]  # fmt: skip


_TEXTS = {"lost": "t-lost", "serving": "t-serving", "pending": "t-pending", "draining": "t-draining"}


# --- the hot part ------------------------------------------------------------------------------------------------------


def heat_figure(
    factors: Floats, usd: Sequence[Floats], dots: Sequence[Sequence[tuple[float, float]]], *, words: Sequence[str], unit: str,
    scale: Scale = LAPTOP, signs: Signs = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Draw what an hour costs by the load, cut by cut: lines for the rule, dots where it was run. words: each cut's name."""
    looks = ((ONE, "6px 3px"), (MANY, "solid"))
    traces, notes = [], []
    for line, runs, word, (colour, dash) in zip(usd, dots, words, looks, strict=True):
        traces.append(
            go.Scatter(
                x=factors, y=line, mode="lines", hoverinfo="skip", name=word,
                line={"color": tone(colour), "width": scale.line_px, "dash": dash},
            )
        )  # fmt: skip
        x, y = zip(*runs, strict=True)
        look = {"color": tone(colour), "size": 10, "line": {"width": 2, "color": tone("surface")}}
        traces.append(go.Scatter(x=list(x), y=list(y), mode="markers", marker=look, hoverinfo="skip", cliponaxis=False))
        notes.append(_note(float(factors[-1]), float(line[-1]), word, tone(_TEXTS.get(colour, colour))))
    highest = max(float(line.max()) for line in usd)
    figure = strip(
        traces, start_s=float(factors[0]), end_s=float(factors[-1]), highest=highest, scale=scale, signs=signs, unit=unit,
        digits=2, has_ticks=True,
    )  # fmt: skip
    ticks = (1, 5, 10, 15, 20)
    figure.update_xaxes(tickvals=list(ticks), ticktext=[f"{tick}×" for tick in ticks])
    return figure.update_layout(annotations=notes)
