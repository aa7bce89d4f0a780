"""Metrics: folds over a Run. Nothing here was kept on the way; everything is read from the log and the request tables."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from engine import environments
from engine.events import Intervals, Kind, intervals
from engine.simulation import Run
from engine.traffic import kernel
from engine.traffic.plane import FAILURES

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_RECENT = lru_cache(maxsize=8)  # runs never change, and a page asks for the same fold several times
NOT_SERVING: tuple[Kind, ...] = (Kind.TASK_UNHEALTHY, Kind.TASK_LOST, Kind.TASK_DEACTIVATING, Kind.TASK_STOPPED)


@dataclass(frozen=True, slots=True)
class Totals:
    """Requests of a whole run: arrived = served + failed + in_flight."""

    arrived: int
    served: int
    failed: int
    in_flight: int

    @property
    def availability(self) -> float:
        """Give the share of the closed requests that were served; 1 where none was closed."""
        closed = self.served + self.failed
        return self.served / closed if closed else 1.0


def totals(run: Run) -> Totals:
    """Count the requests of users: of all services, or of the application that these run."""
    tables = run.requests.users
    return Totals(
        arrived=sum(int(t.arrived.sum()) for t in tables),
        served=sum(int(t.served.sum()) for t in tables),
        failed=sum(int(t.failed.sum()) for t in tables),
        in_flight=sum(t.in_flight for t in tables),
    )


def failures(run: Run) -> dict[str, int]:
    """Count the failed requests by cause, in the order of FAILURES."""
    counts = sum(table.failed.sum(axis=(1, 2)) for table in run.requests.users)
    return {cause: int(n) for cause, n in zip(FAILURES, np.atleast_1d(counts), strict=True)}


# --- latency ---------------------------------------------------------------------------------------------------------


def bucket_edges_s() -> Floats:
    """Give the lower edges of the latency buckets and the last upper one, shape (buckets + 1,), seconds."""
    bits = (np.arange(kernel.N_BUCKETS + 1, dtype=np.int64) + kernel.LOWEST_BUCKET) << kernel.BUCKET_SHIFT
    return bits.view(np.float64)


def percentiles_s(counts: npt.NDArray[np.integer], shares: tuple[float, ...] = (0.5, 0.95, 0.99)) -> Floats:
    """Read percentiles off latency histograms.

    counts: shape (..., buckets). Returns shape (..., len(shares)), seconds: the middle of the bucket in which the
    share is reached; NaN where nothing was counted.
    """
    edges = bucket_edges_s()
    middles = (edges[1:] + edges[:-1]) / 2
    running = counts.cumsum(axis=-1)
    total = running[..., -1:]
    found = [np.argmax(running >= np.ceil(share * total).clip(1), axis=-1) for share in shares]
    values = middles[np.stack(found, axis=-1)]
    return np.asarray(np.where(total > 0, values, np.nan), dtype=np.float64)


@_RECENT
def latency_counts(run: Run) -> npt.NDArray[np.integer]:
    """Add the latency histograms of users' requests. Shape (steps, buckets)."""
    return np.asarray(np.sum([table.latency for table in run.requests.users], axis=0), dtype=np.int64)


def latency_s(run: Run) -> dict[str, float]:
    """Give p50, p95 and p99 of the served requests of the whole run, seconds; NaN if none was served."""
    p50, p95, p99 = percentiles_s(latency_counts(run).sum(axis=0))
    return {"p50": float(p50), "p95": float(p95), "p99": float(p99)}


# --- over time -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Timeline:
    """What users met, step by step. Arrays of shape (steps,); rates in requests a second.

    at_s: each step's beginning. ok: served within `slow_s`; slow: served later. refused: turned away at once (the
    backlog was full, or there was no target). timed_out: no answer in time. reset: the task died at work. errors: answered,
    with an error. p99_s: NaN in a step without a served request.
    """

    at_s: Floats
    arrived: Floats
    ok: Floats
    slow: Floats
    refused: Floats
    timed_out: Floats
    reset: Floats
    errors: Floats
    p99_s: Floats

    @property
    def failed(self) -> Floats:
        """Add the causes of failure."""
        return np.asarray(self.refused + self.timed_out + self.reset + self.errors)


