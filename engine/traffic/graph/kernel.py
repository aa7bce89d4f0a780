"""The compiled data plane of an application: users' requests, and the calls that they set off, in order of time.

An attempt of a call is a row of a table, its *node*. It has two sides. At the caller's it is open until an answer or the
time-out closes it; at the callee's it is on its way, waits for a worker, works, and waits for the calls that it makes
itself. A node whose two sides are done is used again. In the words of the loop:

* SEND: the caller's bulkhead and breaker let it pass or not; a target is chosen; it goes on its way, its timer runs,
* ARRIVE: it finds a free worker, or waits, or is refused; BEGIN: the worker is held, and the module's own work begins,
* RUN: the work is done; stage by stage the module calls others: in other services by SEND, in its own by BEGIN,
* OVER: the worker is free for the next, and the answer goes back; CLOSE: the caller has it, tries again, or goes on.

What happens next is the soonest of a heap (ends of work, retries), two lines of hops (each hop of one length, so the line
is in order by itself), the timers of each kind of call (each of one length too) and the next user. Of one moment, what was
scheduled first comes first; timers come after all else, and the callers of a target that died come last.

State stays in arrays, so a window can end anywhere. `engine.traffic.graph.one_by_one` tells the same story in SimPy; the
twin tests hold the two to a difference of 0.0. Tables and code stand in one file for the reason that
`engine.traffic.kernel` gives.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int32]
Hashes = npt.NDArray[np.uint64]

OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy", "_nrt": False, "nogil": True}
compiled = njit(**OPTIONS)
put_in_place = njit(**OPTIONS, inline="always")

# What can become of an attempt. The first six as in `engine.traffic.kernel`; the last two never left their caller.
SERVED, REFUSED, TIMED_OUT, RESET, NO_TARGET, ERROR, SHORT, BULK = range(8)
LIVE, SILENT, GONE = range(3)
ROUND_ROBIN, RANDOM, LEAST_OUTSTANDING = range(3)
DONE, WANTS_DRAWS, WANTS_ROOM = range(3)
EXPONENTIAL, CONSTANT, LOGNORMAL, HYPEREXPONENTIAL = range(4)

BUCKET_SHIFT = 52 - 4
LOWEST_BUCKET = (1023 - 14) << 4
N_BUCKETS = (14 + 9) << 4

# Columns of a node.
(EDGE, PARENT, PARENT_GEN, ROW, ATTEMPT, REQUEST, ACTION, GEN, STATE, OPEN, POS, STAGE_END, LOCAL_POS, CHILDREN, FLAGS, HOST,
 NEXT, CALLER_ROW, EPOCH, CREATED, OUTCOME, NODE_WIDTH) = range(22)  # fmt: skip
SENT, FIRST, START, BEGAN, HOP, EXTRA, TIMES_WIDTH = range(7)
# STATE: the callee's side.
IDLE, TRANSIT, QUEUED, WORKING, CALLING, OVER, LEFT = range(7)
FAILED, DEGRADED, SCANNING, LOCAL_RUNNING = 1, 2, 4, 8
# What an event is about, in the lowest bits of its word; above them the node's generation and its number.
AT_TARGET, WORK_END, ANSWER, RETRY = range(4)
NODE_BITS = 24
NODE_MASK = (1 << NODE_BITS) - 1
GEN_MASK = (1 << 36) - 1
LAST = 1 << 62  # added to the rank of what comes after everything else of its moment

# What `play` does next.
SELECT, SEND, ARRIVE, RUN, END, CLOSE = range(6)

# Slots of `Carry.n`.
N_ID, N_DRAW, N_SEGMENT, N_SEQ, N_HEAP, N_FREE, N_USED, N_HEAD_0, N_TAIL_0, N_HEAD_1, N_TAIL_1, N_KEPT, N_SIZE = range(
    13
)
# Columns of `Carry.breaker`.
B_STATE, B_EPOCH, B_SEEN, B_FAILED, B_OUT, B_OK, B_AT, BREAKER_WIDTH = range(8)
CLOSED, OPENED, HALF_OPEN = range(3)
# Columns of `Tally.kept_calls`.
(K_REQUEST, K_EDGE, K_ATTEMPT, K_SENT, K_START, K_END, K_ROW, K_OUTCOME, K_PLACE, KEPT_WIDTH) = range(10)

SLACK = 64  # rows that one event may take from any table
NEVER = np.inf
U = np.uint64
GOLDEN = U(0x9E3779B97F4A7C15)
MIX_1, MIX_2 = U(0xBF58476D1CE4E5B9), U(0x94D049BB133111EB)
S11, S27, S30, S31 = U(11), U(27), U(30), U(31)
# What a hash is asked for.
FOR_ACTION, FOR_SHARE, FOR_WORK, FOR_MORE, FOR_FADE, FOR_PICK, FOR_LOSS, FOR_ERROR, FOR_HARM, FOR_JITTER, FOR_GROUP = (
    U(n * 0x2545F4914F6CDD1D & 0xFFFFFFFFFFFFFFFF) for n in range(1, 12)
)


class Plan(NamedTuple):
    """What does not change during a run. Edges: the calls, then one for each action, by which users enter."""

    segment_end_s: Floats
    segment_gap_s: Floats
    action_below: Floats  # (actions,): running sum of shares, the last 1
    workers: Ints  # (services,)
    backlog: Ints  # (services,)
    edge_to: Ints  # (edges,): module
    edge_service: Ints
    edge_is_local: Ints
    edge_timeout_s: Floats
    edge_retries: Ints
    edge_backoff_s: Floats
    edge_jitter: Ints
    edge_needed: Ints
    edge_share: Floats
    edge_stage: Ints
    edge_breaker: Ints  # row of `Carry.breaker`, or -1
    edge_window: Ints
    edge_limit: Ints  # failures in the window that open it
    edge_open_s: Floats
    edge_trials: Ints
    edge_room: Ints  # row of `Carry.in_flight`, or -1
    edge_bulkhead: Ints
    made_for: Ints  # (edges, actions): 1 where the call is made
    module_work_s: Floats
    module_kind: Ints
    module_spread: Floats  # sigma of lognormal work, share of short requests of two kinds
    first_call: Ints  # (modules + 1,): where its calls stand in `order`
    order: Ints  # (calls,): edges, each module's by stage
    salt: int
    calls: int
    services: int
    ttl_s: float
    steps_per_s: float
    hop_s: float
    zone_hop_s: float
    algorithm: int
    keep: bool


class Route(NamedTuple):
    """What the control plane last said. Rows are targets of all services; the first rows mean "no target" of each."""

    targets: (
        Ints  # (services, 2 x zones, room): whom each front sends to; then its other group's, while traffic is shifted
    )
    n_targets: Ints  # (services, 2 x zones)
    green_share: Floats  # (services,): weight of the other group
    dns: Ints  # (services, zones)
    n_dns: Ints  # (services,)
    front_is_dead: Ints  # (services, zones)
    fade: Ints
    fade_since_s: Floats
    extra_s: Floats
    loss: Floats
    has_quirks: Ints  # (services,)
    mode: Ints  # (rows,)
    zone: Ints  # (rows,)
    errors: Floats  # (rows,): share of requests that the target answers with an error
    errors_of: Ints  # (rows,): by which module, -1 = by the target as a whole
    slow_x: Floats  # (modules,): harm
    harm_errors: Floats  # (modules,)


class Carry(NamedTuple):
    """What one window hands to the next."""

    at_s: Floats  # (1,): the last arrival
    n: Ints  # (N_SIZE,)
    next_front: Ints  # (services,)
    next_target: Ints  # (services, 2 x zones)
    node: Ints  # (cap, NODE_WIDTH)
    time: Floats  # (cap, TIMES_WIDTH)
    place: Hashes  # (cap,): where in the tree of calls of which request; draws of work and of what is called
    try_: Hashes  # (cap,): the same, and which attempt; draws of errors, losses and choices
    free: Ints  # (cap,): stack of nodes to use again
    heap_s: Floats  # (cap,)
    heap_rank: Ints
    heap_word: Ints
    line_s: Floats  # (2, cap): hops within a zone and between zones
    line_rank: Ints
    line_word: Ints
    timer_s: Floats  # (edges, cap)
    timer_rank: Ints
    timer_word: Ints
    timer_head: Ints  # (edges,)
    timer_tail: Ints
    timer_due_s: Floats  # (edges,): when to look at its first timer
    busy: Ints  # (rows,): workers held
    queue_first: Ints  # (rows,)
    queue_last: Ints
    queue_len: Ints
    outstanding: Ints
    breaker: Ints  # (breakers, rows, BREAKER_WIDTH)
    breaker_until_s: Floats  # (breakers, rows)
    breaker_ring: npt.NDArray[np.int8]  # (breakers, rows, window)
    in_flight: Ints  # (bulkheads, rows)


class Tally(NamedTuple):
    """What is counted, by step."""

    action_arrived: Counts  # (actions, steps)
    action_retried: Counts
    action_served: Counts
    action_degraded: Counts
    action_failed: Counts  # (causes, actions, steps)
    action_latency: Counts  # (actions, steps, buckets)
    arrived: Counts  # (services, steps): attempts
    retried: Counts
    latency: Counts  # (services, steps, buckets)
    served: Counts  # (rows, steps)
    failed: Counts  # (causes, rows, steps)
    busy_ns: Ints  # (rows, steps): at work
    held_ns: Ints  # (rows, steps): at work, or waiting for others
    worked: Ints  # (rows,): requests that a target began to work on
    sent: Counts  # (calls, steps)
    resent: Counts
    answered: Counts
    call_failed: Counts  # (7, calls, steps)
    crossed: Counts  # (calls, steps): from zone to zone
    call_latency: Ints  # (calls, buckets)
    begun: Counts  # (modules, steps)
    ended_badly: Counts  # (modules, steps)
    work_ns: Ints  # (modules, steps)
    module_worked: Ints  # (modules, rows)
    kept: Floats  # (cap, 6)
    kept_calls: Floats  # (cap, KEPT_WIDTH)


# --- draws -----------------------------------------------------------------------------------------------------------


@compiled
def mixed(word: Any) -> Any:
    """Shuffle 64 bits (the end of splitmix64)."""
    z = np.uint64(word)
    z = (z ^ (z >> S30)) * MIX_1
    z = (z ^ (z >> S27)) * MIX_2
    return z ^ (z >> S31)


@compiled
def root(salt: int, request: int) -> Any:
    """Name a user's request."""
    return mixed(np.uint64(salt) + np.uint64(request + 1) * GOLDEN)


