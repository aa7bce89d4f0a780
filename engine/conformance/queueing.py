"""Queues with a closed form, by simulation: the whole engine runs, one warm task stands for the queue.

What an arrival meets is what time averages to, since arrivals are Poisson: `p_empty` is the share of arrivals that find
nobody, `erlang_c` of those that must wait, `erlang_b` and `p_block` of those that are refused.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from engine.conformance.cases import Case, Given, Got, I
from engine.conformance.interval import span_of
from engine.scenario import Scenario
from engine.simulation import run
from engine.traffic.kernel import REFUSED, SERVED

Floats = npt.NDArray[np.float64]

REPLICATIONS = 40
LEAST_REQUESTS = 40_000  # a replication's, whatever the load
RELAXATIONS = 120  # a replication's length at least: so often it forgets where it began
CUT_RELAXATIONS = 12  # of its beginning and of its end
MOST_REQUESTS = 500_000  # where it would take longer, the interval grows instead
DURATION_S = 30.0  # the simulated clock's, whatever the table's unit of time
CONFIDENCE = 0.99  # for all the figures of a set together
NO_LIMIT = 100_000  # the longest backlog that a service can have


class MMC(Given):
    """Poisson arrivals, exponential work, c servers, an endless queue."""

    servers: int = Field(ge=1, le=256)
    arrival_rate: float = Field(gt=0, le=1e12)
    service_rate: float = Field(gt=0, le=1e12)

    @model_validator(mode="after")
    def _is_stable(self) -> MMC:
        if self.arrival_rate >= self.servers * self.service_rate:
            raise ValueError("arrival_rate must be below servers x service_rate: the queue would grow for ever")
        return self


class MMCK(Given):
    """The same with room for K requests, those in service included."""

    servers: int = Field(ge=1, le=256)
    capacity: int = Field(ge=1, le=NO_LIMIT)
    arrival_rate: float = Field(gt=0, le=1e12)
    service_rate: float = Field(gt=0, le=1e12)

    @model_validator(mode="after")
    def _has_room(self) -> MMCK:
        if self.capacity < self.servers:
            raise ValueError("capacity counts those in service too: it must be servers or more")
        return self


class MG1(Given):
    """Poisson arrivals, work of any spread (its squared coefficient of variation), one server."""

    arrival_rate: float = Field(gt=0, le=1e12)
    mean_service: float = Field(gt=0, le=1e12)
    service_scv: float = Field(ge=0, le=100)

    @model_validator(mode="after")
    def _is_stable(self) -> MG1:
        if self.arrival_rate * self.mean_service >= 1:
            raise ValueError("arrival_rate x mean_service must be below 1: the queue would grow for ever")
        return self


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue in units of its mean work. offered: arrivals in a mean work (Erlangs). forgets: its relaxation time."""

    offered: float
    servers: int
    backlog: int
    scv: float
    forgets: float


def mmc(cases: Sequence[Case[MMC]]) -> list[Got]:
    """Measure each queue twice: with a queue, and without one for Erlang's B."""

    def measure(case: Case[MMC]) -> _Figures:
        given = case.given
        offered, work = given.arrival_rate / given.service_rate, 1 / given.service_rate
        endless = _replicate(Queue(offered, given.servers, NO_LIMIT, 1.0, _relaxation(offered, given.servers)))
        loss = _replicate(Queue(offered, given.servers, 0, 1.0, 1.0)) if "erlang_b" in case.expect else None
        figures = {
            "erlang_c": _Figure(endless.waited, share_of=endless.requests),
            "mean_wait_queue": _Figure(endless.wait * work, rare=work / endless.requests),
            "mean_queue_len": _Figure(endless.waiting, rare=offered / endless.requests),
            "mean_in_system": _Figure(endless.inside),
        }
        return figures | ({"erlang_b": _Figure(loss.refused, share_of=loss.requests)} if loss else {})

    return _all(cases, measure)


def mmck(cases: Sequence[Case[MMCK]]) -> list[Got]:
    """Measure queues with an end."""

    def measure(case: Case[MMCK]) -> _Figures:
        given = case.given
        offered, work = given.arrival_rate / given.service_rate, 1 / given.service_rate
        forgets = min(_relaxation(offered, given.servers), 1 + given.capacity**2 / given.servers)
        seen = _replicate(Queue(offered, given.servers, given.capacity - given.servers, 1.0, forgets))
        return {
            "p_block": _Figure(seen.refused, share_of=seen.requests),
            "p_empty": _Figure(seen.empty, share_of=seen.requests),
            "mean_in_system": _Figure(seen.inside),
            "mean_sojourn": _Figure(seen.sojourn * work),
            "throughput": _Figure(seen.throughput / work),
        }

    return _all(cases, measure)


def mg1(cases: Sequence[Case[MG1]]) -> list[Got]:
    """Measure queues whose work varies as told; the mean wait knows nothing of work but its mean and its spread."""

    def measure(case: Case[MG1]) -> _Figures:
        given = case.given
        work = given.mean_service
        offered = given.arrival_rate * work
        forgets = _relaxation(offered, 1) * (1 + given.service_scv) / 2
        seen = _replicate(Queue(offered, 1, NO_LIMIT, given.service_scv, 1 + forgets))
        return {
            "mean_wait_queue": _Figure(seen.wait * work, rare=work / seen.requests),
            "mean_sojourn": _Figure(seen.sojourn * work),
            "mean_in_system": _Figure(seen.inside),
        }

    return _all(cases, measure)


