"""run(organisation) -> Course: one quarter, a pure function of what the reader chose and of the replication's number."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from engine.delivery import kernel
from engine.delivery.changes import Changes, Floats, Ints, salts, written
from engine.delivery.course import Course, Log, Releases, log_of, releases_of
from engine.delivery.organisation import Organisation

_WHOLE, _FLOAT, _YES = np.int64, np.float64, np.bool_
_LOG_TYPES = (_WHOLE, _WHOLE, _WHOLE, _WHOLE, _FLOAT, _FLOAT, _WHOLE)
_RELEASE_TYPES = (_WHOLE, _WHOLE, _WHOLE, _WHOLE, _YES, _FLOAT, _FLOAT, _FLOAT, _FLOAT)


def run(organisation: Organisation, replication: int = 0, *, keep_log: bool = False) -> Course:
    """Play one quarter. replication: which of its possible quarters; keep_log: remember every stage of every change.

    >>> course = run(Organisation(days=5))
    >>> len(course.delivered_min) == len(course.changes.at_min) > 100
    True
    """
    names = salts(organisation.seed, replication)
    changes = written(organisation, names)
    pipeline, parts = pipelines_of(organisation, changes)
    fates = laid_out(changes, pipeline, parts)
    rows, log, built_min = kernel.play(plan_of(organisation), names, changes.at_min, fates, pipeline, keep_log)
    fates = fates[:-1]
    return Course(
        organisation=organisation,
        changes=changes,
        delivered_min=fates["delivered_min"].copy(),
        state=fates["state"].copy(),
        attempts=fates["attempt"] + 1,
        releases=releases_table(rows, organisation.end_min),
        log=log_table(log, organisation.end_min),
        built_min=float(built_min),
    )


def warm_up() -> None:
    """Compile (or load from the cache) what the first quarter would otherwise wait for."""
    run(Organisation(days=1))


def plan_of(organisation: Organisation) -> kernel.Plan:
    """Write the organisation as the plain numbers that a compiled loop takes."""
    it, is_train = organisation, organisation.architecture == "train"
    by_timetable = is_train and it.leaves == "timetable"
    # All of a monolith is built and tested for each change to it.
    size = 1 + it.growth * (it.n_services - 1) if is_train else 1.0
    return kernel.Plan(
        is_train=is_train,
        pipelines=it.n_pipelines,
        needs=it.batch if is_train and not by_timetable else 1,
        takes=(1 << 31 if by_timetable else it.batch) if is_train else it.pipeline_batch,
        every_min=it.train_every_h * 60 if by_timetable else math.inf,
        workers=it.build_workers,
        fails=it.fails,
        interface_fails=it.interface_fails,
        caught=it.caught,
        review_min=it.review_min,
        build_min=it.build_min * size,
        test_min=it.test_min * size,
        release_min=it.release_min,
        monitor_min=it.monitor_min,
        search_min=it.search_min,
        recovery_min=it.recovery_min,
        rework_min=it.rework_min,
        search_first=it.search_first,
        evenly=it.varies == "evenly",
        end_min=it.end_min,
    )


def laid_out(changes: Changes, pipeline: Ints, parts: Ints) -> Any:
    """Lay out what a quarter remembers of each change, before anything has happened to it."""
    found = np.zeros(len(changes.key) + 1, dtype=kernel.CHANGE)
    found["deployed_min"] = found["delivered_min"] = np.inf
    for name, column in (
        ("key", changes.key),
        ("touched", changes.n_touched),
        ("parts", parts),
        ("mask", masks(pipeline, parts)),
    ):
        found[name][:-1] = column
    return found


def pipelines_of(organisation: Organisation, changes: Changes) -> tuple[Ints, Ints]:
    """Say which pipelines each change goes through, shape (n, pipelines), and how many of a row count: a train has one."""
    if organisation.architecture == "train":
        n = len(changes.key)
        return np.zeros((n, 1), dtype=np.int64), np.ones(n, dtype=np.int64)
    return changes.touches, changes.n_touched


def masks(pipeline: Ints, parts: Ints) -> Ints:
    """Write each change's pipelines as bits."""
    counts = np.arange(pipeline.shape[1]) < parts[:, None]
    found: Ints = np.where(counts, 1 << pipeline, 0).sum(axis=1)
    return found


def log_table(columns: Floats, end_min: float) -> Log:
    """Give the log's columns their types."""
    return log_of(_typed(columns, _LOG_TYPES), end_min)


def releases_table(columns: Floats, end_min: float) -> Releases:
    """Give the releases' columns their types."""
    return releases_of(_typed(columns, _RELEASE_TYPES), end_min)


def _typed(columns: Floats, types: tuple[type, ...]) -> tuple[Any, ...]:
    return tuple(column.astype(kind) for column, kind in zip(columns, types, strict=True))