@compiled
def below(name: Any, edge: int, attempt: int) -> Any:
    """Name the call that is made by `edge` from the place called `name`; attempt 0 names the place itself."""
    return mixed(np.uint64(name) + np.uint64((edge + 1) * 64 + attempt) * GOLDEN)


@compiled
def chance(name: Any, what: Any) -> float:
    """Draw a number in [0, 1) that belongs to a name and a purpose."""
    return float(mixed(np.uint64(name) ^ np.uint64(what)) >> S11) * (1.0 / 9007199254740992.0)


@compiled
def work_of(name: Any, kind: int, spread: float) -> float:
    """Draw a module's work for one request, with a mean of 1."""
    if kind == CONSTANT:
        return 1.0
    drawn = -math.log(1.0 - chance(name, FOR_WORK))
    if kind == EXPONENTIAL:
        return drawn
    more = chance(name, FOR_MORE)
    if kind == LOGNORMAL:
        z = math.sqrt(2.0 * drawn) * math.cos(2.0 * math.pi * more)
        return math.exp(spread * z - spread * spread / 2.0)
    return drawn / (2.0 * spread if more < spread else 2.0 * (1.0 - spread))


# --- small steps -----------------------------------------------------------------------------------------------------


@compiled
def _push(times: Floats, ranks: Ints, words: Ints, size: int, at_s: float, rank: int, word: int) -> None:
    """Add an event to the heap: by time, then by rank."""
    k = size
    while k > 0:
        up = (k - 1) >> 1
        if times[up] < at_s or (times[up] == at_s and ranks[up] < rank):
            break
        times[k], ranks[k], words[k] = times[up], ranks[up], words[up]
        k = up
    times[k], ranks[k], words[k] = at_s, rank, word


