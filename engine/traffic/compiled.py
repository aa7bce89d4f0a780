"""The data plane of a run: one compiled kernel for each service, advanced only when somebody looks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import typeof
from simpy import Environment

from engine.checks import MAX_CELLS, step_s
from engine.errors import BudgetError, Problem
from engine.rng import salt
from engine.scenario import Scenario, Service
from engine.traffic import kernel
from engine.traffic.arrivals import segments
from engine.traffic.draws import BLOCK, Draws
from engine.traffic.plane import Floats, Fronts, Ints, Kept, Requests, ServiceRequests, Split, counts_work

ALGORITHMS = {
    "round-robin": kernel.ROUND_ROBIN,
    "random": kernel.RANDOM,
    "least-outstanding-requests": kernel.LEAST_OUTSTANDING,
}


class CompiledPlane:
    """Every service's requests, played in windows that end where the control plane looks."""

    def __init__(
        self, env: Environment, scenario: Scenario, *, keep_requests: bool = False, block: int = BLOCK
    ) -> None:
        """Lay out empty tables. keep_requests: remember every request, for drill-down and tests. block: draws at once."""
        self._env = env
        self._lanes = [_Lane(scenario, service, keep_requests, block) for service in scenario.services]
        self._step_s = step_s(scenario.duration_s)

    def add(self, service: int, task: int, zone: int, errors: float = 0.0, module: int = -1) -> int:  # noqa: ARG002 - no modules here
        """Make a target known; return its row."""
        return self._lanes[service].add(task, zone, errors)

    def advance(self, service: int, until_s: float) -> None:
        """Play a service's requests up to a moment; everything else here begins with this."""
        self._lanes[service].advance(until_s)

    def route(
        self, service: int, targets: Sequence[Sequence[int] | Ints], fronts: Fronts, split: Split | None = None
    ) -> None:
        """Say whom each front sends to from now on, having played all requests up to now."""
        self.advance(service, self._env.now)
        self._lanes[service].route(targets, fronts, split)

    def strike(self, service: int, row: int, is_silent: bool) -> None:
        """Take a target away, now."""
        self.advance(service, self._env.now)
        self._lanes[service].strike(self._env.now, row, kernel.SILENT if is_silent else kernel.GONE)

    def harm(self, module: int, slow_x: float, errors: float) -> None:
        """Find no module here: where services answer for themselves, none can be harmed (`engine.checks` sees to it)."""

    def busy_ns(self, service: int, rows: Sequence[int], since_s: float) -> int:
        """Sum the worker-nanoseconds of targets from a whole step until now, requests under way included."""
        return sum(self.busy_each(service, rows, since_s))

    def busy_each(self, service: int, rows: Sequence[int], since_s: float) -> list[int]:
        """Give the worker-nanoseconds target by target, requests under way included."""
        lane, now = self._lanes[service], self._env.now
        self.advance(service, now)
        every = np.zeros(len(lane.tally.busy_ns), dtype=np.int64)
        kernel.add_under_way_ns(*lane.pending, since_s, now, every)
        return [int(ns) for ns in every[rows] + lane.tally.busy_ns[rows, self._steps_until(since_s, now)].sum(axis=1)]

    def answered_each(self, service: int, rows: Sequence[int], since_s: float) -> list[int]:
        """Count the requests that each target closed from a whole step until now."""
        self.advance(service, self._env.now)
        tally, steps = self._lanes[service].tally, self._steps_until(since_s, self._env.now)
        closed = tally.served[rows, steps].sum(axis=1) + tally.failed[:, rows, steps].sum(axis=(0, 2))
        return [int(n) for n in closed]

    def _steps_until(self, since_s: float, now_s: float) -> slice:
        """Give the steps from one moment to another; later ones are empty."""
        return slice(int(since_s / self._step_s), int(now_s / self._step_s) + 1)

    def answered(self, service: int, rows: Sequence[int], since_s: float) -> int:
        """Count the requests that targets closed from a whole step until now."""
        self.advance(service, self._env.now)
        tally, steps = self._lanes[service].tally, self._steps_until(since_s, self._env.now)
        return int(tally.served[rows, steps].sum()) + int(tally.failed[:, rows, steps].sum())

    def failed(self, service: int, rows: Sequence[int], since_s: float) -> int:
        """Count the requests that failed at targets from a whole step until now."""
        self.advance(service, self._env.now)
        return int(self._lanes[service].tally.failed[:, rows, self._steps_until(since_s, self._env.now)].sum())

    def worked(self, service: int, rows: Sequence[int], module: int = -1) -> list[int]:  # noqa: ARG002 - no modules here
        """Count the requests that each target has begun to work on since ever."""
        self.advance(service, self._env.now)
        lane, now = self._lanes[service], self._env.now
        waiting = np.zeros(len(lane.carry.worked), dtype=np.int64)
        kernel.add_waiting(*lane.pending, now, waiting)
        return [int(n) for n in lane.carry.worked[rows] - waiting[rows]]

    def working(self, service: int, rows: Sequence[int]) -> list[int]:
        """Count the requests that each target works on now."""
        self.advance(service, self._env.now)
        lane, now = self._lanes[service], self._env.now
        busy = np.zeros(len(lane.carry.worked), dtype=np.int64)
        kernel.add_working(*lane.pending, now, busy)
        return [int(n) for n in busy[rows]]

    def finish(self, end_s: float) -> Requests:
        """Play to the end and hand the tables over, cut to what was used."""
        for service in range(len(self._lanes)):
            self.advance(service, end_s)
        return Requests(self._step_s, tuple(lane.finish(end_s) for lane in self._lanes))


