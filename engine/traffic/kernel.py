"""The compiled data plane: every request of one service, in order of time.

A request is a pass through one loop, not a process. State comes in as arrays and stays in
them, so a window can end anywhere (law 3): only what is still on its way at the window's end
is written down in `Carry.pending`, and settled when the next window begins.

One attempt of one request, in the words of the loop:

* it enters by the load balancer's front in one zone (`dns`, round robin, as resolvers do),
* the front picks a target by the service's algorithm,
* during a shift there are two groups of targets: a chance of the attempt's own picks the group by weight,
* the target works on `workers` requests at once, first come first served; at most `backlog`
  wait, the next is refused,
* a bad version answers a share of what it has worked on with an error,
* the client leaves after `timeout_s`. One who leaves while waiting is never worked on; one who
  leaves later has cost the target the whole work,
* a failed attempt is tried again, `retries` times, each after `backoff_s`.

`engine.traffic.one_by_one` tells the same story in SimPy, one process a request; the twin
tests hold the two to a difference of 0.0.

Tables and code stand in one file, long as it is: numba's cache knows the age of the file that
a function stands in, and nothing of what it took from another. After a change there it would go
on with the old code on the new tables.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]

# No fastmath, no threads. Nothing here makes an array, so numba need not count the references to any: without
# `_nrt=False` it does so wherever an array is mentioned, at a third of the time.
OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy", "_nrt": False, "nogil": True}
compiled = njit(**OPTIONS)
# For what takes whole tables: handing 20 of them over costs more than most of what is done with them.
put_in_place = njit(**OPTIONS, inline="always")

# What can become of a request. SERVED is counted by target; so are the others, with row 0 for "no target".
SERVED, REFUSED, TIMED_OUT, RESET, NO_TARGET, ERROR = range(6)
N_FAILURES = 5
# How a target answers: as it should, never (its host or zone is dark), or with a reset (its process is gone).
LIVE, SILENT, GONE = range(3)
ROUND_ROBIN, RANDOM, LEAST_OUTSTANDING = range(3)
# Why `serve` came back: the window is done, a new block of draws is needed, or a table is full.
DONE, WANTS_DRAWS, WANTS_ROOM = range(3)

# Latency buckets: the float's own exponent and the first four bits of its mantissa, so 16 to the octave (a bucket's
# middle is within 3.1 % of all it holds), from 2**-14 s (61 us) to 2**9 s.
BUCKET_SHIFT = 52 - 4
LOWEST_BUCKET = (1023 - 14) << 4
N_BUCKETS = (14 + 9) << 4

# Columns of `Carry.pending`, what is on its way at a window's end.
ID, ATTEMPT, FIRST, ARRIVE, START, END, ANSWER, OUTCOME, TARGET, WORK, PENDING_WIDTH = range(11)
# Columns of `Carry.again`, the heap of attempts to come.
A_AT, A_ID, A_ATTEMPT, A_FIRST, A_WORK, AGAIN_WIDTH = range(6)
# Slots of `Carry.n`. N_ZERO holds 0, which the compiler does not know.
N_ID, N_DRAW, N_SEGMENT, N_DNS, N_PENDING, N_AGAIN, N_LEAVING, N_ZERO, N_SIZE = range(9)
NEVER = np.inf
NOWHERE = -1.0  # START of an attempt that never reached its target

# The express lane's: after a request that was not for it, so many are played in full before it is tried again.
PAUSE = 8
U = np.uint64
ZERO, ONE, TWO = U(0), U(1), U(2)
CACHE_LINE = U(16)  # counts in a line of the processor's cache


class Plan(NamedTuple):
    """What does not change during a run. `segment_*`: traffic, piecewise constant, shape (n_segments,)."""

    segment_end_s: Floats
    segment_gap_s: Floats  # mean time between arrivals, inf where there are none
    work_s: float
    timeout_s: float
    backoff_s: float
    ttl_s: float
    steps_per_s: float
    salt: int
    workers: int
    backlog: int
    retries: int
    algorithm: int
    keep: bool
    counts_work: bool  # somebody will ask how much each target has worked on
    lot: int  # the salt of the draw between two groups of targets


class Route(NamedTuple):
    """What the control plane last said. Fronts are zones, shape (n_zones,); targets are rows, 0 is "no target"."""

    targets: Ints  # (n_zones, room): whom each front sends to
    n_targets: Ints  # (n_zones,)
    dns: Ints  # (n_zones,): fronts that resolvers hand out
    n_dns: Ints  # (1,)
    front_is_dead: Ints  # (n_zones,)
    fade: Ints  # (n_zones,): +1 joining DNS, -1 leaving it, 0 neither
    fade_since_s: Floats  # (n_zones,)
    extra_s: Floats  # (n_zones,): latency of an impaired zone
    loss: Floats  # (n_zones,): share of attempts that an impaired zone swallows
    mode: Ints  # (room,)
    zone: Ints  # (room,)
    errors: Floats  # (room,): share of its requests that a target answers with an error
    green: Ints  # (n_zones, room): the other group's targets, while traffic is split between two
    n_green: Ints  # (n_zones,)
    green_share: Floats  # (1,): the weight of the other group; 0 = there is none
    has_quirks: Ints  # (1,): a dead front, a fade, an impairment or a target with errors somewhere


class Carry(NamedTuple):
    """What one window hands to the next."""

    at_s: Floats  # (1,): the last arrival
    n: Ints  # (N_SIZE,)
    next_target: Ints  # (2 * n_zones,): round robin's finger, one for each front, then one for each front's other group
    free_s: Floats  # (room, workers): when each worker has done what it holds, the soonest first
    queue_s: Floats  # (room, backlog + 1): ring of the times at which the waiting stop waiting
    queue_head: Ints  # (room,)
    queue_len: Ints  # (room,)
    outstanding: Ints  # (room,): kept only for least outstanding requests
    leaving: Floats  # (cap, 3): heap of (when, target, generation)
    worked: Ints  # (room,): requests that a target works on or will, less those it never will; only with counts_work
    generation: Ints  # (room,): bumped when a target dies, so that old leavers are not counted twice
    pending: Floats  # (cap, PENDING_WIDTH)
    again: Floats  # (cap, AGAIN_WIDTH)
    scratch: Floats  # (AGAIN_WIDTH,): a row in the making


class Tally(NamedTuple):
    """What is counted, by step of `step_s` (1 s but for very long runs)."""

    arrived: Counts  # (steps,)
    retried: Counts  # (steps,)
    served: Counts  # (room, steps)
    failed: Counts  # (N_FAILURES, room, steps): REFUSED, TIMED_OUT, RESET, NO_TARGET, ERROR
    busy_ns: Ints  # (room, steps): worker-nanoseconds, whole numbers so that sums do not depend on their order
    latency: Counts  # (steps, N_BUCKETS): of the served, from the first attempt to the answer
    kept: Floats  # (cap, 6): arrive, start, end, target, outcome, attempts; only when Plan.keep


@compiled
def _chance(salt: int, request: int, attempt: int, what: int) -> float:
    """Draw a number in [0, 1) that belongs to this attempt alone (splitmix64 of its name)."""
    z = np.uint64(salt) + np.uint64(request * 64 + attempt * 4 + what + 1) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@compiled
def _is_before(heap: Floats, a: int, b: int) -> bool:
    """Say whether row `a` comes before row `b`: by the first column, then by the second."""
    return bool(heap[a, 0] < heap[b, 0] or (heap[a, 0] == heap[b, 0] and heap[a, 1] < heap[b, 1]))


@compiled
def _swap(heap: Floats, a: int, b: int) -> None:
    for c in range(heap.shape[1]):
        heap[a, c], heap[b, c] = heap[b, c], heap[a, c]


@compiled
def _push(heap: Floats, size: int, row: Floats) -> int:
    """Add a row to a binary heap; return the new size."""
    for c in range(heap.shape[1]):
        heap[size, c] = row[c]
    k = size
    while k > 0 and _is_before(heap, k, (k - 1) >> 1):
        _swap(heap, k, (k - 1) >> 1)
        k = (k - 1) >> 1
    return size + 1


@compiled
def _pop(heap: Floats, size: int) -> int:
    """Drop the first row of the heap; return the new size."""
    size -= 1
    _swap(heap, 0, size)
    k = 0
    while True:
        child = 2 * k + 1
        if child + 1 < size and _is_before(heap, child + 1, child):
            child += 1
        if child >= size or not _is_before(heap, child, k):
            return size
        _swap(heap, k, child)
        k = child


@put_in_place
def _work_done(plan: Plan, busy: Ints, target: int, start_s: float, end_s: float) -> None:
    """Count a worker's time from start to end into the steps it covers."""
    first = int(start_s * plan.steps_per_s)
    last = int(end_s * plan.steps_per_s)
    start_ns = int(start_s * 1e9)
    end_ns = int(end_s * 1e9)
    if first == last:
        busy[target, first] += end_ns - start_ns
        return
    step_ns = int(1e9 / plan.steps_per_s + 0.5)
    busy[target, first] += (first + 1) * step_ns - start_ns
    for step in range(first + 1, last):
        busy[target, step] += step_ns
    busy[target, last] += end_ns - last * step_ns


