"""What a quarter comes to: every change's fate, every release, and, where asked for, a row for each stage of each change."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from engine.delivery.changes import Changes, Floats, Ints
from engine.delivery.organisation import Organisation

Bools = npt.NDArray[np.bool_]


class Stage(IntEnum):
    """What is done to a change. Between two stages it waits: before BUILD for a worker, before RELEASE for its turn."""

    REVIEW = 0
    BUILD = 1
    TEST = 2
    RELEASE = 3
    MONITOR = 4
    RESTORE = 5
    REWORK = 6


class Outcome(IntEnum):
    """How a stage ended. CAUGHT: tests found the mistake; FAILED: users did; RETURNED: good itself, rolled back with others."""

    OK = 0
    CAUGHT = 1
    FAILED = 2
    RETURNED = 3
    OPEN = 4


class State(IntEnum):
    """Where a change is when the quarter ends."""

    IN_PIPELINE = 0
    SENT_BACK = 1
    DELIVERED = 2


@dataclass(frozen=True, slots=True)
class Log:
    """What was done, when, in which pipeline. Arrays of equal length, ordered by start, change, pipeline and stage.

    start_min, end_min: minutes of working time; end_min is inf where the quarter ended first.
    """

    change: Ints
    attempt: Ints
    pipeline: Ints
    stage: Ints
    start_min: Floats
    end_min: Floats
    outcome: Ints

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.change)


@dataclass(frozen=True, slots=True)
class Releases:
    """Every release that began, in that order. Minutes of working time, inf where the quarter ended first.

    lead: its first change. pipelines: how many were held in lock-step. fresh: changes that were in no release before.
    is_bad: users met a mistake; restored_min: when they had a good version again (deployed_min where nothing was wrong).
    """

    lead: Ints
    changes: Ints
    fresh: Ints
    pipelines: Ints
    is_bad: Bools
    start_min: Floats
    deployed_min: Floats
    restored_min: Floats
    reopened_min: Floats


@dataclass(frozen=True, slots=True)
class Course:
    """One quarter. Arrays of shape (n,), one value a change.

    delivered_min: when it reached users to stay, inf where it did not. attempts: how often it was built.
    built_min: worker-minutes of building and testing that began.
    """

    organisation: Organisation
    changes: Changes
    delivered_min: Floats
    state: Ints
    attempts: Ints
    releases: Releases
    log: Log
    built_min: float


def log_of(columns: tuple[Ints, Ints, Ints, Ints, Floats, Floats, Ints], end_min: float) -> Log:
    """Order the rows, leave out what would have begun later, and open what had not ended."""
    change, attempt, pipeline, stage, start, end, outcome = columns
    kept = np.flatnonzero(start <= end_min)
    kept = kept[np.lexsort((stage[kept], pipeline[kept], change[kept], start[kept]))]
    is_open = end[kept] > end_min
    return Log(
        change[kept],
        attempt[kept],
        pipeline[kept],
        stage[kept],
        start[kept],
        np.where(is_open, np.inf, end[kept]),
        np.where(is_open, int(Outcome.OPEN), outcome[kept]),
    )


def releases_of(
    columns: tuple[Ints, Ints, Ints, Ints, Bools, Floats, Floats, Floats, Floats], end_min: float
) -> Releases:
    """Say inf of what the quarter's end left open."""
    lead, changes, fresh, pipelines, is_bad, start, *ends = columns
    deployed, restored, reopened = (np.where(moment > end_min, np.inf, moment) for moment in ends)
    return Releases(lead, changes, fresh, pipelines, is_bad, start, deployed, restored, reopened)