@compiled
def _pop(times: Floats, ranks: Ints, words: Ints, size: int) -> None:
    """Drop the heap's first event; `size` is what is left."""
    at_s, rank, word = times[size], ranks[size], words[size]
    k = 0
    child = 1
    while child < size:
        other = child + 1
        if other < size and (
            times[other] < times[child] or (times[other] == times[child] and ranks[other] < ranks[child])
        ):
            child = other
        if at_s < times[child] or (at_s == times[child] and rank < ranks[child]):
            break
        times[k], ranks[k], words[k] = times[child], ranks[child], words[child]
        k = child
        child = 2 * k + 1
    times[k], ranks[k], words[k] = at_s, rank, word


@compiled
def _span(table: Ints, row: int, start_s: float, end_s: float, steps_per_s: float) -> None:
    """Count the nanoseconds from start to end into the steps they fall into."""
    first = int(start_s * steps_per_s)
    last = int(end_s * steps_per_s)
    start_ns = int(start_s * 1e9)
    end_ns = int(end_s * 1e9)
    if first == last:
        table[row, first] += end_ns - start_ns
        return
    step_ns = int(1e9 / steps_per_s + 0.5)
    table[row, first] += (first + 1) * step_ns - start_ns
    for step in range(first + 1, last):
        table[row, step] += step_ns
    table[row, last] += end_ns - last * step_ns


@compiled
def bucket_of(latency_s: float) -> int:
    """Find the latency's bucket by the bits of the number itself."""
    bucket = int(np.float64(latency_s).view(np.int64) >> BUCKET_SHIFT) - LOWEST_BUCKET
    return min(max(bucket, 0), N_BUCKETS - 1)


@compiled
def _fading(plan: Plan, route: Route, service: int, zone: int, k: int, now_s: float, name: Any) -> int:
    """Ask for the `k`-th front, that of a zone which joins or leaves DNS; return the zone that one gets."""
    known = min(1.0, (now_s - route.fade_since_s[service, zone]) / plan.ttl_s) if plan.ttl_s > 0.0 else 1.0
    share = known if route.fade[service, zone] > 0 else 1.0 - known
    if chance(name, FOR_FADE) >= share:
        n_dns = route.n_dns[service]
        for hop in range(1, n_dns):
            other = int(route.dns[service, (k + hop) % n_dns])
            if route.fade[service, other] >= 0:
                return other
    return zone


@compiled
def _pick(targets: Ints, n: int, service: int, zone: int, finger: int, outstanding: Ints) -> int:
    """Find the target with the fewest attempts on it, from the finger on; the first of a tie."""
    best = finger
    for hop in range(1, n):
        i = finger + hop
        if i >= n:
            i -= n
        if outstanding[targets[service, zone, i]] < outstanding[targets[service, zone, best]]:
            best = i
    return best


@compiled
def _lets_pass(breaker: Ints, until_s: Floats, row: int, caller: int, trials: int, now_s: float) -> bool:
    """Ask the caller's breaker whether a call may go; a trial is counted."""
    if breaker[row, caller, B_STATE] == CLOSED:
        return True
    if breaker[row, caller, B_STATE] == OPENED:
        if now_s < until_s[row, caller]:
            return False
        breaker[row, caller, B_STATE] = HALF_OPEN
        breaker[row, caller, B_EPOCH] += 1
        breaker[row, caller, B_OUT] = 0
        breaker[row, caller, B_OK] = 0
    if breaker[row, caller, B_OUT] >= trials:
        return False
    breaker[row, caller, B_OUT] += 1
    return True


@compiled
def _learn(
    breaker: Ints,
    until_s: Floats,
    ring: npt.NDArray[np.int8],
    row: int,
    caller: int,
    is_failed: bool,
    window: int,
    limit: int,
    trials: int,
    open_s: float,
    now_s: float,
) -> None:
    """Tell the caller's breaker how a call that it let pass came out."""
    opens = False
    if breaker[row, caller, B_STATE] == HALF_OPEN:
        if is_failed:
            opens = True
        else:
            breaker[row, caller, B_OK] += 1
            if breaker[row, caller, B_OK] < trials:
                return
            breaker[row, caller, B_STATE] = CLOSED
    else:
        at = breaker[row, caller, B_AT]
        if breaker[row, caller, B_SEEN] == window:
            breaker[row, caller, B_FAILED] -= ring[row, caller, at]
        else:
            breaker[row, caller, B_SEEN] += 1
        ring[row, caller, at] = 1 if is_failed else 0
        breaker[row, caller, B_FAILED] += 1 if is_failed else 0
        breaker[row, caller, B_AT] = at + 1 if at + 1 < window else 0
        if breaker[row, caller, B_SEEN] < window or breaker[row, caller, B_FAILED] < limit:
            return
        opens = True
    if opens:
        breaker[row, caller, B_STATE] = OPENED
        until_s[row, caller] = now_s + open_s
    breaker[row, caller, B_EPOCH] += 1
    breaker[row, caller, B_SEEN] = 0
    breaker[row, caller, B_FAILED] = 0
    breaker[row, caller, B_AT] = 0


@put_in_place
def _let_go(node: Ints, free: Ints, n: Ints, one: int) -> None:
    """Put a node whose two sides are done aside, to be used again; what still points to it is void."""
    node[one, GEN] += 1
    node[one, STATE] = IDLE
    node[one, OPEN] = 0
    free[n[N_FREE]] = one
    n[N_FREE] += 1


@put_in_place
def _take(free: Ints, n: Ints) -> Any:
    """Take a node."""
    if n[N_FREE] > 0:
        n[N_FREE] -= 1
        one = free[n[N_FREE]]
    else:
        one = n[N_USED]
        n[N_USED] += 1
    return one


@put_in_place
def _word(node: Ints, one: int, what: int) -> Any:
    """Write what an event is about."""
    return ((node[one, GEN] & GEN_MASK) << (NODE_BITS + 2)) | (one << 2) | what