@_RECENT
def timeline(run: Run, slow_s: float = 0.5) -> Timeline:
    """Fold the request tables over tasks and services. slow_s: from here on an answer counts as slow."""
    requests = run.requests
    step_s = requests.step_s
    steps = len(requests.services[0].arrived) - 1
    failed = np.sum([table.failed.sum(axis=1) for table in requests.users], axis=0) / step_s
    counts = latency_counts(run)
    first_slow = int(np.searchsorted(bucket_edges_s()[:-1], slow_s))
    slow = counts[:, first_slow:].sum(axis=1) / step_s
    served = np.sum([table.served.sum(axis=0) for table in requests.users], axis=0) / step_s
    arrived = np.sum([table.arrived for table in requests.users], axis=0) / step_s
    return Timeline(
        at_s=np.arange(steps, dtype=np.float64) * step_s,
        arrived=arrived[:steps],
        ok=(served - slow)[:steps],
        slow=slow[:steps],
        refused=(failed[0] + failed[3])[:steps],
        timed_out=failed[1][:steps],
        reset=failed[2][:steps],
        errors=failed[4][:steps],
        p99_s=percentiles_s(counts[:steps], (0.99,))[:, 0],
    )


def calm_starts(run: Run, window_s: float) -> Ints:
    """For each step, give the first step of the window that ends with it and crosses no operation. Shape (steps,)."""
    step_s = run.requests.step_s
    steps = len(run.requests.services[0].arrived) - 1
    here = np.arange(steps)
    width = max(1, round(window_s / step_s))
    done = np.array([0.0, *sorted(o.at_s for o in run.scenario.operations)]) / step_s
    last = np.ceil(done[np.searchsorted(done, here, side="right") - 1]).astype(np.int64)
    return np.minimum(here, np.maximum(here - width + 1, last))