# --- figures and their intervals -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Figure:
    """One number from each replication, and how grainy it is where hardly any request counts (see `span_of`)."""

    values: Floats
    rare: float = 0.0
    share_of: int = 0


_Figures = dict[str, _Figure]


def _all(cases: Sequence[Case[I]], measure: Callable[[Case[I]], _Figures]) -> list[Got]:
    """Measure every case, then share the set's 1 % of doubt among all its figures."""
    measured = [measure(case) for case in cases]
    figures = sum(len(one) for one in measured)
    doubt = (1 - CONFIDENCE) / max(1, figures)
    return [
        {name: span_of(figure.values, doubt, figure.rare, figure.share_of) for name, figure in one.items()}
        for one in measured
    ]


def _relaxation(offered: float, servers: int) -> float:
    """Give the time in which M/M/c forgets its state, in mean works: 1 / (sqrt(c) - sqrt(a))^2, and one work itself.

    Source: the spectral gap of the birth-death chain (Karlin and McGregor 1958); beyond c it is that of the full queue.
    """
    gap = (math.sqrt(servers) - math.sqrt(offered)) ** 2
    return 1 + (1 / gap if gap > 0 else math.inf)


# --- replications ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the replications saw. Arrays of shape (REPLICATIONS,), times in mean works; requests: in all of them."""

    requests: int
    waited: Floats
    refused: Floats
    empty: Floats
    wait: Floats
    sojourn: Floats
    waiting: Floats
    inside: Floats
    throughput: Floats


def _replicate(queue: Queue) -> _Seen:
    """Run the queue with seeds 0, 1, 2, ..., each long enough to forget its beginning many times over."""
    forgets = queue.forgets * queue.offered  # in arrivals
    steady = min(MOST_REQUESTS, max(LEAST_REQUESTS, RELAXATIONS * forgets))
    cut = min(steady, CUT_RELAXATIONS * forgets + 1_000)
    columns = [_one(queue, seed, steady, cut) for seed in range(REPLICATIONS)]
    requests, *figures = (np.array(column) for column in zip(*columns, strict=True))
    return _Seen(int(requests.sum()), *figures)


def _one(queue: Queue, seed: int, steady: float, cut: float) -> tuple[float, ...]:
    """Run one replication and average over the requests that came in its steady part.

    Times are those of the run, so that a request is as long under way as the clock of the whole engine says.
    """
    rps = (steady + 2 * cut) / DURATION_S
    work_s = queue.offered / rps
    found = run(_scenario(queue, seed, rps, work_s), keep_requests=True)
    kept = found.requests.services[0].kept
    assert kept is not None  # noqa: S101  (asked for)
    begin_s, end_s = cut / rps, DURATION_S - cut / rps
    here = (kept.arrive_s > begin_s) & (kept.arrive_s <= end_s)
    arrive, outcome = kept.arrive_s[here], kept.outcome[here]
    served = outcome == SERVED
    came, start, end = arrive[served], kept.start_s[here][served], kept.end_s[here][served]
    waits, sojourns = start - came, end - came
    length = (end_s - begin_s) / work_s
    return (
        len(arrive),
        float((waits > 0).mean()),
        float((outcome == REFUSED).mean()),
        _share_that_found_nobody(kept.arrive_s, kept.end_s, kept.outcome, here),
        float(waits.mean()) / work_s,
        float(sojourns.mean()) / work_s,
        float(waits.sum()) / work_s / length,
        float(sojourns.sum()) / work_s / length,
        len(came) / length,
    )


def _share_that_found_nobody(arrive: Floats, end: Floats, outcome: npt.NDArray[Any], here: npt.NDArray[Any]) -> float:
    """Count the arrivals that come when all who were served before them have gone."""
    leaves = np.where(outcome == REFUSED, 0.0, np.nan_to_num(end, nan=np.inf))
    last = np.maximum.accumulate(np.concatenate([[0.0], leaves[:-1]]))
    return float((last <= arrive)[here].mean())


def _scenario(queue: Queue, seed: int, rps: float, work_s: float) -> Scenario:
    """Describe one warm task that nobody disturbs: no health check fails, nothing scales, no client gives up."""
    service = {
        "desired": 1, "concurrency": queue.servers, "backlog": queue.backlog, "timeout_s": 3_600, "work_ms": 1_000 * work_s,
        "work": _kind_of_work(queue.scv), "work_cv": math.sqrt(queue.scv), "az_rebalancing": False,
    }  # fmt: skip
    return Scenario.of({
        "seed": seed, "duration_s": DURATION_S, "zones": 1, "launch_type": "ecs-fargate", "traffic": {"rps": rps},
        "services": [service],
    })  # fmt: skip


def _kind_of_work(scv: float) -> str:
    """Choose how work varies. From 1 on: two kinds of requests, whose sample means settle far sooner than lognormal ones."""
    if scv < 1:
        return "lognormal" if scv else "constant"
    return "hyperexponential" if scv > 1 else "exponential"
