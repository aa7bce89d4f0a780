"""The twin: the same quarter in SimPy, a process for each change, written to be read.

It is what `kernel` must equal to the last bit. Nothing is shared but the commits, the draws, and where mistakes lie.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from simpy import Environment, Event, Resource

from engine.delivery import kernel
from engine.delivery.changes import PARTS, Floats, For, Ints, longest, minutes, salts, written
from engine.delivery.course import Course, Outcome, Stage, State
from engine.delivery.organisation import Organisation
from engine.delivery.simulation import log_table, pipelines_of, plan_of, releases_table
from engine.moments import at

Process = Generator[Event, Any, Any]


@dataclass(eq=False, slots=True)
class Change:
    """A change on its way. pipelines: those that it must go through, its team's own first."""

    number: int
    key: int
    touched: int
    pipelines: list[int]
    attempt: int = 0
    rides: int = 0
    is_bad: bool = False
    state: State = State.IN_PIPELINE
    delivered_min: float = math.inf
    settled: Event | None = None  # it was released: users keep it, or it goes back


@dataclass(slots=True)
class Quarter:
    """What all processes share: the clock, the build workers, who is ready, which pipelines are held, and what is noted."""

    env: Environment
    plan: kernel.Plan
    salts: Ints
    workers: Resource
    ready: list[Change] = field(default_factory=list)
    held: set[int] = field(default_factory=set)
    releases: list[tuple[tuple[float, ...], list[float]]] = field(default_factory=list)
    log: list[tuple[float, ...]] = field(default_factory=list)
    built_min: float = 0.0

    def minutes(self, what: For, mean: float, key: int, number: int) -> float:
        """Draw how long something takes."""
        return float(minutes(mean, self.salts[what], key, number, self.plan.evenly))

    def slowest(self, what: For, mean: float, change: Change) -> float:
        """Draw how long something takes that all pipelines of a release do side by side."""
        return float(longest(mean, self.salts[what], change.key, change.rides, len(change.pipelines), self.plan.evenly))

    def mistakes(self, change: Change) -> tuple[bool, bool]:
        """Say whether tests find a mistake in this attempt, and whether it holds one that they do not find."""
        found, slips = kernel.mistakes(self.plan, self.salts, change.key, change.attempt, change.touched)
        return bool(found), bool(slips)

    def note(self, change: Change, pipeline: int, stage: Stage, end_min: float, outcome: Outcome = Outcome.OK) -> None:
        """Note a stage that begins now."""
        self.log.append((change.number, change.attempt, pipeline, stage, self.env.now, end_min, outcome))


def life(quarter: Quarter, change: Change, at_min: float) -> Process:
    """Be written, reviewed, built, tested, released; be sent back, and try again."""
    yield at(quarter.env, at_min)
    while True:
        change.state = State.IN_PIPELINE
        yield quarter.env.all_of([quarter.env.process(part(quarter, change, n)) for n in range(len(change.pipelines))])
        is_caught, change.is_bad = quarter.mistakes(change)
        if not is_caught:
            change.settled = quarter.env.event()
            quarter.ready.append(change)
            look(quarter)
            yield change.settled
            if change.state == State.DELIVERED:
                return
        change.state = State.SENT_BACK
        mends = quarter.minutes(For.REWORK, quarter.plan.rework_min, change.key, change.attempt)
        quarter.note(change, change.pipelines[0], Stage.REWORK, quarter.env.now + mends)
        change.attempt += 1
        yield quarter.env.timeout(mends)


def part(quarter: Quarter, change: Change, number: int) -> Process:
    """Have one part of a change reviewed, wait for a build worker, build and test."""
    env, plan, pipeline, draw = quarter.env, quarter.plan, change.pipelines[number], change.attempt * PARTS + number
    review = quarter.minutes(For.REVIEW, plan.review_min, change.key, draw)
    quarter.note(change, pipeline, Stage.REVIEW, env.now + review)
    yield env.timeout(review)
    with quarter.workers.request() as worker:
        yield worker
        build = quarter.minutes(For.BUILD, plan.build_min, change.key, draw)
        tests = quarter.minutes(For.TEST, plan.test_min, change.key, draw)
        quarter.built_min += env.now + build + tests - env.now
        quarter.note(change, pipeline, Stage.BUILD, env.now + build)
        yield env.timeout(build)
        is_caught = number == 0 and quarter.mistakes(change)[0]
        quarter.note(change, pipeline, Stage.TEST, env.now + tests, Outcome.CAUGHT if is_caught else Outcome.OK)
        yield env.timeout(tests)


# --- releases --------------------------------------------------------------------------------------------------------


def timetable(quarter: Quarter) -> Process:
    """Let trains leave by the clock."""
    trains = 1
    while True:
        yield at(quarter.env, trains * quarter.plan.every_min)
        look(quarter, departs=True)
        trains += 1