@put_in_place
def _begin(plan: Plan, route: Route, carry: Carry, tally: Tally, one: int, now: float) -> None:
    """Let a module's own work begin, on a worker that is held."""
    node, n = carry.node, carry.n
    module = plan.edge_to[node[one, EDGE]]
    row = node[one, ROW]
    work = work_of(carry.place[one], plan.module_kind[module], plan.module_spread[module]) * (
        plan.module_work_s[module] * route.slow_x[module]
    )
    node[one, STATE] = WORKING
    node[one, FLAGS] = 0
    node[one, CHILDREN] = 0
    carry.time[one, BEGAN] = now
    step = int(now * plan.steps_per_s)
    tally.begun[module, step] += 1
    tally.work_ns[module, step] += int(work * 1e9)
    tally.module_worked[module, row] += 1
    _push(carry.heap_s, carry.heap_rank, carry.heap_word, n[N_HEAP], now + work, n[N_SEQ], _word(node, one, WORK_END))
    n[N_SEQ] += 1
    n[N_HEAP] += 1


@put_in_place
def _hop(plan: Plan, carry: Carry, one: int, at_s: float, hop_s: float, extra_s: float, what: int) -> None:
    """Send something over the network: most hops are of one of two lengths, and stand in line."""
    node, n = carry.node, carry.n
    word = _word(node, one, what)
    if extra_s == 0.0 and hop_s == plan.hop_s:
        slot = n[N_TAIL_0] & (carry.line_s.shape[1] - 1)
        carry.line_s[0, slot] = at_s
        carry.line_rank[0, slot] = n[N_SEQ]
        carry.line_word[0, slot] = word
        n[N_TAIL_0] += 1
    elif extra_s == 0.0 and hop_s == plan.zone_hop_s:
        slot = n[N_TAIL_1] & (carry.line_s.shape[1] - 1)
        carry.line_s[1, slot] = at_s
        carry.line_rank[1, slot] = n[N_SEQ]
        carry.line_word[1, slot] = word
        n[N_TAIL_1] += 1
    else:
        _push(carry.heap_s, carry.heap_rank, carry.heap_word, n[N_HEAP], at_s, n[N_SEQ], word)
        n[N_HEAP] += 1
    n[N_SEQ] += 1


# --- the loop --------------------------------------------------------------------------------------------------------


