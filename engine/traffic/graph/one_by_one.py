"""The twin of an application's data plane: SimPy, one process for each user, call and request at work, written to be read.

It is what `kernel` must equal to the last bit. Nothing is shared with the kernel but the plan's columns, the draws, and the
names of the outcomes. What one moment sets off is done before anything else of that moment (`engine.moments.at_once`).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict, deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np
from simpy import Environment, Event

from engine.checks import step_s
from engine.moments import EARLY, FORE, LAST, at, at_once
from engine.rng import stream
from engine.scenario import Scenario
from engine.traffic.graph import kernel
from engine.traffic.graph.compiled import USERS, calls_at, kept_of, plan_of
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

Process_ = Generator[Event, Any, Any]
BLOCK = 4_096


def root(salt: int, request: int) -> Any:
    """Name a user's request, as the kernel does; in Python such a name has to be told that it has no sign."""
    return np.uint64(kernel.root(salt, request))


def below(name: Any, edge: int, attempt: int) -> Any:
    """Name a call that is made from a place, or an attempt of it."""
    return np.uint64(kernel.below(name, edge, attempt))


def chance(name: Any, what: Any) -> float:
    """Draw what belongs to a name and a purpose."""
    return float(kernel.chance(name, what))


@dataclass(eq=False)
class Attempt:
    """One try of a call, or of a user. place, tried: the names that its draws belong to."""

    edge: int
    number: int
    action: int
    attempt: int
    place: Any
    tried: Any
    caller: Execution | None
    closed: Event
    row: int = 0
    sent_s: float = 0.0
    start_s: float = math.nan
    hop_s: float = 0.0
    extra_s: float = 0.0
    rank: int = 0
    epoch: int = 0
    is_open: bool = True
    is_degraded: bool = False
    outcome: int = -1


@dataclass(eq=False)
class Execution:
    """A module at work on a request, on a worker of a target."""

    module: int
    attempt: Attempt
    row: int
    is_whole: bool  # it holds the worker itself: no caller of the same service does
    since_s: float
    work_since_s: float = math.nan
    children: int = 0
    is_failed: bool = False
    is_degraded: bool = False
    is_over: bool = False
    done: Event | None = None


@dataclass(eq=False)
class Target:
    """A task as requests meet it."""

    service: int
    task: int
    zone: int
    free: int
    errors: float
    errors_of: int
    mode: int = kernel.LIVE
    outstanding: int = 0
    worked: int = 0
    waiting: deque[Attempt] = field(default_factory=deque)
    executing: dict[Execution, None] = field(default_factory=dict)


@dataclass(eq=False)
class Breaker:
    """One task's circuit breaker on one kind of call."""

    window: deque[bool]
    until_s: float = 0.0
    state: int = kernel.CLOSED
    epoch: int = 0
    out: int = 0
    well: int = 0

    def turn(self, state: int) -> None:
        """Begin anew in another state: what was sent before tells it nothing any more."""
        self.state, self.out, self.well = state, 0, 0
        self.epoch += 1
        self.window.clear()


