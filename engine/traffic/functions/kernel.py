"""The compiled data plane of a function: every request, in order of time.

One attempt of one request, in the words of the loop:

* it enters by the load balancer's front in one zone, as in `engine.traffic.kernel`,
* it is turned away if requests come faster than the limit allows,
* it takes the environment that was used last of those that are idle, one that is kept warm before all others,
* if there is none, a new one starts, in one zone after the other: unless too many are in use, or were added lately,
* its work begins when the environment is ready, and is cut off at the time limit,
* the client leaves after `timeout_s`; the work goes on, and is billed,
* an environment that nobody used for `keep_s` goes,
* one in a dark zone swallows the request and is gone,
* a failed attempt is tried again, `retries` times, each after `backoff_s`.

State comes in as arrays and stays in them, so a window can end anywhere (law 3). Of one moment, ends of work come first.
`engine.traffic.functions.one_by_one` tells the same story in SimPy; the twin tests hold the two to a difference of 0.0.
Tables and code stand in one file for the reason that `engine.traffic.kernel` gives.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]

OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy", "_nrt": False, "nogil": True}
compiled = njit(**OPTIONS)
put_in_place = njit(**OPTIONS, inline="always")

# What can become of a request, as in `engine.traffic.kernel`.
SERVED, REFUSED, TIMED_OUT, RESET, NO_TARGET, ERROR = range(6)
N_FAILURES = 5
DONE, WANTS_DRAWS, WANTS_ROOM = range(3)
# Why an attempt was throttled.
CONCURRENCY, SCALING, REQUESTS = range(3)
N_CAUSES = 3

BUCKET_SHIFT = 52 - 4
LOWEST_BUCKET = (1023 - 14) << 4
N_BUCKETS = (14 + 9) << 4

# Columns of `Carry.pending`, what is on its way at a window's end. COLD: nanoseconds of start-up code on the bill.
ID, ATTEMPT, FIRST, ARRIVE, START, END, ANSWER, OUTCOME, ZONE, WORK, COLD, KEPT_WARM, PENDING_WIDTH = range(13)
# Columns of `Carry.again`, the heap of attempts to come.
A_AT, A_ID, A_ATTEMPT, A_FIRST, A_WORK, AGAIN_WIDTH = range(6)
# Columns of `Carry.busy`, the heap of environments in use: until when; the turn in which they were taken times PLACES, and where.
B_END, B_CODE, BUSY_WIDTH = range(3)
# Columns of `Carry.idle`, those that nobody uses, the last used at its end: since when, and where.
I_SINCE, I_ZONE, IDLE_WIDTH = range(3)
WARM = 64  # added to the zone of an environment that is kept warm
PLACES = 128
# Slots of `Carry.n`. The idle lie from N_OLDEST to N_IDLE.
N_ID, N_DRAW, N_SEGMENT, N_DNS, N_PENDING, N_AGAIN, N_BUSY, N_SEQ, N_OLDEST, N_IDLE, N_WARM, N_FINGER, N_SIZE = range(
    13
)
# Slots of `Carry.allowance`: environments that may be added, requests that may come, and since when that is so.
T_MORE, T_MORE_AT, T_REQUESTS, T_REQUESTS_AT, T_SIZE = range(5)
# Rows of `Tally.moved`: environments that started, were reclaimed, died, were taken into use, and became idle.
STARTED, RECLAIMED, DIED, TAKEN, RETURNED, N_MOVES = range(6)
NEVER = np.inf
NOWHERE = -1.0  # START of an attempt that never reached an environment


class Plan(NamedTuple):
    """What does not change during a run. `segment_*`: traffic, piecewise constant, shape (n_segments,)."""

    segment_end_s: Floats
    segment_gap_s: Floats
    work_s: float  # with the memory that the function has
    timeout_s: float
    backoff_s: float
    ttl_s: float
    steps_per_s: float
    salt: int
    retries: int
    keep: bool
    cold_s: float
    init_ns: int  # of a cold start, what is billed
    bill_step_ms: int
    time_limit_s: float
    keep_s: float
    limit: int
    brim: float
    more_per_s: float
    rps: float


class Route(NamedTuple):
    """What the control plane last said. Fronts are zones, shape (n_zones,)."""

    dns: Ints
    n_dns: Ints  # (1,)
    front_is_dead: Ints
    fade: Ints
    fade_since_s: Floats
    extra_s: Floats
    loss: Floats
    is_usable: Ints  # zones in which AWS starts environments
    is_dark: Ints  # zones that are lost, whoever knows
    has_quirks: Ints  # (1,)


class Carry(NamedTuple):
    """What one window hands to the next."""

    at_s: Floats  # (1,): the last arrival
    n: Ints  # (N_SIZE,)
    allowance: Floats  # (T_SIZE,)
    busy: Floats  # (cap, BUSY_WIDTH)
    idle: Floats  # (cap, IDLE_WIDTH)
    warm: Ints  # (cap,): zones of the idle ones that are kept warm, the last used at its end
    pending: Floats  # (cap, PENDING_WIDTH)
    again: Floats  # (cap, AGAIN_WIDTH)
    row: Floats  # (AGAIN_WIDTH,): a row in the making


class Tally(NamedTuple):
    """What is counted, by step. Row z + 1 of a table is zone z; row 0 is no environment."""

    arrived: Counts  # (steps,)
    retried: Counts  # (steps,)
    served: Counts  # (zones + 1, steps)
    failed: Counts  # (N_FAILURES, zones + 1, steps)
    busy_ns: Ints  # (zones + 1, steps): work on requests, without cold starts
    latency: Counts  # (steps, N_BUCKETS)
    kept: Floats  # (cap, 6); only when Plan.keep
    throttled: Counts  # (N_CAUSES, steps): attempts
    moved: Counts  # (N_MOVES, zones, steps): environments
    peak: Counts  # (steps,): the most in use at once
    invoked: Counts  # (2, steps): attempts that were begun: on demand, and on one that is kept warm
    billed_ms: Ints  # (2, steps): by the step in which the work ended


@compiled
def chance(salt: int, request: int, attempt: int, what: int) -> float:
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


@compiled
def _take_until(busy: Floats, size: int, end_s: float, code: float) -> None:
    """Add an environment in use to the heap of `size` rows; the soonest end is first, of one moment the one that was taken first."""
    k = size
    while k > 0:
        above = (k - 1) >> 1
        if busy[above, B_END] < end_s or (busy[above, B_END] == end_s and busy[above, B_CODE] < code):
            break
        busy[k, B_END] = busy[above, B_END]
        busy[k, B_CODE] = busy[above, B_CODE]
        k = above
    busy[k, B_END] = end_s
    busy[k, B_CODE] = code


@compiled
def _drop_first(busy: Floats, size: int) -> None:
    """Take the first row off the heap; `size` rows are left, and the last of them all has to find its place."""
    end_s, code = busy[size, B_END], busy[size, B_CODE]
    k = 0
    while True:
        child = 2 * k + 1
        if child >= size:
            break
        other = child + 1
        if other < size and (
            busy[other, B_END] < busy[child, B_END]
            or (busy[other, B_END] == busy[child, B_END] and busy[other, B_CODE] < busy[child, B_CODE])
        ):
            child = other
        if end_s < busy[child, B_END] or (end_s == busy[child, B_END] and code < busy[child, B_CODE]):
            break
        busy[k, B_END] = busy[child, B_END]
        busy[k, B_CODE] = busy[child, B_CODE]
        k = child
    busy[k, B_END] = end_s
    busy[k, B_CODE] = code


@compiled
def _bucket(latency_s: float) -> int:
    """Find the latency's bucket by the bits of the number itself."""
    bucket = int(np.float64(latency_s).view(np.int64) >> BUCKET_SHIFT) - LOWEST_BUCKET
    return min(max(bucket, 0), N_BUCKETS - 1)


