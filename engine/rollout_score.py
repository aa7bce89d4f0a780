"""What a roll-out cost: bad answers, tasks beyond the wanted ones, minutes, and dollars. Read from the log and the request tables.

A roll-out is answered for from the moment at which it is asked for until another one begins, or the run ends: a bad version that
nobody stops goes on costing. Tasks and money are counted until only one version is left, for then it is over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine import metrics, pricing
from engine.events import Floats, Intervals, Kind, intervals
from engine.metrics import Steps
from engine.rollouts import RollOut, ready, rollouts, versions
from engine.simulation import Run

HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Score:
    """One roll-out in numbers.

    failed: requests that failed from its beginning on; failed_by_new: of those, at tasks of the new version.
    met_new: share of the requests answered since then that the new version's tasks answered, well or badly; 0 where none was.
    extra_task_hours: tasks beyond the desired count, while it was on. took_s: until only one version was left; none = never.
    least_serving: the fewest tasks in service at once meanwhile. extra_usd: what it cost beyond the rate at which it began.
    ending: done, back, failed (and nobody goes back), stalled, or open (it is still on its way, or another overtook it).
    """

    rollout: RollOut
    failed: int
    failed_by_new: int
    met_new: float
    extra_task_hours: float
    took_s: float | None
    least_serving: int
    extra_usd: float
    ending: str


def scores(run: Run, service: int = 0) -> tuple[Score, ...]:
    """Score a service's roll-outs, in order."""
    return tuple(_score(run, one) for one in rollouts(run, service))


def _score(run: Run, one: RollOut) -> Score:
    until_s = one.end_s if one.over_s is None else one.over_s
    there, serve = _there(run, one.service), metrics.jumps(_serving(run, one.service), run.scenario.duration_s)
    wanted = _desired(run, one.service)
    failed, by_new, answered, met = _requests(run, one)
    rate = pricing.usd_per_hour(run)
    at_first = float(rate.at(np.array([one.began_s]))[0])
    return Score(
        rollout=one,
        failed=failed,
        failed_by_new=by_new,
        met_new=met / answered if answered else 0.0,
        extra_task_hours=_beyond(there, wanted, one.began_s, until_s) / HOUR_S,
        took_s=None if one.over_s is None else one.over_s - one.began_s,
        least_serving=int(_while(serve, one.began_s, until_s)[1].min()),
        extra_usd=_area(rate, one.began_s, until_s, at_first) / HOUR_S,
        ending=_ending(one),
    )


def _ending(one: RollOut) -> str:
    if one.rolled_back_s is not None:
        return "back"
    if one.done_s is not None:
        return "done"
    if one.failed_s is not None and not one.settings.rollback:
        return "failed"
    return "stalled" if one.stalled_s is not None else "open"


def _requests(run: Run, one: RollOut) -> tuple[int, int, int, int]:
    """Count, from its beginning on: failed requests, those at new tasks, answered ones, those that new tasks answered."""
    table, step_s, of = run.requests.services[one.service], run.requests.step_s, versions(run)
    window = slice(int(one.began_s / step_s), int(np.ceil(one.end_s / step_s)) + 1)
    new = np.array(
        [row > 0 and of.get(int(task)) == one.version for row, task in enumerate(table.task)], dtype=np.bool_
    )
    failed = table.failed[:, :, window].sum(axis=(0, 2))
    answered = failed + table.served[:, window].sum(axis=1)
    return int(failed.sum()), int(failed[new].sum()), int(answered.sum()), int(answered[new].sum())


# --- over time -------------------------------------------------------------------------------------------------------


def version_requests(run: Run, service: int = 0) -> dict[int, tuple[Floats, Floats]]:
    """Give the requests a second that each version's tasks served, and that failed at them. Shapes (steps,)."""
    table, step_s, of = run.requests.services[service], run.requests.step_s, versions(run)
    steps = len(table.arrived) - 1
    version = np.array([of.get(int(task), 0) if row else -1 for row, task in enumerate(table.task)], dtype=np.int64)
    served, failed = table.served[:, :steps], table.failed.sum(axis=0)[:, :steps]
    return {
        number: (served[version == number].sum(axis=0) / step_s, failed[version == number].sum(axis=0) / step_s)
        for number in sorted(set(version[1:].tolist()))
    }


def weight(one: RollOut) -> Steps:
    """Give the share of the traffic that is meant for the new version over time, where it moves by weights."""
    moved = [(0.0, 0.0), *one.weights]
    return Steps(np.array([at_s for at_s, _ in moved]), np.array([share for _, share in moved]))


def _serving(run: Run, service: int) -> Intervals:
    found = metrics.serving(run)
    mine = np.isin(found.subject, sorted({int(task) for task in ready(run, service).subject}))
    return Intervals(found.subject[mine], found.start_s[mine], found.end_s[mine])


def _there(run: Run, service: int) -> Steps:
    """Count the tasks of a service that were begun and had not ended: those that drain, and those that wait for room, too."""
    events, end_s = run.events, run.scenario.duration_s
    found = intervals(events, "task", (Kind.TASK_PLACED,), (Kind.TASK_STOPPED, Kind.TASK_LOST), end_s)
    mine = np.isin(
        found.subject, [events.task[i] for i in events.where(Kind.TASK_CREATED) if events.service[i] == service]
    )
    return metrics.jumps(Intervals(found.subject[mine], found.start_s[mine], found.end_s[mine]), end_s)


def _desired(run: Run, service: int) -> Steps:
    events = run.events
    rows = [i for i in events.where(Kind.DESIRED_SET) if events.service[i] == service]
    first = 0 if run.scenario.services[service].one_every_s else run.scenario.services[service].desired
    return Steps(np.array([0.0, *events.at_s[rows]]), np.array([float(first), *events.value[rows]]))


def _while(steps: Steps, start_s: float, end_s: float) -> tuple[Floats, Floats]:
    """Cut a piece out: when it changes, and to what."""
    inside = steps.at_s[(steps.at_s > start_s) & (steps.at_s < end_s)]
    at_s = np.concatenate([[start_s], inside])
    return at_s, steps.at(at_s)


def _area(steps: Steps, start_s: float, end_s: float, above: float) -> float:
    """Add up what lies above a level, what lies below it taken off. Unit: the value's times seconds."""
    at_s, value = _while(steps, start_s, end_s)
    return float(((value - above) * np.diff(np.append(at_s, end_s))).sum())


def _beyond(there: Steps, wanted: Steps, start_s: float, end_s: float) -> float:
    """Add up the task-seconds beyond what is wanted."""
    both = Steps(np.union1d(there.at_s, wanted.at_s), np.zeros(0))
    at_s = np.concatenate([[start_s], both.at_s[(both.at_s > start_s) & (both.at_s < end_s)]])
    over = np.maximum(0.0, there.at(at_s) - wanted.at(at_s))
    return float((over * np.diff(np.append(at_s, end_s))).sum())
