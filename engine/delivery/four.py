"""DORA's four over many possible quarters, with their spread: how often, how soon, how badly, how long.

Source: fact `dora.metrics`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np

from engine.delivery.changes import Floats
from engine.delivery.course import Course, State
from engine.delivery.organisation import Organisation, steps_expected
from engine.delivery.simulation import run
from engine.errors import BudgetError, Problem, ScenarioError

MOST_REPLICATIONS = 2_000
MOST_STEPS_IN_ALL = 200_000_000  # a minute on two cores
Given = TypeVar("Given")
Found = TypeVar("Found")

THREADS = 2  # the loop is compiled and lets the interpreter go
_AT_ONCE = 8  # quarters between two looks at the progress bar


@dataclass(frozen=True, slots=True)
class Four:
    """One value for each replication. Arrays of shape (replications,); nan where there was nothing to measure.

    frequency_per_day: releases a day of one pipeline; releases_per_day: of all. lead_median_min, lead_p90_min: from writing to
    users, of what was delivered, in minutes of working time. fail_rate: share of releases that users had to be saved from.
    recovery_min: median time from such a release to a good version. on_the_way_min: mean time from writing to users or to the
    quarter's end, of all that was written: a queue that grows without end shows here, and hides from the lead time. delivered, written, waiting: changes at the quarter's end.
    workers_busy: share of the build workers' time.
    """

    frequency_per_day: Floats
    releases_per_day: Floats
    lead_median_min: Floats
    lead_p90_min: Floats
    fail_rate: Floats
    recovery_min: Floats
    on_the_way_min: Floats
    delivered: Floats
    written: Floats
    waiting: Floats
    workers_busy: Floats


def four_of(course: Course) -> dict[str, float]:
    """Measure one quarter."""
    it, releases = course.organisation, course.releases
    deployed = np.isfinite(releases.deployed_min)
    n_releases = int(deployed.sum())
    is_delivered = course.state == int(State.DELIVERED)
    on_the_way = np.minimum(course.delivered_min, it.end_min) - course.changes.at_min
    leads = np.sort(course.delivered_min[is_delivered] - course.changes.at_min[is_delivered])
    restored = releases.is_bad & np.isfinite(releases.restored_min)
    outages = releases.restored_min[restored] - releases.deployed_min[restored]
    return {
        "frequency_per_day": float(releases.pipelines[deployed].sum()) / it.n_pipelines / it.days,
        "releases_per_day": n_releases / it.days,
        "lead_median_min": _quantile(leads, 0.5),
        "lead_p90_min": _quantile(leads, 0.9),
        "fail_rate": float(releases.is_bad[deployed].mean()) if n_releases else math.nan,
        "recovery_min": _quantile(np.sort(outages), 0.5),
        "on_the_way_min": float(on_the_way.mean()) if len(on_the_way) else math.nan,
        "delivered": float(is_delivered.sum()),
        "written": float(len(is_delivered)),
        "waiting": float((~is_delivered).sum()),
        "workers_busy": min(1.0, course.built_min / (it.build_workers * it.end_min)),
    }


def replicate(
    organisation: Organisation, replications: int = 200, watch: Callable[[float], None] | None = None
) -> Four:
    """Play many possible quarters and measure each. watch: called with the share done, now and then.

    >>> four = replicate(Organisation(days=5), 3)
    >>> four.delivered.shape, bool((four.delivered <= four.written).all())
    ((3,), True)
    """
    if found := too_many(organisation, replications):
        raise ScenarioError(found) if not 1 <= replications <= MOST_REPLICATIONS else BudgetError(found)
    rows: list[dict[str, float]] = []
    for chunk in in_threads(lambda number: four_of(run(organisation, number)), range(replications)):
        rows += chunk
        if watch:
            watch(len(rows) / replications)
    return Four(**{field.name: np.array([row[field.name] for row in rows]) for field in fields(Four)})


def in_threads(act: Callable[[Given], Found], given: range | list[Given]) -> Iterator[list[Found]]:
    """Act on everything in two threads, and give the results in order, some at a time."""
    with ThreadPoolExecutor(THREADS) as pool:
        for first in range(0, len(given), _AT_ONCE):
            yield list(pool.map(act, given[first : first + _AT_ONCE]))


def too_many(organisation: Organisation, replications: int) -> list[Problem]:
    """Say what is wrong with so many replications, with the figure."""
    if not 1 <= replications <= MOST_REPLICATIONS:
        allowed = f"1 to {MOST_REPLICATIONS:,}"
        return [Problem("replications", str(replications), allowed, "this many quarters cannot be played")]
    steps = steps_expected(organisation) * replications
    if steps > MOST_STEPS_IN_ALL:
        came, allowed = f"about {steps:,.0f} steps", f"up to {MOST_STEPS_IN_ALL:,}"
        return [Problem("replications", came, allowed, "these quarters together take too long: play fewer")]
    return []


def band(values: Floats, share: float = 0.8) -> tuple[float, float, float]:
    """Give the median of the replications and the span that holds a share of them: low, median, high.

    >>> band(np.arange(101.0))
    (10.0, 50.0, 90.0)
    """
    known = np.sort(values[~np.isnan(values)])
    low, middle, high = (_quantile(known, at) for at in ((1 - share) / 2, 0.5, (1 + share) / 2))
    return low, middle, high


def _quantile(ordered: Floats, share: float) -> float:
    """Interpolate between neighbours; nan of nothing."""
    if not len(ordered):
        return math.nan
    place = round(share * (len(ordered) - 1), 9)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (place - below) * (ordered[above] - ordered[below]))