@compiled
def billed_ms(start_s: float, end_s: float, init_ns: int, step_ms: int) -> int:
    """Round what an environment did up to whole steps, its start-up code included as far as it is billed."""
    ns, step_ns = int(end_s * 1e9) - int(start_s * 1e9) + init_ns, step_ms * 1_000_000
    return (ns + step_ns - 1) // step_ns * step_ms


@put_in_place
def _work_done(plan: Plan, tally: Tally, zone: int, start_s: float, end_s: float, init_ns: int, warm: int) -> None:
    """Count an environment's work from start to end into the steps it covers, and bill it where it ends."""
    first = int(start_s * plan.steps_per_s)
    last = int(end_s * plan.steps_per_s)
    start_ns = int(start_s * 1e9)
    end_ns = int(end_s * 1e9)
    row = zone + 1
    tally.billed_ms[warm, last] += billed_ms(start_s, end_s, init_ns, plan.bill_step_ms)
    if first == last:
        tally.busy_ns[row, first] += end_ns - start_ns
        return
    step_ns = int(1e9 / plan.steps_per_s + 0.5)
    tally.busy_ns[row, first] += (first + 1) * step_ns - start_ns
    for step in range(first + 1, last):
        tally.busy_ns[row, step] += step_ns
    tally.busy_ns[row, last] += end_ns - last * step_ns


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
    row_of: int,
    work: float,
) -> None:
    """Close an attempt whose client has its answer: count it, or let it be tried again."""
    n = carry.n
    if outcome != SERVED and attempt < plan.retries:
        row = carry.row
        row[A_AT] = answer_s + plan.backoff_s
        row[A_ID] = request
        row[A_ATTEMPT] = attempt + 1
        row[A_FIRST] = first_s
        row[A_WORK] = work
        n[N_AGAIN] = _push(carry.again, n[N_AGAIN], row)
        return
    step = int(answer_s * plan.steps_per_s)
    if outcome == SERVED:
        tally.served[row_of, step] += 1
        tally.latency[step, _bucket(answer_s - first_s)] += 1
    else:
        tally.failed[outcome - 1, row_of, step] += 1
    if plan.keep:
        kept = tally.kept
        kept[request, 0] = first_s
        kept[request, 1] = start_s
        kept[request, 2] = answer_s
        kept[request, 3] = row_of
        kept[request, 4] = outcome
        kept[request, 5] = attempt + 1