def look(quarter: Quarter, *, departs: bool = False, again: int = 0) -> None:
    """Begin every release that can begin, in the order in which changes became ready.

    again: so many leave at once on a train of their own, because they were rolled back with others.

    A change needs all its pipelines at once. Whatever has to wait keeps its place in each of them: nobody overtakes.
    """
    plan = quarter.plan
    if not again and (len(quarter.ready) < plan.needs or (plan.every_min < math.inf and not departs)):
        return
    takes = again or plan.takes
    claimed: set[int] = set()
    boarding: list[list[Change]] = []
    for change in quarter.ready:
        wants = set(change.pipelines)
        own = next((release for release in boarding if change.pipelines[0] in release[0].pipelines), None)
        if wants & claimed:
            claimed |= wants
        elif own and wants <= set(own[0].pipelines) and len(own) < takes:
            own.append(change)
        elif not wants & quarter.held:
            quarter.held |= wants
            boarding.append([change])
        else:
            claimed |= wants
    gone = {id(change) for release in boarding for change in release}
    quarter.ready = [change for change in quarter.ready if id(change) not in gone]
    for release in boarding:
        quarter.env.process(released(quarter, release))


def released(quarter: Quarter, changes: list[Change]) -> Process:
    """Release some changes as one, watch, and if a mistake shows, find it and roll back; then let the pipelines go."""
    env, plan, lead = quarter.env, quarter.plan, changes[0]
    is_bad = any(change.is_bad for change in changes)
    counts = (lead.number, len(changes), sum(not change.rides for change in changes), len(lead.pipelines), is_bad)
    moments = [env.now, math.inf, math.inf, math.inf]
    quarter.releases.append((counts, moments))
    release = quarter.slowest(For.RELEASE, plan.release_min, lead)
    note_all(quarter, changes, Stage.RELEASE, env.now + release, is_bad=False)
    yield env.timeout(release)
    deployed_min = moments[1] = env.now
    if not is_bad:
        moments[2] = env.now
    watch = quarter.minutes(For.MONITOR, plan.monitor_min, lead.key, lead.rides)
    note_all(quarter, changes, Stage.MONITOR, env.now + watch, is_bad=is_bad)
    yield env.timeout(watch)
    if is_bad:
        yield env.process(restored(quarter, changes, moments))
    moments[3] = env.now
    close(quarter, changes, deployed_min, is_bad=is_bad)


def note_all(quarter: Quarter, changes: list[Change], stage: Stage, end_min: float, *, is_bad: bool) -> None:
    """Note a stage of a release for each change in each of its pipelines."""
    for change in changes:
        outcome = (Outcome.FAILED if change.is_bad else Outcome.RETURNED) if is_bad else Outcome.OK
        for pipeline in change.pipelines:
            quarter.note(change, pipeline, stage, end_min, outcome)


def restored(quarter: Quarter, changes: list[Change], moments: list[float]) -> Process:
    """Search the culprit, then roll back, or the other way round; `moments` keeps when users had a good version again."""
    env, plan, lead = quarter.env, quarter.plan, changes[0]
    parts = sum(len(change.pipelines) for change in changes)
    search = quarter.minutes(For.SEARCH, parts * plan.search_min, lead.key, lead.rides)
    recovery = quarter.slowest(For.RECOVERY, plan.recovery_min, lead)
    first, second = (search, recovery) if plan.search_first else (recovery, search)
    note_all(quarter, changes, Stage.RESTORE, env.now + first + second, is_bad=True)
    yield env.timeout(first)
    if not plan.search_first:
        moments[2] = env.now
    yield env.timeout(second)
    if plan.search_first:
        moments[2] = env.now


def close(quarter: Quarter, changes: list[Change], deployed_min: float, *, is_bad: bool) -> None:
    """Let the pipelines go. After a bad release the guilty go back to their authors, and the others to the front, in their order."""
    quarter.held -= set(changes[0].pipelines)
    back = []
    for change in changes:
        change.rides += 1
        if is_bad and not change.is_bad:
            back.append(change)
            continue
        if not is_bad:
            change.state, change.delivered_min = State.DELIVERED, deployed_min
        assert change.settled is not None  # noqa: S101  (it was ready)
        change.settled.succeed()
    quarter.ready = back + quarter.ready
    look(quarter, again=len(back) if quarter.plan.is_train else 0)


# --- the whole -------------------------------------------------------------------------------------------------------


def run_one_by_one(organisation: Organisation, replication: int = 0) -> Course:
    """Play one quarter change by change; the log is always kept."""
    env, plan, names = Environment(), plan_of(organisation), salts(organisation.seed, replication)
    commits = written(organisation, names)
    pipelines, parts = pipelines_of(organisation, commits)
    quarter = Quarter(env, plan, names, Resource(env, plan.workers))
    changes = [
        Change(n, int(commits.key[n]), int(commits.n_touched[n]), pipelines[n, : parts[n]].tolist())
        for n in range(len(commits.key))
    ]
    for change, at_min in zip(changes, commits.at_min.tolist(), strict=True):
        env.process(life(quarter, change, at_min))
    if plan.every_min < math.inf:
        env.process(timetable(quarter))
    env.run(until=organisation.end_min)
    return Course(
        organisation=organisation,
        changes=commits,
        delivered_min=np.array([change.delivered_min for change in changes]),
        state=np.array([change.state for change in changes], dtype=np.int64),
        attempts=np.array([change.attempt + 1 for change in changes], dtype=np.int64),
        releases=releases_table(
            _columns([(*counts, *moments) for counts, moments in quarter.releases], 9), organisation.end_min
        ),
        log=log_table(_columns(quarter.log, 7), organisation.end_min),
        built_min=quarter.built_min,
    )


def _columns(rows: list[tuple[float, ...]], width: int) -> Floats:
    return np.array(rows, dtype=np.float64).reshape(-1, width).T
