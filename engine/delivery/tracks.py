"""What became of each part of each change, moment by moment, waits included: read from the log, for whoever draws or tells it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from engine.delivery.course import Course, Log, Outcome, Stage


class Doing(IntEnum):
    """What a part is in. AWAY: its change is being mended, and it is nowhere; RETURNED: good itself, rolled back with others."""

    REVIEW = 0
    WAITS_WORKER = 1
    BUILD = 2
    TEST = 3
    WAITS_RELEASE = 4
    RELEASE = 5
    MONITOR = 6
    RESTORE = 7
    RETURNED = 8
    REWORK = 9
    DELIVERED = 10
    AWAY = 11


# What a change's time goes into, as one would ask for it.
GROUPS: dict[str, tuple[Doing, ...]] = {
    "made": (Doing.REVIEW, Doing.BUILD, Doing.TEST),
    "worker": (Doing.WAITS_WORKER,),
    "turn": (Doing.WAITS_RELEASE,),
    "after": (Doing.RELEASE, Doing.MONITOR, Doing.RESTORE, Doing.RETURNED, Doing.REWORK),
}
_BEGINS = {
    Stage.REVIEW: Doing.REVIEW,
    Stage.BUILD: Doing.BUILD,
    Stage.TEST: Doing.TEST,
    Stage.RELEASE: Doing.RELEASE,
    Stage.MONITOR: Doing.MONITOR,
    Stage.REWORK: Doing.REWORK,
}
_THEN = {Stage.REVIEW: Doing.WAITS_WORKER, Stage.TEST: Doing.WAITS_RELEASE, Stage.RESTORE: Doing.WAITS_RELEASE}


@dataclass(frozen=True, slots=True)
class Track:
    """One part of a change in one pipeline: from each moment on (minutes of working time), what it is in.

    is_own: the part in its team's own service; the others stand for the services that have to change with it.
    """

    change: int
    pipeline: int
    is_own: bool
    at_min: tuple[float, ...]
    doing: tuple[Doing, ...]


def tracks(course: Course) -> list[Track]:
    """Follow every part through the quarter, in the order in which changes were written. Needs a course that kept its log."""
    log = course.log
    rows: dict[tuple[int, int], list[int]] = defaultdict(list)
    mended: dict[int, list[float]] = defaultdict(list)
    for i in range(len(log)):
        rows[int(log.change[i]), int(log.pipeline[i])].append(i)
        if log.stage[i] == Stage.REWORK:
            mended[int(log.change[i])].append(float(log.start_min[i]))
    found = []
    for (change, pipeline), mine in rows.items():
        is_own = course.organisation.architecture == "train" or pipeline == int(course.changes.touches[change, 0])
        found.append(_track(log, change, pipeline, mine, () if is_own else mended[change], is_own=is_own))
    return sorted(found, key=lambda track: (track.change, not track.is_own, track.pipeline))


def time_spent(course: Course) -> dict[str, float]:
    """Add up what changes spent their time on, by group, in minutes of working time until the quarter's end."""
    end_min = course.organisation.end_min
    group = {doing: name for name, doings in GROUPS.items() for doing in doings}
    found = dict.fromkeys(GROUPS, 0.0)
    for track in tracks(course):
        if not track.is_own:
            continue
        for begin, end, doing in zip(track.at_min, (*track.at_min[1:], end_min), track.doing, strict=True):
            if doing in group:
                found[group[doing]] += end - begin
    return found


def _track(
    log: Log, change: int, pipeline: int, rows: Iterable[int], mended: Iterable[float], *, is_own: bool
) -> Track:
    """Turn one part's rows into moments: each stage, and what it is in when the stage is over."""
    steps: list[tuple[float, int, Doing]] = []  # the order decides among what begins at one moment: stages before waits
    for i in rows:
        stage, outcome, end = Stage(log.stage[i]), Outcome(log.outcome[i]), float(log.end_min[i])
        if end > log.start_min[i]:  # what takes no time is nothing that one could be in
            steps.append((float(log.start_min[i]), 1, _begins(stage, outcome)))
        if outcome == Outcome.OPEN:
            continue
        if stage == Stage.MONITOR and outcome == Outcome.OK:
            steps.append((end, 0, Doing.DELIVERED))
        elif stage in _THEN:
            steps.append((end, 0, _THEN[stage]))
    steps += [(at, 2, Doing.AWAY) for at in mended]
    steps.sort(key=lambda step: step[:2])
    last: dict[float, Doing] = {at: doing for at, _, doing in steps}
    return Track(change, pipeline, is_own, tuple(last), tuple(last.values()))


def _begins(stage: Stage, outcome: Outcome) -> Doing:
    """Name a stage that begins; a roll-back is another thing to those who were not to blame."""
    if stage == Stage.RESTORE:
        return Doing.RETURNED if outcome == Outcome.RETURNED else Doing.RESTORE
    return _BEGINS[stage]
