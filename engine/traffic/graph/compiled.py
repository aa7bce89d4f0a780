"""The data plane of an application: one compiled loop for all its services, advanced only when somebody looks."""

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
from engine.rng import salt, stream
from engine.scenario import Scenario
from engine.traffic.arrivals import segments
from engine.traffic.draws import short_share
from engine.traffic.graph import kernel
from engine.traffic.graph.tables import (
    CALL_FAILURES,
    ActionRequests,
    CallRequests,
    GraphRequests,
    KeptCalls,
    ModuleRequests,
    locals_in,
    pairs_in,
)
from engine.traffic.plane import FAILURES, Fronts, Ints, Kept, Requests, ServiceRequests, Split

ALGORITHMS = {
    "round-robin": kernel.ROUND_ROBIN,
    "random": kernel.RANDOM,
    "least-outstanding-requests": kernel.LEAST_OUTSTANDING,
}
WORKS = {
    "exponential": kernel.EXPONENTIAL,
    "constant": kernel.CONSTANT,
    "lognormal": kernel.LOGNORMAL,
    "hyperexponential": kernel.HYPEREXPONENTIAL,
}
BLOCK = 1 << 12
ROOMY = 1 << 12  # timers of a kind of call: so many rarely fill up before they are looked at anyway
MAX_AT_ONCE = 1 << 20  # calls that wait: a quarter of a gigabyte
USERS = "users"  # whose streams these are: no name of a service, so that modules may be grouped otherwise