@compiled
def _keep(
    kept: Floats, request: int, arrive_s: float, start_s: float, end_s: float, target: int, outcome: int, attempts: int
) -> None:
    """Remember one request whole."""
    kept[request, 0] = arrive_s
    kept[request, 1] = start_s
    kept[request, 2] = end_s
    kept[request, 3] = target
    kept[request, 4] = outcome
    kept[request, 5] = attempts


@compiled
def _bucket(latency_s: float) -> int:
    """Find the latency's bucket by the bits of the number itself: a logarithm costs six times as much."""
    bucket = int(np.float64(latency_s).view(np.int64) >> BUCKET_SHIFT) - LOWEST_BUCKET
    return min(max(bucket, 0), N_BUCKETS - 1)


@put_in_place
def _answered(
    plan: Plan,
    carry: Carry,
    tally: Tally,
    request: int,
    attempt: int,
    first_s: float,
    start_s: float,
    answer_s: float,
    outcome: int,
    target: int,
    work: float,
) -> None:
    """Close an attempt whose client has its answer: count it, or let it be tried again."""
    n = carry.n
    if outcome != SERVED and attempt < plan.retries:
        row = carry.scratch
        row[A_AT] = answer_s + plan.backoff_s
        row[A_ID] = request
        row[A_ATTEMPT] = attempt + 1
        row[A_FIRST] = first_s
        row[A_WORK] = work
        n[N_AGAIN] = _push(carry.again, n[N_AGAIN], row)
        return
    step = int(answer_s * plan.steps_per_s)
    if outcome == SERVED:
        tally.served[target, step] += 1
        tally.latency[step, _bucket(answer_s - first_s)] += 1
    else:
        tally.failed[outcome - 1, target, step] += 1
    if plan.keep:
        _keep(tally.kept, request, first_s, start_s, answer_s, target, outcome, attempt + 1)


