"""The twin: the same data plane in SimPy, one process a request, written to be read.

It is what `kernel` must equal to the last bit, and 200 times too slow for a screen. Nothing is
shared with the kernel but the draws, the names of the outcomes and the draw of a chance.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from itertools import count
from typing import Any

import numpy as np
from simpy import Environment, Event, Interrupt, Process, Resource

from engine.checks import step_s
from engine.moments import LAST, LATE, at
from engine.rng import salt
from engine.scenario import Scenario, Service
from engine.traffic import kernel
from engine.traffic.arrivals import segments
from engine.traffic.draws import Draws
from engine.traffic.plane import Fronts, Ints, Kept, Requests, ServiceRequests, Split

Process_ = Generator[Event, Any, Any]


class Target:
    """A task as requests meet it: workers, and a queue before them."""

    def __init__(self, env: Environment, task: int, zone: int, workers: int, errors: float) -> None:
        """Begin idle."""
        self.task, self.zone, self.errors = task, zone, errors
        self.worked = 0  # requests begun since ever
        self.workers = Resource(env, capacity=workers)
        self.reset = env.event()
        self.reset_s = math.inf
        self.is_silent = False
        self.outstanding = 0
        self.working: dict[Process, float] = {}  # and since when


class OneByOnePlane:
    """Every service's requests, one process each."""

    def __init__(self, env: Environment, scenario: Scenario, *, keep_requests: bool = False) -> None:
        """Start each service's arrivals."""
        self._step_s = step_s(scenario.duration_s)
        self._lanes = [_Lane(env, scenario, service, keep_requests) for service in scenario.services]

    def add(self, service: int, task: int, zone: int, errors: float = 0.0, module: int = -1) -> int:  # noqa: ARG002 - no modules here
        """Make a target known; return its row."""
        return self._lanes[service].add(task, zone, errors)

    def route(
        self, service: int, targets: Sequence[Sequence[int] | Ints], fronts: Fronts, split: Split | None = None
    ) -> None:
        """Say whom each front sends to from now on."""
        lane = self._lanes[service]
        lane.targets = [list(rows) for rows in targets]
        lane.green = [list(rows) for rows in split.targets] if split else []
        lane.green_share = split.share if split else 0.0
        lane.fronts = Fronts(*(list(getattr(fronts, name)) for name in Fronts.__slots__))

    def strike(self, service: int, row: int, is_silent: bool) -> None:
        """Take a target away, now."""
        self._lanes[service].strike(row, is_silent)

    def harm(self, module: int, slow_x: float, errors: float) -> None:
        """Find no module here: where services answer for themselves, none can be harmed (`engine.checks` sees to it)."""

    def busy_ns(self, service: int, rows: Sequence[int], since_s: float) -> int:
        """Sum the worker-nanoseconds of targets from a whole step until now."""
        return self._lanes[service].busy_since(rows, since_s)

    def busy_each(self, service: int, rows: Sequence[int], since_s: float) -> list[int]:
        """Give the worker-nanoseconds target by target."""
        return [self.busy_ns(service, [row], since_s) for row in rows]

    def answered_each(self, service: int, rows: Sequence[int], since_s: float) -> list[int]:
        """Count the requests that each target closed from a whole step until now."""
        return [self.answered(service, [row], since_s) for row in rows]

    def answered(self, service: int, rows: Sequence[int], since_s: float) -> int:
        """Count the requests that targets closed from a whole step until now."""
        lane, first = self._lanes[service], int(since_s / self._step_s)
        return sum(sum(n for step, n in lane.closed[row].items() if step >= first) for row in rows)

    def failed(self, service: int, rows: Sequence[int], since_s: float) -> int:
        """Count the requests that failed at targets from a whole step until now."""
        lane, first = self._lanes[service], int(since_s / self._step_s)
        return sum(lane.failed_since(row, first) for row in rows)

    def worked(self, service: int, rows: Sequence[int], module: int = -1) -> list[int]:  # noqa: ARG002 - no modules here
        """Count the requests that each target has begun to work on since ever."""
        return [self._lanes[service].target(row).worked for row in rows]

    def working(self, service: int, rows: Sequence[int]) -> list[int]:
        """Count the requests that each target works on now."""
        return [len(self._lanes[service].target(row).working) for row in rows]

    def finish(self, end_s: float) -> Requests:
        """Hand the tables over."""
        return Requests(self._step_s, tuple(lane.finish(end_s) for lane in self._lanes))


