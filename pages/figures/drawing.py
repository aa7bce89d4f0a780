"""Drawings: the strips of a run as plain SVG, for a page without scripts. Same columns, colours and patterns as the Plotly ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape
from math import isnan

import numpy as np

from pages.figures.axes import (
    ENGLISH,
    HEADROOM,
    Signs,
    clock_text,
    corners,
    digits_of,
    ribbon,
    stairs,
    ticks,
    time_ticks,
    written,
)
from pages.figures.columns import Requests, Tasks
from pages.figures.requests import requests_top
from pages.figures.samples import Floats, thinned
from pages.figures.tasks import tasks_top
from pages.figures.theme import REQUESTS, Theme, tokens, tone

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 520.0, 150.0, 46.0, 10.0, 12.0, 24.0
POINTS, MOST_MOMENTS = 400, 6


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as SVG text; a notebook shows it as it is."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment that is named: when, s, and what happened."""

    at_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Paper:
    """Where a picture is drawn: what it says to a reader, its spans, how numbers are written, and whose colours.

    title: for who cannot see it. name: its own among the pictures of a page. top: the highest value to make room for.
    theme: none = the colours are looked up by the page that holds the picture.
    """

    title: str
    name: str
    end_s: float
    top: float
    signs: Signs = field(default_factory=lambda: ENGLISH)
    theme: Theme | None = None
    marks: Sequence[Mark] = ()

    def x(self, time_s: Floats | float) -> Floats:
        """Place moments, px."""
        return np.asarray(LEFT + np.asarray(time_s) / self.end_s * (WIDTH - LEFT - RIGHT), dtype=np.float64)

    def y(self, value: Floats | float) -> Floats:
        """Place values, px."""
        room = HEIGHT - TOP - BOTTOM
        return np.asarray(HEIGHT - BOTTOM - np.asarray(value) / ((self.top or 1.0) * HEADROOM) * room, dtype=np.float64)

    def tone(self, name: str) -> str:
        """Write a colour by its meaning."""
        return tone(name) if self.theme is None else tokens(self.theme)[name]


def requests_drawing(requests: Requests, paper: Paper) -> Drawing:
    """Stack ok, slow, failed and refused requests; the line is what was answered in time."""
    columns = {name: np.asarray(getattr(requests, f"{name}_per_s"), dtype=np.float64) for name in REQUESTS}
    kept = thinned(list(columns.values()), POINTS)
    time_s, below = requests.t_s[kept], np.zeros(kept.size)
    parts = []
    for name, column in columns.items():
        edge = below + column[kept]
        if name == "ok":
            parts.append(_shape(paper, *_closed(time_s, below, edge), fill=paper.tone(REQUESTS[name].fill)))
        elif column.any():
            parts.append(_shape(paper, *ribbon(time_s, below, edge), fill=f"url(#{paper.name}-{name})"))
        below = edge
    parts.append(_line(paper, time_s, columns["ok"][kept], paper.tone("ok-line")))
    return _framed(paper, parts)


def tasks_drawing(tasks: Tasks, paper: Paper) -> Drawing:
    """Step what is wanted, dashed, and what serves; fill what is missing with the dots of waiting."""
    time_s, wanted, running = stairs(tasks.t_s, tasks.wanted * 1.0, tasks.running * 1.0, end_s=paper.end_s, most=POINTS)
    x, low = corners(time_s, running)
    high = np.maximum(corners(time_s, wanted)[1], low)
    return _framed(paper, [
        _shape(paper, *ribbon(x, low, high), fill=f"url(#{paper.name}-slow)"),
        _line(paper, x, corners(time_s, wanted)[1], paper.tone("ink"), dash="6 4"),
        _line(paper, x, low, paper.tone("serving")),
    ])  # fmt: skip


def requests_high(columns: Sequence[Requests]) -> float:
    """Find the highest rate of several runs, so that their pictures share a scale."""
    return max((requests_top(one) for one in columns), default=0.0)


