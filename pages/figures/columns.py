"""Columns: what a strip is drawn from.  Anything with these attributes will do, such as a record of engine.metrics."""

from __future__ import annotations

from dataclasses import dataclass

from pages.figures.samples import Floats


@dataclass(frozen=True, slots=True)
class Requests:
    """Count what became of the requests, per second, when they ended.  Arrays of shape (n,); t_s ascending.

    slow: answered, but later than the goal.  failed: lost or timed out.  refused: turned away at the door.
    """

    t_s: Floats
    ok_per_s: Floats
    slow_per_s: Floats
    failed_per_s: Floats
    refused_per_s: Floats


@dataclass(frozen=True, slots=True)
class Latency:
    """Say how long the slowest 1 in 100 waited.  Arrays of shape (n,); NaN where nothing was answered."""

    t_s: Floats
    p99_s: Floats


@dataclass(frozen=True, slots=True)
class Tasks:
    """Set what the service wants beside what it has.  Arrays of shape (n,); each value holds until the next."""

    t_s: Floats
    wanted: Floats
    running: Floats


@dataclass(frozen=True, slots=True)
class Cost:
    """Give the rate of the bill.  Arrays of shape (n,); each value holds until the next."""

    t_s: Floats
    usd_per_h: Floats


@dataclass(frozen=True, slots=True)
class Histogram:
    """Count answers by latency.  edges_s of shape (n + 1,), ascending and above 0; counts of shape (n,)."""

    edges_s: Floats
    counts: Floats