@compiled
def play(until_s: float, gaps: Floats, plan: Plan, route: Route, carry: Carry, tally: Tally) -> int:
    """Play everything up to `until_s`; return DONE, WANTS_DRAWS or WANTS_ROOM.

    gaps: shape (block,), standard exponential draws between users, from `carry.n[N_DRAW]` on. A draw is used up only when
    its request has arrived, so that windows change nothing.
    """
    n = carry.n
    node = carry.node
    time = carry.time
    places = carry.place
    tries = carry.try_
    free = carry.free
    heap_s = carry.heap_s
    heap_rank = carry.heap_rank
    heap_word = carry.heap_word
    line_s = carry.line_s
    line_rank = carry.line_rank
    line_word = carry.line_word
    timer_s = carry.timer_s
    timer_rank = carry.timer_rank
    timer_word = carry.timer_word
    timer_head = carry.timer_head
    timer_tail = carry.timer_tail
    timer_due_s = carry.timer_due_s
    busy = carry.busy
    queue_first = carry.queue_first
    queue_last = carry.queue_last
    queue_len = carry.queue_len
    outstanding = carry.outstanding
    steps_per_s = plan.steps_per_s
    n_calls = plan.calls
    n_services = plan.services
    n_edges = plan.edge_to.shape[0]
    keep = plan.keep
    line_mask = line_s.shape[1] - 1
    timer_mask = timer_s.shape[1] - 1
    room_node = node.shape[0] - SLACK
    room_heap = heap_s.shape[0] - SLACK
    room_line = line_s.shape[1] - SLACK
    room_kept = tally.kept.shape[0] - SLACK
    room_kept_calls = tally.kept_calls.shape[0] - SLACK
    algorithm = plan.algorithm

    # The first timers.
    due_s = NEVER
    due_rank = 0
    due_edge = -1
    for e in range(n_edges):
        if timer_head[e] != timer_tail[e]:
            rank = timer_rank[e, timer_head[e] & timer_mask]
            if timer_due_s[e] < due_s or (timer_due_s[e] == due_s and rank < due_rank):
                due_s, due_rank, due_edge = timer_due_s[e], rank, e
    timers_full = False
    for e in range(n_edges):
        timers_full = timers_full or timer_tail[e] - timer_head[e] > timer_mask - 2

    arrival_s = -1.0  # to be found
    arrival_segment = 0
    what = SELECT
    one = 0
    outcome = SERVED
    now = 0.0

    while True:
        if what == SELECT:
            if (
                n[N_USED] - n[N_FREE] >= room_node
                or n[N_USED] >= room_node
                or n[N_HEAP] >= room_heap
                or n[N_TAIL_0] - n[N_HEAD_0] >= room_line
                or n[N_TAIL_1] - n[N_HEAD_1] >= room_line
                or timers_full
                or (keep and (n[N_ID] >= room_kept or n[N_KEPT] >= room_kept_calls))
            ):
                return WANTS_ROOM
            if arrival_s < 0.0:
                # The next user: spend one unit-rate gap at the traffic of each segment it crosses.
                if n[N_DRAW] >= gaps.shape[0]:
                    return WANTS_DRAWS
                gap = gaps[n[N_DRAW]]
                arrival_segment = n[N_SEGMENT]
                since = carry.at_s[0]
                arrival_s = NEVER
                while True:
                    mean_s = plan.segment_gap_s[arrival_segment]
                    edge_s = plan.segment_end_s[arrival_segment]
                    if mean_s < NEVER:
                        reached = since + gap * mean_s
                        if reached < edge_s:
                            arrival_s = reached
                            break
                        gap -= (edge_s - since) / mean_s
                    since = edge_s
                    if edge_s >= until_s or arrival_segment + 1 >= plan.segment_end_s.shape[0]:
                        break
                    arrival_segment += 1

            # What comes first?
            best_s = NEVER
            best_rank = 0
            source = -1
            if n[N_HEAP] > 0:
                best_s = heap_s[0]
                best_rank = heap_rank[0]
                source = 0
            if n[N_HEAD_0] != n[N_TAIL_0]:
                slot = n[N_HEAD_0] & line_mask
                if line_s[0, slot] < best_s or (line_s[0, slot] == best_s and line_rank[0, slot] < best_rank):
                    best_s = line_s[0, slot]
                    best_rank = line_rank[0, slot]
                    source = 1
            if n[N_HEAD_1] != n[N_TAIL_1]:
                slot = n[N_HEAD_1] & line_mask
                if line_s[1, slot] < best_s or (line_s[1, slot] == best_s and line_rank[1, slot] < best_rank):
                    best_s = line_s[1, slot]
                    best_rank = line_rank[1, slot]
                    source = 2
            if arrival_s <= best_s:
                best_s = arrival_s
                best_rank = -1
                source = 3
            if due_s < best_s or (due_s == best_s and best_rank >= LAST):
                best_s = due_s
                source = 4
            if not best_s <= until_s:
                return DONE
            now = best_s
            if source == 3:
                request = n[N_ID]
                n[N_ID] += 1
                n[N_DRAW] += 1
                n[N_SEGMENT] = arrival_segment
                carry.at_s[0] = now
                arrival_s = -1.0
                name = root(plan.salt, request)
                drawn = chance(name, FOR_ACTION)
                action = 0
                while drawn >= plan.action_below[action]:
                    action += 1
                one = _take(free, n)
                node[one, EDGE] = n_calls + action
                node[one, PARENT] = -1
                node[one, ATTEMPT] = 0
                node[one, REQUEST] = request
                node[one, ACTION] = action
                node[one, CALLER_ROW] = 0
                time[one, FIRST] = now
                places[one] = name
                tries[one] = below(name, 0, 0)
                tally.action_arrived[action, int(now * steps_per_s)] += 1
                what = SEND
                continue
            if source == 4:
                e = due_edge
                slot = timer_head[e] & timer_mask
                word = timer_word[e, slot]
                one = (word >> 2) & NODE_MASK
                is_open = node[one, OPEN] == 1 and (node[one, GEN] & GEN_MASK) == word >> (NODE_BITS + 2)
                is_due = is_open and timer_s[e, slot] == now
                if is_due or not is_open:
                    timer_head[e] += 1
                    while timer_head[e] != timer_tail[e]:
                        slot = timer_head[e] & timer_mask
                        word = timer_word[e, slot]
                        other = (word >> 2) & NODE_MASK
                        if node[other, OPEN] == 1 and (node[other, GEN] & GEN_MASK) == word >> (NODE_BITS + 2):
                            break
                        timer_head[e] += 1
                timer_due_s[e] = timer_s[e, timer_head[e] & timer_mask] if timer_head[e] != timer_tail[e] else NEVER
                due_s = NEVER
                due_rank = 0
                due_edge = -1
                for e in range(n_edges):
                    if timer_head[e] != timer_tail[e] and timer_due_s[e] <= due_s:
                        rank = timer_rank[e, timer_head[e] & timer_mask]
                        if timer_due_s[e] < due_s or rank < due_rank:
                            due_s, due_rank, due_edge = timer_due_s[e], rank, e
                if is_due:
                    outcome = TIMED_OUT
                    what = CLOSE
                continue
            if source == 0:
                word = heap_word[0]
                n[N_HEAP] -= 1
                _pop(heap_s, heap_rank, heap_word, n[N_HEAP])
            elif source == 1:
                word = line_word[0, n[N_HEAD_0] & line_mask]
                n[N_HEAD_0] += 1
            else:
                word = line_word[1, n[N_HEAD_1] & line_mask]
                n[N_HEAD_1] += 1
            one = (word >> 2) & NODE_MASK
            if (node[one, GEN] & GEN_MASK) != word >> (NODE_BITS + 2):
                continue
            kind = word & 3
            if kind == WORK_END:
                if node[one, STATE] != WORKING:
                    continue
                row = node[one, ROW]
                _span(tally.busy_ns, row, time[one, BEGAN], now, steps_per_s)
                node[one, STATE] = CALLING
                module = plan.edge_to[node[one, EDGE]]
                node[one, STAGE_END] = plan.first_call[module]
                node[one, LOCAL_POS] = node[one, STAGE_END]
                share = route.errors[row]
                is_wrong = False
                if share > 0.0 and (
                    route.errors_of[row] == module or (route.errors_of[row] < 0 and node[one, HOST] == one)
                ):
                    is_wrong = chance(tries[one], FOR_ERROR) < share
                share = route.harm_errors[module]
                if share > 0.0 and not is_wrong:
                    is_wrong = chance(tries[one], FOR_HARM) < share
                if is_wrong:
                    node[one, FLAGS] |= FAILED
                what = RUN
            elif kind == ANSWER:
                if node[one, OPEN] == 1:
                    outcome = node[one, OUTCOME]
                    what = CLOSE
            elif kind == AT_TARGET:
                what = ARRIVE
            else:
                parent = node[one, PARENT]
                if parent < 0 or (node[parent, GEN] == node[one, PARENT_GEN] and node[parent, STATE] == CALLING):
                    what = SEND
                else:  # nobody is there any more to try again
                    _let_go(node, free, n, one)
            continue

        if what == SEND:
            e = node[one, EDGE]
            service = plan.edge_service[e]
            is_user = e >= n_calls
            step = int(now * steps_per_s)
            node[one, OPEN] = 1
            node[one, STATE] = IDLE
            node[one, ROW] = service
            node[one, CREATED] = n[N_SEQ]
            n[N_SEQ] += 1
            time[one, SENT] = now
            time[one, START] = np.nan
            time[one, HOP] = 0.0
            time[one, EXTRA] = 0.0
            outcome = SERVED
            caller = node[one, CALLER_ROW]
            if is_user:
                if node[one, ATTEMPT] > 0:
                    tally.action_retried[node[one, ACTION], step] += 1
            else:
                tally.sent[e, step] += 1
                if node[one, ATTEMPT] > 0:
                    tally.resent[e, step] += 1
                if plan.edge_room[e] >= 0 and carry.in_flight[plan.edge_room[e], caller] >= plan.edge_bulkhead[e]:
                    outcome = BULK
                elif plan.edge_breaker[e] >= 0:
                    b = plan.edge_breaker[e]
                    if not _lets_pass(carry.breaker, carry.breaker_until_s, b, caller, plan.edge_trials[e], now):
                        outcome = SHORT
                    node[one, EPOCH] = carry.breaker[b, caller, B_EPOCH]
                if outcome == SERVED and plan.edge_room[e] >= 0:
                    carry.in_flight[plan.edge_room[e], caller] += 1
            if outcome != SERVED:
                what = CLOSE
                continue
            tally.arrived[service, step] += 1
            if node[one, ATTEMPT] > 0:
                tally.retried[service, step] += 1

            # Through which front, to which target? A call within enters by the front of its own zone, without DNS.
            swallowed = False
            target = service
            zone = 0
            n_targets = 0
            n_zones = route.dns.shape[1]
            group = 0
            if route.green_share[service] > 0.0 and chance(tries[one], FOR_GROUP) < route.green_share[service]:
                group = n_zones
            if is_user:
                n_dns = route.n_dns[service]
                if n_dns > 0:
                    k = carry.next_front[service]
                    if k >= n_dns:
                        k = 0
                    carry.next_front[service] = k + 1
                    zone = route.dns[service, k]
                    if route.has_quirks[service] != 0:
                        if route.fade[service, zone] != 0:
                            zone = _fading(plan, route, service, zone, k, now, tries[one])
                        if route.front_is_dead[service, zone] != 0:
                            swallowed = True
                    n_targets = route.n_targets[service, group + zone]
            else:
                zone = route.zone[caller]
                n_targets = route.n_targets[service, group + zone]
                for _ in range(1, n_zones):
                    if n_targets > 0:
                        break
                    zone = zone + 1 if zone + 1 < n_zones else 0
                    n_targets = route.n_targets[service, group + zone]
            if n_targets > 0 and not swallowed:
                if algorithm == RANDOM:
                    target = route.targets[service, group + zone, int(chance(tries[one], FOR_PICK) * n_targets)]
                else:
                    k = carry.next_target[service, group + zone]
                    if k >= n_targets:
                        k = 0
                    if algorithm == LEAST_OUTSTANDING:
                        k = _pick(route.targets, n_targets, service, group + zone, k, outstanding)
                    carry.next_target[service, group + zone] = k + 1
                    target = route.targets[service, group + zone, k]
                node[one, ROW] = target
                there = route.zone[target]
                if not is_user:
                    zone = route.zone[caller]
                    if there == zone:
                        time[one, HOP] = plan.hop_s
                    else:
                        time[one, HOP] = plan.zone_hop_s
                        tally.crossed[e, step] += 1
                if route.has_quirks[service] != 0:
                    time[one, EXTRA] = route.extra_s[service, zone]
                    passes = 1.0 - route.loss[service, zone]
                    if there != zone:
                        time[one, EXTRA] += route.extra_s[service, there]
                        passes *= 1.0 - route.loss[service, there]
                    if passes < 1.0 and chance(tries[one], FOR_LOSS) >= passes:
                        swallowed = True
                outstanding[target] += 1
            if target == service and not swallowed:
                outcome = NO_TARGET
                what = CLOSE
                continue

            deadline = now + plan.edge_timeout_s[e]
            slot = timer_tail[e] & timer_mask
            timer_s[e, slot] = deadline
            timer_rank[e, slot] = n[N_SEQ]
            timer_word[e, slot] = _word(node, one, 0)
            if timer_head[e] == timer_tail[e]:
                timer_due_s[e] = deadline
                if deadline < due_s:
                    due_s = deadline
                    due_rank = n[N_SEQ]
                    due_edge = e
            n[N_SEQ] += 1
            timer_tail[e] += 1
            if timer_tail[e] - timer_head[e] > timer_mask - 2:
                timers_full = True

            what = SELECT
            if not swallowed:
                node[one, STATE] = TRANSIT
                if is_user:
                    what = ARRIVE
                    continue
                _hop(plan, carry, one, now + time[one, HOP], time[one, HOP], 0.0, AT_TARGET)
            if not is_user:
                parent = node[one, PARENT]
                if node[parent, FLAGS] & SCANNING:
                    one = parent
                    what = RUN
            continue

        if what == ARRIVE:
            what = SELECT
            if node[one, OPEN] != 1:
                _let_go(node, free, n, one)
                continue
            row = node[one, ROW]
            mode = route.mode[row]
            if mode == LIVE:
                service = plan.edge_service[node[one, EDGE]]
                if busy[row] < plan.workers[service]:
                    busy[row] += 1
                    node[one, HOST] = one
                    time[one, START] = now
                    tally.worked[row] += 1
                    _begin(plan, route, carry, tally, one, now)
                    continue
                if queue_len[row] < plan.backlog[service]:
                    node[one, STATE] = QUEUED
                    node[one, NEXT] = -1
                    if queue_first[row] < 0:
                        queue_first[row] = one
                    else:
                        node[queue_last[row], NEXT] = one
                    queue_last[row] = one
                    queue_len[row] += 1
                    continue
                outcome = REFUSED
            elif mode == SILENT:
                node[one, STATE] = IDLE
                continue
            else:
                outcome = RESET
            node[one, STATE] = OVER
            if node[one, EDGE] >= n_calls:
                what = CLOSE
            else:
                node[one, OUTCOME] = outcome
                _hop(plan, carry, one, now + time[one, HOP], time[one, HOP], 0.0, ANSWER)
            continue

        if what == RUN:
            e = node[one, EDGE]
            if node[one, FLAGS] & SCANNING:
                # Send the stage's calls to other services, one after another, before anything else.
                what = SELECT
                while node[one, POS] < node[one, STAGE_END]:
                    e = plan.order[node[one, POS]]
                    node[one, POS] += 1
                    if plan.edge_is_local[e] != 0 or plan.made_for[e, node[one, ACTION]] == 0:
                        continue
                    name = below(places[one], e, 0)
                    if plan.edge_share[e] < 1.0 and chance(name, FOR_SHARE) >= plan.edge_share[e]:
                        continue
                    child = _take(free, n)
                    node[child, EDGE] = e
                    node[child, PARENT] = one
                    node[child, PARENT_GEN] = node[one, GEN]
                    node[child, ATTEMPT] = 0
                    node[child, REQUEST] = node[one, REQUEST]
                    node[child, ACTION] = node[one, ACTION]
                    node[child, CALLER_ROW] = node[one, ROW]
                    node[child, FLAGS] = 0
                    time[child, FIRST] = now
                    places[child] = name
                    tries[child] = below(tries[one], e, 0)
                    node[one, CHILDREN] += 1
                    one = child
                    what = SEND
                    break
                if what == SEND:
                    continue
                node[one, FLAGS] &= ~SCANNING
            what = SELECT
            if node[one, FLAGS] & FAILED:
                outcome = ERROR
                what = END
                continue
            is_waiting = False
            while node[one, LOCAL_POS] < node[one, STAGE_END]:
                # Then its calls within the service, on the same worker.
                e = plan.order[node[one, LOCAL_POS]]
                node[one, LOCAL_POS] += 1
                if plan.edge_is_local[e] == 0 or plan.made_for[e, node[one, ACTION]] == 0:
                    continue
                name = below(places[one], e, 0)
                if plan.edge_share[e] < 1.0 and chance(name, FOR_SHARE) >= plan.edge_share[e]:
                    continue
                child = _take(free, n)
                node[child, EDGE] = e
                node[child, PARENT] = one
                node[child, PARENT_GEN] = node[one, GEN]
                node[child, ATTEMPT] = 0
                node[child, REQUEST] = node[one, REQUEST]
                node[child, ACTION] = node[one, ACTION]
                node[child, CALLER_ROW] = node[one, ROW]
                node[child, ROW] = node[one, ROW]
                node[child, HOST] = node[one, HOST]
                node[child, OPEN] = 1
                node[child, CREATED] = n[N_SEQ]
                n[N_SEQ] += 1
                time[child, FIRST] = now
                time[child, SENT] = now
                time[child, START] = now
                places[child] = name
                tries[child] = below(tries[one], e, 0)
                tally.sent[e, int(now * steps_per_s)] += 1
                node[one, FLAGS] |= LOCAL_RUNNING
                _begin(plan, route, carry, tally, child, now)
                is_waiting = True
                break
            if is_waiting or node[one, CHILDREN] > 0:
                continue
            last = plan.first_call[plan.edge_to[node[one, EDGE]] + 1]
            pos = node[one, STAGE_END]
            if pos == last:
                outcome = SERVED
                what = END
                continue
            node[one, POS] = pos
            node[one, LOCAL_POS] = pos
            stage = plan.edge_stage[plan.order[pos]]
            while pos < last and plan.edge_stage[plan.order[pos]] == stage:
                pos += 1
            node[one, STAGE_END] = pos
            node[one, FLAGS] |= SCANNING
            what = RUN
            continue

        if what == END:
            e = node[one, EDGE]
            row = node[one, ROW]
            step = int(now * steps_per_s)
            if outcome != SERVED:
                tally.ended_badly[plan.edge_to[e], step] += 1
            if plan.edge_is_local[e] != 0:
                # Back in the caller's own code.
                parent = node[one, PARENT]
                if outcome == SERVED:
                    tally.answered[e, step] += 1
                    tally.call_latency[e, bucket_of(now - time[one, SENT])] += 1
                    node[parent, FLAGS] |= node[one, FLAGS] & DEGRADED
                else:
                    tally.call_failed[outcome - 1, e, step] += 1
                    node[parent, FLAGS] |= FAILED if plan.edge_needed[e] != 0 else DEGRADED
                if keep:
                    _keep_call(carry, tally, one, now, outcome)
                node[parent, FLAGS] &= ~LOCAL_RUNNING
                _let_go(node, free, n, one)
                one = parent
                what = RUN
                continue
            _span(tally.held_ns, row, time[one, START], now, steps_per_s)
            node[one, STATE] = OVER
            delay = time[one, HOP] + time[one, EXTRA]
            is_open = node[one, OPEN] == 1
            is_on_its_way = is_open and (e < n_calls or delay > 0.0)
            if is_on_its_way:
                node[one, OUTCOME] = outcome
                _hop(plan, carry, one, now + delay, time[one, HOP], time[one, EXTRA], ANSWER)
            busy[row] -= 1
            while queue_first[row] >= 0:
                waiter = queue_first[row]
                queue_first[row] = node[waiter, NEXT]
                if node[waiter, STATE] == LEFT:
                    _let_go(node, free, n, waiter)
                    continue
                queue_len[row] -= 1
                busy[row] += 1
                node[waiter, HOST] = waiter
                time[waiter, START] = now
                tally.worked[row] += 1
                _begin(plan, route, carry, tally, waiter, now)
                break
            what = SELECT
            if not is_open:
                _let_go(node, free, n, one)
            elif not is_on_its_way:
                what = CLOSE
            continue

        # CLOSE: the caller knows.
        e = node[one, EDGE]
        service = plan.edge_service[e]
        row = node[one, ROW]
        is_user = e >= n_calls
        step = int(now * steps_per_s)
        caller = node[one, CALLER_ROW]
        node[one, OPEN] = 0
        if row >= n_services:
            outstanding[row] -= 1
        if outcome == SERVED:
            tally.served[row, step] += 1
            tally.latency[service, step, bucket_of(now - time[one, SENT])] += 1
        elif outcome < SHORT:
            tally.failed[outcome - 1, row, step] += 1
        if not is_user:
            if outcome == SERVED:
                tally.answered[e, step] += 1
                tally.call_latency[e, bucket_of(now - time[one, SENT])] += 1
            else:
                tally.call_failed[outcome - 1, e, step] += 1
            if outcome < SHORT:
                if plan.edge_room[e] >= 0:
                    carry.in_flight[plan.edge_room[e], caller] -= 1
                b = plan.edge_breaker[e]
                if b >= 0 and carry.breaker[b, caller, B_EPOCH] == node[one, EPOCH]:
                    _learn(
                        carry.breaker,
                        carry.breaker_until_s,
                        carry.breaker_ring,
                        b,
                        caller,
                        outcome != SERVED,
                        plan.edge_window[e],
                        plan.edge_limit[e],
                        plan.edge_trials[e],
                        plan.edge_open_s[e],
                        now,
                    )
        if keep:
            _keep_call(carry, tally, one, now, outcome)
        parent = node[one, PARENT]
        is_awaited = is_user or (node[parent, GEN] == node[one, PARENT_GEN] and node[parent, STATE] == CALLING)
        what = SELECT
        if outcome != SERVED and outcome < SHORT and is_awaited and node[one, ATTEMPT] < plan.edge_retries[e]:
            again = _take(free, n)
            attempt = node[one, ATTEMPT] + 1
            node[again, EDGE] = e
            node[again, PARENT] = parent
            node[again, PARENT_GEN] = node[one, PARENT_GEN]
            node[again, ATTEMPT] = attempt
            node[again, REQUEST] = node[one, REQUEST]
            node[again, ACTION] = node[one, ACTION]
            node[again, CALLER_ROW] = caller
            node[again, STATE] = IDLE
            node[again, OPEN] = 2
            node[again, FLAGS] = 0
            time[again, FIRST] = time[one, FIRST]
            places[again] = places[one]
            pause = plan.edge_backoff_s[e]
            if is_user:
                tries[again] = below(places[one], 0, attempt)
            else:
                tries[again] = below(tries[parent], e, attempt)
                pause *= float(1 << (attempt - 1))
                if plan.edge_jitter[e] != 0:
                    pause *= chance(tries[again], FOR_JITTER)
            _push(heap_s, heap_rank, heap_word, n[N_HEAP], now + pause, n[N_SEQ], _word(node, again, RETRY))
            n[N_SEQ] += 1
            n[N_HEAP] += 1
            if not is_user and node[parent, FLAGS] & SCANNING:
                what = RUN
        elif is_user:
            action = node[one, ACTION]
            if outcome == SERVED:
                tally.action_served[action, step] += 1
                tally.action_latency[action, step, bucket_of(now - time[one, FIRST])] += 1
                if node[one, FLAGS] & DEGRADED:
                    tally.action_degraded[action, step] += 1
            else:
                tally.action_failed[outcome - 1, action, step] += 1
            if keep:
                request = node[one, REQUEST]
                tally.kept[request, 0] = time[one, FIRST]
                tally.kept[request, 1] = time[one, START]
                tally.kept[request, 2] = now
                tally.kept[request, 3] = row
                tally.kept[request, 4] = outcome
                tally.kept[request, 5] = node[one, ATTEMPT] + 1
        elif is_awaited:
            if outcome == SERVED:
                node[parent, FLAGS] |= node[one, FLAGS] & DEGRADED
            else:
                node[parent, FLAGS] |= FAILED if plan.edge_needed[e] != 0 else DEGRADED
            node[parent, CHILDREN] -= 1
            flags = node[parent, FLAGS]
            if flags & SCANNING or (not flags & LOCAL_RUNNING and (flags & FAILED or node[parent, CHILDREN] == 0)):
                what = RUN
        state = node[one, STATE]
        if state in (IDLE, OVER):
            _let_go(node, free, n, one)
        elif state == QUEUED:
            node[one, STATE] = LEFT
            queue_len[row] -= 1
        if what == RUN:
            one = parent