@compiled
def _settle(plan: Plan, carry: Carry, tally: Tally, until_s: float) -> None:
    """Close what was on its way when the last window ended and has arrived by `until_s`."""
    n = carry.n
    pending = carry.pending
    left = 0
    for i in range(n[N_PENDING]):
        row = pending[i]
        if row[ANSWER] <= until_s:
            _answered(
                plan,
                carry,
                tally,
                int(row[ID]),
                int(row[ATTEMPT]),
                row[FIRST],
                row[START],
                row[ANSWER],
                int(row[OUTCOME]),
                int(row[TARGET]),
                row[WORK],
            )
            row[ANSWER] = NEVER
        if row[END] <= until_s:
            _work_done(plan, tally.busy_ns, int(row[TARGET]), row[START], row[END])
            row[END] = NEVER
        if row[ANSWER] < NEVER or row[END] < NEVER:
            if left < i:
                for c in range(PENDING_WIDTH):
                    pending[left, c] = row[c]
            left += 1
    n[N_PENDING] = left


@put_in_place
def _wait_for(
    carry: Carry,
    request: int,
    attempt: int,
    first_s: float,
    arrive_s: float,
    start_s: float,
    end_s: float,
    answer_s: float,
    outcome: int,
    target: int,
    work: float,
) -> None:
    """Write down an attempt whose work or answer comes after the window."""
    i = carry.n[N_PENDING]
    carry.n[N_PENDING] = i + 1
    row = carry.pending[i]
    row[ID] = request
    row[ATTEMPT] = attempt
    row[FIRST] = first_s
    row[ARRIVE] = arrive_s
    row[START] = start_s
    row[END] = end_s
    row[ANSWER] = answer_s
    row[OUTCOME] = outcome
    row[TARGET] = target
    row[WORK] = work