@compiled
def _settle(plan: Plan, carry: Carry, tally: Tally, until_s: float) -> None:
    """Close what was on its way when the last window ended and has arrived by `until_s`."""
    n, pending = carry.n, carry.pending
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
                int(row[ZONE]) + 1,
                row[WORK],
            )
            row[ANSWER] = NEVER
        if row[END] <= until_s:
            _work_done(plan, tally, int(row[ZONE]), row[START], row[END], int(row[COLD]), int(row[KEPT_WARM]))
            row[END] = NEVER
        if row[ANSWER] < NEVER or row[END] < NEVER:
            if left < i:
                for c in range(PENDING_WIDTH):
                    pending[left, c] = row[c]
            left += 1
    n[N_PENDING] = left


@compiled
def _become_idle(plan: Plan, carry: Carry, tally: Tally, now_s: float) -> None:
    """Give back every environment whose work has ended by now, in order of time."""
    n, busy = carry.n, carry.busy
    while n[N_BUSY] > 0 and busy[0, B_END] <= now_s:
        end_s, place = busy[0, B_END], int(busy[0, B_CODE]) % PLACES
        n[N_BUSY] -= 1
        _drop_first(busy, n[N_BUSY])
        if place >= WARM:
            carry.warm[n[N_WARM]] = place - WARM
            n[N_WARM] += 1
            place -= WARM
        else:
            carry.idle[n[N_IDLE], I_SINCE] = end_s
            carry.idle[n[N_IDLE], I_ZONE] = place
            n[N_IDLE] += 1
        tally.moved[RETURNED, place, int(end_s * plan.steps_per_s)] += 1


@compiled
def _reclaim(plan: Plan, carry: Carry, tally: Tally, now_s: float) -> None:
    """Let environments go that nobody has used for long."""
    n, idle = carry.n, carry.idle
    while n[N_OLDEST] < n[N_IDLE] and idle[n[N_OLDEST], I_SINCE] + plan.keep_s <= now_s:
        since_s, zone = idle[n[N_OLDEST], I_SINCE], int(idle[n[N_OLDEST], I_ZONE])
        tally.moved[RECLAIMED, zone, int((since_s + plan.keep_s) * plan.steps_per_s)] += 1
        n[N_OLDEST] += 1


