"""Hosts: the strips and the outcomes that not every chapter has. `show` offers them by their names, beside its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from engine import Run, loops, node_updates, treadmill
from pages.figures.eks import Ready, ready_labels, ready_strip, ready_top
from pages.figures.fleet import (
    Hosts,
    Left,
    Reservation,
    hosts_labels,
    hosts_strip,
    hosts_top,
    left_labels,
    left_strip,
    reservation_labels,
    reservation_strip,
    reservation_top,
)
from pages.parts.charts import Strip
from pages.parts.words import Voice


@dataclass(frozen=True, slots=True)
class HostStrip:
    """A strip about hosts. draw: with the figure's own settings. top: the highest value of a run."""

    draw: Callable[[Run, Voice, dict[str, Any]], Strip]
    top: Callable[[Run], float]


def hosts_of(run: Run) -> Hosts:
    """Give the hosts that are needed and those that are there."""
    needed, there = loops.needed_and_there(run)
    return Hosts(needed.at_s, needed.value, there.value)


def _draw_hosts(run: Run, speaker: Voice, settings: dict[str, Any]) -> Strip:
    words, hosts = speaker.table("charts.hosts"), hosts_of(run)
    return Strip("hosts", words["title"], hosts_strip(hosts, **settings), hosts_labels(hosts, words), tab=words["tab"])


def reservation_of(run: Run) -> Reservation:
    """Read the first managed provider's reservation; where there is none it stays at nothing."""
    provider = next((p for p in run.scenario.fleet.providers if p.managed_scaling), None)
    found = loops.reservation(run, provider.name) if provider else None
    if provider is None or found is None or not found.at_s.size:
        return Reservation(np.zeros(1), np.zeros(1), provider.target_percent if provider else 0.0)
    return Reservation(found.at_s, found.value, provider.target_percent)


def _draw_reservation(run: Run, speaker: Voice, settings: dict[str, Any]) -> Strip:
    words, found = speaker.table("charts.reservation"), reservation_of(run)
    figure = reservation_strip(found, unit=words["tick"], **settings)
    return Strip("reservation", words["title"], figure, reservation_labels(found, words), tab=words["tab"])


def left_of(run: Run) -> Left:
    """Count what still runs the old release."""
    found = treadmill.left(run)
    return Left(found.at_s, found.value)


def _draw_left(run: Run, speaker: Voice, settings: dict[str, Any]) -> Strip:
    words, found = speaker.table("charts.left"), left_of(run)
    return Strip("left", words["title"], left_strip(found, **settings), left_labels(found, words), tab=words["tab"])


def ready_of(run: Run) -> Ready:
    """Count the pods that are ready, beside what the first service's budget promises."""
    found = node_updates.ready(run)
    return Ready(found.at_s, found.value, float(node_updates.promised(run)))


def _draw_ready(run: Run, speaker: Voice, settings: dict[str, Any]) -> Strip:
    words, found = speaker.table("charts.ready"), ready_of(run)
    return Strip("ready", words["title"], ready_strip(found, **settings), ready_labels(found, words), tab=words["tab"])


STRIPS: dict[str, HostStrip] = {
    "ready": HostStrip(_draw_ready, lambda run: ready_top(ready_of(run))),
    "hosts": HostStrip(_draw_hosts, lambda run: hosts_top(hosts_of(run))),
    "reservation": HostStrip(_draw_reservation, lambda run: reservation_top(reservation_of(run))),
    "left": HostStrip(_draw_left, lambda run: float(left_of(run).left.max())),
}

# --- outcomes --------------------------------------------------------------------------------------------------------

Row = tuple[Callable[[Run, Voice], str], Callable[[Run], float] | None]


def _count(of: Callable[[Run], int]) -> Row:
    return lambda run, speaker: speaker.number(of(run)), of


def _tenths(of: Callable[[Run], float]) -> Row:
    return lambda run, speaker: speaker.number(of(run), 1), lambda run: round(of(run), 1)


def how_long(of: Callable[[Run], float | None], never: str) -> Row:
    """Write how long it took; what never came ranks last."""

    def write(run: Run, speaker: Voice) -> str:
        took = of(run)
        return speaker.say(f"common.outcome.{never}") if took is None else speaker.seconds(took)

    def rank(run: Run) -> float:
        took = of(run)
        return float("inf") if took is None else took

    return write, rank


def _once_done(of: Callable[[Run], int]) -> Callable[[Run], float]:
    """Rank only what was brought to its end: little was done where a drain is stuck."""
    return lambda run: float("inf") if treadmill.longest_s(run) is None else of(run)


OUTCOMES: dict[str, Row] = {
    "hosts_peak": (_count(loops.most_hosts)[0], None),
    "hosts_end": _count(loops.hosts_at_end),
    "host_hours": _tenths(loops.host_hours),
    "run_cost": (lambda run, speaker: speaker.money(loops.usd(run)), lambda run: round(loops.usd(run), 2)),
    "first_gone": how_long(loops.first_host_gone_s, "never"),
    "tasks_killed": _count(loops.tasks_killed),
    "updated": how_long(node_updates.longest_s, "not_yet"),
    "update_moved": (_count(lambda run: sum(one.moved for one in node_updates.updates(run)))[0], None),
    "pods_deleted": _count(lambda run: sum(one.deleted for one in node_updates.updates(run))),
    "least_ready": (_count(node_updates.least_ready)[0], lambda run: -node_updates.least_ready(run)),
    "last_patched": how_long(treadmill.longest_s, "not_yet"),
    "human_steps": (_count(treadmill.steps)[0], _once_done(treadmill.steps)),
    "tasks_moved": (_count(treadmill.moved)[0], _once_done(treadmill.moved)),
    "twice_paid": _tenths(treadmill.extra_h),
    "hosts_missing": _tenths(treadmill.missing_h),
}