@compiled
def _leave_behind(carry: Carry, at_s: float) -> None:
    """Let go of every attempt that has left its target by now (least outstanding requests only)."""
    n = carry.n
    while n[N_LEAVING] > 0 and carry.leaving[0, 0] <= at_s:
        target = int(carry.leaving[0, 1])
        if int(carry.leaving[0, 2]) == carry.generation[target]:
            carry.outstanding[target] -= 1
        n[N_LEAVING] = _pop(carry.leaving, n[N_LEAVING])


@compiled
def _least_outstanding(carry: Carry, targets: Ints, zone: int, n_targets: int, k: int, at_s: float) -> int:
    """Find the front's target with the fewest attempts on it, from finger `k` on; the first of a tie."""
    _leave_behind(carry, at_s)
    best = k
    for hop in range(1, n_targets):
        i = k + hop
        if i >= n_targets:
            i -= n_targets
        if carry.outstanding[targets[zone, i]] < carry.outstanding[targets[zone, best]]:
            best = i
    return best


@compiled
def _arrives_at(carry: Carry, target: int, answer_s: float) -> None:
    """Count an attempt at its target until it has its answer (least outstanding requests only)."""
    carry.outstanding[target] += 1
    leaver = carry.scratch
    leaver[0] = answer_s
    leaver[1] = target
    leaver[2] = carry.generation[target]
    carry.n[N_LEAVING] = _push(carry.leaving, carry.n[N_LEAVING], leaver)


@compiled
def _still_waiting(carry: Carry, target: int, backlog: int, now_s: float) -> int:
    """Forget who has stopped waiting at a target by now; return how many still wait. Their times stand in order."""
    head = int(carry.queue_head[target])
    waiting = int(carry.queue_len[target])
    while waiting > 0 and carry.queue_s[target, head] <= now_s:
        head += 1
        if head > backlog:
            head = 0
        waiting -= 1
    carry.queue_head[target] = head
    carry.queue_len[target] = waiting
    return waiting


@compiled
def _take_soonest(free_s: Floats, first: int, workers: int, until_s: float) -> None:
    """Hold the soonest of a target's workers (from `first` on, all in order) until then, and keep them in order."""
    for worker in range(first + ONE, first + workers):
        other_s = free_s[worker]
        is_sooner = other_s < until_s
        free_s[worker - ONE] = other_s if is_sooner else until_s
        until_s = until_s if is_sooner else other_s
    free_s[first + workers - ONE] = until_s


@compiled
def _fading(plan: Plan, route: Route, zone: int, k: int, now_s: float, request: int, attempt: int) -> int:
    """Ask at `now_s` for the `k`-th front, that of a zone which joins or leaves DNS; return the zone that one gets.

    Clients find out one by one, within the record's time to live; who has, or has not, goes to the next front.
    """
    known = min(1.0, (now_s - route.fade_since_s[zone]) / plan.ttl_s) if plan.ttl_s > 0.0 else 1.0
    share = known if route.fade[zone] > 0 else 1.0 - known
    if _chance(plan.salt, request, attempt, 0) >= share:
        n_dns = route.n_dns[0]
        for hop in range(1, n_dns):
            other = int(route.dns[(k + hop) % n_dns])
            if route.fade[other] >= 0:
                return other
    return zone


