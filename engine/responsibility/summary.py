"""The years as plain data, and as lines for a terminal."""

from __future__ import annotations

import math
from typing import Any

from engine.responsibility.asks import YearAsk
from engine.responsibility.rules import MODELS
from engine.responsibility.year import Outcome, Spread, years

_SPREADS = (
    "hours", "nights", "total_usd", "people_usd", "open_days", "aws_open_days", "host_days", "own_days", "waits_days", "behind_h",
)  # fmt: skip


def as_data(ask: YearAsk) -> dict[str, Any]:
    """Give every model's years: each quantity as low, middle, high (10, 50, 90 of a hundred) and mean; None where there is none."""
    found = years(ask)
    return {
        "replications": ask.replications,
        "seed": ask.seed,
        "events_a_year": round(ask.events, 3),
        "models": {model: _outcome(found[model]) for model in MODELS},
    }


def as_text(found: dict[str, Any]) -> str:
    """Write a line for each model: the middle of each quantity, and how far it spreads."""
    heads = ("hours", "nights", "people + bill, USD", "days open (yours)", "days open (AWS)", "days to patch")
    lines = [
        f"{found['replications']} years of {found['events_a_year']:.1f} events, seed {found['seed']}; middle (low to high)",
        "",
    ]
    names = ("hours", "nights", "total_usd", "open_days", "aws_open_days", "host_days")
    table = [("", *heads), *((model, *(_told(row[name]) for name in names)) for model, row in found["models"].items())]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    for first, *cells in table:
        row = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        lines.append(f"{first:<{widths[0]}}  {row}")
    return "\n".join(lines)


def _outcome(outcome: Outcome) -> dict[str, Any]:
    found: dict[str, Any] = {name: _spread(Spread.of(getattr(outcome, name))) for name in _SPREADS}
    return found | {"bill_usd": {what: round(usd, 2) for what, usd in outcome.usd.items()}}


def _spread(spread: Spread) -> dict[str, float | None]:
    values = {"low": spread.low, "middle": spread.middle, "high": spread.high, "mean": spread.mean}
    return {name: None if math.isnan(value) else round(value, 3) for name, value in values.items()}


def _told(cell: dict[str, float | None]) -> str:
    if cell["middle"] is None:
        return "-"
    digits = 0 if (cell["high"] or 0) >= 10 else 1
    return f"{cell['middle']:,.{digits}f} ({cell['low']:,.{digits}f} to {cell['high']:,.{digits}f})"