def tasks_high(columns: Sequence[Tasks]) -> float:
    """Find the most tasks of several runs."""
    return max((tasks_top(one) for one in columns), default=0.0)


def _closed(time_s: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    return np.concatenate([time_s, time_s[::-1]]), np.concatenate([low, high[::-1]])


def _path(paper: Paper, x: Floats, y: Floats) -> str:
    """Write corners as a path; a gap (NaN) begins another part."""
    said, begins = [], True
    for across, up in zip(paper.x(x).tolist(), paper.y(y).tolist(), strict=True):
        if isnan(across) or isnan(up):
            begins = True
            continue
        said.append(f"{'M' if begins else 'L'}{across:.1f} {up:.1f}")
        begins = False
    return "".join(said)


def _shape(paper: Paper, x: Floats, y: Floats, *, fill: str) -> str:
    return f'<path d="{_path(paper, x, y)}" fill="{fill}" fill-rule="nonzero"/>' if x.size else ""


def _line(paper: Paper, x: Floats, y: Floats, colour: str, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{_path(paper, x, y)}" fill="none" stroke="{colour}" stroke-width="1.8"{dashed}/>'


def _framed(paper: Paper, parts: Sequence[str]) -> Drawing:
    """Put axes, marks and patterns around what was drawn."""
    floor, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    values = ticks(paper.top)
    digits = digits_of(values)
    grid = "".join(
        f'<path d="M{LEFT:g} {up:.1f}H{right:g}" stroke="{paper.tone("line")}" stroke-width="0.8"/>'
        f'<text x="{LEFT - 6:g}" y="{up + 4:.1f}" text-anchor="end">{escape(written(value, digits if value % 1 else 0, paper.signs))}</text>'
        for value, up in zip(values.tolist(), paper.y(values).tolist(), strict=True)
    )
    moments = time_ticks(0.0, paper.end_s, MOST_MOMENTS)
    clock = "".join(
        f'<text x="{across:.1f}" y="{floor + 17:g}" text-anchor="{"start" if moment == 0 else "middle"}">{clock_text(moment)}</text>'
        for moment, across in zip(moments.tolist(), paper.x(moments).tolist(), strict=True)
        if across < right - 12
    )
    marks = "".join(
        f'<path d="M{float(paper.x(mark.at_s)):.1f} {TOP - 6:g}V{floor:g}" stroke="{paper.tone("ink3")}" stroke-width="1"><title>{escape(mark.text)}</title></path>'
        for mark in paper.marks
        if mark.at_s <= paper.end_s
    )
    return Drawing(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="100%" role="img" '
        f'aria-label="{escape(paper.title)}" font-size="12" font-family="Quayside Sans, sans-serif" fill="{paper.tone("ink3")}">'
        f"<title>{escape(paper.title)}</title><defs>{_patterns(paper)}</defs>{grid}{''.join(parts)}{marks}{clock}</svg>"
    )


def _patterns(paper: Paper) -> str:
    """Draw what tells the kinds of trouble apart without colour: dots, a hatch, and the hatch the other way."""
    marks = {
        "slow": '<circle cx="2.5" cy="2.5" r="1.1" fill="{fill}"/>',
        "failed": '<path d="M-1 6L6 -1M-1 1L1 -1M4 6L6 4" stroke="{fill}" stroke-width="1.6"/>',
        "refused": '<path d="M-1 -1L6 6M4 -1L6 1M-1 4L1 6" stroke="{fill}" stroke-width="1.6"/>',
    }
    return "".join(
        f'<pattern id="{paper.name}-{name}" width="5" height="5" patternUnits="userSpaceOnUse">'
        f'<rect width="5" height="5" fill="{paper.tone(REQUESTS[name].under)}"/>{mark.format(fill=paper.tone(REQUESTS[name].fill))}</pattern>'
        for name, mark in marks.items()
    )
