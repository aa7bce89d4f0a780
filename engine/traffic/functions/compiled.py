"""The data plane of functions: one compiled kernel for each, advanced only when somebody looks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from numba import typeof
from simpy import Environment

from engine.checks import step_s
from engine.functions import function_of, warm_at_start
from engine.rng import salt
from engine.scenario import Scenario
from engine.traffic.arrivals import segments
from engine.traffic.draws import BLOCK, Draws
from engine.traffic.functions import kernel
from engine.traffic.functions.tables import Environments, Moves
from engine.traffic.plane import Fronts, Ints, Kept, Requests, ServiceRequests, Split


class FunctionPlane:
    """Every function's requests, played in windows that end where the control plane looks. There are no targets."""

    def __init__(
        self, env: Environment, scenario: Scenario, *, keep_requests: bool = False, block: int = BLOCK
    ) -> None:
        """Lay out empty tables. keep_requests: remember every request. block: draws at once."""
        self._env = env
        self._step_s = step_s(scenario.duration_s)
        self._lanes = [_Lane(scenario, number, keep_requests, block) for number in range(len(scenario.services))]

    def advance(self, service: int, until_s: float) -> None:
        """Play a function's requests up to a moment."""
        self._lanes[service].advance(until_s)

    def route(
        self,
        service: int,
        targets: Sequence[Sequence[int] | Ints],  # noqa: ARG002 - an environment is no target
        fronts: Fronts,
        split: Split | None = None,  # noqa: ARG002
    ) -> None:
        """Say what fronts there are from now on, having played all requests up to now."""
        self.advance(service, self._env.now)
        self._lanes[service].route(fronts)

    # --- what functions alone are asked ----------------------------------------------------------------------------------

    def lose_zone(self, zone: int) -> None:
        """Let the environments of a zone die, now. AWS does not know yet."""
        for lane in self._lanes:
            lane.advance(self._env.now)
            lane.lose_zone(self._env.now, zone)

    def regain_zone(self, zone: int) -> None:
        """Let environments start in a zone again."""
        for lane in self._lanes:
            lane.advance(self._env.now)
            lane.regain_zone(zone)

    def notice_zone(self, service: int, zone: int) -> int:
        """Let AWS know of a loss: forget what was idle there, and bring back what is kept warm. Returns how many."""
        self.advance(service, self._env.now)
        return self._lanes[service].notice_zone(self._env.now, zone)

    def moves(self, service: int, step: int) -> Moves:
        """Say what happened in a step that is over."""
        self.advance(service, self._env.now)
        return self._lanes[service].moves(step)

    # --- what nobody here can answer: there are no tasks -----------------------------------------------------------------

    def add(self, service: int, task: int, zone: int, errors: float = 0.0, module: int = -1) -> int:
        """Know of no target."""
        raise NotImplementedError("a function has no tasks")

    def strike(self, service: int, row: int, is_silent: bool) -> None:
        """Know of no target."""
        raise NotImplementedError("a function has no tasks")

    def harm(self, module: int, slow_x: float, errors: float) -> None:
        """Find no module here (`engine.launch` refuses them)."""

    def busy_ns(self, service: int, rows: Sequence[int], since_s: float) -> int:  # noqa: ARG002
        """Look, and find no target."""
        self.advance(service, self._env.now)
        return 0

    def busy_each(self, service: int, rows: Sequence[int], since_s: float) -> list[int]:  # noqa: ARG002
        """Find no target."""
        return [0 for _ in rows]

    answered_each = busy_each

    def answered(self, service: int, rows: Sequence[int], since_s: float) -> int:  # noqa: ARG002
        """Find no target."""
        return 0

    failed = answered

    def worked(self, service: int, rows: Sequence[int], module: int = -1) -> list[int]:  # noqa: ARG002
        """Find no target."""
        return [0 for _ in rows]

    def working(self, service: int, rows: Sequence[int]) -> list[int]:  # noqa: ARG002
        """Find no target."""
        return [0 for _ in rows]

    def finish(self, end_s: float) -> Requests:
        """Play to the end and hand the tables over."""
        for lane in self._lanes:
            lane.advance(end_s)
        return Requests(
            self._step_s,
            tuple(lane.finish(end_s) for lane in self._lanes),
            functions=tuple(lane.environments() for lane in self._lanes),
        )