class OneByOneGraph:
    """An application's requests, one process each."""

    def __init__(self, env: Environment, scenario: Scenario, *, keep_requests: bool = False) -> None:
        """Start the users."""
        self._env, self._scenario, self._keep = env, scenario, keep_requests
        self._step_s = step_s(scenario.duration_s)
        self._steps = math.ceil(scenario.duration_s / self._step_s) + 1
        self._plan = plan_of(scenario, keep=keep_requests)
        services, zones = len(scenario.services), scenario.zones
        self._targets: dict[int, Target] = {}  # rows; the first ones, of which each service has one, mean "no target"
        self._tasks = [0] * services
        nothing = [0.0] * zones
        fronts = Fronts(range(zones), [False] * zones, [0] * zones, nothing, nothing, nothing)
        self._fronts = [fronts] * services
        self._groups: list[list[list[list[int]]]] = [[[[] for _ in nothing]] for _ in range(services)]
        self._green_share = [0.0] * services
        self._next_front = [0] * services
        self._next_target = [[list(range(zones)), list(range(zones))] for _ in range(services)]
        self._slow_x = [1.0] * len(scenario.application.modules)
        self._errors = [0.0] * len(scenario.application.modules)
        self._breakers: dict[tuple[int, int], Breaker] = {}
        self._in_flight: Counter[tuple[int, int]] = Counter()
        self._ranks = count()
        self._counts: defaultdict[str, Counter[tuple[int, ...]]] = defaultdict(Counter)
        self._module_worked: Counter[tuple[int, int]] = Counter()
        self._open: dict[Attempt, None] = {}
        self._kept: list[list[float]] = []
        self._users: list[list[float]] = []
        env.process(self._arrive_users())

    # --- users and calls ---------------------------------------------------------------------------------------------

    def _arrive_users(self) -> Process_:
        """Let users come, as the draws and the traffic's pieces say."""
        env, plan = self._env, self._plan
        gaps = stream(self._scenario.seed, "gaps", USERS)
        block, now, piece = np.empty(0), 0.0, 0
        for number in count():
            if number % BLOCK == 0:
                block = gaps.standard_exponential(BLOCK)
            gap, since = float(block[number % BLOCK]), now
            while True:
                mean_s, end_s = float(plan.segment_gap_s[piece]), float(plan.segment_end_s[piece])
                if mean_s < math.inf:
                    now = since + gap * mean_s
                    if now < end_s:
                        break
                    gap -= (end_s - since) / mean_s
                since = end_s
                piece += 1
                if piece == len(plan.segment_end_s) or since >= self._scenario.duration_s:
                    return
            if now > self._scenario.duration_s:
                return
            yield self._at(now)
            env.process(self._user(number))

    def _user(self, number: int) -> Process_:
        """Live one user's request: attempt by attempt until it is served or the user has had enough."""
        env, plan = self._env, self._plan
        place = root(plan.salt, number)
        drawn = chance(place, kernel.FOR_ACTION)
        action = next(i for i, bound in enumerate(plan.action_below) if drawn < bound)
        edge, first_s = plan.calls + action, env.now
        self._count("action_arrived", action)
        self._users.append([first_s, math.nan, math.nan, 0, -1, 1])
        for attempt in range(int(plan.edge_retries[edge]) + 1):
            if attempt:
                self._users[number][5] = attempt
                yield self._at(env.now + float(plan.edge_backoff_s[edge]))
                self._count("action_retried", action)
            self._users[number][5] = attempt + 1
            tried = below(place, 0, attempt)
            one = Attempt(edge, number, action, attempt, place, tried, None, env.event())
            self._send(one)
            if one.is_open:
                yield one.closed
            if one.outcome == kernel.SERVED:
                break
        self._users[number] = [first_s, one.start_s, env.now, one.row, one.outcome, attempt + 1]
        if one.outcome == kernel.SERVED:
            self._count("action_served", action)
            self._count("action_latency", action, bucket=env.now - first_s)
            if one.is_degraded:
                self._count("action_degraded", action)
        else:
            self._count("action_failed", one.outcome - 1, action)

    def _call(self, caller: Execution, edge: int, place: int) -> Process_:
        """Make one call to another service, as often as it takes; tell the caller how it came out."""
        env, plan, by = self._env, self._plan, caller.attempt
        for attempt in range(int(plan.edge_retries[edge]) + 1):
            tried = below(by.tried, edge, attempt)
            if attempt:
                pause = float(plan.edge_backoff_s[edge]) * 2 ** (attempt - 1)
                yield self._at(
                    env.now + (pause * chance(tried, kernel.FOR_JITTER) if plan.edge_jitter[edge] else pause)
                )
                if caller.is_over:  # nobody is there any more to try again
                    return
            one = Attempt(edge, by.number, by.action, attempt, place, tried, caller, env.event())
            self._send(one)
            if one.is_open:
                yield one.closed
            if one.outcome in {kernel.SERVED, kernel.SHORT, kernel.BULK} or caller.is_over:
                break
        if caller.is_over:
            return
        caller.children -= 1
        self._came_out(caller, edge, one.outcome, is_degraded=one.is_degraded)
        if caller.done is not None and (caller.is_failed or not caller.children):
            at_once(env, caller.done)
            caller.done = None

    def _came_out(self, caller: Execution, edge: int, outcome: int, *, is_degraded: bool) -> None:
        """Let a caller know: without what it needs it fails, without the rest it goes on with less."""
        if outcome == kernel.SERVED:
            caller.is_degraded |= is_degraded
        elif self._plan.edge_needed[edge]:
            caller.is_failed = True
        else:
            caller.is_degraded = True

    def _at(self, when_s: float) -> Event:
        """Make an event of the data plane: at one moment in the order of their making, before the control plane's."""
        return at(self._env, when_s, (EARLY, next(self._ranks)))

    # --- one attempt, at its caller ----------------------------------------------------------------------------------

    def _send(self, one: Attempt) -> None:
        """Let an attempt go out, if bulkhead, breaker and targets allow."""
        env, plan, edge = self._env, self._plan, one.edge
        service = int(plan.edge_service[edge])
        one.sent_s, one.row, one.rank = env.now, service, next(self._ranks)
        self._open[one] = None
        if one.caller is not None:
            self._count("sent", edge)
            if one.attempt:
                self._count("resent", edge)
            stopped = self._stopped(one, one.caller.row)
            if stopped:
                self._close(one, stopped)
                return
        self._count("arrived", service)
        if one.attempt:
            self._count("retried", service)
        is_swallowed = self._choose(one, service)
        if one.row == service and not is_swallowed:
            self._close(one, kernel.NO_TARGET)
            return
        deadline = at(env, env.now + float(plan.edge_timeout_s[edge]), (FORE, next(self._ranks)))
        deadline.callbacks.append(lambda _: self._close(one, kernel.TIMED_OUT))
        if is_swallowed:
            return
        if one.caller is None:
            self._arrive(one)
        else:
            self._at(env.now + one.hop_s).callbacks.append(lambda _: self._arrive(one))

    def _stopped(self, one: Attempt, row: int) -> int:
        """Ask the calling task's bulkhead and breaker; 0 lets the attempt pass."""
        plan, edge = self._plan, one.edge
        has_room = plan.edge_room[edge] >= 0
        if has_room and self._in_flight[edge, row] >= plan.edge_bulkhead[edge]:
            return kernel.BULK
        if plan.edge_breaker[edge] >= 0:
            breaker = self._breakers.setdefault((edge, row), Breaker(deque(maxlen=int(plan.edge_window[edge]))))
            if breaker.state == kernel.OPENED and self._env.now >= breaker.until_s:
                breaker.turn(kernel.HALF_OPEN)
            if breaker.state == kernel.OPENED or (
                breaker.state == kernel.HALF_OPEN and breaker.out >= plan.edge_trials[edge]
            ):
                return kernel.SHORT
            breaker.out += 1
            one.epoch = breaker.epoch
        if has_room:
            self._in_flight[edge, row] += 1
        return 0

    def _learn(self, one: Attempt, row: int) -> None:
        """Tell bulkhead and breaker that an attempt is over."""
        plan, edge = self._plan, one.edge
        if plan.edge_room[edge] >= 0:
            self._in_flight[edge, row] -= 1
        if plan.edge_breaker[edge] < 0 or self._breakers[edge, row].epoch != one.epoch:
            return
        breaker, is_failed = self._breakers[edge, row], one.outcome != kernel.SERVED
        if breaker.state == kernel.HALF_OPEN:
            breaker.well += not is_failed
            opens = is_failed
            if breaker.well == plan.edge_trials[edge]:
                breaker.turn(kernel.CLOSED)
        else:
            breaker.window.append(is_failed)
            opens = len(breaker.window) == plan.edge_window[edge] and sum(breaker.window) >= plan.edge_limit[edge]
        if opens:
            breaker.turn(kernel.OPENED)
            breaker.until_s = self._env.now + float(plan.edge_open_s[edge])

    def _close(self, one: Attempt, outcome: int) -> None:
        """Let the caller have its answer, or give up waiting for it."""
        if not one.is_open:
            return
        plan, edge, waited_s = self._plan, one.edge, self._env.now - one.sent_s
        one.is_open, one.outcome = False, outcome
        del self._open[one]
        target = self._targets.get(one.row)
        if target is not None:
            target.outstanding -= 1
            if one in target.waiting:
                target.waiting.remove(one)
        if outcome == kernel.SERVED:
            self._count("served", one.row)
            self._count("latency", int(plan.edge_service[edge]), bucket=waited_s)
        elif outcome < kernel.SHORT:
            self._count("failed", outcome - 1, one.row)
        if one.caller is not None:
            self._call_over(edge, outcome, waited_s)
            if outcome < kernel.SHORT:
                self._learn(one, one.caller.row)
        self._keep_call(one, self._env.now)
        at_once(self._env, one.closed)

    def _call_over(self, edge: int, outcome: int, waited_s: float) -> None:
        if outcome == kernel.SERVED:
            self._count("answered", edge)
            bucket = int(kernel.bucket_of(waited_s))
            self._counts["call_latency"][edge, bucket] += 1
        else:
            self._count("call_failed", outcome - 1, edge)

    # --- one attempt, at its target ----------------------------------------------------------------------------------

    def _arrive(self, one: Attempt) -> None:
        """Find a worker, a place in the queue, or neither."""
        if not one.is_open:
            return
        target = self._targets[one.row]
        if target.mode == kernel.SILENT:
            return
        if target.mode == kernel.GONE:
            self._reply(one, kernel.RESET, one.hop_s)
        elif target.free:
            target.free -= 1
            self._env.process(self._serve(one, target))
        elif len(target.waiting) < self._plan.backlog[target.service]:
            target.waiting.append(one)
        else:
            self._reply(one, kernel.REFUSED, one.hop_s)

    def _reply(self, one: Attempt, outcome: int, delay_s: float) -> None:
        """Send an answer back; a user who is not delayed has it at once."""
        if one.caller is None and not delay_s:
            self._close(one, outcome)
        else:
            self._at(self._env.now + delay_s).callbacks.append(lambda _: self._close(one, outcome))

    def _serve(self, one: Attempt, target: Target) -> Process_:
        """Hold a worker through the module's work and its calls, whether or not the caller still waits."""
        one.start_s = self._env.now
        target.worked += 1
        it = Execution(int(self._plan.edge_to[one.edge]), one, one.row, True, self._env.now)
        outcome = yield from self._execute(it)
        if it.is_over:  # the task died
            return
        it.is_over = True
        self._span("held_ns", one.row, it.since_s, self._env.now)
        one.is_degraded = it.is_degraded
        delay_s = one.hop_s + one.extra_s
        is_on_its_way = one.caller is not None or delay_s > 0
        if one.is_open and is_on_its_way:
            self._reply(one, outcome, delay_s)
        if target.waiting:
            self._env.process(self._serve(target.waiting.popleft(), target))
        else:
            target.free += 1
        if one.is_open and not is_on_its_way:
            self._close(one, outcome)

    def _execute(self, it: Execution) -> Generator[Event, Any, int]:
        """Do a module's own work, then its calls, stage by stage; return SERVED or ERROR."""
        env, plan, module, one = self._env, self._plan, it.module, it.attempt
        target = self._targets[it.row]
        work = float(kernel.work_of(one.place, plan.module_kind[module], plan.module_spread[module])) * (
            float(plan.module_work_s[module]) * self._slow_x[module]
        )
        self._count("begun", module)
        self._count("work_ns", module, times=int(work * 1e9))
        self._module_worked[module, it.row] += 1
        target.executing[it] = None
        it.work_since_s = env.now
        yield self._at(env.now + work)
        if it.is_over:
            return kernel.ERROR
        self._span("busy_ns", it.row, it.work_since_s, env.now)
        it.work_since_s = math.nan
        if self._goes_wrong(it, target):
            it.is_failed = True
        else:
            yield from self._call_others(it)
        if not it.is_over:
            del target.executing[it]
            if it.is_failed:
                self._count("ended_badly", module)
        return kernel.ERROR if it.is_failed else kernel.SERVED

    def _goes_wrong(self, it: Execution, target: Target) -> bool:
        """Draw whether the target's version, or harm to the module, makes it answer with an error."""
        tried, harm = it.attempt.tried, self._errors[it.module]
        is_meant = target.errors_of == it.module or (target.errors_of < 0 and it.is_whole)
        if target.errors > 0 and is_meant and chance(tried, kernel.FOR_ERROR) < target.errors:
            return True
        return harm > 0 and chance(tried, kernel.FOR_HARM) < harm

    def _call_others(self, it: Execution) -> Process_:
        """Make the module's calls: of a stage those to other services go out at once, those within follow one by one."""
        env, plan = self._env, self._plan
        edges = [int(edge) for edge in plan.order[plan.first_call[it.module] : plan.first_call[it.module + 1]]]
        for stage in sorted({int(plan.edge_stage[edge]) for edge in edges}):
            made = [(edge, below(it.attempt.place, edge, 0)) for edge in edges if plan.edge_stage[edge] == stage]
            made = [(edge, place) for edge, place in made if self._is_made(it, edge, place)]
            for edge, place in made:
                if not plan.edge_is_local[edge]:
                    it.children += 1
                    env.process(self._call(it, edge, place))
            yield at_once(env)  # they go out first
            for edge, place in made:
                if plan.edge_is_local[edge] and not it.is_failed:
                    yield from self._call_within(it, edge, place)
                    if it.is_over:
                        return
            if it.children and not it.is_failed:
                it.done = env.event()
                yield it.done
            if it.is_failed:
                return

    def _is_made(self, it: Execution, edge: int, place: int) -> bool:
        if not self._plan.made_for[edge, it.attempt.action]:
            return False
        share = self._plan.edge_share[edge]
        return bool(share >= 1 or chance(place, kernel.FOR_SHARE) < share)

    def _call_within(self, it: Execution, edge: int, place: int) -> Process_:
        """Call a module of the same service: the same worker goes on there."""
        one = it.attempt
        tried = below(one.tried, edge, 0)
        inner = Attempt(edge, one.number, one.action, 0, place, tried, it, self._env.event())
        inner.row, inner.sent_s, inner.start_s = it.row, self._env.now, self._env.now
        self._count("sent", edge)
        self._open[inner] = None
        called = Execution(int(self._plan.edge_to[edge]), inner, it.row, False, self._env.now)
        outcome = yield from self._execute(called)
        if called.is_over:
            return
        called.is_over = True
        self._close_within(inner, outcome)
        self._came_out(it, edge, outcome, is_degraded=called.is_degraded)

    def _close_within(self, inner: Attempt, outcome: int) -> None:
        inner.is_open, inner.outcome = False, outcome
        del self._open[inner]
        self._call_over(inner.edge, outcome, self._env.now - inner.sent_s)
        self._keep_call(inner, self._env.now)

    # --- choices -----------------------------------------------------------------------------------------------------

    def _choose(self, one: Attempt, service: int) -> bool:
        """Choose front and target; say whether the attempt is swallowed on the way."""
        fronts = self._fronts[service]
        group = int(
            self._green_share[service] > 0
            and chance(one.tried, kernel.FOR_GROUP) < self._green_share[service]
        )  # fmt: skip
        rows_of = self._groups[service][group]
        if one.caller is None:
            if not fronts.in_dns:
                return False
            zone = here = self._front(one, service)
            if fronts.is_dead[zone]:
                return True
        else:  # by the front of its own zone, without DNS; if that has nobody, by the next one's
            here = self._targets[one.caller.row].zone
            around = [(here + hop) % len(rows_of) for hop in range(len(rows_of))]
            zone = next((other for other in around if rows_of[other]), here)
        rows = rows_of[zone]
        if not rows:
            return False
        one.row = rows[self._pick(one, service, group, zone, rows)]
        target = self._targets[one.row]
        target.outstanding += 1
        if one.caller is not None:
            one.hop_s = self._plan.hop_s if target.zone == here else self._plan.zone_hop_s
            if target.zone != here:
                self._count("crossed", one.edge)
        one.extra_s, passes = fronts.extra_s[here], 1.0 - fronts.loss[here]
        if target.zone != here:
            one.extra_s += fronts.extra_s[target.zone]
            passes *= 1.0 - fronts.loss[target.zone]
        return bool(passes < 1.0 and chance(one.tried, kernel.FOR_LOSS) >= passes)

    def _front(self, one: Attempt, service: int) -> int:
        """Take the next front that resolvers hand out, or another where it fades."""
        fronts, ttl_s = self._fronts[service], self._plan.ttl_s
        finger = self._next_front[service] if self._next_front[service] < len(fronts.in_dns) else 0
        self._next_front[service] = finger + 1
        zone = fronts.in_dns[finger]
        if fronts.fade[zone]:
            age_s = self._env.now - fronts.fade_since_s[zone]
            known = min(1.0, age_s / ttl_s) if ttl_s > 0 else 1.0
            share = known if fronts.fade[zone] > 0 else 1.0 - known
            if chance(one.tried, kernel.FOR_FADE) >= share:
                around = [fronts.in_dns[(finger + hop) % len(fronts.in_dns)] for hop in range(1, len(fronts.in_dns))]
                zone = next((other for other in around if fronts.fade[other] >= 0), zone)
        return zone

    def _pick(self, one: Attempt, service: int, group: int, zone: int, rows: list[int]) -> int:
        """Pick by the balancer's algorithm; return the position."""
        if self._plan.algorithm == kernel.RANDOM:
            return int(chance(one.tried, kernel.FOR_PICK) * len(rows))
        fingers = self._next_target[service][group]
        finger = fingers[zone] if fingers[zone] < len(rows) else 0
        if self._plan.algorithm == kernel.LEAST_OUTSTANDING:
            order = [(finger + hop) % len(rows) for hop in range(len(rows))]
            finger = min(order, key=lambda i: self._targets[rows[i]].outstanding)
        fingers[zone] = finger + 1
        return finger

    # --- what the control plane says and asks ------------------------------------------------------------------------

    def add(self, service: int, task: int, zone: int, errors: float = 0.0, module: int = -1) -> int:
        """Make a target known; return its row."""
        row = len(self._tasks)
        self._tasks.append(task)
        workers = self._scenario.services[service].concurrency
        self._targets[row] = Target(service, task, zone, workers, errors, module)
        return row

    def route(
        self, service: int, targets: Sequence[Sequence[int] | Ints], fronts: Fronts, split: Split | None = None
    ) -> None:
        """Say whom each front sends to from now on."""
        groups = [targets, *([split.targets] if split else [])]
        self._groups[service] = [[[int(row) for row in rows] for rows in group] for group in groups]
        self._green_share[service] = split.share if split else 0.0
        self._fronts[service] = Fronts(*(list(getattr(fronts, name)) for name in Fronts.__slots__))

    def strike(self, service: int, row: int, is_silent: bool) -> None:  # noqa: ARG002 - rows are of all services
        """Take a target away, now: what it had begun ends with it; whom it called go on working, for nobody."""
        env, target = self._env, self._targets[row]
        target.mode = kernel.SILENT if is_silent else kernel.GONE
        lost = list(target.waiting)
        for it in target.executing:
            it.is_over = True
            if not math.isnan(it.work_since_s):
                self._span("busy_ns", row, it.work_since_s, env.now)
            if it.is_whole:
                self._span("held_ns", row, it.since_s, env.now)
                lost.append(it.attempt)
            else:
                self._close_within(it.attempt, kernel.RESET)
        target.executing.clear()
        target.waiting.clear()
        for one in lost:
            if one.is_open and not is_silent:
                self._throw_out(one)

    def _throw_out(self, one: Attempt) -> None:
        """Reset a connection: its caller learns of it after all else of that moment, who called first before others."""
        event = at(self._env, self._env.now + one.hop_s, (LAST, one.rank))
        event.callbacks.append(lambda _: self._close(one, kernel.RESET))

    def harm(self, module: int, slow_x: float, errors: float) -> None:
        """Let a module work so many times longer from now on, and fail at so many of its requests."""
        self._slow_x[module], self._errors[module] = slow_x, errors

    def busy_ns(self, service: int, rows: Sequence[int], since_s: float) -> int:
        """Sum the nanoseconds that targets worked from a whole step until now."""
        return sum(self.busy_each(service, rows, since_s))

    def busy_each(self, service: int, rows: Sequence[int], since_s: float) -> list[int]:  # noqa: ARG002
        """Give the same, target by target."""
        first, now = int(since_s / self._step_s), self._env.now
        found = []
        for row in rows:
            busy = sum(self._counts["busy_ns"][row, step] for step in range(first, self._steps))
            for it in self._targets[row].executing:
                if not math.isnan(it.work_since_s):
                    busy += int(now * 1e9) - int(max(it.work_since_s, since_s) * 1e9)
            found.append(busy)
        return found

    def answered(self, service: int, rows: Sequence[int], since_s: float) -> int:
        """Count the requests that targets closed from a whole step until now."""
        return sum(self.answered_each(service, rows, since_s))

    def answered_each(self, service: int, rows: Sequence[int], since_s: float) -> list[int]:
        """Count the requests that each target closed from a whole step until now."""
        steps = range(int(since_s / self._step_s), self._steps)
        return [
            sum(self._counts["served"][row or service, step] for step in steps) + self.failed(service, [row], since_s)
            for row in rows
        ]

    def failed(self, service: int, rows: Sequence[int], since_s: float) -> int:
        """Count the requests that failed at targets from a whole step until now."""
        steps, causes = range(int(since_s / self._step_s), self._steps), range(len(FAILURES))
        wanted = [row or service for row in rows]
        return sum(self._counts["failed"][cause, row, step] for cause in causes for row in wanted for step in steps)

    def worked(self, service: int, rows: Sequence[int], module: int = -1) -> list[int]:  # noqa: ARG002
        """Count the requests that each target has begun to work on since ever, or one module's there."""
        return [self._targets[row].worked if module < 0 else self._module_worked[module, row] for row in rows]

    def working(self, service: int, rows: Sequence[int]) -> list[int]:
        """Count the requests that hold a worker of each target now."""
        of_all = self._scenario.services[service].concurrency
        return [
            0 if self._targets[row].mode != kernel.LIVE else of_all - self._targets[row].free for row in rows
        ]  # fmt: skip

    # --- counting ----------------------------------------------------------------------------------------------------

    def _count(self, what: str, *where: int, times: int = 1, bucket: float | None = None) -> None:
        """Count something into the step that it falls into."""
        place = (*where, int(self._env.now * (1 / self._step_s)))
        self._counts[what][place if bucket is None else (*place, int(kernel.bucket_of(bucket)))] += times

    def _span(self, what: str, row: int, start_s: float, end_s: float) -> None:
        """Count nanoseconds into the steps that they fall into."""
        per_s = 1 / self._step_s
        width, a, b = int(1e9 / per_s + 0.5), int(start_s * 1e9), int(end_s * 1e9)
        first, last = int(start_s * per_s), int(end_s * per_s)
        for step in range(first, last + 1):
            part = (step + 1) * width if step < last else b
            self._counts[what][row, step] += part - (a if step == first else step * width)

    def _keep_call(self, one: Attempt, end_s: float) -> None:
        if self._keep:
            self._kept.append(
                [one.number, one.edge, one.attempt, one.sent_s, one.start_s, end_s, one.row, one.outcome, int(one.tried) >> 11]
            )  # fmt: skip

    def _table(self, what: str, *shape: int, dtype: type = np.int32) -> Any:
        """Lay what was counted out as a table."""
        table: Any = np.zeros(shape, dtype=dtype)
        for place, n in self._counts[what].items():
            table[place] = n
        return table

    # --- what is handed over -----------------------------------------------------------------------------------------

    def finish(self, end_s: float) -> Requests:
        """Hand the tables over."""
        for row, target in self._targets.items():
            for it in target.executing:
                if not math.isnan(it.work_since_s):
                    self._span("busy_ns", row, it.work_since_s, end_s)
                if it.is_whole:
                    self._span("held_ns", row, it.since_s, end_s)
        kept = self._kept_calls() if self._keep else None
        services = tuple(self._service(service, kept) for service in range(len(self._scenario.services)))
        return Requests(self._step_s, services, self._graph(kept), self._kept_users() if self._keep else None)

    def _rows_of(self, service: int) -> list[int]:
        return [service, *(row for row, target in self._targets.items() if target.service == service)]

    def _service(self, service: int, kept: KeptCalls | None) -> ServiceRequests:
        rows, steps, all_rows = self._rows_of(service), self._steps, len(self._tasks)
        services = len(self._scenario.services)
        arrived = self._table("arrived", services, steps)[service]
        served = self._table("served", all_rows, steps)[rows]
        failed = self._table("failed", len(FAILURES), all_rows, steps)[:, rows]
        return ServiceRequests(
            name=self._scenario.services[service].name,
            task=np.array([self._tasks[row] for row in rows], dtype=np.int64),
            arrived=arrived,
            retried=self._table("retried", services, steps)[service],
            served=served,
            failed=failed,
            busy_ns=self._table("busy_ns", all_rows, steps, dtype=np.int64)[rows],
            latency=self._table("latency", services, steps, kernel.N_BUCKETS)[service],
            in_flight=int(arrived.sum() - served.sum() - failed.sum()),
            kept=None if kept is None else calls_at(kept, self._plan.edge_service, self._plan.edge_is_local, service),
        )

    def _graph(self, kept: KeptCalls | None) -> GraphRequests:
        application, steps, calls = self._scenario.application, self._steps, self._plan.calls
        actions, modules = len(application.actions), len(application.modules)
        waiting = Counter(one.edge for one in self._open)
        users = np.zeros(actions, dtype=np.int64)
        for number, row in enumerate(self._users):
            if row[4] < 0:
                drawn = chance(root(self._plan.salt, number), kernel.FOR_ACTION)
                users[next(i for i, bound in enumerate(self._plan.action_below) if drawn < bound)] += 1
        held = self._table("held_ns", len(self._tasks), steps, dtype=np.int64)
        return GraphRequests(
            actions=ActionRequests(
                names=tuple(action.name for action in application.actions),
                arrived=self._table("action_arrived", actions, steps),
                retried=self._table("action_retried", actions, steps),
                served=self._table("action_served", actions, steps),
                degraded=self._table("action_degraded", actions, steps),
                failed=self._table("action_failed", len(FAILURES), actions, steps),
                latency=self._table("action_latency", actions, steps, kernel.N_BUCKETS),
                in_flight=users,
            ),
            calls=CallRequests(
                pairs=pairs_in(self._scenario),
                is_local=locals_in(self._scenario),
                sent=self._table("sent", calls, steps),
                retried=self._table("resent", calls, steps),
                answered=self._table("answered", calls, steps),
                failed=self._table("call_failed", len(CALL_FAILURES), calls, steps),
                crossed=self._table("crossed", calls, steps),
                latency=self._table("call_latency", calls, kernel.N_BUCKETS, dtype=np.int64),
                in_flight=np.array([waiting[edge] for edge in range(calls)], dtype=np.int64),
            ),
            modules=ModuleRequests(
                tuple(module.name for module in application.modules),
                self._table("begun", modules, steps),
                self._table("ended_badly", modules, steps),
                self._table("work_ns", modules, steps, dtype=np.int64),
            ),
            held_ns=tuple(held[self._rows_of(service)] for service in range(len(self._scenario.services))),
            kept=kept,
        )

    def _kept_calls(self) -> KeptCalls:
        for one in self._open:
            one.start_s, one.outcome = math.nan, -1
            self._keep_call(one, math.nan)
        rows = np.array(self._kept, dtype=np.float64).reshape(-1, kernel.KEPT_WIDTH)
        order = np.lexsort((rows[:, kernel.K_PLACE], rows[:, kernel.K_REQUEST], rows[:, kernel.K_SENT]))
        return kept_of(rows[order], self._tasks)

    def _kept_users(self) -> Kept:
        rows = np.array(self._users, dtype=np.float64).reshape(-1, 6)
        task, whole = np.array(self._tasks, dtype=np.int64)[rows[:, 3].astype(np.int64)], np.int64
        return Kept(rows[:, 0], rows[:, 1], rows[:, 2], task, rows[:, 4].astype(whole), rows[:, 5].astype(whole))
