"""Calibration: how sure people were, against how often they were right. On the diagonal one knows what one knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from pages.figures.axes import strip
from pages.figures.theme import LAPTOP, Scale, tone

FROM, TO = 47.0, 103.0  # percent: certainty begins at a coin's
DOT_PX = 8
MOST_PX = 22


@dataclass(frozen=True, slots=True)
class Dot:
    """Answers of about the same certainty. said, was, least, most: percent; text: how many they are, as it is written."""

    said: float
    was: float
    least: float
    most: float
    n: int
    text: str


def calibration_figure(
    dots: Sequence[Dot], *, percents: Sequence[tuple[float, str]], even: str, scale: Scale = LAPTOP
) -> go.Figure:
    """Draw a dot for each certainty, larger for more answers, with the 95 % interval as its whisker.

    percents: values that are written on both axes. even: what is written along the diagonal.
    """
    traces = [
        go.Scatter(
            x=[50, 100], y=[50, 100], mode="lines", hoverinfo="skip",
            line={"width": scale.line_px * 0.8, "color": tone("line2"), "dash": "6px 4px"}, name="even",
        )
    ]  # fmt: skip
    for dot in dots:
        line = {"width": scale.line_px, "color": tone("serving")}
        size = min(MOST_PX, DOT_PX + 2 * dot.n**0.5)
        traces += [
            go.Scatter(x=[dot.said] * 2, y=[dot.least, dot.most], mode="lines", hoverinfo="skip", line=line),
            go.Scatter(
                x=[dot.said], y=[dot.was], mode="markers", hoverinfo="skip", cliponaxis=False,
                marker={"size": size, "color": tone("serving"), "line": {"width": 1.5, "color": tone("surface")}},
            ),
        ]  # fmt: skip
    font = {"size": scale.label_px, "color": tone("ink2")}
    notes = [
        {"x": dot.said, "y": dot.most, "text": dot.text, "showarrow": False, "yanchor": "bottom", "font": font}
        for dot in dots
    ]
    notes.append(
        {"x": 56, "y": 50, "text": even, "showarrow": False, "xanchor": "left", "yanchor": "top", "font": font}
    )
    figure = strip(traces, start_s=FROM, end_s=TO, highest=112, top=112, scale=scale, has_ticks=True)
    values, texts = [value for value, _ in percents], [text for _, text in percents]
    across = [(value, text) for value, text in percents if value >= 50]
    figure.update_xaxes(tickvals=[value for value, _ in across], ticktext=[text for _, text in across])
    figure.update_yaxes(range=[0, 112], tickvals=values, ticktext=texts, showticklabels=True)
    return figure.update_layout(annotations=notes, margin={"r": 16, "l": max(scale.left_px, 56)})
