"""The roll-out lab's strips: which part of the requests meets the new version, and how many have gone wrong so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, ribbon, strip
from pages.figures.labels import Label
from pages.figures.samples import MOST_POINTS, Floats, thinned
from pages.figures.theme import LAPTOP, REQUESTS, Scale, hatch, tone

DRAWN = {"mode": "lines", "hoverinfo": "skip"}
WHOLE = 100.0
FEWEST = 4.0


@dataclass(frozen=True, slots=True)
class Share:
    """The part of the requests that the new version works on, in percent.  Arrays of shape (n,)."""

    t_s: Floats
    percent: Floats


@dataclass(frozen=True, slots=True)
class Bad:
    """Requests that have failed so far.  Arrays of shape (n,)."""

    t_s: Floats
    failed: Floats


def share_strip(
    share: Share, *, end_s: float, start_s: float = 0.0, top: float | None = None, scale: Scale = LAPTOP, signs: Signs = ENGLISH,
    unit: str = "{v}%", has_ticks: bool = False,
) -> go.Figure:  # fmt: skip
    """Fill the new version's part, hatched as its tasks are; the rest up to the whole is the old one's, flat."""
    kept = thinned([share.percent], MOST_POINTS // 2 - 10)
    time_s, part = share.t_s[kept], share.percent[kept]
    whole = np.full_like(part, WHOLE)
    stripes = {
        "shape": "/",
        "size": scale.hatch_px,
        "solidity": 0.3,
        "fgcolor": tone("serving"),
        "bgcolor": tone("sunk"),
    }
    areas = []
    for name, (low, high), fill in (
        ("new", (np.zeros_like(part), part), {"fillpattern": stripes}),
        ("old", (part, whole), {"fillcolor": tone("ok-area")}),
    ):
        x, y = ribbon(time_s, low, high)
        areas.append(go.Scatter(x=x, y=y, fill="toself", line={"width": 0}, name=name, **fill, **DRAWN))
    line = {"color": tone("serving"), "width": scale.line_px}
    edge = go.Scatter(x=time_s, y=part, line=line, name="share", **DRAWN)
    return strip(
        [*areas, edge], start_s=start_s, end_s=end_s, highest=WHOLE, top=top, scale=scale, signs=signs, unit=unit, has_ticks=has_ticks,
    )  # fmt: skip


def share_labels(share: Share, words: Mapping[str, str]) -> list[Label]:
    """Say how much the new version has.  words: `new`, `new_name`."""
    height = np.clip(share.percent, 12, 92)
    return [Label(share.t_s, share.percent, height, words["new"], words["new_name"], tone="t-serving")]


def bad_top(bad: Bad) -> float:
    """Find how many failed in all; where hardly any did, the axis still counts whole requests."""
    return float(max(bad.failed.max(initial=0.0), FEWEST))


def bad_strip(
    bad: Bad, *, end_s: float, start_s: float = 0.0, top: float | None = None, scale: Scale = LAPTOP, signs: Signs = ENGLISH,
    has_ticks: bool = False,
) -> go.Figure:  # fmt: skip
    """Climb by each request that failed: steep where it hurts, level once it is over."""
    kept = thinned([bad.failed], MOST_POINTS // 2 - 10)
    time_s, failed = bad.t_s[kept], bad.failed[kept]
    x, y = ribbon(time_s, np.zeros_like(failed), failed)
    area = go.Scatter(
        x=x, y=y, fill="toself", fillpattern=hatch(REQUESTS["failed"], scale), line={"width": 0}, name="bad", **DRAWN
    )
    line = {"color": tone("lost"), "width": scale.line_px}
    edge = go.Scatter(x=time_s, y=failed, line=line, name="bad line", **DRAWN)
    return strip(
        [area, edge],
        start_s=start_s,
        end_s=end_s,
        highest=bad_top(bad),
        top=top,
        scale=scale,
        signs=signs,
        has_ticks=has_ticks,
    )


def bad_labels(bad: Bad, words: Mapping[str, str]) -> list[Label]:
    """Say how many so far.  words: `bad`, `bad_name`."""
    return [Label(bad.t_s, bad.failed, bad.failed, words["bad"], words["bad_name"], tone="t-lost")]
