"""Pods: the strips and the outcomes of loops that keep a number of pods. `show` offers them beside its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import Run, reconcile, sights
from pages.figures.fleet import Hosts, Reservation, hosts_strip, hosts_top, reservation_strip, reservation_top
from pages.figures.labels import Label
from pages.parts.charts import Strip
from pages.parts.hosts import HostStrip, Row, how_long
from pages.parts.words import Voice


def metric_of(run: Run) -> Reservation:
    """Give the metric that is tracked, beside its target; where nothing is tracked both are nought."""
    settings, found = run.scenario.services[0].scaling, sights.metric(run)
    return Reservation(found.at_s, found.value, settings.target if settings else 0.0)


def _draw_metric(run: Run, speaker: Voice, settings: dict[str, Any]) -> Strip:
    words, found, scaling = speaker.table("charts.metric"), metric_of(run), run.scenario.services[0].scaling
    unit = words["tick" if scaling is None or scaling.metric != "requests" else "tick_rate"]
    target = np.full(found.t_s.size, found.target)
    labels = [
        Label(found.t_s, target, target, words["target"].replace("{u}", unit), words["target_name"], tone="ink2"),
        Label(found.t_s, found.percent, found.percent, words["read"].replace("{u}", unit), words["read_name"], tone="t-pending"),
    ]  # fmt: skip
    return Strip("metric", words["title"], reservation_strip(found, unit=unit, **settings), labels, tab=words["tab"])


def wish_of(run: Run) -> Hosts:
    """Give the pods that the formula asks for, and those that were asked for after windows, pace and bounds."""
    formula, asked = sights.wish(run)
    return Hosts(asked.at_s, formula.value, asked.value)


def _draw_wish(run: Run, speaker: Voice, settings: dict[str, Any]) -> Strip:
    words, found = speaker.table("charts.wish"), wish_of(run)
    labels = [
        Label(found.t_s, found.needed, found.needed, words["formula"], words["formula_name"]),
        Label(found.t_s, found.there, found.there, words["asked"], words["asked_name"], tone="t-serving"),
    ]
    return Strip("wish", words["title"], hosts_strip(found, **settings), labels, tab=words["tab"])


STRIPS: dict[str, HostStrip] = {
    "metric": HostStrip(_draw_metric, lambda run: reservation_top(metric_of(run))),
    "wish": HostStrip(_draw_wish, lambda run: hosts_top(wish_of(run))),
}

OUTCOMES: dict[str, Row] = {
    "noticed": (how_long(reconcile.noticed_s, "never")[0], None),  # who notices nothing may have nothing to notice
    "replaced": how_long(reconcile.replaced_s, "never"),
    "left_behind": (lambda run, speaker: speaker.number(reconcile.left_behind(run)), reconcile.left_behind),
    "scales_out": how_long(sights.scaled_out_s, "never"),
    "scales_in": how_long(sights.scaled_in_s, "never"),
    "pods_most": (lambda run, speaker: speaker.number(sights.most_pods(run)), None),
    "pod_hours": (
        lambda run, speaker: speaker.number(sights.pod_hours(run), 1),
        lambda run: round(sights.pod_hours(run), 1),
    ),
}