@compiled
def _express(
    until_s: float,
    horizon_s: float,
    gap_s: float,
    gaps: Floats,
    works: Floats,
    plan: Plan,
    route: Route,
    carry: Carry,
    tally: Tally,
) -> None:
    """Play the requests that need no thought, as long as one follows the other; stop before the first that does.

    No thought: it comes before `horizon_s` at the present traffic, by round robin, to a live target with room, and is
    served in time and by `until_s`. All of this is said again in `serve`, which takes over where this stops: the
    express lane is there for speed only. The tables are walked flat and by unsigned numbers: a signed one may mean
    "from the end" in Python, and asking costs more than the access.
    """
    n = carry.n
    timeout_s = plan.timeout_s
    work_s = plan.work_s
    backlog = plan.backlog
    keep = plan.keep
    steps_per_s = plan.steps_per_s
    step_ns = int(1e9 / steps_per_s + 0.5)
    dns = route.dns
    n_fronts = U(route.n_dns[0])
    counts = route.n_targets
    targets = route.targets.reshape(-1)
    room = U(route.targets.shape[1])
    next_target = carry.next_target
    free_s = carry.free_s.reshape(-1)
    workers = U(plan.workers)
    queue_s = carry.queue_s.reshape(-1)
    ring = U(backlog + 1)
    queue_head = carry.queue_head
    queue_len = carry.queue_len
    arrived = tally.arrived
    served = tally.served.reshape(-1)
    busy = tally.busy_ns.reshape(-1)
    steps = U(tally.served.shape[1])
    latency = tally.latency.reshape(-1)
    kept = tally.kept
    room_pending = carry.pending.shape[0]
    quirks = route.has_quirks[0] != 0
    fade = route.fade
    front_is_dead = route.front_is_dead
    errors = route.errors
    salt = plan.salt
    counts_work = plan.counts_work
    worked = carry.worked

    at = carry.at_s[0]
    request = n[N_ID]
    first_draw = n[N_DRAW]
    last_draw = gaps.shape[0]
    if keep:
        last_draw = min(last_draw, first_draw + kept.shape[0] - request)
    front = U(n[N_DNS])
    if front >= n_fronts:
        front = ZERO
    zone = U(dns[front])
    turn = U(next_target[zone])
    if turn >= U(counts[zone]):
        turn = ZERO
    target = U(targets[zone * room + turn])
    draw = U(first_draw)
    row_at_hand = U(int(at * steps_per_s))
    nothing = np.int32(n[N_ZERO])
    while draw < U(last_draw):
        now = at + gaps[draw] * gap_s
        if not now < horizon_s:
            break
        if quirks:
            if fade[zone] != 0:
                zone = U(
                    _fading(plan, route, np.int64(zone), np.int64(front), now, request + np.int64(draw) - first_draw, 0)
                )
                turn = U(next_target[zone])
                if turn >= U(counts[zone]):
                    turn = ZERO
                target = U(targets[zone * room + turn])
            if front_is_dead[zone] != 0:
                break
            if errors[target] > 0.0 and (_chance(salt, request + np.int64(draw) - first_draw, 0, 3) < errors[target]):
                break
        worker = target * workers
        soonest = free_s[worker]
        start = now
        arrive_step = U(int(now * steps_per_s))
        start_step = arrive_step
        waiting = 0
        if soonest > now:
            start = soonest
            start_step = U(int(start * steps_per_s))
            waiting = queue_len[target]
            if waiting >= backlog:
                waiting = _still_waiting(carry, np.int64(target), backlog, now)
                if waiting >= backlog:
                    break
        end = start + works[draw] * work_s
        if end > now + timeout_s:  # so it is if the target is dead: it has no worker until NEVER
            break

        if soonest > now:
            slot = queue_head[target] + waiting
            if slot > backlog:
                slot -= backlog + 1
            queue_s[target * ring + U(slot)] = soonest
            queue_len[target] = waiting + 1
        _take_soonest(free_s, worker, workers, end)
        if counts_work:
            worked[target] += 1

        arrived[arrive_step] += 1
        if arrive_step != row_at_hand and arrive_step + ONE < steps:
            # A new step: bring the next one's row into the cache at one go, while there is time.
            row_at_hand = arrive_step
            for line in range((arrive_step + ONE) * U(N_BUCKETS), (arrive_step + TWO) * U(N_BUCKETS), CACHE_LINE):
                latency[line] |= nothing
        if end <= until_s:
            end_step = U(int(end * steps_per_s))
            row = target * steps
            served[row + end_step] += 1
            latency[end_step * U(N_BUCKETS) + U(_bucket(end - now))] += 1
            if start_step == end_step:
                busy[row + start_step] += int(end * 1e9) - int(start * 1e9)
            else:
                busy[row + start_step] += np.int64(start_step + ONE) * step_ns - int(start * 1e9)
                for step in range(start_step + ONE, end_step):
                    busy[row + step] += step_ns
                busy[row + end_step] += int(end * 1e9) - np.int64(end_step) * step_ns
            if keep:
                _keep(kept, request + np.int64(draw) - first_draw, now, start, end, np.int64(target), SERVED, 1)
        else:
            _wait_for(
                carry,
                request + np.int64(draw) - first_draw,
                0,
                now,
                now,
                start,
                end,
                end,
                SERVED,
                np.int64(target),
                works[draw] * work_s,
            )
            if n[N_PENDING] >= room_pending:
                last_draw = np.int64(draw) + 1
        at = now
        draw += ONE

        # The next target is looked up here, a request ahead, so that the processor need not wait for it.
        next_target[zone] = turn + ONE
        front += ONE
        if front >= n_fronts:
            front = ZERO
        zone = U(dns[front])
        turn = U(next_target[zone])
        if turn >= U(counts[zone]):
            turn = ZERO
        target = U(targets[zone * room + turn])
    if draw > U(first_draw):
        # The finger is laid back to the first front only when it is next used: there may be more of them by then.
        n[N_DNS] = np.int64(front) if front > ZERO else route.n_dns[0]
    carry.at_s[0] = at
    n[N_DRAW] = np.int64(draw)
    n[N_ID] = request + np.int64(draw) - first_draw