@compiled
def _close_up(carry: Carry) -> None:
    """Move the idle to the front of their table."""
    n, idle = carry.n, carry.idle
    first = n[N_OLDEST]
    for i in range(first, n[N_IDLE]):
        idle[i - first, I_SINCE] = idle[i, I_SINCE]
        idle[i - first, I_ZONE] = idle[i, I_ZONE]
    n[N_IDLE] -= first
    n[N_OLDEST] = 0


@compiled
def _next_zone(carry: Carry, route: Route) -> int:
    """Choose the zone of a new environment: the next in turn that AWS believes in, or the next if there is none."""
    n_zones = route.is_usable.shape[0]
    finger = carry.n[N_FINGER]
    for hop in range(n_zones):
        zone = (finger + hop) % n_zones
        if route.is_usable[zone] != 0:
            carry.n[N_FINGER] = zone + 1
            return int(zone)
    carry.n[N_FINGER] = finger % n_zones + 1
    return int(finger % n_zones)


@compiled
def _fading(plan: Plan, route: Route, zone: int, k: int, now_s: float, request: int, attempt: int) -> int:
    """Ask at `now_s` for the `k`-th front, that of a zone which joins or leaves DNS; return the zone that one gets."""
    known = min(1.0, (now_s - route.fade_since_s[zone]) / plan.ttl_s) if plan.ttl_s > 0.0 else 1.0
    share = known if route.fade[zone] > 0 else 1.0 - known
    if chance(plan.salt, request, attempt, 0) >= share:
        n_dns = route.n_dns[0]
        for hop in range(1, n_dns):
            other = int(route.dns[(k + hop) % n_dns])
            if route.fade[other] >= 0:
                return other
    return zone


@compiled
def _passes(plan: Plan, route: Route, front: int, zone: int, request: int, attempt: int) -> bool:
    """Say whether an impaired zone lets an attempt through."""
    passes = 1.0 - route.loss[front]
    if zone != front:
        passes *= 1.0 - route.loss[zone]
    return bool(passes >= 1.0 or chance(plan.salt, request, attempt, 2) < passes)


