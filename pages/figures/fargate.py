"""Fargate's figures: launches then and today, the bucket they drain, what an agent, a short task and a full host cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from pages.figures.axes import ENGLISH, Signs, strip, written
from pages.figures.samples import Floats
from pages.figures.theme import LAPTOP, Scale, tone

EC2, FARGATE = "ty-ecs-ec2", "ty-ecs-fargate"
DASH = "6px 3px"
TONES = {"talk": "ink3", "today": "serving"}


@dataclass(frozen=True, slots=True)
class Launched:
    """Launches of one era. Shapes (n,): seconds, tasks launched, tasks running, launches left in the bucket."""

    at_s: Floats
    launched: Floats
    running: Floats
    level: Floats
    done_s: float
    name: str


def launches_figure(
    eras: Mapping[str, Launched], *, end_s: float, scale: Scale = LAPTOP, signs: Signs = ENGLISH
) -> go.Figure:
    """Draw, for each era, what was launched (dashed) and what runs (solid), with the moment at which the last one runs."""
    traces, notes = [], []
    highest = max(float(one.launched.max()) for one in eras.values())
    slowest = max(eras.values(), key=lambda one: one.done_s)
    for era, one in eras.items():
        colour = tone(TONES[era])
        line = {"color": colour, "shape": "hv"}
        traces += [
            _line(one.at_s, one.launched, line | {"width": scale.line_px * 0.6, "dash": "4px 3px"}),
            _line(one.at_s, one.running, line | {"width": scale.line_px * 1.15}),
        ]
        notes.append(_done_note(one, colour, end_s, highest, is_slow=one is slowest))
    figure = strip(traces, start_s=0, end_s=end_s, highest=highest, scale=scale, signs=signs, has_ticks=True)
    return figure.update_layout(annotations=notes)


def bucket_figure(
    eras: Mapping[str, Launched], *, end_s: float, scale: Scale = LAPTOP, signs: Signs = ENGLISH
) -> go.Figure:
    """Draw what is left in each era's bucket: launches that would go at once."""
    traces, highest = [], 1.0
    for era, one in eras.items():
        highest = max(highest, float(one.level.max()))
        line = {"color": tone(TONES[era]), "width": scale.line_px * 1.15}
        if era == "talk":
            line["dash"] = DASH
        traces.append(_line(one.at_s, one.level, line))
    return strip(traces, start_s=0, end_s=end_s, highest=highest, scale=scale, signs=signs, has_ticks=True)


