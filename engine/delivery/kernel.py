"""The compiled quarter: one loop over a heap of moments. `one_by_one` tells the same in SimPy, and comes out the same.

A change is a number; a part of it (one for each pipeline that it goes through) is change x PARTS + part. The ready changes are a
linked list in the order in which they became ready, with the number of changes as its head.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import literal_unroll, njit

from engine.delivery.changes import PARTS, Floats, For, Ints, longest, minutes
from engine.delivery.course import Outcome, Stage, State
from engine.delivery.heap import moments, pop, push
from engine.placement.kernel import draw

REVIEWED, BUILT, REWORKED, CLOSED = range(4)  # what a moment is for: its word is that x A_KIND + whom it is about
A_KIND = 1 << 40

# A compiled loop takes plain numbers, not members of an enumeration.
OK, CAUGHT, FAILED, RETURNED = int(Outcome.OK), int(Outcome.CAUGHT), int(Outcome.FAILED), int(Outcome.RETURNED)
REVIEW, BUILD, TEST, RELEASE, MONITOR, RESTORE, REWORK = (int(stage) for stage in Stage)
IN_PIPELINE, SENT_BACK, DELIVERED = (int(state) for state in State)
_BAD, _INTERFACE, _CAUGHT, _REVIEW, _BUILD, _TEST, _RELEASE, _MONITOR, _SEARCH, _RECOVERY, _REWORK = (
    int(purpose) for purpose in list(For)[For.BAD :]
)


class Plan(NamedTuple):
    """An organisation as plain numbers. needs, takes: changes that a release waits for, and holds at most."""

    is_train: bool
    pipelines: int
    needs: int
    takes: int
    every_min: float
    workers: int
    fails: float
    interface_fails: float
    caught: float
    review_min: float
    build_min: float
    test_min: float
    release_min: float
    monitor_min: float
    search_min: float
    recovery_min: float
    rework_min: float
    search_first: bool
    evenly: bool
    end_min: float


# What is known of each change, a record each, and of the head of the list of those that are ready: the last record. Records and
# not columns: a compiled call is slow to hand over many arrays.
# touched: services; parts, mask: its pipelines, by count and as bits. rides: releases that it was in. is_bad: whether this
# attempt holds a mistake that tests did not find. next, before: its neighbours among those that are ready. rider: the next
# change of its release; last, size: the last change and the number of changes of the release that it leads.
CHANGE = np.dtype([
    ("key", np.int64), ("touched", np.int64), ("parts", np.int64), ("mask", np.int64), ("attempt", np.int64),
    ("rides", np.int64), ("parts_left", np.int64), ("is_bad", np.bool_), ("state", np.int64), ("deployed_min", np.float64),
    ("delivered_min", np.float64), ("next", np.int64), ("before", np.int64), ("rider", np.int64), ("last", np.int64),
    ("size", np.int64),
])  # fmt: skip


@njit(cache=True, nogil=True)
def play(plan: Plan, salts: Ints, at_min: Floats, changes: Any, ways: Ints, keep: bool) -> Any:
    """Play the quarter. Returns the releases' rows, the log's rows (none without `keep`), and the worker-minutes begun."""
    n = len(at_min)
    changes[n].next = changes[n].before = n
    heap = moments(changes.parts.sum() + n)  # a moment for each part under way, or for each change
    jobs = [0 for _ in range(0)]
    busy = np.zeros(1, dtype=np.int64)  # pipelines, a bit each
    releases = [(0, 0, 0, 0, False, 0.0, 0.0, 0.0, 0.0) for _ in range(0)]
    log = [(0, 0, 0, 0, 0.0, 0.0, 0) for _ in range(0)]
    upcoming, first_job, free, built_min = 0, 0, plan.workers, 0.0
    n_ready, trains = 0, 1
    while True:
        arrives = at_min[upcoming] if upcoming < n else math.inf
        leaves = trains * plan.every_min
        next_ = heap.at_min[0] if heap.n[0] else math.inf
        now = min(arrives, leaves, next_)
        if now >= plan.end_min:
            return _table(releases, 9), _table(log, 7), built_min
        looks, departs, again = False, False, 0
        if now == next_:
            what, which = divmod(pop(heap), A_KIND)
            if what == REVIEWED:
                jobs.append(which)
            elif what == BUILT:
                free += 1
                if _is_ready(plan, salts, changes, ways, which // PARTS, now, heap, log, keep):
                    n_ready += 1
                    looks = True
            elif what == REWORKED:
                _review(plan, salts, changes, ways, which, now, heap, log, keep)
            else:
                again = _close(plan, salts, changes, ways, which, now, busy, heap, log, keep)
                n_ready += again
                looks = True
            while free and first_job < len(jobs):
                free -= 1
                built_min += _build(plan, salts, changes, ways, jobs[first_job], now, heap, log, keep)
                first_job += 1
        elif now == arrives:
            _review(plan, salts, changes, ways, upcoming, now, heap, log, keep)
            upcoming += 1
        else:
            trains += 1
            looks = departs = True
        if again and plan.is_train:  # the train leaves again without the guilty: for nobody else, and by no timetable
            n_ready -= _release(plan, salts, changes, ways, now, busy, again, heap, releases, log, keep)
        elif looks and n_ready >= plan.needs and (departs or plan.every_min == math.inf):
            n_ready -= _release(plan, salts, changes, ways, now, busy, plan.takes, heap, releases, log, keep)


@njit(cache=True, nogil=True)
def _table(rows, width):  # type: ignore[no-untyped-def]
    """Write the rows as columns: handing lists over would take longer than the quarter."""
    table = np.empty((width, len(rows)))
    for i, row in enumerate(rows):
        column = 0
        for number in literal_unroll(row):
            table[column, i] = number
            column += 1
    return table


# --- before a release ------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def mistakes(plan: Plan, salts: Ints, key: int, attempt: int, touched: int) -> tuple[bool, bool]:
    """Say whether an attempt holds a mistake that tests find, and whether it holds one that slips through.

    The tests of a monolith see all of it; those of a pipeline never see that two services misunderstand each other.
    """
    own = draw(salts[_BAD], key, attempt) < plan.fails
    between = draw(salts[_INTERFACE], key, attempt) < 1 - (1 - plan.interface_fails) ** (touched - 1)
    seen = own or (between and plan.is_train)
    found = seen and draw(salts[_CAUGHT], key, attempt) < plan.caught
    return found, (own or between) and not found


@njit(cache=True, nogil=True)
def _review(plan, salts, changes, ways, change, now, heap, log, keep):  # type: ignore[no-untyped-def]
    """Have every part reviewed."""
    key, attempt = changes[change].key, changes[change].attempt
    changes[change].state = IN_PIPELINE
    changes[change].parts_left = changes[change].parts
    for part in range(changes[change].parts):
        end = now + minutes(plan.review_min, salts[_REVIEW], key, attempt * PARTS + part, plan.evenly)
        push(heap, end, REVIEWED * A_KIND + change * PARTS + part)
        if keep:
            log.append((change, attempt, ways[change, part], REVIEW, now, end, OK))


@njit(cache=True, nogil=True)
def _build(plan, salts, changes, ways, job, now, heap, log, keep):  # type: ignore[no-untyped-def]
    """Build and test a part on a worker; return for how long."""
    change, part = job // PARTS, job % PARTS
    key, attempt = changes[change].key, changes[change].attempt
    built = now + minutes(plan.build_min, salts[_BUILD], key, attempt * PARTS + part, plan.evenly)
    tested = built + minutes(plan.test_min, salts[_TEST], key, attempt * PARTS + part, plan.evenly)
    push(heap, tested, BUILT * A_KIND + job)
    if keep:
        found, _ = mistakes(plan, salts, key, attempt, changes[change].touched)
        pipeline = ways[change, part]
        log.append((change, attempt, pipeline, BUILD, now, built, OK))
        log.append((change, attempt, pipeline, TEST, built, tested, CAUGHT if found and part == 0 else OK))
    return tested - now


@njit(cache=True, nogil=True)
def _is_ready(plan, salts, changes, ways, change, now, heap, log, keep):  # type: ignore[no-untyped-def]
    """Wait for the last part; then send the change back, or line it up and say yes."""
    changes[change].parts_left -= 1
    if changes[change].parts_left:
        return False
    found, changes[change].is_bad = mistakes(
        plan, salts, changes[change].key, changes[change].attempt, changes[change].touched
    )
    if found:
        _send_back(plan, salts, changes, ways, change, now, heap, log, keep)
        return False
    head = len(changes) - 1
    _insert(changes, change, changes[head].before)
    return True


@njit(cache=True, nogil=True)
def _send_back(plan, salts, changes, ways, change, now, heap, log, keep):  # type: ignore[no-untyped-def]
    """Give a change back to its author, who will come with another attempt."""
    attempt = changes[change].attempt
    end = now + minutes(plan.rework_min, salts[_REWORK], changes[change].key, attempt, plan.evenly)
    push(heap, end, REWORKED * A_KIND + change)
    changes[change].state = SENT_BACK
    changes[change].attempt = attempt + 1
    if keep:
        log.append((change, attempt, ways[change, 0], REWORK, now, end, OK))


@njit(cache=True, nogil=True)
def _insert(changes, change, after):  # type: ignore[no-untyped-def]
    """Put a ready change behind another one; behind the head is first."""
    follows = changes[after].next
    changes[after].next = changes[follows].before = change
    changes[change].before, changes[change].next = after, follows


@njit(cache=True, nogil=True)
def _take_out(changes, change):  # type: ignore[no-untyped-def]
    """Take a change out of those that are ready."""
    changes[changes[change].before].next = changes[change].next
    changes[changes[change].next].before = changes[change].before


# --- releases --------------------------------------------------------------------------------------------------------


@njit(cache=True, nogil=True)
def _release(plan, salts, changes, ways, now, busy, takes, heap, releases, log, keep):  # type: ignore[no-untyped-def]
    """Begin every release that can begin, in the order in which changes became ready; return how many changes left.

    A change waits for all its pipelines at once. Whatever waits holds its place in each of them: nobody overtakes.
    """
    head, everything = len(changes) - 1, (1 << plan.pipelines) - 1
    filling = np.full(plan.pipelines, -1, dtype=np.int64)  # who leads the release that takes changes, by its pipelines
    begun = [0 for _ in range(0)]
    claimed, left, change = 0, 0, changes[head].next
    while change != head and claimed != everything:
        if (claimed | busy[0]) == everything and (takes == 1 or not begun):
            break
        follows, mask = changes[change].next, changes[change].mask
        lead = filling[ways[change, 0]]
        if mask & claimed:
            claimed |= mask
        elif lead >= 0 and not mask & ~changes[lead].mask and changes[lead].size < takes:
            changes[changes[lead].last].rider = changes[lead].last = change
            changes[lead].size += 1
            _take_out(changes, change)
            left += 1
        elif not mask & busy[0]:
            busy[0] |= mask
            for part in range(changes[change].parts):
                filling[ways[change, part]] = change
            changes[change].last = change
            changes[change].size = 1
            _take_out(changes, change)
            begun.append(change)
            left += 1
        else:
            claimed |= mask
        change = follows
    for lead in begun:
        _begin(plan, salts, changes, ways, lead, now, heap, releases, log, keep)
    return left


@njit(cache=True, nogil=True)
def _begin(plan, salts, changes, ways, lead, now, heap, releases, log, keep):  # type: ignore[no-untyped-def]
    """Release, watch, and if a mistake shows: search it and roll back. All of it is known now: nothing can interrupt it."""
    key, ride, evenly = changes[lead].key, changes[lead].rides, plan.evenly
    parts, fresh, is_bad, change = 0, 0, False, lead
    for _ in range(changes[lead].size):
        parts += changes[change].parts
        fresh += changes[change].rides == 0
        is_bad |= changes[change].is_bad
        change = changes[change].rider
    deployed = now + longest(plan.release_min, salts[_RELEASE], key, ride, changes[lead].parts, evenly)
    watched = deployed + minutes(plan.monitor_min, salts[_MONITOR], key, ride, evenly)
    restored, reopened = deployed, watched
    if is_bad:
        search = minutes(parts * plan.search_min, salts[_SEARCH], key, ride, evenly)
        recovery = longest(plan.recovery_min, salts[_RECOVERY], key, ride, changes[lead].parts, evenly)
        restored = (watched + search if plan.search_first else watched) + recovery
        reopened = restored if plan.search_first else restored + search
    push(heap, reopened, CLOSED * A_KIND + lead)
    releases.append((lead, changes[lead].size, fresh, changes[lead].parts, is_bad, now, deployed, restored, reopened))
    change = lead
    for _ in range(changes[lead].size):
        changes[change].deployed_min = deployed
        if keep:
            outcome = (FAILED if changes[change].is_bad else RETURNED) if is_bad else OK
            for part in range(changes[change].parts):
                attempt, pipeline = changes[change].attempt, ways[change, part]
                log.append((change, attempt, pipeline, RELEASE, now, deployed, OK))
                log.append((change, attempt, pipeline, MONITOR, deployed, watched, outcome))
                if is_bad:
                    log.append((change, attempt, pipeline, RESTORE, watched, reopened, outcome))
        change = changes[change].rider


@njit(cache=True, nogil=True)
def _close(plan, salts, changes, ways, lead, now, busy, heap, log, keep):  # type: ignore[no-untyped-def]
    """Let the pipelines go. After a bad release the guilty go back to their authors, and the others to the front, in their order.

    Returns how many are ready again.
    """
    busy[0] &= ~changes[lead].mask
    is_bad, change = False, lead
    for _ in range(changes[lead].size):
        is_bad |= changes[change].is_bad
        change = changes[change].rider
    again, behind, change = 0, len(changes) - 1, lead
    for _ in range(changes[lead].size):
        changes[change].rides += 1
        follows = changes[change].rider
        if not is_bad:
            changes[change].state = DELIVERED
            changes[change].delivered_min = changes[change].deployed_min
        elif changes[change].is_bad:
            _send_back(plan, salts, changes, ways, change, now, heap, log, keep)
        else:
            _insert(changes, change, behind)
            behind = change
            again += 1
        change = follows
    return again