@compiled
def serve(
    until_s: float, gaps: Floats, works: Floats, plan: Plan, route: Route, carry: Carry, tally: Tally, fresh: bool
) -> int:
    """Play the function's requests up to `until_s`; return DONE, WANTS_DRAWS or WANTS_ROOM.

    Arguments as in `engine.traffic.kernel.serve`. A draw is used up only when its request has arrived.
    """
    n = carry.n
    if fresh:
        _settle(plan, carry, tally, until_s)
    n_draws = gaps.shape[0]
    n_segments = plan.segment_end_s.shape[0]
    segment_ends, segment_gaps_s = plan.segment_end_s, plan.segment_gap_s
    again, busy, idle = carry.again, carry.busy, carry.idle
    allowance = carry.allowance
    steps_per_s, timeout_s = plan.steps_per_s, plan.timeout_s
    quirks = route.has_quirks[0] != 0
    status = DONE
    while True:
        if n[N_IDLE] + n[N_BUSY] + 1 >= idle.shape[0] and n[N_OLDEST] > 0:
            _close_up(carry)
        if (
            n[N_PENDING] >= carry.pending.shape[0]
            or n[N_AGAIN] + 1 >= again.shape[0]
            or n[N_BUSY] + 1 >= busy.shape[0]
            or n[N_IDLE] + n[N_BUSY] + 1 >= idle.shape[0]
            or (plan.keep and n[N_ID] >= tally.kept.shape[0])
        ):
            status = WANTS_ROOM
            break
        if n[N_DRAW] >= n_draws:
            status = WANTS_DRAWS
            break
        # The next arrival: spend one unit-rate gap at the traffic of each segment it crosses.
        gap = gaps[n[N_DRAW]]
        segment = n[N_SEGMENT]
        arrive = carry.at_s[0] + gap * segment_gaps_s[segment]
        if not arrive < segment_ends[segment]:  # also where 0 x inf is no number
            since = carry.at_s[0]
            arrive = NEVER
            while True:
                mean_s = segment_gaps_s[segment]
                edge_s = segment_ends[segment]
                if mean_s < NEVER:
                    reached = since + gap * mean_s
                    if reached < edge_s:
                        arrive = reached
                        break
                    gap -= (edge_s - since) / mean_s
                since = edge_s
                if edge_s >= until_s or segment + 1 >= n_segments:
                    break
                segment += 1

        if n[N_AGAIN] > 0 and again[0, A_AT] <= arrive and again[0, A_AT] <= until_s:
            now = again[0, A_AT]
            request = int(again[0, A_ID])
            attempt = int(again[0, A_ATTEMPT])
            first = again[0, A_FIRST]
            work = again[0, A_WORK]
            n[N_AGAIN] = _pop(again, n[N_AGAIN])
            tally.retried[int(now * steps_per_s)] += 1
        elif arrive <= until_s:
            now = arrive
            request = n[N_ID]
            attempt = 0
            first = arrive
            work = works[n[N_DRAW]] * plan.work_s
            n[N_ID] += 1
            n[N_DRAW] += 1
            n[N_SEGMENT] = segment
            carry.at_s[0] = arrive
            tally.arrived[int(now * steps_per_s)] += 1
        else:
            break
        step = int(now * steps_per_s)
        deadline = now + timeout_s

        # Through which front? Resolvers hand them out in turn.
        front = 0
        swallowed = False
        if route.n_dns[0] > 0:
            k = n[N_DNS] if n[N_DNS] < route.n_dns[0] else 0
            n[N_DNS] = k + 1
            front = route.dns[k]
            if quirks:
                if route.fade[front] != 0:
                    front = _fading(plan, route, front, k, now, request, attempt)
                swallowed = route.front_is_dead[front] != 0

        outcome = TIMED_OUT
        answer = deadline
        start = NOWHERE
        end = NEVER
        zone = -1
        init_ns = 0
        warm = 0
        if not swallowed:
            _become_idle(plan, carry, tally, now)
            _reclaim(plan, carry, tally, now)
            tokens = allowance[T_REQUESTS] + (now - allowance[T_REQUESTS_AT]) * plan.rps
            allowance[T_REQUESTS] = min(plan.rps, tokens)
            allowance[T_REQUESTS_AT] = now
            cause = -1
            cold_s = 0.0
            if n[N_BUSY] >= plan.limit:
                cause = CONCURRENCY
            elif allowance[T_REQUESTS] < 1.0:
                cause = REQUESTS
            elif n[N_WARM] > 0:
                n[N_WARM] -= 1
                zone = carry.warm[n[N_WARM]]
                warm = 1
            elif n[N_IDLE] > n[N_OLDEST]:
                n[N_IDLE] -= 1
                zone = int(idle[n[N_IDLE], I_ZONE])
            else:
                tokens = allowance[T_MORE] + (now - allowance[T_MORE_AT]) * plan.more_per_s
                allowance[T_MORE] = min(plan.brim, tokens)
                allowance[T_MORE_AT] = now
                if allowance[T_MORE] < 1.0:
                    cause = SCALING
                else:
                    allowance[T_MORE] -= 1.0
                    zone = _next_zone(carry, route)
                    cold_s = plan.cold_s
                    init_ns = plan.init_ns
                    tally.moved[STARTED, zone, step] += 1
            if cause >= 0:
                outcome = REFUSED
                answer = now
                start = NEVER
                tally.throttled[cause, step] += 1
            else:
                allowance[T_REQUESTS] -= 1.0
                tally.invoked[warm, step] += 1
                if route.is_dark[zone] != 0:
                    tally.moved[DIED, zone, step] += 1
                    init_ns = 0
                else:
                    start = now + cold_s
                    is_cut = work > plan.time_limit_s
                    end = start + (plan.time_limit_s if is_cut else work)
                    _take_until(busy, n[N_BUSY], end, float(n[N_SEQ] * PLACES + zone + WARM * warm))
                    n[N_SEQ] += 1
                    n[N_BUSY] += 1
                    tally.moved[TAKEN, zone, step] += 1
                    tally.peak[step] = max(tally.peak[step], n[N_BUSY])
                    if not quirks or _passes(plan, route, front, zone, request, attempt):
                        extra = 0.0
                        if quirks:
                            extra = route.extra_s[front]
                            if zone != front:
                                extra += route.extra_s[zone]
                        answer = end + extra
                        outcome = ERROR if is_cut else SERVED
                        if answer > deadline:
                            outcome = TIMED_OUT
                            answer = deadline

        answered = answer <= until_s
        worked = end == NEVER or end <= until_s
        if answered:
            _answered(plan, carry, tally, request, attempt, first, start, answer, outcome, zone + 1, work)
        if worked and end < NEVER:
            _work_done(plan, tally, zone, start, end, init_ns, warm)
        if not (answered and worked):
            row = carry.pending[n[N_PENDING]]
            n[N_PENDING] += 1
            row[ID] = request
            row[ATTEMPT] = attempt
            row[FIRST] = first
            row[ARRIVE] = now
            row[START] = start
            row[END] = NEVER if worked else end
            row[ANSWER] = NEVER if answered else answer
            row[OUTCOME] = outcome
            row[ZONE] = zone
            row[WORK] = work
            row[COLD] = init_ns
            row[KEPT_WARM] = warm
    if status == DONE:
        _become_idle(plan, carry, tally, until_s)
        _reclaim(plan, carry, tally, until_s)
    return status


