"""Functions over time: environments that were wanted, that were there, that still started, and what they are billed for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from engine.functions import function_of
from engine.traffic.functions.tables import CAUSES

if TYPE_CHECKING:
    from engine.simulation import Run

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
EVERYDAY = 0.01  # of the environments wanted: so few that still start, or so few requests turned away, are no shortage


@dataclass(frozen=True, slots=True)
class Course:
    """All functions' environments, step by step. Arrays of shape (steps,), but for those named here.

    in_use, there: (zones, steps), at each step's end. starting: of those in use, cold starts that are not over, at the most.
    throttled: (causes, steps), attempts in the order of CAUSES. wanted: the most in use at once, and what the throttled would
    have needed. ready: of the wanted, those that were there and did not start; a hundredth missing is no shortage.
    """

    at_s: Floats
    in_use: Ints
    there: Ints
    starting: Ints
    started: Ints
    throttled: Ints
    wanted: Floats
    ready: Floats


def course(run: Run) -> Course:
    """Fold the environments of all functions of a run."""
    tables, step_s = run.requests.functions, run.requests.step_s
    steps = len(tables[0].peak) - 1
    starting, missing, wanted = np.zeros(steps), np.zeros(steps), np.zeros(steps)
    for number, table in enumerate(tables):
        function, service = function_of(run.scenario, number), run.scenario.services[number]
        started = table.started.sum(axis=0)[:steps].astype(np.float64)
        width = max(1, int(np.ceil(function.cold_s / step_s)))
        running = np.concatenate([[0.0], np.cumsum(started)])
        here = np.arange(steps) + 1
        most = table.most_in_use[:steps]
        mine = np.minimum(running[here] - running[np.maximum(here - width, 0)], most)
        each_s = service.work_ms / 1000 * function.slow_x
        lacked = np.ceil(table.throttled.sum(axis=0)[:steps] / step_s * each_s)
        starting, missing, wanted = starting + mine, missing + mine + lacked, wanted + most + lacked
    missing[missing <= np.maximum(1.0, EVERYDAY * wanted)] = 0.0
    return Course(
        at_s=np.arange(steps, dtype=np.float64) * step_s,
        in_use=np.sum([table.in_use[:, :steps] for table in tables], axis=0),
        there=np.sum([table.there[:, :steps] for table in tables], axis=0),
        starting=starting.astype(np.int64),
        started=np.sum([table.started.sum(axis=0)[:steps] for table in tables], axis=0, dtype=np.int64),
        throttled=np.sum([table.throttled[:, :steps] for table in tables], axis=0, dtype=np.int64),
        wanted=wanted,
        ready=wanted - missing,
    )


def cold_starts(run: Run) -> int:
    """Count the cold starts of a run."""
    return int(sum(table.started.sum() for table in run.requests.functions))


def throttled(run: Run) -> dict[str, int]:
    """Count the attempts that were turned away, by why."""
    counts = np.sum([table.throttled.sum(axis=1) for table in run.requests.functions], axis=0, dtype=np.int64)
    return {cause: int(n) for cause, n in zip(CAUSES, np.atleast_1d(counts), strict=True)} if counts.shape else {}


def most_in_use(run: Run) -> int:
    """Give the most environments that were in use at once, function by function added up."""
    return int(sum(table.most_in_use.max(initial=0) for table in run.requests.functions))


@dataclass(frozen=True, slots=True)
class Usage:
    """What a function is billed for, by step. Arrays of shape (steps,): requests, GB-seconds on demand and on what is kept warm.

    kept_gb: memory that is kept warm all the time.
    """

    requests: Floats
    gb_s: Floats
    warm_gb_s: Floats
    kept_gb: float


def usage(run: Run) -> tuple[Usage, ...]:
    """Measure what each function is billed for. Memory is billed by what was asked for, whatever was used."""
    found = []
    for number, table in enumerate(run.requests.functions):
        function = function_of(run.scenario, number)
        gb = function.memory_mb / 1024
        on_demand, on_warm = table.billed_ms / 1000 * gb
        found.append(Usage(table.invoked.sum(axis=0, dtype=np.float64), on_demand, on_warm, function.provisioned * gb))
    return tuple(found)
