"""Releases: what a person calls a version. The one a run begins with is the first; going back to it makes it the first again."""

from __future__ import annotations

from engine.events import Kind
from engine.rollouts import versions
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