class _Lane:
    """One service."""

    def __init__(self, env: Environment, scenario: Scenario, service: Service, keep: bool) -> None:
        self._env, self._service = env, service
        self._per_s = 1 / step_s(scenario.duration_s)
        self._steps = math.ceil(scenario.duration_s / step_s(scenario.duration_s)) + 1
        self._salt = salt(scenario.seed, "choices", service.name)
        self._lot = salt(scenario.seed, "weights", service.name)
        self._algorithm = scenario.balancer.algorithm
        self._ttl_s = scenario.balancer.dns_ttl_s
        self._rows: dict[int, Target] = {}  # from 1 on; row 0 is "no target"
        nothing = [0.0] * scenario.zones
        self.targets: list[list[int]] = [[] for _ in nothing]
        self.green: list[list[int]] = []
        self.green_share = 0.0
        self.fronts = Fronts(
            range(scenario.zones), [False] * scenario.zones, [0] * scenario.zones, nothing, nothing, nothing
        )
        self._next_front = 0
        self._next_target = 2 * list(range(scenario.zones))  # fronts do not agree on whom to begin with
        self._counts = {name: np.zeros(self._steps, dtype=np.int32) for name in ("arrived", "retried")}
        self._served: list[dict[int, int]] = [{}]
        self._failed: list[list[dict[int, int]]] = [[{}] for _ in range(kernel.N_FAILURES)]
        self.closed: list[dict[int, int]] = [{}]
        self._busy: list[dict[int, int]] = [{}]
        self._latency: dict[tuple[int, int], int] = {}
        self._kept: list[list[float]] | None = [] if keep else None
        self._open = 0
        env.process(self._arrive(scenario))

    # --- requests --------------------------------------------------------------------------------------------------------

    def _arrive(self, scenario: Scenario) -> Process_:
        """Let requests come, as the draws and the traffic's pieces say."""
        env = self._env
        ends, rates = segments(scenario, self._service)
        draws = Draws(scenario.seed, self._service)
        now, piece, i = 0.0, 0, len(draws.gaps)
        for number in count():
            if i == len(draws.gaps):
                draws.refill()
                i = 0
            gap, since = float(draws.gaps[i]), now
            while True:
                if rates[piece] > 1e-9:
                    mean_s = 1.0 / float(rates[piece])
                    reached = since + gap * mean_s
                    if reached < ends[piece]:
                        now = reached
                        break
                    gap -= (float(ends[piece]) - since) / mean_s
                since = float(ends[piece])
                piece += 1
                if piece == len(ends) or since >= scenario.duration_s:
                    return
            work = float(draws.works[i]) * (self._service.work_ms / 1000)
            i += 1
            if now > scenario.duration_s:
                return
            yield at(env, now)
            self._count("arrived")
            if self._kept is not None:
                self._kept.append([now, math.nan, math.nan, 0, -1, 1])
            env.process(self._request(number, work))

    def _request(self, number: int, work: float) -> Process_:
        """Live one request: attempt by attempt until it is served or the client has had enough."""
        env, service = self._env, self._service
        first, row = env.now, 0
        self._open += 1
        for attempt in range(service.retries + 1):
            if attempt:
                if self._kept is not None:
                    self._kept[number][5] = attempt
                # Of several that come back at one moment the older request is first. Who is thrown out by the control plane
                # and comes back at that very moment meets what it has decided by then: its say comes before the next window.
                is_thrown_out = not service.retry_after_s and row and self._rows[row].reset_s == env.now
                yield at(env, env.now + service.retry_after_s, (LAST if is_thrown_out else LATE, number))
                self._count("retried")
            if self._kept is not None:
                self._kept[number][5] = attempt + 1
            outcome, start, row = yield from self._attempt(number, attempt, work)
            if outcome == kernel.SERVED:
                break
        self._open -= 1
        self._close(number, first, start, outcome, row, attempt)

    def _attempt(self, number: int, attempt: int, work: float) -> Generator[Event, Any, tuple[int, float, int]]:
        """Make one attempt; return what became of it, when work began, and at which target."""
        env = self._env
        deadline = at(env, env.now + self._service.timeout_s)
        deadline_s = env.now + self._service.timeout_s
        _, row, is_swallowed, extra_s = self._choose(number, attempt)
        if row == 0:
            if is_swallowed:
                yield deadline
                return kernel.TIMED_OUT, math.nan, 0
            return kernel.NO_TARGET, math.nan, 0
        target = self._rows[row]
        if target.reset.triggered and not is_swallowed:
            return kernel.RESET, math.nan, row
        workers = target.workers
        is_full = workers.count == workers.capacity and len(workers.queue) >= self._service.backlog
        if is_full and not is_swallowed and not target.is_silent:
            return kernel.REFUSED, math.nan, row
        target.outstanding += 1
        try:
            if is_swallowed or target.is_silent:
                yield deadline
                return kernel.TIMED_OUT, math.nan, row
            slot = workers.request()
            yield slot | deadline | target.reset
            if target.reset.triggered:
                slot.cancel()
                return kernel.RESET, math.nan, row
            if not slot.triggered:
                slot.cancel()
                return kernel.TIMED_OUT, math.nan, row
            start = env.now
            done = env.event()
            env.process(self._work(row, target, slot, work, done))
            yield done | deadline | target.reset
            if not done.triggered:
                return (kernel.RESET if target.reset.triggered else kernel.TIMED_OUT), start, row
            if env.now + extra_s > deadline_s:
                yield deadline
                return kernel.TIMED_OUT, start, row
            if extra_s:
                yield at(env, env.now + extra_s)
            is_error = target.errors > 0 and kernel._chance(self._salt, number, attempt, 3) < target.errors
            return (kernel.ERROR if is_error else kernel.SERVED), start, row
        finally:
            target.outstanding -= 1

    def _work(self, row: int, target: Target, slot: Any, work: float, done: Event) -> Process_:
        """Work on a request to its end, whether or not its client still waits."""
        env, start = self._env, self._env.now
        me: Any = env.active_process  # a process is at work: this one
        target.working[me] = start
        target.worked += 1
        try:
            yield at(env, start + work)
        except Interrupt:
            self._work_done(row, start, env.now)
            return
        del target.working[me]
        self._work_done(row, start, env.now)
        target.workers.release(slot)
        done.succeed()

    def strike(self, row: int, is_silent: bool) -> None:
        target = self._rows[row]
        for worker in target.working:
            worker.interrupt()
        target.working.clear()
        if is_silent:
            target.is_silent = True
        else:
            target.reset.succeed()
            target.reset_s = self._env.now

    # --- choices ---------------------------------------------------------------------------------------------------------

    def _choose(self, number: int, attempt: int) -> tuple[int, int, bool, float]:
        """Choose front and target: (zone, row or 0, swallowed?, extra seconds)."""
        fronts = self.fronts
        if not fronts.in_dns:
            return -1, 0, False, 0.0
        finger = self._next_front if self._next_front < len(fronts.in_dns) else 0
        self._next_front = finger + 1
        zone = fronts.in_dns[finger]
        if fronts.fade[zone]:
            age = self._env.now - fronts.fade_since_s[zone]
            known = min(1.0, age / self._ttl_s) if self._ttl_s > 0 else 1.0
            share = known if fronts.fade[zone] > 0 else 1.0 - known
            if kernel._chance(self._salt, number, attempt, 0) >= share:
                around = [fronts.in_dns[(finger + hop) % len(fronts.in_dns)] for hop in range(1, len(fronts.in_dns))]
                zone = next((other for other in around if fronts.fade[other] >= 0), zone)
        if fronts.is_dead[zone]:
            return zone, 0, True, 0.0
        rows, finger = self.targets[zone], zone
        if self.green_share and kernel._chance(self._lot, number, attempt, 0) < self.green_share:
            rows, finger = self.green[zone], zone + len(self.targets)
        if not rows:
            return zone, 0, False, 0.0
        row = rows[self._pick(finger, rows, number, attempt)]
        target = self._rows[row]
        extra_s, passes = fronts.extra_s[zone], 1.0 - fronts.loss[zone]
        if target.zone != zone:
            extra_s += fronts.extra_s[target.zone]
            passes *= 1.0 - fronts.loss[target.zone]
        is_swallowed = passes < 1.0 and kernel._chance(self._salt, number, attempt, 2) >= passes
        return zone, row, is_swallowed, extra_s

    def _pick(self, group: int, rows: list[int], number: int, attempt: int) -> int:
        """Pick by the balancer's algorithm; return the position."""
        if self._algorithm == "random":
            return int(kernel._chance(self._salt, number, attempt, 1) * len(rows))
        finger = self._next_target[group] if self._next_target[group] < len(rows) else 0
        if self._algorithm == "least-outstanding-requests":
            order = [(finger + hop) % len(rows) for hop in range(len(rows))]
            finger = min(order, key=lambda i: self._rows[rows[i]].outstanding)
        self._next_target[group] = finger + 1
        return finger

    # --- counting --------------------------------------------------------------------------------------------------------

    def add(self, task: int, zone: int, errors: float) -> int:
        row = len(self._rows) + 1
        self._rows[row] = Target(self._env, task, zone, self._service.concurrency, errors)
        for table in (self._served, self.closed, self._busy, *self._failed):
            table.append({})
        return row

    def target(self, row: int) -> Target:
        """Give the target of a row."""
        return self._rows[row]

    def failed_since(self, row: int, first: int) -> int:
        """Count the requests that failed at a row from a step on."""
        return sum(n for table in self._failed for step, n in table[row].items() if step >= first)

    def _count(self, what: str) -> None:
        self._counts[what][int(self._env.now * self._per_s)] += 1

    def _close(self, number: int, first: float, start: float, outcome: int, row: int, attempt: int) -> None:
        """Count a request that has its answer."""
        now = self._env.now
        step = int(now * self._per_s)
        table = self._served if outcome == kernel.SERVED else self._failed[outcome - 1]
        table[row][step] = table[row].get(step, 0) + 1
        self.closed[row][step] = self.closed[row].get(step, 0) + 1
        if outcome == kernel.SERVED:
            bits = int(np.float64(now - first).view(np.int64)) >> kernel.BUCKET_SHIFT
            bucket = min(max(bits - kernel.LOWEST_BUCKET, 0), kernel.N_BUCKETS - 1)
            self._latency[step, bucket] = self._latency.get((step, bucket), 0) + 1
        if self._kept is not None:
            self._kept[number] = [first, start, now, row, outcome, attempt + 1]

    def _work_done(self, row: int, start: float, end: float) -> None:
        """Count a worker's nanoseconds into the steps they fall into."""
        if end <= start:
            return
        busy, width = self._busy[row], int(1e9 / self._per_s + 0.5)
        a, b = int(start * 1e9), int(end * 1e9)
        first, last = int(start * self._per_s), int(end * self._per_s)
        for step in range(first, last + 1):
            part = min(b, (step + 1) * width) if step < last else b
            busy[step] = busy.get(step, 0) + part - (a if step == first else step * width)

    def busy_since(self, rows: Sequence[int], since_s: float) -> int:
        first, now = int(since_s * self._per_s), self._env.now
        total = 0
        for row in rows:
            total += sum(ns for step, ns in self._busy[row].items() if step >= first)
            target = self._rows[row]
            total += sum(int(now * 1e9) - int(max(start, since_s) * 1e9) for start in target.working.values())
        return total

    def finish(self, end_s: float) -> ServiceRequests:
        for row, target in self._rows.items():
            for start in target.working.values():
                self._work_done(row, start, end_s)
        latency = np.zeros((self._steps, kernel.N_BUCKETS), dtype=np.int32)
        for (step, bucket), n in self._latency.items():
            latency[step, bucket] = n
        return ServiceRequests(
            name=self._service.name,
            task=np.array([0, *(target.task for target in self._rows.values())], dtype=np.int64),
            arrived=self._counts["arrived"],
            retried=self._counts["retried"],
            served=self._table(self._served, np.int32),
            failed=np.stack([self._table(table, np.int32) for table in self._failed]),
            busy_ns=self._table(self._busy, np.int64),
            latency=latency,
            in_flight=self._open,
            kept=self._columns(),
        )

    def _table(self, rows: list[dict[int, int]], dtype: type) -> Any:
        table: Any = np.zeros((len(rows), self._steps), dtype=dtype)
        for row, cells in enumerate(rows):
            for step, n in cells.items():
                table[row, step] = n
        return table

    def _columns(self) -> Kept | None:
        if self._kept is None:
            return None
        rows = np.array(self._kept, dtype=np.float64).reshape(-1, 6)
        tasks = np.array([0, *(target.task for target in self._rows.values())], dtype=np.int64)
        whole = np.int64
        return Kept(rows[:, 0], rows[:, 1], rows[:, 2], tasks[rows[:, 3].astype(whole)], rows[:, 4].astype(whole),
                    rows[:, 5].astype(whole))  # fmt: skip