class GraphPlane:
    """All services' requests at once: they call each other."""

    def __init__(
        self, env: Environment, scenario: Scenario, *, keep_requests: bool = False, block: int = BLOCK
    ) -> None:
        """Lay out empty tables. keep_requests: remember every attempt of every call."""
        self._env, self._scenario, self._keep = env, scenario, keep_requests
        self._step_s = step_s(scenario.duration_s)
        self._steps = math.ceil(scenario.duration_s / self._step_s) + 1
        services = len(scenario.services)
        self._rows = [[service] for service in range(services)]  # each begins with its own "no target"
        self._tasks = [0] * services
        wanted = sum(service.desired for service in scenario.services)
        room = max(8, wanted + wanted // 2 + 2) + services
        self.plan = plan_of(scenario, keep=keep_requests)
        self._route = _empty_route(scenario, room)
        self.carry = _empty_carry(scenario, self.plan, room)
        self.tally = _empty_tally(scenario, self.plan, room, self._steps, keep=keep_requests)
        self._gap_stream = stream(scenario.seed, "gaps", USERS)
        self._gaps = self._gap_stream.standard_exponential(block)
        self._at_s = 0.0
        self._play = kernel.play.compile(tuple(typeof(argument) for argument in self._arguments(0.0)))  # type: ignore[no-untyped-call]

    # --- what the control plane says ---------------------------------------------------------------------------------

    def add(self, service: int, task: int, zone: int, errors: float = 0.0, module: int = -1) -> int:
        """Make a target known; return its row. errors: share of its requests that end badly, or of one module's there."""
        row = len(self._tasks)
        if row >= len(self._route.mode):
            self._widen()
        self._tasks.append(task)
        self._rows[service].append(row)
        self._route.zone[row] = zone
        self._route.mode[row] = kernel.LIVE
        self._route.errors[row] = errors
        self._route.errors_of[row] = module
        return row

    def route(
        self, service: int, targets: Sequence[Sequence[int] | Ints], fronts: Fronts, split: Split | None = None
    ) -> None:
        """Say whom each front sends to from now on, having played all requests up to now."""
        self.advance(service, self._env.now)
        route = self._route
        groups = [*targets, *(split.targets if split else [()] * len(targets))]
        longest = max(len(rows) for rows in groups)
        if longest > route.targets.shape[2]:
            more = np.zeros((*route.targets.shape[:2], 2 * longest), dtype=np.int64)
            more[:, :, : route.targets.shape[2]] = route.targets
            route = self._route = route._replace(targets=more)
        for group, rows in enumerate(groups):
            route.targets[service, group, : len(rows)] = rows
            route.n_targets[service, group] = len(rows)
        route.green_share[service] = split.share if split else 0.0
        route.n_dns[service] = len(fronts.in_dns)
        route.dns[service, : len(fronts.in_dns)] = fronts.in_dns
        route.front_is_dead[service] = fronts.is_dead
        route.fade[service] = fronts.fade
        route.fade_since_s[service] = fronts.fade_since_s
        route.extra_s[service] = fronts.extra_s
        route.loss[service] = fronts.loss
        route.has_quirks[service] = fronts.has_quirks

    def strike(self, service: int, row: int, is_silent: bool) -> None:
        """Take a target away, now."""
        self.advance(service, self._env.now)
        carry = self.carry
        while len(self.carry.heap_s) < self.carry.n[kernel.N_HEAP] + self.carry.n[kernel.N_USED] + kernel.SLACK:
            self._double("heap_s", "heap_rank", "heap_word")
        while self._keep and len(self.tally.kept_calls) < carry.n[kernel.N_KEPT] + carry.n[kernel.N_USED] + 1:
            self.tally = self.tally._replace(kept_calls=_doubled(self.tally.kept_calls))
        mode = kernel.SILENT if is_silent else kernel.GONE
        kernel.strike(float(self._env.now), row, mode, self.plan, self._route, self.carry, self.tally)

    def harm(self, module: int, slow_x: float, errors: float) -> None:
        """Let a module work so many times longer from now on, and fail at so many of its requests; (1, 0) mends it."""
        self.advance(0, self._env.now)
        self._route.slow_x[module] = slow_x
        self._route.harm_errors[module] = errors

    # --- what it asks ------------------------------------------------------------------------------------------------

    def busy_ns(self, service: int, rows: Sequence[int], since_s: float) -> int:
        """Sum the nanoseconds that targets worked from a whole step until now; waiting for others is no work."""
        return sum(self.busy_each(service, rows, since_s))

    def busy_each(self, service: int, rows: Sequence[int], since_s: float) -> list[int]:
        """Give the same, target by target."""
        now = self._env.now
        self.advance(service, now)
        wanted = np.array(rows, dtype=np.int64)
        busy = self.tally.busy_ns[wanted, self._steps_since(since_s)].sum(axis=1)
        kernel.under_way(wanted, float(since_s), float(now), self.carry, busy)
        return [int(ns) for ns in busy]

    def answered(self, service: int, rows: Sequence[int], since_s: float) -> int:
        """Count the requests that targets closed from a whole step until now."""
        return sum(self.answered_each(service, rows, since_s))

    def answered_each(self, service: int, rows: Sequence[int], since_s: float) -> list[int]:
        """Count the requests that each target closed from a whole step until now."""
        self.advance(service, self._env.now)
        steps, wanted = self._steps_since(since_s), _own(service, rows)
        closed = self.tally.served[wanted, steps].sum(axis=1) + self.tally.failed[:, wanted, steps].sum(axis=(0, 2))
        return [int(n) for n in closed]

    def failed(self, service: int, rows: Sequence[int], since_s: float) -> int:
        """Count the requests that failed at targets from a whole step until now."""
        self.advance(service, self._env.now)
        return int(self.tally.failed[:, _own(service, rows), self._steps_since(since_s)].sum())

    def _steps_since(self, since_s: float) -> slice:
        """Give the steps from a moment until now; later ones are empty."""
        return slice(int(since_s / self._step_s), int(self._env.now / self._step_s) + 1)

    def worked(self, service: int, rows: Sequence[int], module: int = -1) -> list[int]:
        """Count the requests that each target has begun to work on since ever, or one module's there."""
        self.advance(service, self._env.now)
        counts = self.tally.worked if module < 0 else self.tally.module_worked[module]
        return [int(n) for n in counts[rows]]

    def working(self, service: int, rows: Sequence[int]) -> list[int]:
        """Count the requests that hold a worker of each target now."""
        self.advance(service, self._env.now)
        return [int(n) for n in self.carry.busy[rows]]

    # --- time --------------------------------------------------------------------------------------------------------

    def advance(self, service: int, until_s: float) -> None:  # noqa: ARG002 - no service goes ahead of the others
        """Play all requests up to a moment; everything else here begins with this."""
        if until_s <= self._at_s:
            return
        self._at_s = until_s = float(until_s)  # SimPy's clock may be a whole number
        while (status := self._play(*self._arguments(until_s))) != kernel.DONE:
            if status == kernel.WANTS_DRAWS:
                self._gap_stream.standard_exponential(out=self._gaps)
                self.carry.n[kernel.N_DRAW] = 0
            else:
                self._make_room()

    def _arguments(self, until_s: float) -> tuple[Any, ...]:
        return until_s, self._gaps, self.plan, self._route, self.carry, self.tally

    def finish(self, end_s: float) -> Requests:
        """Play to the end and hand the tables over, cut to what was used."""
        self.advance(0, math.nextafter(end_s, 0.0))  # what would happen at the very end is nobody's business any more
        kernel.work_so_far(float(end_s), self.plan, self.carry, self.tally)
        kept = self._kept_calls() if self._keep else None
        services = tuple(self._service(service, kept) for service in range(len(self._rows)))
        return Requests(self._step_s, services, self._graph(kept), self._users() if self._keep else None)

    # --- room --------------------------------------------------------------------------------------------------------

    def _make_room(self) -> None:
        """Double whichever tables are full."""
        n, slack = self.carry.n, kernel.SLACK
        if n[kernel.N_USED] >= len(self.carry.node) - slack:
            if len(self.carry.node) >= MAX_AT_ONCE:
                came, allowed = f"{len(self.carry.node):,} calls at once", f"up to {MAX_AT_ONCE:,}"
                raise BudgetError([Problem("traffic", came, allowed, "calls pile up without end: lower the traffic")])
            self._double("node", "time", "place", "try_", "free")
        if n[kernel.N_HEAP] >= len(self.carry.heap_s) - slack:
            self._double("heap_s", "heap_rank", "heap_word")
        for head, tail in ((kernel.N_HEAD_0, kernel.N_TAIL_0), (kernel.N_HEAD_1, kernel.N_TAIL_1)):
            if n[tail] - n[head] >= self.carry.line_s.shape[1] - slack:
                self._unroll_lines()
                break
        if (self.carry.timer_tail - self.carry.timer_head).max() > self.carry.timer_s.shape[1] - 3:
            self._sweep_timers()
        tally = self.tally
        if self._keep and n[kernel.N_ID] >= len(tally.kept) - slack:
            self.tally = tally = tally._replace(kept=_doubled(tally.kept))
        if self._keep and n[kernel.N_KEPT] >= len(tally.kept_calls) - slack:
            self.tally = tally._replace(kept_calls=_doubled(tally.kept_calls))

    def _double(self, *names: str) -> None:
        self.carry = self.carry._replace(**{name: _doubled(getattr(self.carry, name)) for name in names})

    def _unroll_lines(self) -> None:
        """Give the lines of hops twice the room, each from its beginning on."""
        carry, n = self.carry, self.carry.n
        size = carry.line_s.shape[1]
        wider = {name: np.zeros((2, 2 * size), dtype=getattr(carry, name).dtype) for name in _LINES}
        for line, (head, tail) in enumerate(((kernel.N_HEAD_0, kernel.N_TAIL_0), (kernel.N_HEAD_1, kernel.N_TAIL_1))):
            slots = np.arange(n[head], n[tail]) & (size - 1)
            for name, table in wider.items():
                table[line, : len(slots)] = getattr(carry, name)[line, slots]
            n[head], n[tail] = 0, len(slots)
        self.carry = carry._replace(**wider)

    def _sweep_timers(self) -> None:
        """Drop the timers of calls that have their answer; where many still wait, or the room is small, double it."""
        carry = self.carry
        size = carry.timer_s.shape[1]
        left: list[npt.NDArray[Any]] = []
        for edge in range(len(carry.timer_s)):
            slots = np.arange(carry.timer_head[edge], carry.timer_tail[edge]) & (size - 1)
            words = carry.timer_word[edge, slots]
            node = (words >> 2) & kernel.NODE_MASK
            is_open = carry.node[node, kernel.OPEN] == 1
            is_open &= (carry.node[node, kernel.GEN] & kernel.GEN_MASK) == words >> (kernel.NODE_BITS + 2)
            left.append(slots[is_open])
        is_tight = size < ROOMY or max(len(slots) for slots in left) > size // 2
        grown = 2 * size if is_tight else size
        wider = {name: np.zeros((len(left), grown), dtype=getattr(carry, name).dtype) for name in _TIMERS}
        for edge, slots in enumerate(left):
            for name, table in wider.items():
                table[edge, : len(slots)] = getattr(carry, name)[edge, slots]
            carry.timer_head[edge], carry.timer_tail[edge] = 0, len(slots)
        self.carry = carry._replace(**wider)

    def _widen(self) -> None:
        """Make room for more targets, within the budget of cells."""
        rows = 2 * len(self._route.mode)
        if rows * self._steps > 2 * MAX_CELLS:
            came, allowed = f"{rows * self._steps:,} task-seconds to count", f"up to {2 * MAX_CELLS:,}"
            raise BudgetError(
                [Problem("duration_s", came, allowed, "tasks are replaced again and again: shorten the run")]
            )
        route, carry, tally = self._route, self.carry, self.tally
        self._route = route._replace(
            **{name: _doubled(getattr(route, name)) for name in ("mode", "zone", "errors", "errors_of")}
        )
        by_row = ("busy", "queue_first", "queue_last", "queue_len", "outstanding")
        second = ("breaker", "breaker_until_s", "breaker_ring", "in_flight")
        self.carry = carry._replace(
            **{name: _doubled(getattr(carry, name)) for name in by_row},
            **{name: _doubled(getattr(carry, name), axis=1) for name in second},
        )
        self.carry.queue_first[rows // 2 :] = -1
        counted = ("served", "busy_ns", "held_ns", "worked")
        self.tally = tally._replace(
            **{name: _doubled(getattr(tally, name)) for name in counted},
            failed=_doubled(tally.failed, axis=1),
            module_worked=_doubled(tally.module_worked, axis=1),
        )

    # --- what is handed over -----------------------------------------------------------------------------------------

    def _service(self, service: int, kept: KeptCalls | None) -> ServiceRequests:
        rows, tally = self._rows[service], self.tally
        served, failed = tally.served[rows], tally.failed[:, rows]
        return ServiceRequests(
            name=self._scenario.services[service].name,
            task=np.array([self._tasks[row] for row in rows], dtype=np.int64),
            arrived=tally.arrived[service],
            retried=tally.retried[service],
            served=served,
            failed=failed,
            busy_ns=tally.busy_ns[rows],
            latency=tally.latency[service],
            in_flight=int(tally.arrived[service].sum()) - int(served.sum()) - int(failed.sum()),
            kept=None if kept is None else calls_at(kept, self.plan.edge_service, self.plan.edge_is_local, service),
        )

    def _graph(self, kept: KeptCalls | None) -> GraphRequests:
        tally, application = self.tally, self._scenario.application
        closed = tally.action_served.sum(axis=1, dtype=np.int64) + tally.action_failed.sum(axis=(0, 2), dtype=np.int64)
        over = tally.answered.sum(axis=1, dtype=np.int64) + tally.call_failed.sum(axis=(0, 2), dtype=np.int64)
        return GraphRequests(
            actions=ActionRequests(
                names=tuple(action.name for action in application.actions),
                arrived=tally.action_arrived,
                retried=tally.action_retried,
                served=tally.action_served,
                degraded=tally.action_degraded,
                failed=tally.action_failed,
                latency=tally.action_latency,
                in_flight=tally.action_arrived.sum(axis=1, dtype=np.int64) - closed,
            ),
            calls=CallRequests(
                pairs=pairs_in(self._scenario),
                is_local=locals_in(self._scenario),
                sent=tally.sent,
                retried=tally.resent,
                answered=tally.answered,
                failed=tally.call_failed,
                crossed=tally.crossed,
                latency=tally.call_latency,
                in_flight=tally.sent.sum(axis=1, dtype=np.int64) - over,
            ),
            modules=ModuleRequests(
                tuple(module.name for module in application.modules), tally.begun, tally.ended_badly, tally.work_ns
            ),
            held_ns=tuple(tally.held_ns[rows] for rows in self._rows),
            kept=kept,
        )

    def _kept_calls(self) -> KeptCalls:
        """Cut the columns out, add what is still open, and lay them in order of time."""
        carry, n = self.carry, self.carry.n
        rows = self.tally.kept_calls[: n[kernel.N_KEPT]]
        used = slice(0, n[kernel.N_USED])
        still = np.flatnonzero(carry.node[used, kernel.OPEN] == 1)
        more = np.zeros((len(still), kernel.KEPT_WIDTH))
        columns = ((kernel.K_REQUEST, kernel.REQUEST), (kernel.K_EDGE, kernel.EDGE), (kernel.K_ATTEMPT, kernel.ATTEMPT))
        for into, column in columns:
            more[:, into] = carry.node[still, column]
        more[:, kernel.K_SENT] = carry.time[still, kernel.SENT]
        more[:, kernel.K_START : kernel.K_END + 1] = np.nan
        more[:, kernel.K_ROW] = carry.node[still, kernel.ROW]
        more[:, kernel.K_OUTCOME] = -1
        more[:, kernel.K_PLACE] = carry.try_[still] >> np.uint64(11)
        whole = np.concatenate([rows, more])
        order = np.lexsort((whole[:, kernel.K_PLACE], whole[:, kernel.K_REQUEST], whole[:, kernel.K_SENT]))
        return kept_of(whole[order], self._tasks)

    def _users(self) -> Kept:
        """Give every user's request; those that wait still as the lanes do."""
        carry, n = self.carry, self.carry.n
        rows = self.tally.kept[: n[kernel.N_ID]].copy()
        used = carry.node[: n[kernel.N_USED]]
        for one in np.flatnonzero((used[:, kernel.EDGE] >= self.plan.calls) & (used[:, kernel.OPEN] > 0)):
            tried = int(used[one, kernel.ATTEMPT]) + (1 if used[one, kernel.OPEN] == 1 else 0)
            rows[used[one, kernel.REQUEST]] = (carry.time[one, kernel.FIRST], np.nan, np.nan, 0, -1, tried)
        task = np.array(self._tasks, dtype=np.int64)[rows[:, 3].astype(np.int64)]
        whole = np.int64
        return Kept(rows[:, 0], rows[:, 1], rows[:, 2], task, rows[:, 4].astype(whole), rows[:, 5].astype(whole))


def _own(service: int, rows: Sequence[int]) -> list[int]:
    """Say whose "no target" row 0 means: each service's is the one of its own number."""
    return [row or service for row in rows]


def kept_of(rows: npt.NDArray[np.float64], tasks: Sequence[int]) -> KeptCalls:
    """Turn a table in the kernel's columns into arrays. tasks: by row."""
    whole = np.int64
    return KeptCalls(
        request=rows[:, kernel.K_REQUEST].astype(whole),
        call=rows[:, kernel.K_EDGE].astype(whole),
        attempt=rows[:, kernel.K_ATTEMPT].astype(whole),
        sent_s=rows[:, kernel.K_SENT],
        start_s=rows[:, kernel.K_START],
        end_s=rows[:, kernel.K_END],
        task=np.array(tasks, dtype=whole)[rows[:, kernel.K_ROW].astype(whole)],
        outcome=rows[:, kernel.K_OUTCOME].astype(whole),
    )


def calls_at(kept: KeptCalls, edge_service: Ints, edge_is_local: Ints, service: int) -> Kept:
    """Pick the attempts that one service met; what a breaker or a bulkhead stopped never came there."""
    ours = (edge_service[kept.call] == service) & (edge_is_local[kept.call] == 0) & (kept.outcome <= len(FAILURES))
    return Kept(
        kept.sent_s[ours], kept.start_s[ours], kept.end_s[ours], kept.task[ours], kept.outcome[ours], kept.attempt[ours] + 1
    )  # fmt: skip


def plan_of(scenario: Scenario, *, keep: bool) -> kernel.Plan:
    """Lay the scenario out as the kernel's columns."""
    application, services = scenario.application, scenario.services
    named = {module.name: number for number, module in enumerate(application.modules)}
    runs_on = [[s.name for s in services].index(module.service) for module in application.modules]
    calls = [(number, call) for number, module in enumerate(application.modules) for call in module.calls]
    callers = [number for number, _ in calls]
    to = [named[call.to] for _, call in calls] + [named[action.entry] for action in application.actions]
    entered = [services[runs_on[named[action.entry]]] for action in application.actions]
    nobody = [0] * len(entered)
    breakers = [call.breaker for _, call in calls]
    order = sorted(range(len(calls)), key=lambda edge: (callers[edge], calls[edge][1].stage))  # stable
    shares = np.cumsum([action.share for action in application.actions])
    ends, gaps_s = _users_segments(scenario)

    def whole(values: Sequence[float]) -> Ints:
        return np.array(values, dtype=np.int64)

    def real(values: Sequence[float]) -> npt.NDArray[np.float64]:
        return np.array(values, dtype=np.float64)

    return kernel.Plan(
        segment_end_s=ends,
        segment_gap_s=gaps_s,
        action_below=shares / shares[-1],
        workers=whole([service.concurrency for service in services]),
        backlog=whole([service.backlog for service in services]),
        edge_to=whole(to),
        edge_service=whole([runs_on[module] for module in to]),
        edge_is_local=whole([int(here) for here in locals_in(scenario)] + nobody),
        edge_timeout_s=real([call.timeout_s for _, call in calls] + [service.timeout_s for service in entered]),
        edge_retries=whole([call.retries for _, call in calls] + [service.retries for service in entered]),
        edge_backoff_s=real([call.backoff_s for _, call in calls] + [service.retry_after_s for service in entered]),
        edge_jitter=whole([int(call.jitter) for _, call in calls] + nobody),
        edge_needed=whole([int(call.needed) for _, call in calls] + nobody),
        edge_share=real([call.share for _, call in calls] + [1.0] * len(entered)),
        edge_stage=whole([call.stage for _, call in calls] + nobody),
        edge_breaker=whole(_numbered([breaker is not None for breaker in breakers]) + [-1] * len(entered)),
        edge_window=whole([breaker.window if breaker else 1 for breaker in breakers] + nobody),
        edge_limit=whole([max(1, math.ceil(b.failure_share * b.window - 1e-9)) if b else 1 for b in breakers] + nobody),
        edge_open_s=real([breaker.open_s if breaker else 0.0 for breaker in breakers] + [0.0] * len(entered)),
        edge_trials=whole([breaker.trials if breaker else 1 for breaker in breakers] + nobody),
        edge_room=whole(_numbered([call.bulkhead is not None for _, call in calls]) + [-1] * len(entered)),
        edge_bulkhead=whole([call.bulkhead or 0 for _, call in calls] + nobody),
        made_for=np.array(
            [[int(not call.actions or a.name in call.actions) for a in application.actions] for _, call in calls]
            + [[1] * len(entered)] * len(entered),
            dtype=np.int64,
        ),
        module_work_s=real([module.work_ms / 1000 for module in application.modules]),
        module_kind=whole([WORKS[module.work] for module in application.modules]),
        module_spread=real([spread_of(module.work, module.work_cv) for module in application.modules]),
        first_call=np.searchsorted(whole(callers), np.arange(len(runs_on) + 1)),
        order=whole(order),
        salt=salt(scenario.seed, "choices", USERS),
        calls=len(calls),
        services=len(services),
        ttl_s=float(scenario.balancer.dns_ttl_s),
        steps_per_s=1 / step_s(scenario.duration_s),
        hop_s=application.hop_ms / 1000,
        zone_hop_s=application.zone_hop_ms / 1000,
        algorithm=ALGORITHMS[scenario.balancer.algorithm],
        keep=keep,
    )


def spread_of(work: str, cv: float) -> float:
    """Give what the draw of work asks for: sigma of lognormal work, the share of short requests of two kinds."""
    if work == "lognormal":
        return math.sqrt(math.log1p(cv**2))
    return short_share(cv) if work == "hyperexponential" else 0.0


def _users_segments(scenario: Scenario) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Cut the users' traffic into pieces: where each ends, and the mean gap between two users in it."""
    ends, rates = segments(scenario, scenario.services[0])
    gaps_s = np.full_like(rates, np.inf)
    np.divide(1.0, rates, out=gaps_s, where=rates > 1e-9)
    return ends, gaps_s


def _numbered(has: Sequence[bool]) -> list[int]:
    """Count through those that have something; -1 stands for the others."""
    numbers = iter(range(len(has)))
    return [next(numbers) if one else -1 for one in has]


_LINES = ("line_s", "line_rank", "line_word")
_TIMERS = ("timer_s", "timer_rank", "timer_word")


def _empty_route(scenario: Scenario, room: int) -> kernel.Route:
    services, zones, modules = len(scenario.services), scenario.zones, len(scenario.application.modules)

    def by_zone(dtype: type) -> Any:
        return np.zeros((services, zones), dtype=dtype)

    return kernel.Route(
        targets=np.zeros((services, 2 * zones, 8), dtype=np.int64),
        n_targets=np.zeros((services, 2 * zones), dtype=np.int64),
        green_share=np.zeros(services),
        dns=np.tile(np.arange(zones, dtype=np.int64), (services, 1)),
        n_dns=np.full(services, zones, dtype=np.int64),
        front_is_dead=by_zone(np.int64),
        fade=by_zone(np.int64),
        fade_since_s=by_zone(np.float64),
        extra_s=by_zone(np.float64),
        loss=by_zone(np.float64),
        has_quirks=np.zeros(services, dtype=np.int64),
        mode=np.zeros(room, dtype=np.int64),
        zone=np.zeros(room, dtype=np.int64),
        errors=np.zeros(room),
        errors_of=np.zeros(room, dtype=np.int64),
        slow_x=np.ones(modules),
        harm_errors=np.zeros(modules),
    )


def _empty_carry(scenario: Scenario, plan: kernel.Plan, room: int) -> kernel.Carry:
    services, zones, edges = len(scenario.services), scenario.zones, len(plan.edge_to)
    cap, timers = 1024, 512
    breakers, bulkheads = int(plan.edge_breaker.max()) + 1, int(plan.edge_room.max()) + 1

    def whole(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    return kernel.Carry(
        at_s=np.zeros(1),
        n=whole(kernel.N_SIZE),
        next_front=whole(services),
        next_target=np.tile(np.arange(zones, dtype=np.int64), (services, 2)),
        node=whole(cap, kernel.NODE_WIDTH),
        time=np.zeros((cap, kernel.TIMES_WIDTH)),
        place=np.zeros(cap, dtype=np.uint64),
        try_=np.zeros(cap, dtype=np.uint64),
        free=whole(cap),
        heap_s=np.zeros(cap),
        heap_rank=whole(cap),
        heap_word=whole(cap),
        line_s=np.zeros((2, cap)),
        line_rank=whole(2, cap),
        line_word=whole(2, cap),
        timer_s=np.zeros((edges, timers)),
        timer_rank=whole(edges, timers),
        timer_word=whole(edges, timers),
        timer_head=whole(edges),
        timer_tail=whole(edges),
        timer_due_s=np.zeros(edges),
        busy=whole(room),
        queue_first=np.full(room, -1, dtype=np.int64),
        queue_last=whole(room),
        queue_len=whole(room),
        outstanding=whole(room),
        breaker=whole(breakers, room, kernel.BREAKER_WIDTH),
        breaker_until_s=np.zeros((breakers, room)),
        breaker_ring=np.zeros((breakers, room, int(plan.edge_window.max(initial=1))), dtype=np.int8),
        in_flight=whole(bulkheads, room),
    )


def _empty_tally(scenario: Scenario, plan: kernel.Plan, room: int, steps: int, *, keep: bool) -> kernel.Tally:
    actions, services = len(scenario.application.actions), len(scenario.services)
    modules, calls = len(scenario.application.modules), plan.calls

    def counts(*shape: int) -> npt.NDArray[np.int32]:
        return np.zeros(shape, dtype=np.int32)

    return kernel.Tally(
        action_arrived=counts(actions, steps),
        action_retried=counts(actions, steps),
        action_served=counts(actions, steps),
        action_degraded=counts(actions, steps),
        action_failed=counts(len(FAILURES), actions, steps),
        action_latency=counts(actions, steps, kernel.N_BUCKETS),
        arrived=counts(services, steps),
        retried=counts(services, steps),
        latency=counts(services, steps, kernel.N_BUCKETS),
        served=counts(room, steps),
        failed=counts(len(FAILURES), room, steps),
        busy_ns=np.zeros((room, steps), dtype=np.int64),
        held_ns=np.zeros((room, steps), dtype=np.int64),
        worked=np.zeros(room, dtype=np.int64),
        sent=counts(calls, steps),
        resent=counts(calls, steps),
        answered=counts(calls, steps),
        call_failed=counts(len(CALL_FAILURES), calls, steps),
        crossed=counts(calls, steps),
        call_latency=np.zeros((calls, kernel.N_BUCKETS), dtype=np.int64),
        begun=counts(modules, steps),
        ended_badly=counts(modules, steps),
        work_ns=np.zeros((modules, steps), dtype=np.int64),
        module_worked=np.zeros((modules, room), dtype=np.int64),
        kept=np.full((4096 if keep else 1, 6), np.nan),
        kept_calls=np.zeros((4096 if keep else 1, kernel.KEPT_WIDTH)),
    )


def _doubled(array: npt.NDArray[Any], axis: int = 0) -> npt.NDArray[Any]:
    """Return the array with twice the room along an axis, zeroes in the new half."""
    grown = np.zeros([2 * size if i == axis else size for i, size in enumerate(array.shape)], dtype=array.dtype)
    grown[tuple(slice(size) for size in array.shape)] = array
    return grown


def warm_up() -> None:
    """Compile (or load from the cache) what the first run of an application would otherwise wait for."""
    modules = [{"name": "front", "service": "web", "calls": [{"to": "back"}]}, {"name": "back", "service": "web"}]
    scenario = Scenario.of(
        {"duration_s": 10, "application": {"modules": modules, "actions": [{"name": "ask", "entry": "front"}]}}
    )
    env = Environment()
    plane = GraphPlane(env, scenario)
    row = plane.add(0, 1, 0)
    nothing = [0.0] * 3
    plane.route(0, [[row]] * 3, Fronts((0, 1, 2), [False] * 3, [0] * 3, nothing, nothing, nothing))
    env.run(until=5)
    plane.busy_ns(0, [row], 0)
    plane.strike(0, row, is_silent=True)
    plane.finish(10)
