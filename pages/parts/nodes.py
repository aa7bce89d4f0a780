"""Nodes: the strips and the outcomes of a cluster whose nodes somebody adds and removes. `show` offers them beside its own."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine import Run, autoscaled, loops, metrics
from pages.figures.nodes import (
    MOST_ROWS,
    Bar,
    Vcpu,
    life_bars,
    lives_height_px,
    lives_labels,
    vcpu_labels,
    vcpu_strip,
)
from pages.parts.charts import Strip
from pages.parts.hosts import HostStrip, Row, how_long
from pages.parts.words import Voice


def vcpu_of(run: Run) -> Vcpu:
    """Give the vCPU that pods want and those that are paid for."""
    found = autoscaled.cpu(run)
    return Vcpu(found.at_s, found.wanted, found.bought)


def _draw_vcpu(run: Run, speaker: Voice, settings: dict[str, Any]) -> Strip:
    words, found = speaker.table("charts.vcpu"), vcpu_of(run)
    return Strip("vcpu", words["title"], vcpu_strip(found, **settings), vcpu_labels(found, words), tab=words["tab"])


def lives(run: Run, speaker: Voice) -> Strip:
    """Draw every node's life, with its type and its zone's letter in its name."""
    words, there = speaker.table("charts.lives"), loops.paid_for(run)
    bars = [
        Bar(f"{one.name} · {one.kind}", one.asked_s, one.ready_s, one.drained_s, one.gone_s, one.is_gone, one.unneeded)
        for one in autoscaled.lives(run)
    ]
    left_out = max(0, len(bars) - MOST_ROWS)
    more = words["more"].format(n=speaker.number(left_out)) if left_out else ""
    figure = life_bars(bars, end_s=run.scenario.duration_s, more=more)
    labels = lives_labels(there.at_s, there.value.astype(np.float64), words)
    height_px = lives_height_px(bars)
    return Strip("lives", words["title"], figure, labels, tab=words["tab"], height_px=height_px, is_named=True)


STRIPS: dict[str, HostStrip] = {
    "vcpu": HostStrip(
        _draw_vcpu, lambda run: float(max(vcpu_of(run).wanted.max(initial=0.0), vcpu_of(run).bought.max(initial=0.0)))
    )
}

OUTCOMES: dict[str, Row] = {
    "node_wait": (
        lambda run, speaker: speaker.seconds(autoscaled.longest_wait_s(run)),
        lambda run: round(autoscaled.longest_wait_s(run)),
    ),
    "nodes_usd": (
        lambda run, speaker: speaker.money(autoscaled.nodes_usd(run)),
        lambda run: round(autoscaled.nodes_usd(run), 2),
    ),
    "idle_share": (
        lambda run, speaker: speaker.percent(autoscaled.idle_share(run)),
        lambda run: round(autoscaled.idle_share(run), 2),
    ),
    "pods_moved": (lambda run, speaker: speaker.number(autoscaled.pods_moved(run)), autoscaled.pods_moved),
    "nodes_peak": (lambda run, speaker: speaker.number(loops.most_hosts(run)), None),
    "nodes_end": (lambda run, speaker: speaker.number(loops.hosts_at_end(run)), loops.hosts_at_end),
    "pods_pending": (lambda run, speaker: speaker.number(metrics.short_at_end(run)), metrics.short_at_end),
    "node_gone": how_long(loops.first_host_gone_s, "never"),
}
