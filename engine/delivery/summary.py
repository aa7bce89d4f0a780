"""Both ways of an organisation in a few numbers: what the command line prints."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

from engine.delivery.bands import cluster_of, clusters
from engine.delivery.four import Four, band, replicate
from engine.delivery.organisation import Architecture, Organisation

WAYS: tuple[Architecture, ...] = ("train", "pipelines")
_LEVELS = ("frequency_per_day", "lead_min", "recovery_min")
_LINES = (
    ("deployment frequency, a pipeline", "frequency_per_day", "a day"),
    ("deployment frequency, all", "releases_per_day", "a day"),
    ("change lead time, median", "lead_median_min", "min"),
    ("change lead time, 90th percentile", "lead_p90_min", "min"),
    ("change fail rate", "fail_rate", ""),
    ("failed deployment recovery time", "recovery_min", "min"),
    ("changes delivered", "delivered", ""),
    ("changes written", "written", ""),
    ("share of build workers' time", "workers_busy", ""),
)


def summary(organisation: Organisation, replications: int) -> dict[str, Any]:
    """Play both ways and boil them down to plain data, ready for JSON: for each figure p10, median and p90 of the replications."""
    ways = {way: replicate(organisation.with_(architecture=way), replications) for way in WAYS}
    return {
        "seed": organisation.seed,
        "days": organisation.days,
        "minutes_a_day": organisation.day_min,
        "replications": replications,
        **{way: _spans(four) | {"dora_2024": levels(four, organisation.day_min)} for way, four in ways.items()},
    }


def levels(four: Four, day_min: float) -> dict[str, str | None]:
    """Name the cluster of 2024 in whose published span each figure's median lies; None where there is none."""
    all_ = clusters(day_min)
    figures = {
        "lead_min": four.lead_median_min,
        "frequency_per_day": four.frequency_per_day,
        "recovery_min": four.recovery_min,
    }
    return {name: cluster_of(band(figures[name])[1], name, all_) for name in _LEVELS}


def as_text(found: dict[str, Any]) -> str:
    """Lay the numbers out for a terminal."""
    lines = [
        f"{found['replications']} quarters of {found['days']} working days, {found['minutes_a_day']:g} minutes each"
    ]
    lines.append(f"{'median (p10 to p90)':<36}" + "".join(f"{way:>30}" for way in WAYS))
    for title, name, unit in _LINES:
        cells = "".join(f"{_cell(found[way][name], unit):>30}" for way in WAYS)
        lines.append(f"{title:<36}{cells}")
    for name in _LEVELS:
        cells = "".join(f"{found[way]['dora_2024'][name] or 'none':>30}" for way in WAYS)
        lines.append(f"{'DORA 2024, by ' + name:<36}{cells}")
    return "\n".join(lines)


def _spans(four: Four) -> dict[str, Any]:
    return {field.name: [_plain(value) for value in band(getattr(four, field.name))] for field in fields(four)}


def _plain(value: float) -> float | None:
    return None if math.isnan(value) else round(value, 4)


def _cell(span: list[float | None], unit: str) -> str:
    low, middle, high = (
        None if value is None else f"{value:,.3g}" if value < 1_000 else f"{value:,.0f}" for value in span
    )
    return "nothing to measure" if middle is None else f"{middle} ({low} to {high}) {unit}".rstrip()