@compiled
def serve(
    until_s: float, gaps: Floats, works: Floats, plan: Plan, route: Route, carry: Carry, tally: Tally, fresh: bool
) -> int:
    """Play the service's requests up to `until_s`; return DONE, WANTS_DRAWS or WANTS_ROOM.

    gaps, works: shape (block,), standard exponential and unit-mean draws, used from
    `carry.n[N_DRAW]` on. fresh: this is a window's first call. A draw is used up only when
    its request has arrived, so that windows change nothing.
    """
    n = carry.n
    if fresh:
        _settle(plan, carry, tally, until_s)
    room_pending = carry.pending.shape[0]
    room_again = carry.again.shape[0]
    room_leaving = carry.leaving.shape[0]
    room_kept = tally.kept.shape[0]
    n_draws = gaps.shape[0]
    n_segments = plan.segment_end_s.shape[0]
    draw = n[N_DRAW]
    segment = n[N_SEGMENT]
    request_id = n[N_ID]
    at = carry.at_s[0]
    segment_end = plan.segment_end_s[segment]
    gap_s = plan.segment_gap_s[segment]
    timeout_s = plan.timeout_s
    workers = plan.workers
    steps_per_s = plan.steps_per_s
    work_s = plan.work_s
    backlog = plan.backlog
    algorithm = plan.algorithm
    keep = plan.keep
    segment_ends = plan.segment_end_s
    segment_gaps_s = plan.segment_gap_s
    dns = route.dns
    n_dns = route.n_dns[0]
    targets = route.targets
    counts = route.n_targets
    mode = route.mode
    target_zone = route.zone
    zone_extra_s = route.extra_s
    zone_loss = route.loss
    front_is_dead = route.front_is_dead
    fade = route.fade
    next_target = carry.next_target
    free_s = carry.free_s
    queue_s = carry.queue_s
    queue_head = carry.queue_head
    queue_len = carry.queue_len
    again = carry.again
    arrived = tally.arrived
    retried = tally.retried
    quirks = route.has_quirks[0] != 0
    errors = route.errors
    green_share = route.green_share[0]
    n_zones = counts.shape[0]
    counts_work = plan.counts_work
    worked_on = carry.worked
    salt = plan.salt
    status = DONE
    is_express = algorithm == ROUND_ROBIN and n_dns > 0 and not (zone_extra_s.any() or zone_loss.any())
    is_express = is_express and green_share == 0.0
    for i in range(n_dns):
        is_express = is_express and counts[dns[i]] > 0
    pause = 0

    while True:
        if is_express and pause == 0 and n[N_PENDING] < room_pending:
            horizon_s = min(segment_end, until_s)
            if n[N_AGAIN] > 0:
                horizon_s = min(horizon_s, again[0, A_AT])
            n[N_DRAW] = draw
            n[N_ID] = request_id
            carry.at_s[0] = at
            _express(until_s, horizon_s, gap_s, gaps, works, plan, route, carry, tally)
            if n[N_DRAW] == draw:
                pause = PAUSE
            draw = n[N_DRAW]
            request_id = n[N_ID]
            at = carry.at_s[0]
        elif pause > 0:
            pause -= 1
        if n[N_PENDING] >= room_pending or n[N_AGAIN] + 1 >= room_again or n[N_LEAVING] >= room_leaving:
            status = WANTS_ROOM
            break
        if keep and request_id >= room_kept:
            status = WANTS_ROOM
            break
        if draw >= n_draws:
            status = WANTS_DRAWS
            break
        # The next arrival: spend one unit-rate gap at the traffic of each segment it crosses.
        gap = gaps[draw]
        arrive = at + gap * gap_s
        seg = segment
        if not arrive < segment_end:  # also where 0 x inf is no number
            since = at
            arrive = NEVER
            while True:
                mean_s = segment_gaps_s[seg]
                edge_s = segment_ends[seg]
                if mean_s < NEVER:
                    reached = since + gap * mean_s
                    if reached < edge_s:
                        arrive = reached
                        break
                    gap -= (edge_s - since) / mean_s
                since = edge_s
                if edge_s >= until_s or seg + 1 >= n_segments:
                    break
                seg += 1

        if n[N_AGAIN] > 0 and again[0, A_AT] <= arrive and again[0, A_AT] <= until_s:
            now = again[0, A_AT]
            request = int(again[0, A_ID])
            attempt = int(again[0, A_ATTEMPT])
            first = again[0, A_FIRST]
            work = again[0, A_WORK]
            n[N_AGAIN] = _pop(again, n[N_AGAIN])
            retried[int(now * steps_per_s)] += 1
        elif arrive <= until_s:
            now = arrive
            request = request_id
            attempt = 0
            first = arrive
            work = works[draw] * work_s
            request_id += 1
            draw += 1
            at = arrive
            if seg != segment:
                segment = seg
                segment_end = segment_ends[segment]
                gap_s = segment_gaps_s[segment]
            arrived[int(now * steps_per_s)] += 1
        else:
            break

        # Through which front, to which target? Resolvers hand the fronts out in turn.
        extra = 0.0
        swallowed = False
        target = 0
        if n_dns > 0:
            k = n[N_DNS]
            if k >= n_dns:
                k = 0
            n[N_DNS] = k + 1
            zone = dns[k]
            if quirks:
                if fade[zone] != 0:
                    zone = _fading(plan, route, zone, k, now, request, attempt)
                if front_is_dead[zone] != 0:
                    swallowed = True
            group = targets
            n_targets = counts[zone]
            finger = zone
            if green_share > 0.0 and _chance(plan.lot, request, attempt, 0) < green_share:
                group = route.green
                n_targets = route.n_green[zone]
                finger = zone + n_zones
            if n_targets > 0 and not swallowed:
                if algorithm == RANDOM:
                    target = group[zone, int(_chance(salt, request, attempt, 1) * n_targets)]
                else:
                    k = next_target[finger]
                    if k >= n_targets:
                        k = 0
                    if algorithm == LEAST_OUTSTANDING:
                        k = _least_outstanding(carry, group, zone, n_targets, k, now)
                    next_target[finger] = k + 1
                    target = group[zone, k]
                if quirks:
                    there = target_zone[target]
                    extra = zone_extra_s[zone]
                    passes = 1.0 - zone_loss[zone]
                    if there != zone:
                        extra += zone_extra_s[there]
                        passes *= 1.0 - zone_loss[there]
                    if passes < 1.0 and _chance(salt, request, attempt, 2) >= passes:
                        swallowed = True

        start = NEVER
        end = NEVER
        deadline = now + timeout_s
        if swallowed:
            outcome = TIMED_OUT
            answer = deadline
            start = NOWHERE
        elif target == 0:
            outcome = NO_TARGET
            answer = now
        elif mode[target] == LIVE:
            soonest = free_s[target, 0]
            start = now
            outcome = SERVED
            if soonest > now:
                start = soonest
                # Who has stopped waiting is forgotten only when there seems to be no room: one sweep for many.
                waiting = queue_len[target]
                if waiting >= backlog:
                    waiting = _still_waiting(carry, target, backlog, now)
                if waiting >= backlog:
                    outcome = REFUSED
                else:
                    slot = queue_head[target] + waiting
                    if slot > backlog:
                        slot -= backlog + 1
                    queue_s[target, slot] = min(soonest, deadline)
                    queue_len[target] = waiting + 1
            if outcome == REFUSED:
                answer = now
                start = NEVER
            elif start > deadline:
                outcome = TIMED_OUT
                answer = deadline
                start = NEVER
            else:
                end = start + work
                _take_soonest(free_s.reshape(-1), U(target) * U(workers), U(workers), end)
                if counts_work:
                    worked_on[target] += 1
                answer = end + extra
                if answer > deadline:
                    outcome = TIMED_OUT
                    answer = deadline
                elif quirks and errors[target] > 0.0 and _chance(salt, request, attempt, 3) < errors[target]:
                    outcome = ERROR
        elif mode[target] == SILENT:
            outcome = TIMED_OUT
            answer = deadline
            start = NOWHERE
        else:
            outcome = RESET
            answer = now

        if algorithm == LEAST_OUTSTANDING and target > 0 and answer > now:
            _arrives_at(carry, target, answer)

        answered = answer <= until_s
        worked = end == NEVER or end <= until_s
        if answered:
            _answered(plan, carry, tally, request, attempt, first, start, answer, outcome, target, work)
        if worked and end < NEVER:
            _work_done(plan, tally.busy_ns, target, start, end)
        if not (answered and worked):
            if worked:
                end = NEVER
            if answered:
                answer = NEVER
            _wait_for(carry, request, attempt, first, now, start, end, answer, outcome, target, work)

    n[N_DRAW] = draw
    n[N_SEGMENT] = segment
    n[N_ID] = request_id
    carry.at_s[0] = at
    return status