@compiled
def strike(now_s: float, zone: int, plan: Plan, carry: Carry, tally: Tally) -> None:
    """Let every environment in use in a zone die at `now_s`: its client waits in vain. The idle are found out one by one.

    Call after `serve` has come to `now_s`.
    """
    n, busy = carry.n, carry.busy
    step = int(now_s * plan.steps_per_s)
    for i in range(n[N_PENDING]):
        row = carry.pending[i]
        if int(row[ZONE]) != zone or row[END] == NEVER:
            continue
        if row[ANSWER] < NEVER:
            row[OUTCOME] = TIMED_OUT
            row[ANSWER] = row[ARRIVE] + plan.timeout_s
        if row[START] < now_s:
            row[END] = now_s
        else:  # it had not come so far as to work
            row[START] = NEVER
            row[END] = NEVER
    size, left = n[N_BUSY], 0
    for i in range(size):  # a heap without some of its rows is made anew, row by row
        if int(busy[i, B_CODE]) % WARM == zone:
            tally.moved[DIED, zone, step] += 1
            tally.moved[RETURNED, zone, step] += 1
        else:
            _take_until(busy, left, busy[i, B_END], busy[i, B_CODE])
            left += 1
    n[N_BUSY] = left


@compiled
def give_up(now_s: float, zone: int, plan: Plan, carry: Carry, tally: Tally) -> None:
    """Forget the idle environments of a zone that AWS knows to be lost."""
    n, idle, warm = carry.n, carry.idle, carry.warm
    step = int(now_s * plan.steps_per_s)
    left = n[N_OLDEST]
    for i in range(n[N_OLDEST], n[N_IDLE]):
        if int(idle[i, I_ZONE]) == zone:
            tally.moved[DIED, zone, step] += 1
        else:
            idle[left, I_SINCE] = idle[i, I_SINCE]
            idle[left, I_ZONE] = idle[i, I_ZONE]
            left += 1
    n[N_IDLE] = left
    left = 0
    for i in range(n[N_WARM]):
        if warm[i] == zone:
            tally.moved[DIED, zone, step] += 1
        else:
            warm[left] = warm[i]
            left += 1
    n[N_WARM] = left


@compiled
def bring_back(now_s: float, missing: int, plan: Plan, route: Route, carry: Carry, tally: Tally) -> None:
    """Start environments that are to be kept warm, and are no more: each is ready after a cold start."""
    n = carry.n
    step = int(now_s * plan.steps_per_s)
    for _ in range(missing):
        zone = _next_zone(carry, route)
        _take_until(carry.busy, n[N_BUSY], now_s + plan.cold_s, float(n[N_SEQ] * PLACES + zone + WARM))
        n[N_SEQ] += 1
        n[N_BUSY] += 1
        tally.moved[STARTED, zone, step] += 1
        tally.moved[TAKEN, zone, step] += 1


@compiled
def work_so_far(end_s: float, plan: Plan, carry: Carry, tally: Tally) -> None:
    """Count and bill the work that is still under way when the run ends."""
    for i in range(carry.n[N_PENDING]):
        row = carry.pending[i]
        if row[END] < NEVER and row[START] < end_s:
            _work_done(plan, tally, int(row[ZONE]), row[START], end_s, int(row[COLD]), int(row[KEPT_WARM]))