class _Lane:
    """One service: its draws, its state, its tables."""

    def __init__(self, scenario: Scenario, service: Service, keep: bool, block: int) -> None:
        self._name = service.name
        self._steps = math.ceil(scenario.duration_s / step_s(scenario.duration_s)) + 1
        self._draws = Draws(scenario.seed, service, block)
        ends, rates = segments(scenario, service)
        gaps_s = np.full_like(rates, np.inf)
        np.divide(1.0, rates, out=gaps_s, where=rates > 1e-9)  # one request in thirty years is none
        self._tasks = [0]
        self._has_errors = False
        n = scenario.zones
        room = max(8, service.desired + service.desired // 2 + 2)
        self.plan = kernel.Plan(
            segment_end_s=ends,
            segment_gap_s=gaps_s,
            work_s=service.work_ms / 1000,
            timeout_s=service.timeout_s,
            backoff_s=service.retry_after_s,
            ttl_s=float(scenario.balancer.dns_ttl_s),
            steps_per_s=1 / step_s(scenario.duration_s),
            salt=salt(scenario.seed, "choices", service.name),
            workers=service.concurrency,
            backlog=service.backlog,
            retries=service.retries,
            algorithm=ALGORITHMS[scenario.balancer.algorithm],
            keep=keep,
            counts_work=counts_work(scenario),
            lot=salt(scenario.seed, "weights", service.name),
        )
        self._route = kernel.Route(
            targets=np.zeros((n, room), dtype=np.int64),
            n_targets=np.zeros(n, dtype=np.int64),
            dns=np.arange(n, dtype=np.int64),
            n_dns=np.array([n], dtype=np.int64),
            front_is_dead=np.zeros(n, dtype=np.int64),
            fade=np.zeros(n, dtype=np.int64),
            fade_since_s=np.zeros(n),
            extra_s=np.zeros(n),
            loss=np.zeros(n),
            mode=np.zeros(room, dtype=np.int64),
            zone=np.zeros(room, dtype=np.int64),
            errors=np.zeros(room),
            green=np.zeros((n, room), dtype=np.int64),
            n_green=np.zeros(n, dtype=np.int64),
            green_share=np.zeros(1),
            has_quirks=np.zeros(1, dtype=np.int64),
        )
        self.carry = kernel.Carry(
            at_s=np.zeros(1),
            n=np.zeros(kernel.N_SIZE, dtype=np.int64),
            next_target=np.tile(np.arange(n, dtype=np.int64), 2),
            free_s=np.zeros((room, service.concurrency)),
            queue_s=np.zeros((room, service.backlog + 1)),
            queue_head=np.zeros(room, dtype=np.int64),
            queue_len=np.zeros(room, dtype=np.int64),
            outstanding=np.zeros(room, dtype=np.int64),
            leaving=np.zeros((1024, 3)),
            worked=np.zeros(room, dtype=np.int64),
            generation=np.zeros(room, dtype=np.int64),
            pending=np.zeros((1024, kernel.PENDING_WIDTH)),
            again=np.zeros((1024, kernel.AGAIN_WIDTH)),
            scratch=np.zeros(kernel.AGAIN_WIDTH),
        )
        # Zeroed pages cost nothing until they are touched.
        self.tally = kernel.Tally(
            arrived=np.zeros(self._steps, dtype=np.int32),
            retried=np.zeros(self._steps, dtype=np.int32),
            served=np.zeros((room, self._steps), dtype=np.int32),
            failed=np.zeros((kernel.N_FAILURES, room, self._steps), dtype=np.int32),
            busy_ns=np.zeros((room, self._steps), dtype=np.int64),
            latency=_counts(self._steps, kernel.N_BUCKETS),
            kept=np.full((4096 if keep else 1, 6), np.nan),
        )
        self._at_s = 0.0
        self._draws.refill()
        # Asked for by type once, not at every window: with so many tables numba is longer at that than at a short window.
        types = (typeof(argument) for argument in self._arguments(0.0, fresh=True))  # type: ignore[no-untyped-call]
        self._serve = kernel.serve.compile(tuple(types))

    def add(self, task: int, zone: int, errors: float) -> int:
        row = len(self._tasks)
        if row >= len(self._route.mode):
            self._widen()
        self._tasks.append(task)
        self._route.zone[row] = zone
        self._route.mode[row] = kernel.LIVE
        self._route.errors[row] = errors
        self._has_errors = self._has_errors or errors > 0
        return row

    def route(self, targets: Sequence[Sequence[int] | Ints], fronts: Fronts, split: Split | None) -> None:
        route = self._route
        for zone, rows in enumerate(targets):
            route.targets[zone, : len(rows)] = rows
            route.n_targets[zone] = len(rows)
        route.green_share[0] = split.share if split else 0.0
        for zone, rows in enumerate(split.targets if split else ()):
            route.green[zone, : len(rows)] = rows
            route.n_green[zone] = len(rows)
        route.n_dns[0] = len(fronts.in_dns)
        route.dns[: len(fronts.in_dns)] = fronts.in_dns
        route.front_is_dead[:] = fronts.is_dead
        route.fade[:] = fronts.fade
        route.fade_since_s[:] = fronts.fade_since_s
        route.extra_s[:] = fronts.extra_s
        route.loss[:] = fronts.loss
        route.has_quirks[0] = fronts.has_quirks or self._has_errors

    @property
    def pending(self) -> tuple[Floats, int]:
        """The table of what is on its way, and how many of its rows are."""
        return self.carry.pending, int(self.carry.n[kernel.N_PENDING])

    def strike(self, now_s: float, row: int, mode: int) -> None:
        # A strike may write a leaver for every pending attempt.
        while len(self.carry.leaving) < self.carry.n[kernel.N_LEAVING] + self.carry.n[kernel.N_PENDING] + 1:
            self.carry = self.carry._replace(leaving=_doubled(self.carry.leaving))
        kernel.strike(now_s, row, mode, self.plan, self._route, self.carry)

    def advance(self, until_s: float) -> None:
        if until_s <= self._at_s:
            return
        until_s = float(until_s)  # SimPy's clock may be a whole number
        self._at_s = until_s
        n = self.carry.n
        # A window opens with the answers of all that is on its way, before the loop asks for room: each may be tried again.
        while len(self.carry.again) <= n[kernel.N_AGAIN] + n[kernel.N_PENDING]:
            self.carry = self.carry._replace(again=_doubled(self.carry.again))
        fresh = True
        draws = self._draws
        while True:
            status = self._serve(*self._arguments(until_s, fresh=fresh))
            fresh = False
            if status == kernel.DONE:
                return
            if status == kernel.WANTS_DRAWS:
                draws.refill()
                self.carry.n[kernel.N_DRAW] = 0
            else:
                self._make_room()

    def _arguments(self, until_s: float, *, fresh: bool) -> tuple[Any, ...]:
        """Give what `kernel.serve` is called with."""
        draws = self._draws
        return until_s, draws.gaps, draws.works, self.plan, self._route, self.carry, self.tally, fresh

    def _make_room(self) -> None:
        """Double whichever tables are full."""
        carry, n = self.carry, self.carry.n
        if n[kernel.N_PENDING] >= len(carry.pending):
            carry = carry._replace(pending=_doubled(carry.pending))
        if n[kernel.N_AGAIN] + 1 >= len(carry.again):
            carry = carry._replace(again=_doubled(carry.again))
        if n[kernel.N_LEAVING] >= len(carry.leaving):
            carry = carry._replace(leaving=_doubled(carry.leaving))
        self.carry = carry
        if self.plan.keep and n[kernel.N_ID] >= len(self.tally.kept):
            more = np.full_like(self.tally.kept, np.nan)
            self.tally = self.tally._replace(kept=np.concatenate([self.tally.kept, more]))

    def _widen(self) -> None:
        """Make room for more targets, within the budget of cells."""
        rows = 2 * len(self._route.mode)
        if rows * self._steps > 2 * MAX_CELLS:
            came, allowed = f"{rows * self._steps:,} task-seconds to count", f"up to {2 * MAX_CELLS:,}"
            raise BudgetError(
                [Problem("duration_s", came, allowed, "tasks are replaced again and again: shorten the run")]
            )
        self._route = self._route._replace(
            targets=_doubled(self._route.targets, axis=1),
            green=_doubled(self._route.green, axis=1),
            errors=_doubled(self._route.errors),
            mode=_doubled(self._route.mode),
            zone=_doubled(self._route.zone),
        )
        by_row = ("free_s", "queue_s", "queue_head", "queue_len", "outstanding", "worked", "generation")
        self.carry = self.carry._replace(**{name: _doubled(getattr(self.carry, name)) for name in by_row})
        self.tally = self.tally._replace(
            served=_doubled(self.tally.served),
            failed=_doubled(self.tally.failed, axis=1),
            busy_ns=_doubled(self.tally.busy_ns),
        )

    def finish(self, end_s: float) -> ServiceRequests:
        kernel.work_so_far(end_s, self.plan, self.carry, self.tally)
        rows, tally = len(self._tasks), self.tally
        arrived = int(tally.arrived.sum())
        closed = int(tally.served[:rows].sum()) + int(tally.failed[:, :rows].sum())
        return ServiceRequests(
            name=self._name,
            task=np.array(self._tasks, dtype=np.int64),
            arrived=tally.arrived,
            retried=tally.retried,
            served=tally.served[:rows],
            failed=tally.failed[:, :rows],
            busy_ns=tally.busy_ns[:rows],
            latency=tally.latency,
            in_flight=arrived - closed,
            kept=self._kept(arrived) if self.plan.keep else None,
        )

    def _kept(self, arrived: int) -> Kept:
        """Cut the columns out, and fill in those who are still waiting."""
        rows = self.tally.kept[:arrived].copy()
        for pending in self.carry.pending[: self.carry.n[kernel.N_PENDING]]:
            if pending[kernel.ANSWER] < kernel.NEVER:
                _wait(rows, int(pending[kernel.ID]), pending[kernel.FIRST], int(pending[kernel.ATTEMPT]) + 1)
        for again in self.carry.again[: self.carry.n[kernel.N_AGAIN]]:
            _wait(rows, int(again[kernel.A_ID]), again[kernel.A_FIRST], int(again[kernel.A_ATTEMPT]))
        start = rows[:, 1]
        start[~((start >= 0) & (start < kernel.NEVER))] = np.nan
        task = np.array(self._tasks, dtype=np.int64)[rows[:, 3].astype(np.int64)]
        whole = np.int64
        return Kept(rows[:, 0], start, rows[:, 2], task, rows[:, 4].astype(whole), rows[:, 5].astype(whole))


def _wait(rows: npt.NDArray[np.float64], request: int, first_s: float, attempts: int) -> None:
    rows[request] = (first_s, np.nan, np.nan, 0, -1, attempts)


def _doubled(array: npt.NDArray[Any], axis: int = 0) -> npt.NDArray[Any]:
    """Return the array with twice the room along an axis, zeroes in the new half."""
    grown = np.zeros([2 * size if i == axis else size for i, size in enumerate(array.shape)], dtype=array.dtype)
    grown[tuple(slice(size) for size in array.shape)] = array
    return grown


def _counts(rows: int, columns: int) -> npt.NDArray[np.int32]:
    """Make a table of zeroes, and touch all of it: a machine that lays memory out under the requests' feet is slow.

    `np.zeros` would also ask for huge pages, which a busy machine has to look for.
    """
    table = np.frombuffer(bytearray(rows * columns * 4), dtype=np.int32).reshape(rows, columns)
    table.fill(0)
    return table


def warm_up() -> None:
    """Compile (or load from the cache) what the first run would otherwise wait for."""
    scenario = Scenario(duration_s=10)
    env = Environment()
    plane = CompiledPlane(env, scenario)
    row = plane.add(0, 1, 0)
    nothing = [0.0] * 3
    plane.route(0, [[row]] * 3, Fronts((0, 1, 2), [False] * 3, [0] * 3, nothing, nothing, nothing))
    env.run(until=5)
    plane.busy_each(0, [row], 0)
    plane.worked(0, [row])
    plane.working(0, [row])
    plane.strike(0, row, is_silent=True)
    plane.finish(10)