@compiled
def _keep_call(carry: Carry, tally: Tally, one: int, now: float, outcome: int) -> None:
    """Remember an attempt whole."""
    row = carry.n[N_KEPT]
    carry.n[N_KEPT] += 1
    kept, node, time = tally.kept_calls, carry.node, carry.time
    kept[row, K_REQUEST] = node[one, REQUEST]
    kept[row, K_EDGE] = node[one, EDGE]
    kept[row, K_ATTEMPT] = node[one, ATTEMPT]
    kept[row, K_SENT] = time[one, SENT]
    kept[row, K_START] = time[one, START]
    kept[row, K_END] = now
    kept[row, K_ROW] = node[one, ROW]
    kept[row, K_OUTCOME] = outcome
    kept[row, K_PLACE] = float(carry.try_[one] >> S11)


# --- what the control plane does to it -------------------------------------------------------------------------------


@compiled
def strike(now_s: float, row: int, mode: int, plan: Plan, route: Route, carry: Carry, tally: Tally) -> None:
    """Take a live target away at `now_s`: SILENT (nobody answers any more) or GONE (connections are reset).

    Call after `play` has come to `now_s`, with room in the heap for every node. What it had begun ends with it; whom it
    called go on working, for nobody.
    """
    node, time, n = carry.node, carry.time, carry.n
    step = int(now_s * plan.steps_per_s)
    for one in range(n[N_USED]):
        state = node[one, STATE]
        if node[one, ROW] != row or state not in (QUEUED, WORKING, CALLING, LEFT):
            continue
        e = node[one, EDGE]
        if state == WORKING:
            _span(tally.busy_ns, row, time[one, BEGAN], now_s, plan.steps_per_s)
        if plan.edge_is_local[e] != 0:
            tally.call_failed[RESET - 1, e, step] += 1
            if plan.keep:
                _keep_call(carry, tally, one, now_s, RESET)
            _let_go(node, carry.free, n, one)
            continue
        if state in (WORKING, CALLING):
            _span(tally.held_ns, row, time[one, START], now_s, plan.steps_per_s)
        node[one, STATE] = OVER
        if node[one, OPEN] != 1:
            _let_go(node, carry.free, n, one)
        elif mode == GONE:
            node[one, OUTCOME] = RESET
            at_s = now_s + time[one, HOP]
            rank = LAST | node[one, CREATED]
            _push(carry.heap_s, carry.heap_rank, carry.heap_word, n[N_HEAP], at_s, rank, _word(node, one, ANSWER))
            n[N_HEAP] += 1
    route.mode[row] = mode
    carry.busy[row] = 0
    carry.queue_first[row] = -1
    carry.queue_len[row] = 0


@compiled
def under_way(rows: Ints, since_s: float, now_s: float, carry: Carry, into: Ints) -> None:
    """Add the worker-nanoseconds of work that is not done yet at `now_s`, target by target. into: shape (len(rows),)."""
    for one in range(carry.n[N_USED]):
        if carry.node[one, STATE] == WORKING:
            for i in range(rows.shape[0]):
                if rows[i] == carry.node[one, ROW]:
                    into[i] += int(now_s * 1e9) - int(max(carry.time[one, BEGAN], since_s) * 1e9)


@compiled
def work_so_far(end_s: float, plan: Plan, carry: Carry, tally: Tally) -> None:
    """Count what is under way when the run ends."""
    node, time = carry.node, carry.time
    for one in range(carry.n[N_USED]):
        row = node[one, ROW]
        if node[one, STATE] == WORKING:
            _span(tally.busy_ns, row, time[one, BEGAN], end_s, plan.steps_per_s)
        if node[one, STATE] in (WORKING, CALLING) and plan.edge_is_local[node[one, EDGE]] == 0:
            _span(tally.held_ns, row, time[one, START], end_s, plan.steps_per_s)
