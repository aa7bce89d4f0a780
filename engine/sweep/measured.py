"""What is kept of each run of a sweep: every measure that has a name, and a few counts and latencies of a run's summary."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from engine import metrics
from engine.measures import MEASURES, Measure
from engine.simulation import Run

Floats = npt.NDArray[np.float64]


def _latency(name: str) -> Callable[[Run], float]:
    return lambda run: metrics.latency_s(run)[name]


MEASURED: Mapping[str, Measure] = {
    "arrived": Measure(lambda run: metrics.totals(run).arrived, "requests"),
    "served": Measure(lambda run: metrics.totals(run).served, "requests"),
    "in_flight": Measure(lambda run: metrics.totals(run).in_flight, "requests"),
    "p50": Measure(_latency("p50"), "s"),
    "p95": Measure(_latency("p95"), "s"),
    "p99": Measure(_latency("p99"), "s"),
    **MEASURES,
}


def measured(run: Run) -> Floats:
    """Measure a run. Shape (measures,), in the order of MEASURED; nan where the run never came to what is measured."""
    found = (measure.of(run) for measure in MEASURED.values())
    return np.array([math.nan if value is None else float(value) for value in found], dtype=np.float64)
