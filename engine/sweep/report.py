"""A sweep in short, for a terminal: the measures that people ask for first; the tables hold all of them."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from engine.sweep.results import Results
from engine.sweep.spread import LEVEL, Difference, Row, Spread, differences, replications_for, summary

FIRST = ("availability", "failed", "p50", "p99", "recovered", "usd")
MOST_ROWS = 40


def as_text(results: Results, within: float | None = None) -> str:
    """Lay the means and the paired differences out. within: also say how many replications would bring half an interval to it."""
    plan = results.plan
    rows = [row for row in summary(results) if row.measure in FIRST]
    apart = [row for row in differences(results) if row.measure in FIRST]
    seeds = f"seeds {plan.seed(0)} to {plan.seed(plan.replications - 1)}"
    lines = [
        f"{plan.base.name}: {results.done:,} of {plan.size:,} runs, {seeds}",
        "",
        f"means, {LEVEL:.0%} intervals (Student's t)",
        *_table(_mean(row, within) for row in rows[:MOST_ROWS]),
        *_more(len(rows), "summary.parquet"),
    ]
    if apart:
        lines += [
            "",
            "differences, paired by seed; * = more than chance",
            *_table(_difference(row) for row in apart[:MOST_ROWS]),
            *_more(len(apart), "differences.parquet"),
        ]
    return "\n".join(lines)


def as_data(results: Results) -> dict[str, Any]:
    """Lay all of the summary and of the differences out as plain data, ready for JSON; what is missing is null."""
    plan = results.plan
    return {
        "name": plan.base.name,
        "digest": plan.digest,
        "replications": plan.replications,
        "seeds": [plan.seed(0), plan.seed(plan.replications - 1)],
        "summary": [_plain(row) for row in summary(results)],
        "differences": [_plain(row) | {"excludes_zero": row.excludes_zero} for row in differences(results)],
    }


def _plain(row: Row | Difference) -> dict[str, Any]:
    told = asdict(row)
    spread = told.pop("spread") | {"half_width": row.spread.half_width}
    return told | {name: None if math.isnan(value) else value for name, value in spread.items()}


def _mean(row: Row, within: float | None) -> tuple[str, ...]:
    told = f"{row.missing:,} runs without" if row.missing else ""
    if within is not None:
        needed = replications_for(within, row.spread)
        told += (", " if told else "") + (_needed(needed, row.spread.n, within))
    return (row.label, row.measure, *_numbers(row.spread), row.unit, told)


def _needed(needed: int | None, n: int, within: float) -> str:
    if needed is None:
        return f"±{within:.3g} of the mean cannot be told"
    return f"±{within:.3g} of the mean: {'enough' if needed <= n else f'{needed - n:,} more'}"


def _difference(row: Difference) -> tuple[str, ...]:
    what = f"{row.along}: {row.value} less {row.instead_of}" + (f" ({row.where})" if row.where else "")
    return (what, row.measure, *_numbers(row.spread), row.unit, "*" if row.excludes_zero else "")


def _numbers(spread: Spread) -> tuple[str, str]:
    mean = "–" if spread.n == 0 else f"{spread.mean:.6g}"
    return mean, "" if spread.n < 2 else f"± {spread.half_width:.3g}"


def _table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    """Line columns up; numbers to the right."""
    cells = list(rows)
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  " + "  ".join(f"{cell:>{width}}" if place == 2 else f"{cell:<{width}}"
                         for place, (cell, width) in enumerate(zip(row, widths, strict=True))).rstrip()
        for row in cells
    ]  # fmt: skip


def _more(count: int, where: str) -> list[str]:
    return [f"  … {count - MOST_ROWS:,} more: --out DIR keeps all of them in {where}"] if count > MOST_ROWS else []