class _Lane:
    """One function: its draws, its state, its tables."""

    def __init__(self, scenario: Scenario, number: int, keep: bool, block: int) -> None:
        service, function = scenario.services[number], function_of(scenario, number)
        self._name, self._provisioned = service.name, function.provisioned
        steps = math.ceil(scenario.duration_s / step_s(scenario.duration_s)) + 1
        self._draws = Draws(scenario.seed, service, block)
        ends, rates = segments(scenario, service)
        gaps_s = np.full_like(rates, np.inf)
        np.divide(1.0, rates, out=gaps_s, where=rates > 1e-9)
        self._plan = kernel.Plan(
            segment_end_s=ends,
            segment_gap_s=gaps_s,
            work_s=service.work_ms / 1000 * function.slow_x,
            timeout_s=service.timeout_s,
            backoff_s=service.retry_after_s,
            ttl_s=scenario.balancer.dns_ttl_s,
            steps_per_s=1 / step_s(scenario.duration_s),
            salt=salt(scenario.seed, "choices", service.name),
            retries=service.retries,
            keep=keep,
            cold_s=function.cold_s,
            init_ns=int(function.billed_init_s * 1e9),
            bill_step_ms=function.step_ms,
            time_limit_s=function.time_limit_s,
            keep_s=float(function.keep_s),
            limit=function.limit,
            brim=float(function.brim),
            more_per_s=float(function.per_s),
            rps=float(function.rps),
        )
        n = scenario.zones
        whole, counts = np.int64, np.int32
        self._route = kernel.Route(
            dns=np.arange(n, dtype=whole),
            n_dns=np.array([n], dtype=whole),
            front_is_dead=np.zeros(n, dtype=whole),
            fade=np.zeros(n, dtype=whole),
            fade_since_s=np.zeros(n),
            extra_s=np.zeros(n),
            loss=np.zeros(n),
            is_usable=np.ones(n, dtype=whole),
            is_dark=np.zeros(n, dtype=whole),
            has_quirks=np.zeros(1, dtype=whole),
        )
        idle, warm = warm_at_start(scenario, number, float(rates[0])), function.provisioned
        self._initial = np.bincount(np.arange(warm + idle) % n, minlength=n).astype(whole)
        self._carry = kernel.Carry(
            at_s=np.zeros(1),
            n=np.zeros(kernel.N_SIZE, dtype=whole),
            allowance=np.array([function.brim, 0.0, function.rps, 0.0]),
            busy=np.zeros((1024 + warm, kernel.BUSY_WIDTH)),
            idle=np.zeros((2048 + 2 * idle, kernel.IDLE_WIDTH)),
            warm=np.zeros(warm + 1, dtype=whole),
            pending=np.zeros((1024, kernel.PENDING_WIDTH)),
            again=np.zeros((1024, kernel.AGAIN_WIDTH)),
            row=np.zeros(kernel.AGAIN_WIDTH),
        )
        self._carry.warm[:warm] = np.arange(warm) % n
        self._carry.idle[:idle, kernel.I_ZONE] = np.arange(warm, warm + idle) % n
        self._carry.n[kernel.N_WARM], self._carry.n[kernel.N_IDLE] = warm, idle
        self._carry.n[kernel.N_FINGER] = (warm + idle) % n
        self._tally = kernel.Tally(
            arrived=np.zeros(steps, dtype=counts),
            retried=np.zeros(steps, dtype=counts),
            served=np.zeros((n + 1, steps), dtype=counts),
            failed=np.zeros((kernel.N_FAILURES, n + 1, steps), dtype=counts),
            busy_ns=np.zeros((n + 1, steps), dtype=whole),
            latency=np.zeros((steps, kernel.N_BUCKETS), dtype=counts),
            kept=np.full((4096 if keep else 1, 6), np.nan),
            throttled=np.zeros((kernel.N_CAUSES, steps), dtype=counts),
            moved=np.zeros((kernel.N_MOVES, n, steps), dtype=counts),
            peak=np.zeros(steps, dtype=counts),
            invoked=np.zeros((2, steps), dtype=counts),
            billed_ms=np.zeros((2, steps), dtype=whole),
        )
        self._at_s = 0.0
        self._draws.refill()
        types = (typeof(argument) for argument in self._arguments(0.0, fresh=True))  # type: ignore[no-untyped-call]
        self._serve = kernel.serve.compile(tuple(types))

    def route(self, fronts: Fronts) -> None:
        route = self._route
        route.n_dns[0] = len(fronts.in_dns)
        route.dns[: len(fronts.in_dns)] = fronts.in_dns
        route.front_is_dead[:] = fronts.is_dead
        route.fade[:] = fronts.fade
        route.fade_since_s[:] = fronts.fade_since_s
        route.extra_s[:] = fronts.extra_s
        route.loss[:] = fronts.loss
        route.has_quirks[0] = fronts.has_quirks

    def lose_zone(self, now_s: float, zone: int) -> None:
        self._route.is_dark[zone] = 1
        kernel.strike(now_s, zone, self._plan, self._carry, self._tally)

    def regain_zone(self, zone: int) -> None:
        self._route.is_dark[zone] = 0
        self._route.is_usable[zone] = 1

    def notice_zone(self, now_s: float, zone: int) -> int:
        self._route.is_usable[zone] = 0
        kernel.give_up(now_s, zone, self._plan, self._carry, self._tally)
        n, busy = self._carry.n, self._carry.busy
        kept = int(n[kernel.N_WARM]) + int(
            (busy[: n[kernel.N_BUSY], kernel.B_CODE] % kernel.PLACES >= kernel.WARM).sum()
        )
        missing = self._provisioned - kept
        while n[kernel.N_BUSY] + missing + 1 >= len(self._carry.busy):
            self._carry = self._carry._replace(busy=_doubled(self._carry.busy))
        kernel.bring_back(now_s, missing, self._plan, self._route, self._carry, self._tally)
        return missing

    def moves(self, step: int) -> Moves:
        now = self._tally.moved[:, :, step].tolist()
        throttled = self._tally.throttled[:, step].tolist()
        return Moves(now[kernel.STARTED], now[kernel.RECLAIMED], now[kernel.DIED], throttled)

    def advance(self, until_s: float) -> None:
        if until_s <= self._at_s:
            return
        until_s = float(until_s)
        self._at_s = until_s
        # A window's beginning settles all that was on its way: every attempt of it may have to be tried again.
        while len(self._carry.again) <= self._carry.n[kernel.N_AGAIN] + self._carry.n[kernel.N_PENDING] + 1:
            self._carry = self._carry._replace(again=_doubled(self._carry.again))
        fresh = True
        while True:
            status = self._serve(*self._arguments(until_s, fresh=fresh))
            fresh = False
            if status == kernel.DONE:
                return
            if status == kernel.WANTS_DRAWS:
                self._draws.refill()
                self._carry.n[kernel.N_DRAW] = 0
            else:
                self._make_room()

    def _arguments(self, until_s: float, *, fresh: bool) -> tuple[Any, ...]:
        """Give what `kernel.serve` is called with."""
        draws = self._draws
        return until_s, draws.gaps, draws.works, self._plan, self._route, self._carry, self._tally, fresh

    def _make_room(self) -> None:
        """Double whichever tables are full."""
        carry, n = self._carry, self._carry.n
        if n[kernel.N_PENDING] >= len(carry.pending):
            carry = carry._replace(pending=_doubled(carry.pending))
        if n[kernel.N_AGAIN] + 1 >= len(carry.again):
            carry = carry._replace(again=_doubled(carry.again))
        if n[kernel.N_BUSY] + 1 >= len(carry.busy):
            carry = carry._replace(busy=_doubled(carry.busy))
        if n[kernel.N_IDLE] + n[kernel.N_BUSY] + 1 >= len(carry.idle):
            carry = carry._replace(idle=_doubled(carry.idle))
        self._carry = carry
        if self._plan.keep and n[kernel.N_ID] >= len(self._tally.kept):
            more = np.full_like(self._tally.kept, np.nan)
            self._tally = self._tally._replace(kept=np.concatenate([self._tally.kept, more]))

    def finish(self, end_s: float) -> ServiceRequests:
        kernel.work_so_far(end_s, self._plan, self._carry, self._tally)
        tally = self._tally
        arrived = int(tally.arrived.sum())
        return ServiceRequests(
            name=self._name,
            task=np.arange(len(tally.served), dtype=np.int64),
            arrived=tally.arrived,
            retried=tally.retried,
            served=tally.served,
            failed=tally.failed,
            busy_ns=tally.busy_ns,
            latency=tally.latency,
            in_flight=arrived - int(tally.served.sum()) - int(tally.failed.sum()),
            kept=self._kept(arrived) if self._plan.keep else None,
        )

    def environments(self) -> Environments:
        tally = self._tally
        return Environments(
            name=self._name,
            initial=self._initial,
            started=tally.moved[kernel.STARTED],
            reclaimed=tally.moved[kernel.RECLAIMED],
            died=tally.moved[kernel.DIED],
            taken=tally.moved[kernel.TAKEN],
            returned=tally.moved[kernel.RETURNED],
            throttled=tally.throttled,
            peak=tally.peak,
            invoked=tally.invoked,
            billed_ms=tally.billed_ms,
        )

    def _kept(self, arrived: int) -> Kept:
        """Cut the columns out, and fill in those who are still waiting."""
        rows = self._tally.kept[:arrived].copy()
        for pending in self._carry.pending[: self._carry.n[kernel.N_PENDING]]:
            if pending[kernel.ANSWER] < kernel.NEVER:
                rows[int(pending[kernel.ID])] = (
                    pending[kernel.FIRST],
                    np.nan,
                    np.nan,
                    0,
                    -1,
                    pending[kernel.ATTEMPT] + 1,
                )
        for again in self._carry.again[: self._carry.n[kernel.N_AGAIN]]:
            rows[int(again[kernel.A_ID])] = (again[kernel.A_FIRST], np.nan, np.nan, 0, -1, again[kernel.A_ATTEMPT])
        start = rows[:, 1]
        start[~((start >= 0) & (start < kernel.NEVER))] = np.nan
        whole = np.int64
        return Kept(
            rows[:, 0], start, rows[:, 2], rows[:, 3].astype(whole), rows[:, 4].astype(whole), rows[:, 5].astype(whole)
        )


def _doubled(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the table with twice the rows, zeroes in the new half."""
    return np.concatenate([array, np.zeros_like(array)])


def warm_up() -> None:
    """Compile (or load from the cache) what the first run would otherwise wait for."""
    scenario = Scenario.of({"duration_s": 10, "launch_type": "lambda", "services": [{"function": {"provisioned": 2}}]})
    env = Environment()
    plane = FunctionPlane(env, scenario)
    env.run(until=5)
    plane.lose_zone(0)
    plane.notice_zone(0, 0)
    plane.finish(10)
