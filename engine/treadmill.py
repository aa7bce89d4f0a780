"""The treadmill: what the releases of a run cost altogether, and how what runs the old one dwindles. Folds over `patch_work`."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from engine.events import Kind
from engine.launch import launch_type
from engine.metrics import Steps
from engine.patch_work import Patch, patches
from engine.simulation import Run


def longest_s(run: Run) -> float | None:
    """Say how long the slowest release took until nothing ran an older one; None if one is not done, or none came."""
    took = [None if patch.done_s is None else patch.done_s - patch.started_s for patch in patches(run)]
    done = [seconds for seconds in took if seconds is not None]
    return max(done) if done and len(done) == len(took) else None


def steps(run: Run) -> int:
    """Count what people did."""
    return sum(len(patch.work) for patch in patches(run))


def by_kind(patch: Patch) -> dict[str, int]:
    """Count what people did, by what it was, in the order in which it first came up."""
    return dict(Counter(step.what for step in patch.work))


def moved(run: Run) -> int:
    """Count the tasks that had to move."""
    return sum(patch.tasks_moved for patch in patches(run))


def extra_h(run: Run) -> float:
    """Add up the host hours (on Fargate: task hours) that were paid for besides."""
    return math.fsum(patch.extra_host_s for patch in patches(run)) / 3600


def missing_h(run: Run) -> float:
    """Add up the host hours that were missing."""
    return math.fsum(patch.missing_host_s for patch in patches(run)) / 3600


def left(run: Run) -> Steps:
    """Count what still runs a release that is not the newest: hosts, or tasks where there are none to see. 0 before the first.

    A host of the first hour is old once a release comes; one that is asked for afterwards runs the new one.
    """
    events = run.events
    has_hosts = launch_type(run.scenario.launch_type).has_hosts
    there, old = set[int](), set[int]()
    at_s, value = [0.0], [0.0]
    for row in range(len(events)):
        kind, host, task = Kind(int(events.kind[row])), int(events.host[row]), int(events.task[row])
        if kind in (Kind.PATCH_STARTED, Kind.UPDATE_STARTED):
            old = set(there)
        elif has_hosts and kind == Kind.HOST_ASKED:
            there.add(host)
        elif has_hosts and kind in (Kind.HOST_GONE, Kind.HOST_PATCHED):
            # A host whose agent alone is new stays; one that is new altogether was never old.
            there -= {host} if kind == Kind.HOST_GONE else set()
            old.discard(host)
        elif not has_hosts and kind in (Kind.TASK_PENDING, Kind.TASK_ACTIVATING):
            there.add(task)
        elif not has_hosts and kind in (Kind.TASK_STOPPED, Kind.TASK_LOST):
            there.discard(task)
            old.discard(task)
        if len(old) != value[-1]:
            at_s.append(float(events.at_s[row]))
            value.append(float(len(old)))
    return Steps(np.array(at_s), np.array(value))