@compiled
def strike(now_s: float, target: int, mode: int, plan: Plan, route: Route, carry: Carry) -> None:
    """Take a live target away at `now_s`: SILENT (nobody answers any more) or GONE (connections are reset).

    Call after `serve` has come to `now_s`. What the target had not finished fails: with a reset
    at once, in silence when its client's patience ends.
    """
    n = carry.n
    carry.generation[target] += 1
    carry.outstanding[target] = 0
    for i in range(n[N_PENDING]):
        row = carry.pending[i]
        if int(row[TARGET]) != target:
            continue
        is_worked_on = row[END] < NEVER
        is_waiting = row[START] == NEVER and int(row[OUTCOME]) == TIMED_OUT
        if (is_worked_on or is_waiting) and row[ANSWER] < NEVER:
            if mode == GONE:
                row[OUTCOME] = RESET
                row[ANSWER] = now_s
            elif int(row[OUTCOME]) == SERVED or int(row[OUTCOME]) == ERROR:
                row[OUTCOME] = TIMED_OUT
                row[ANSWER] = row[ARRIVE] + plan.timeout_s
        if is_worked_on:
            # Work stops here; work that had not begun never will.
            if row[START] < now_s:
                row[END] = now_s
            else:
                row[START] = NEVER
                row[END] = NEVER
                if plan.counts_work:
                    carry.worked[target] -= 1
        if plan.algorithm == LEAST_OUTSTANDING and now_s < row[ANSWER] < NEVER:
            _arrives_at(carry, target, row[ANSWER])
    route.mode[target] = mode
    carry.free_s[target] = NEVER  # which keeps requests for it out of the express lane
    carry.queue_len[target] = 0


