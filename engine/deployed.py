"""What came of the first version that was brought out, in the words that a page needs: its score, who stopped it, what the breaker saw."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.events import Kind
from engine.launch import launch_type
from engine.releases import release_of_tasks
from engine.rollout_score import Score, scores
from engine.simulation import Run

GAVE_OUT = (Kind.TASK_UNHEALTHY, Kind.TASK_DEACTIVATING, Kind.TASK_STOPPING, Kind.TASK_STOPPED)


@dataclass(frozen=True, slots=True)
class Stop:
    """Who failed a deployment: "breaker", "alarm" or "patience"; how long after it began, and at how many tasks or at which percent."""

    by: str
    after_s: float
    value: float


def first(run: Run, service: int = 0) -> Score | None:
    """Score the first roll-out of a service; None where none came."""
    found = scores(run, service)
    return found[0] if found else None


def stopped(run: Run, service: int = 0) -> Stop | None:
    """Say who failed the first roll-out and when; None where nobody did."""
    found = first(run, service)
    if found is None or found.rollout.failed_s is None:
        return None
    one = found.rollout
    return Stop(one.failed_why.partition(" ")[0], found.rollout.failed_s - one.began_s, one.failed_by)


def back_s(run: Run, service: int = 0) -> float | None:
    """Say how long it took to go back once it was decided: until only the last good version was left. None = nobody went back."""
    found = first(run, service)
    if found is None or found.rollout.failed_s is None or found.rollout.rolled_back_s is None:
        return None
    return found.rollout.rolled_back_s - found.rollout.failed_s


def is_bad(run: Run) -> bool:
    """Say whether the first version brought out does harm: it never answers, answers with errors, or leaks."""
    asked = next((o for o in run.scenario.operations if o.do == "deploy" and not o.undo), None)
    return asked is not None and bool(asked.fails or asked.errors or asked.leak_mib)


def breakers_part(run: Run) -> Literal["idle", "blind", "late"]:
    """Say why the circuit breaker did not stop the first version: not at work here, nothing it could see, or too late and too few."""
    rule = run.scenario.services[0].deployment
    if launch_type(run.scenario.launch_type).is_kubernetes or not rule.breaker or rule.shifts_traffic:
        return "idle"
    asked = next((o for o in run.scenario.operations if o.do == "deploy" and not o.undo), None)
    return "late" if asked is not None and (asked.fails or asked.leak_mib) else "blind"


def failed_tasks(run: Run, service: int = 0) -> int:
    """Count the new version's tasks that gave out without ever having served, until the first roll-out had failed."""
    found, events = first(run, service), run.events
    if found is None:
        return 0
    to_s = found.rollout.end_s if found.rollout.failed_s is None else found.rollout.failed_s
    release = release_of_tasks(run)
    served = {int(events.task[row]) for row in events.where(Kind.TASK_SERVING, Kind.POD_READY)}
    gone = {int(events.task[row]) for row in events.where(*GAVE_OUT) if events.at_s[row] <= to_s}
    return sum(release.get(task, 0) > 0 for task in gone - served)