def agents_figure(
    tasks: Floats, daemon: Floats, sidecar: Floats, *, cross: int | None, words: Mapping[str, str], unit: str,
    scale: Scale = LAPTOP, signs: Signs = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Draw what an agent costs each task: a daemon's share falls as a host fills, a side-car's stays.

    words: daemon, sidecar, cross.
    """
    highest = float(np.nanmax(np.concatenate([daemon[:1], sidecar])))
    first, last = float(tasks[0]), float(max(tasks[-1], tasks[0] + 1))
    solid, dashed = (
        {"color": tone(EC2), "width": scale.line_px},
        {"color": tone(FARGATE), "width": scale.line_px, "dash": DASH},
    )
    traces = [_line(tasks, daemon, solid | {"shape": "spline", "smoothing": 0.4}), _line(tasks, sidecar, dashed)]
    notes = [_end_note(tasks, daemon, words["daemon"], EC2)]
    if np.isfinite(sidecar).all():
        notes.append(_end_note(tasks, sidecar, words["sidecar"], FARGATE))
    figure = strip(
        traces, start_s=first, end_s=last, highest=highest, scale=scale, signs=signs, unit=unit, digits=4, has_ticks=True
    )  # fmt: skip
    _ticks(figure, _whole_ticks(first, last), signs)
    return _crossed(
        figure,
        None if cross is None else float(cross),
        float(sidecar[0]),
        words["cross"],
        notes,
        at=highest * 0.75 if cross and cross > 1 else highest * 0.5,
    )


def short_figure(
    work_s: Floats, usd: Floats, *, now: tuple[float, float], least: float, texts: Sequence[str], at: Floats,
    words: Mapping[str, str], unit: str, scale: Scale = LAPTOP, signs: Signs = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Draw what an hour of work costs by the length of a task, on axes of powers; the dot is the reader's own.

    least: what it costs without any start. at, texts: where the lengths are written, and how.
    """
    x, y = np.log10(work_s), np.log10(usd / least)
    figure = strip(
        [
            _line(x, y, {"color": tone(FARGATE), "width": scale.line_px}),
            _dot(float(np.log10(now[0])), float(np.log10(now[1] / least)), FARGATE),
        ],
        start_s=float(x[0]), end_s=float(x[-1]), highest=float(y.max()), scale=scale, signs=signs, has_ticks=True,
    )  # fmt: skip
    figure.update_xaxes(tickvals=np.log10(at), ticktext=list(texts))
    powers = [power for power in range(5) if power <= max(1.0, float(y.max()))]
    figure.update_yaxes(
        tickvals=powers, ticktext=[unit.format(v=written(least * 10**power, 2, signs)) for power in powers]
    )
    note = _note(
        float(np.log10(now[0])), float(np.log10(now[1] / least)), words["now"], tone(FARGATE), "left", shift=10
    )
    return figure.update_layout(annotations=[note])


def even_figure(
    share: Floats, ec2: Floats, fargate: Floats, *, cross: float, box: float, words: Mapping[str, str], unit: str,
    percents: Sequence[str], scale: Scale = LAPTOP, signs: Signs = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Draw a host against its tasks on Fargate over utilisation; they meet where the line stands.

    cross: share of the host in use, above 1 where they do not meet. box: the share by price alone, were nothing lost.
    words: ec2, fargate, cross, box. percents: how the ticks
    at quarters are written.
    """
    traces = [
        _line(share, ec2, {"color": tone(EC2), "width": scale.line_px * 1.15}),
        _line(share, fargate, {"color": tone(FARGATE), "width": scale.line_px * 1.15, "dash": DASH}),
    ]
    highest = float(max(ec2.max(), fargate.max()))
    figure = strip(
        traces, start_s=0, end_s=1, highest=highest, scale=scale, signs=signs, unit=unit, digits=2, has_ticks=True
    )
    figure.update_xaxes(tickvals=np.linspace(0, 1, len(percents)), ticktext=list(percents))
    near = 0.55
    notes = [
        _note(0.01, float(ec2[0]), words["ec2"], tone(EC2), "left", above=True),
        _note(near, near * float(fargate[-1]), words["fargate"], tone(FARGATE), "right", shift=10, above=True),
    ]
    figure = _crossed(figure, cross if cross <= 1 else None, float(ec2[0]), words["cross"], notes)
    if box <= 1 and abs(box - cross) > 0.01:
        line = {"color": tone("ink3"), "width": 1, "dash": "1px 3px"}
        figure.add_shape(type="line", x0=box, x1=box, y0=0, y1=float(ec2[0]), line=line)
        figure.add_annotation(
            _note(box, float(ec2[0]) * (0.24 if cross <= 1.3 else 0.62), words["box"], tone("ink3"), "right")
        )
    return figure


def discount_figure(
    discount: Floats, cross: Floats, *, now: tuple[float, float], words: Mapping[str, str], percents: Sequence[str],
    scale: Scale = LAPTOP, signs: Signs = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Draw how the break-even falls as hosts get cheaper; the dot is where the reader stands."""
    here = (now[0], 100 * now[1])
    traces = [_line(discount, 100 * cross, {"color": tone("ink"), "width": scale.line_px}), _dot(*here, "ink")]
    figure = strip(
        traces, start_s=0, end_s=float(discount[-1]), highest=max(100.0, 100 * float(cross.max())), scale=scale, signs=signs,
        unit=f"{{v}}{words['percent']}", has_ticks=True,
    )  # fmt: skip
    figure.update_xaxes(tickvals=np.linspace(0, 0.9, len(percents)), ticktext=list(percents))
    return figure.update_layout(annotations=[_note(*here, words["now"], tone("ink"), "left", shift=10)])


def whole_hosts_figure(
    tasks: Floats, ec2: Floats, fargate: Floats, *, words: Mapping[str, str], unit: str, scale: Scale = LAPTOP,
    signs: Signs = ENGLISH,
) -> go.Figure:  # fmt: skip
    """Draw the bill by tasks: hosts come whole, so their line is a stair; tasks on Fargate come one by one."""
    stair = {"color": tone(EC2), "width": scale.line_px, "shape": "vh"}
    traces = [
        _line(tasks, ec2, stair),
        _line(tasks, fargate, {"color": tone(FARGATE), "width": scale.line_px, "dash": DASH}),
    ]
    figure = strip(
        traces, start_s=1, end_s=float(tasks[-1]), highest=float(max(ec2.max(), fargate.max())), scale=scale, signs=signs,
        unit=unit, digits=2, has_ticks=True,
    )  # fmt: skip
    _ticks(figure, _whole_ticks(1, float(tasks[-1])), signs)
    at = len(tasks) // 2
    ends = ((float(ec2[at]), words["ec2"], EC2), (float(fargate[at]), words["fargate"], FARGATE))
    (low, below, low_name), (high, above, high_name) = sorted(ends)
    notes = [
        {**_note(float(tasks[at]), high, above, tone(high_name), "right", shift=12), "yanchor": "bottom"},
        {**_note(float(tasks[at]), low, below, tone(low_name), "left", shift=12), "yanchor": "top"},
    ]
    return figure.update_layout(annotations=notes)


# --- pieces ----------------------------------------------------------------------------------------------------------


def _line(x: Floats, y: Floats, line: Mapping[str, object]) -> go.Scatter:
    return go.Scatter(x=x, y=y, mode="lines", line=dict(line), hoverinfo="skip")


def _dot(x: float, y: float, name: str) -> go.Scatter:
    look = {"color": tone(name), "size": 11, "line": {"width": 2, "color": tone("surface")}}
    return go.Scatter(x=[x], y=[y], mode="markers", marker=look, hoverinfo="skip", cliponaxis=False)


def _done_note(one: Launched, colour: str, end_s: float, highest: float, *, is_slow: bool) -> dict[str, object]:
    """Say when all run: above the line's end, and for the slower one in the free corner below its slope."""
    if is_slow:
        return _note(end_s, 0.12 * highest, one.name, colour, "right", shift=0)
    return _note(
        one.done_s, highest, one.name, colour, "right" if one.done_s > 0.6 * end_s else "left", shift=0, above=True
    )


def _note(
    x: float, y: float, text: str, colour: str, side: str, *, shift: int = 8, above: bool = False
) -> dict[str, object]:
    """Write a word beside a point, at one side of it."""
    return {
        "x": x, "y": y, "text": text, "showarrow": False, "xanchor": side, "xshift": shift if side == "left" else -shift,
        "yanchor": "bottom" if above else "middle", "font": {"color": colour}, "align": side,
    }  # fmt: skip


def _end_note(x: Floats, y: Floats, text: str, name: str) -> dict[str, object]:
    """Write a word above the end of a line."""
    return _note(float(x[-1]), float(y[-1]), text, tone(name), "right", shift=0, above=True)


def _crossed(
    figure: go.Figure, x: float | None, y: float, text: str, notes: list[dict[str, object]], *, at: float = 0.0
) -> go.Figure:
    """Mark where two lines meet, and say what that means. at: how high the words stand."""
    shapes = []
    if x is not None:
        line = {"color": tone("ink"), "width": 1.2, "dash": "3px 3px"}
        shapes = [{"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line}]
        figure.add_trace(_dot(x, y, "ink"))
        left, right = figure.layout.xaxis.range
        side = "right" if x > (left + right) / 2 else "left"
        notes = [
            *notes,
            {**_note(x, at, text, tone("ink"), side), "yanchor": "bottom", "yshift": 4, "bgcolor": tone("page")},
        ]
    return figure.update_layout(annotations=notes, shapes=shapes)


def _whole_ticks(first: float, last: float) -> Floats:
    """Choose whole numbers along an axis, the first one among them."""
    step = next(step for step in (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1_000) if (last - first) / step <= 8)
    return np.unique(np.concatenate([[first], np.arange(step, last + 1, step)]))


def _ticks(figure: go.Figure, values: Floats, signs: Signs) -> None:
    figure.update_xaxes(tickvals=values, ticktext=[written(value, 0, signs) for value in values])