@compiled
def add_working(pending: Floats, n: int, now_s: float, into: Ints) -> None:
    """Add the requests that each target works on at `now_s`. pending: the first `n` rows; into: shape (targets,)."""
    for i in range(n):
        if now_s < pending[i, END] < NEVER and pending[i, START] <= now_s:
            into[int(pending[i, TARGET])] += 1


@compiled
def add_waiting(pending: Floats, n: int, now_s: float, into: Ints) -> None:
    """Add the requests that each target will begin after `now_s`."""
    for i in range(n):
        if pending[i, END] < NEVER and pending[i, START] > now_s:
            into[int(pending[i, TARGET])] += 1


@compiled
def add_under_way_ns(pending: Floats, n: int, since_s: float, now_s: float, into: Ints) -> None:
    """Add the worker-nanoseconds from `since_s` to `now_s` of requests that are under way, target by target."""
    for i in range(n):
        if pending[i, END] < NEVER and pending[i, START] < now_s:
            into[int(pending[i, TARGET])] += int(now_s * 1e9) - int(max(pending[i, START], since_s) * 1e9)


@compiled
def work_so_far(end_s: float, plan: Plan, carry: Carry, tally: Tally) -> None:
    """Count the work of requests that are still under way when the run ends."""
    for i in range(carry.n[N_PENDING]):
        row = carry.pending[i]
        if row[END] < NEVER and row[START] < end_s:
            _work_done(plan, tally.busy_ns, int(row[TARGET]), row[START], end_s)