def mean_since(rates: Floats, starts: Ints) -> Floats:
    """Average from each start up to its own step. Shapes (steps,)."""
    running = np.concatenate([[0.0], np.cumsum(rates)])
    here = np.arange(len(rates)) + 1
    return np.asarray((running[here] - running[starts]) / (here - starts), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class ZoneTraffic:
    """Requests a second that the tasks of each zone served, and that failed there: timed out, reset or with an error, not those refused.

    Shape (zones, steps).
    """

    served: Floats
    failed: Floats


@_RECENT
def by_zone(run: Run) -> ZoneTraffic:
    """Fold the request tables by the zone of the task."""
    if run.requests.functions:
        return _by_zone_of_functions(run)
    zone_of = zones_of_tasks(run)
    steps = len(run.requests.services[0].arrived) - 1
    served = np.zeros((run.scenario.zones, steps))
    failed = np.zeros_like(served)
    for table in run.requests.services:
        lost = table.failed[1] + table.failed[2] + table.failed[4]
        for row in range(1, len(table.task)):
            zone = zone_of[int(table.task[row])]
            served[zone] += table.served[row, :steps]
            failed[zone] += lost[row, :steps]
    return ZoneTraffic(served / run.requests.step_s, failed / run.requests.step_s)


def _by_zone_of_functions(run: Run) -> ZoneTraffic:
    """Read the rows of functions' tables, which are zones."""
    tables, step_s = run.requests.services, run.requests.step_s
    served = np.sum([table.served[1:, :-1] for table in tables], axis=0)
    failed = np.sum([table.failed[(1, 2, 4), 1:, :-1].sum(axis=0) for table in tables], axis=0)
    return ZoneTraffic(served / step_s, failed / step_s)


def zones_of_tasks(run: Run) -> dict[int, int]:
    """Say in which zone each task was placed; tasks that never were are missing."""
    events = run.events
    return {int(events.task[i]): int(events.zone[i]) for i in events.where(Kind.TASK_PLACED)}


# --- tasks and hosts -------------------------------------------------------------------------------------------------


@_RECENT
def serving(run: Run) -> Intervals:
    """Say when each task truly served: from its first passed check to its loss, its draining or its end."""
    return intervals(run.events, "task", (Kind.TASK_SERVING,), NOT_SERVING, run.scenario.duration_s)


def counted(run: Run) -> Intervals:
    """Say when the scheduler counted on each task."""
    closes = (Kind.TASK_GIVEN_UP, Kind.TASK_UNHEALTHY, Kind.TASK_DEACTIVATING, Kind.TASK_STOPPING, Kind.TASK_STOPPED)
    return intervals(run.events, "task", (Kind.TASK_CREATED,), closes, run.scenario.duration_s)


def hosts_up(run: Run) -> Intervals:
    """Say when each host was yours to pay for: from its order to its end."""
    return intervals(run.events, "host", (Kind.HOST_ASKED,), (Kind.HOST_GONE,), run.scenario.duration_s)


@dataclass(frozen=True, slots=True)
class Steps:
    """A quantity that jumps. at_s, value: shape (n,); it holds `value` from `at_s` on."""

    at_s: Floats
    value: Floats

    def at(self, when_s: Floats) -> Floats:
        """Read it at moments, 0 before the first."""
        place = np.searchsorted(self.at_s, when_s, side="right") - 1
        return np.asarray(np.where(place >= 0, self.value[place.clip(0)], 0.0), dtype=np.float64)


def jumps(spans: Intervals, end_s: float) -> Steps:
    """Count what is open, as steps."""
    edges = np.unique(np.concatenate([[0.0], spans.start_s, spans.end_s[spans.end_s < end_s]]))
    return Steps(edges, spans.running_at(edges).astype(np.float64))


def desired(run: Run) -> Steps:
    """Give the desired count of all services over time; of functions, the environments that their requests wanted."""
    if run.requests.functions:
        course = environments.course(run)
        return Steps(course.at_s, course.wanted)
    events = run.events
    # A daemon's count follows the hosts: the log says it from the first moment on.
    # Tasks that are wanted one at a time begin at none.
    is_told = [service.kind == "daemon" or service.one_every_s > 0 for service in run.scenario.services]
    now = [0.0 if told else float(s.desired) for told, s in zip(is_told, run.scenario.services, strict=True)]
    at_s, value = [0.0], [sum(now)]
    for i in events.where(Kind.DESIRED_SET):
        now[int(events.service[i])] = float(events.value[i])
        at_s.append(float(events.at_s[i]))
        value.append(sum(now))
    return Steps(np.array(at_s), np.array(value))


@_RECENT
def capacity(run: Run) -> tuple[Floats, Floats, Floats]:
    """Give when anything changed, how many tasks were wanted then, and how many truly served. Shapes (n,).

    Of functions: environments, and those that were ready.
    """
    if run.requests.functions:
        course = environments.course(run)
        return course.at_s, course.wanted, course.ready
    have, wanted = jumps(serving(run), run.scenario.duration_s), desired(run)
    edges = np.unique(np.concatenate([have.at_s, wanted.at_s]))
    return edges, wanted.at(edges), have.at(edges)


def short_at_end(run: Run) -> int:
    """Count the tasks that are wanted and do not run when the run ends: what still waits, and what is on its way."""
    _, wanted, running = capacity(run)
    return max(0, int(wanted[-1] - running[-1]))


def filled_s(run: Run) -> float | None:
    """Say how long the last rise of the desired count took until as many tasks ran; None if it never rose, or not in time."""
    at_s, wanted, running = capacity(run)
    rises = np.flatnonzero(np.diff(wanted) > 0) + 1
    if not rises.size:
        return None
    asked = rises[-1]
    filled = np.flatnonzero(running[asked:] >= wanted[asked:])
    return float(at_s[asked + filled[0]] - at_s[asked]) if filled.size else None


def recovered_s(run: Run) -> float | None:
    """Say how long the loss of capacity lasted; 0 if it never fell short, None if it was not back when the run ended.

    From the moment at which fewer tasks served than were wanted until enough did again, counted from the first failure
    that an operation caused, if there is one.
    """
    edges, wanted, have = capacity(run)
    short = have < wanted
    blow = first_blow_s(run)
    if blow is not None:
        short &= edges >= blow
    if not short.any():
        return 0.0
    if short[-1]:
        return None
    last = int(np.flatnonzero(short)[-1])
    begin = int(np.flatnonzero(short)[0])
    return float(edges[last + 1] - edges[begin])


def first_blow_s(run: Run) -> float | None:
    """Find when something was first taken away; a host that its group no longer needs is none such, nor a node that is renewed."""
    events = run.events
    for row in events.where(Kind.ZONE_FAILED, Kind.HOST_LOST, Kind.ZONE_IMPAIRED, Kind.HOST_DRAINING, Kind.SPOT_NOTICE):
        if events.reason[row] not in ("scale-in", "update"):
            return float(events.at_s[row])
    return None


def error_seconds(run: Run, share: float = 0.01) -> float:
    """Count the seconds in which more than `share` of the closed requests failed: what users call an outage."""
    line = timeline(run)
    closed = line.ok + line.slow + line.failed
    bad = line.failed > share * np.maximum(closed, 1e-9)
    return float(np.count_nonzero(bad & (closed > 0)) * run.requests.step_s)


def worst_p99_s(run: Run, window_s: float = 10.0) -> float:
    """Find the worst p99 of any window of ten seconds; NaN if nothing was served."""
    counts = latency_counts(run)
    width = max(1, round(window_s / run.requests.step_s))
    steps = len(counts) // width * width
    grouped = counts[:steps].reshape(-1, width, counts.shape[1]).sum(axis=1)
    found = percentiles_s(grouped, (0.99,))[:, 0]
    return float(np.nanmax(found)) if np.isfinite(found).any() else float("nan")
