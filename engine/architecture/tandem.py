"""Hops: how long an answer takes that passes one part after the other, or waits for the slowest of several.

Each part is a queue of its own: requests come by chance, work varies exponentially, one at a time. In a row of such
queues the times in each are independent (Jackson), so that their sum is Erlang's: the formula. Beside it the same
requests with the same work in one process of as many workers: one queue, no hop between parts.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit

from engine.architecture.asks import MOST_CALLS, MOST_PARTS, PiecesAsk
from engine.architecture.curves import Curve, Floats, Ints, curve
from engine.rng import stream

REPLICATIONS = 20
REQUESTS = 20_000  # measured in each replication
SHARES = (0.5, 0.99)
AT_PARTS: Ints = np.array([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50])
AT_CALLS: Ints = np.array([1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100])


@dataclass(frozen=True, slots=True)
class Hops:
    """Time to an answer by the number of parts, milliseconds: in pieces, and in one process."""

    p50: Curve
    p99: Curve
    one_p50: Curve
    one_p99: Curve


def by_hops(ask: PiecesAsk) -> Hops:
    """Send the same requests through 1 to 50 queues in a row, and through one pool of as many workers."""
    theory = np.array([[in_a_row_ms(ask, int(n), share) for n in AT_PARTS] for share in SHARES])
    unknown = np.full(len(AT_PARTS), np.nan)
    # Alone, a part and a process of one worker are the same queue.
    alone = np.where(AT_PARTS == 1, theory, unknown)
    pieces, whole = np.empty((REPLICATIONS, 2, len(AT_PARTS))), np.empty((REPLICATIONS, 2, len(AT_PARTS)))
    for number in range(REPLICATIONS):
        pieces[number], whole[number] = _replicate(ask, number)
    return Hops(
        curve(AT_PARTS, theory[0], pieces[:, 0]), curve(AT_PARTS, theory[1], pieces[:, 1]),
        curve(AT_PARTS, alone[0], whole[:, 0]), curve(AT_PARTS, alone[1], whole[:, 1]),
    )  # fmt: skip


def in_a_row_ms(ask: PiecesAsk, parts: int, share: float) -> float:
    """Give the time within which a share of the answers comes, after so many parts; hops lie between them."""
    return erlang_quantile(parts, share) * part_ms(ask) + (parts - 1) * ask.hop_ms


def part_ms(ask: PiecesAsk) -> float:
    """Give the mean time in one part, its queue included: M/M/1."""
    return ask.work_ms / (1 - ask.busy)


def erlang_quantile(stages: int, share: float) -> float:
    """Invert Erlang's distribution with mean 1 a stage.

    >>> round(erlang_quantile(1, 0.99), 4) == round(math.log(100), 4)
    True
    """
    low, high = 0.0, stages + 40 * math.sqrt(stages) + 40
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _erlang(stages, middle) < share else (low, middle)
    return (low + high) / 2


def _erlang(stages: int, x: float) -> float:
    """Give the chance that the sum of so many exponentials is at most x."""
    term = left = math.exp(-x)
    for k in range(1, stages):
        term *= x / k
        left += term
    return 1 - left


def _replicate(ask: PiecesAsk, number: int) -> tuple[Floats, Floats]:
    """Measure both ways once. Shapes (shares, points), milliseconds."""
    forgets = 1 / (1 - math.sqrt(ask.busy)) ** 2  # how long a queue remembers, in works
    skipped = int(40 * forgets * ask.busy) + 100
    requests = skipped + REQUESTS
    gap_ms = ask.work_ms / ask.busy if ask.busy else 1e9
    arrive = stream(ask.seed, "hops", "gaps", number).exponential(gap_ms, requests).cumsum()
    work = stream(ask.seed, "hops", "work", number).exponential(ask.work_ms, (MOST_PARTS, requests))
    pieces, whole = np.empty((2, len(AT_PARTS))), np.empty((2, len(AT_PARTS)))
    at, total, place = arrive.copy(), np.zeros(requests), 0
    for part in range(MOST_PARTS):
        if part:
            at += ask.hop_ms
        at = one_queue(at, work[part])
        total += work[part]
        if part + 1 == AT_PARTS[place]:
            pieces[:, place] = np.quantile((at - arrive)[skipped:], SHARES)
            whole[:, place] = np.quantile((pooled(arrive, total, part + 1) - arrive)[skipped:], SHARES)
            place += 1
    return pieces, whole


@njit(cache=True, nogil=True)
def one_queue(arrive: Floats, work: Floats) -> Floats:
    """Serve in order, one at a time; return when each leaves. Shapes (n,), arrive ascending."""
    leave = np.empty_like(arrive)
    free = 0.0
    for i in range(len(arrive)):
        free = max(free, arrive[i]) + work[i]
        leave[i] = free
    return leave


@njit(cache=True, nogil=True)
def pooled(arrive: Floats, work: Floats, workers: int) -> Floats:
    """Serve in order, as many at a time as there are workers; return when each leaves."""
    leave = np.empty_like(arrive)
    free = np.zeros(workers)
    for i in range(len(arrive)):
        first = np.argmin(free)
        free[first] = max(free[first], arrive[i]) + work[i]
        leave[i] = free[first]
    return leave


# --- the slowest of several ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FanOut:
    """What waits for the slowest of k calls. p50, p99: milliseconds; slow: share that waits longer than one call's p99."""

    p50: Curve
    p99: Curve
    slow: Curve


def by_calls(ask: PiecesAsk) -> FanOut:
    """Make 1 to 100 calls at the same time, to parts that are busy independently of each other."""
    mean_ms = part_ms(ask)
    theory = np.array([[-mean_ms * math.log1p(-(share ** (1 / k))) for k in AT_CALLS] for share in SHARES])
    slow_from = -mean_ms * math.log1p(-SHARES[1])
    times, slow = np.empty((REPLICATIONS, 2, len(AT_CALLS))), np.empty((REPLICATIONS, len(AT_CALLS)))
    for number in range(REPLICATIONS):
        drawn = stream(ask.seed, "fan-out", number).exponential(mean_ms, (REQUESTS // 2, MOST_CALLS))
        slowest = np.maximum.accumulate(drawn, axis=1)[:, AT_CALLS - 1]
        times[number] = np.quantile(slowest, SHARES, axis=0)
        slow[number] = (slowest > slow_from).mean(axis=0)
    return FanOut(
        curve(AT_CALLS, theory[0], times[:, 0]), curve(AT_CALLS, theory[1], times[:, 1]),
        curve(AT_CALLS, np.asarray(1 - SHARES[1] ** AT_CALLS, dtype=np.float64), slow, share_of=REPLICATIONS * REQUESTS // 2),
    )  # fmt: skip
