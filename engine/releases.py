"""Releases: what a person calls a version, and who met which. The one a run begins with is the first; whoever goes back is there again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine import metrics
from engine.events import Floats, Intervals, Kind
from engine.rollouts import Course, promise, ready, versions
from engine.simulation import Run

NEW = "deploy"  # the reason of a roll-out that brings something new; any other one goes back


def releases(run: Run, service: int = 0) -> dict[int, int]:
    """Give each version's release, by the number that the log knows it by: 0 = the one that was there first.

    ECS and Kubernetes number every roll-out anew, also one that brings back what there was.
    """
    events, release, earlier, now, newest = run.events, {0: 0}, list[int](), 0, 0
    for row in events.where(Kind.ROLLOUT_STARTED):
        if events.service[row] != service:
            continue
        number = int(events.value[row])
        if events.reason[row] == NEW:
            newest += 1
            release[number] = newest
        else:
            release[number] = release[earlier[-1]] if earlier else 0
        earlier.append(now)
        now = number
    return release


def release_of_tasks(run: Run) -> dict[int, int]:
    """Give the release that each task runs, by the task's number; nothing where no version ever came out."""
    events = run.events
    if not events.where(Kind.ROLLOUT_STARTED).size:
        return {}
    by_service, version = [releases(run, service) for service in range(len(run.scenario.services))], versions(run)
    tasks = {int(events.task[row]): int(events.service[row]) for row in events.where(Kind.TASK_CREATED)}
    return {task: by_service[service].get(version[task], 0) for task, service in tasks.items()}


def course(run: Run, service: int = 0) -> Course:
    """Count ready tasks, the first release beside newer ones, with what the roll-out promises."""
    found, of, release = ready(run, service), versions(run), releases(run, service)
    is_new = np.array([release.get(of[int(task)], 0) > 0 for task in found.subject], dtype=bool)
    end_s = run.scenario.duration_s
    old, new = (
        metrics.jumps(Intervals(found.subject[keep], found.start_s[keep], found.end_s[keep]), end_s)
        for keep in (~is_new, is_new)
    )
    at_s = np.unique(np.concatenate([np.zeros(1), old.at_s, new.at_s]))
    return Course(at_s, old.at(at_s), new.at(at_s), *promise(run, service))


@dataclass(frozen=True, slots=True)
class Met:
    """Requests that tasks of a newer release worked on, step by step, and those of all. Arrays of shape (steps,)."""

    at_s: Floats
    new: Floats
    all: Floats

    @property
    def share(self) -> Floats:
        """Give the new release's part; where nobody asked, what it was before."""
        share = np.divide(self.new, self.all, out=np.full(self.all.shape, np.nan), where=self.all > 0)
        last = np.maximum.accumulate(np.where(np.isnan(share), 0, np.arange(share.size)))
        return np.asarray(np.nan_to_num(share[last]), dtype=np.float64)


@lru_cache(maxsize=8)
def met(run: Run, service: int = 0, *, window_s: float = 5.0) -> Met:
    """Count the requests that reached a task, by its release: answered, with an error or not, timed out, or cut off by its end.

    window_s: rates are averaged over so long, and never across an operation.
    """
    table, release = run.requests.services[service], release_of_tasks(run)
    steps = len(table.arrived) - 1
    worked = table.served + table.failed[1] + table.failed[2] + table.failed[4]
    is_new = np.array([release.get(int(task), 0) > 0 for task in table.task], dtype=bool)
    starts = metrics.calm_starts(run, window_s)
    new, everyone = (
        metrics.mean_since(worked[rows, :steps].sum(axis=0) / run.requests.step_s, starts) for rows in (is_new, slice(1, None))
    )  # fmt: skip
    return Met(np.arange(steps, dtype=np.float64) * run.requests.step_s, new, everyone)


def met_in_all(run: Run, service: int = 0) -> int:
    """Count the requests that a newer release worked on: each of them was somebody who met it."""
    table, release = run.requests.services[service], release_of_tasks(run)
    worked = table.served + table.failed[1] + table.failed[2] + table.failed[4]
    return int(sum(worked[row].sum() for row, task in enumerate(table.task) if release.get(int(task), 0) > 0))


def failed_so_far(run: Run) -> tuple[Floats, Floats]:
    """Count the requests that had failed by the end of each step, over all services. Shapes (steps,)."""
    requests = run.requests
    steps = len(requests.services[0].arrived) - 1
    failed = np.sum([table.failed.sum(axis=(0, 1)) for table in requests.services], axis=0)[:steps]
    return np.arange(steps, dtype=np.float64) * requests.step_s, np.cumsum(failed).astype(np.float64)
