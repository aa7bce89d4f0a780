"""The twin: the same data plane in SimPy, one process a request, written to be read.

It is what `kernel` must equal to the last bit, and hundreds of times too slow for a screen. Nothing is shared with the
kernel but the draws, the names of the outcomes and the draw of a chance.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from simpy import Environment, Event

from engine.checks import step_s
from engine.functions import function_of, warm_at_start
from engine.moments import EARLY, LATE, at
from engine.rng import salt
from engine.scenario import Scenario
from engine.traffic.arrivals import segments
from engine.traffic.draws import Draws
from engine.traffic.functions import kernel
from engine.traffic.functions.tables import Environments, Moves
from engine.traffic.plane import Floats, Fronts, Ints, Kept, Requests, ServiceRequests, Split

Process_ = Generator[Event, None, None]


@dataclass(eq=False)
class Place:
    """An environment. is_warm: it is kept warm. turn: how often it was taken into use, so that an old end is known as such."""

    zone: int
    is_warm: bool
    since_s: float = 0.0
    turn: int = 0


@dataclass(eq=False)
class Job:
    """What an environment works on: from when until when, with how much start-up code on the bill, and who waits for it."""

    start_s: float
    end_s: float
    init_ns: int
    died: Event


class OneByOneFunctions:
    """Every function's requests, one process each."""

    def __init__(self, env: Environment, scenario: Scenario, *, keep_requests: bool = False) -> None:
        """Start each function's arrivals."""
        self._step_s = step_s(scenario.duration_s)
        turns = count()  # of one moment what was said first comes first, whichever function says it
        self._lanes = [_Lane(env, scenario, number, keep_requests, turns) for number in range(len(scenario.services))]

    def route(
        self,
        service: int,
        targets: Sequence[Sequence[int] | Ints],  # noqa: ARG002 - an environment is no target
        fronts: Fronts,
        split: Split | None = None,  # noqa: ARG002
    ) -> None:
        """Say what fronts there are from now on."""
        self._lanes[service].fronts = Fronts(*(list(getattr(fronts, name)) for name in Fronts.__slots__))

    def lose_zone(self, zone: int) -> None:
        """Let the environments of a zone die, now."""
        for lane in self._lanes:
            lane.lose_zone(zone)

    def regain_zone(self, zone: int) -> None:
        """Let environments start in a zone again."""
        for lane in self._lanes:
            lane.dark.discard(zone)
            lane.usable[zone] = True

    def notice_zone(self, service: int, zone: int) -> int:
        """Let AWS know of a loss; return how many it brings back."""
        return self._lanes[service].notice_zone(zone)

    def moves(self, service: int, step: int) -> Moves:
        """Say what happened in a step that is over."""
        return self._lanes[service].moves(step)

    def add(self, service: int, task: int, zone: int, errors: float = 0.0, module: int = -1) -> int:
        """Know of no target."""
        raise NotImplementedError("a function has no tasks")

    def strike(self, service: int, row: int, is_silent: bool) -> None:
        """Know of no target."""
        raise NotImplementedError("a function has no tasks")

    def harm(self, module: int, slow_x: float, errors: float) -> None:
        """Find no module here."""

    def busy_ns(self, service: int, rows: Sequence[int], since_s: float) -> int:  # noqa: ARG002
        """Find no target."""
        return 0

    answered = failed = busy_ns

    def busy_each(self, service: int, rows: Sequence[int], since_s: float) -> list[int]:  # noqa: ARG002
        """Find no target."""
        return [0 for _ in rows]

    answered_each = busy_each

    def worked(self, service: int, rows: Sequence[int], module: int = -1) -> list[int]:  # noqa: ARG002
        """Find no target."""
        return [0 for _ in rows]

    def working(self, service: int, rows: Sequence[int]) -> list[int]:  # noqa: ARG002
        """Find no target."""
        return [0 for _ in rows]

    def finish(self, end_s: float) -> Requests:
        """Hand the tables over."""
        tables = tuple(lane.finish(end_s) for lane in self._lanes)
        return Requests(self._step_s, tables, functions=tuple(lane.environments() for lane in self._lanes))


class _Lane:
    """One function."""

    def __init__(self, env: Environment, scenario: Scenario, number: int, keep: bool, turns: Iterator[int]) -> None:
        self._env, self._service = env, scenario.services[number]
        self._function = function_of(scenario, number)
        self._per_s = 1 / step_s(scenario.duration_s)
        n, steps = scenario.zones, math.ceil(scenario.duration_s / step_s(scenario.duration_s)) + 1
        self._salt = salt(scenario.seed, "choices", self._service.name)
        self._ttl_s = scenario.balancer.dns_ttl_s
        nothing = [0.0] * n
        self.fronts = Fronts(range(n), [False] * n, [0] * n, nothing, nothing, nothing)
        self._next_front = 0
        self.dark: set[int] = set()
        self.usable = [True] * n
        ends, rates = segments(scenario, self._service)
        warm, idle = self._function.provisioned, warm_at_start(scenario, number, float(rates[0]))
        self._next_zone = (warm + idle) % n
        self._warm = [Place(i % n, True) for i in range(warm)]
        self._idle = [Place(i % n, False) for i in range(warm, warm + idle)]
        self._busy: dict[Place, Job] = {}
        self._turns = turns
        self._more, self._more_s = float(self._function.brim), 0.0
        self._requests, self._requests_s = float(self._function.rps), 0.0
        self._initial = np.bincount(np.arange(warm + idle) % n, minlength=n).astype(np.int64)
        zeroes = np.zeros
        self._arrived, self._retried = zeroes(steps, dtype=np.int32), zeroes(steps, dtype=np.int32)
        self._served = zeroes((n + 1, steps), dtype=np.int32)
        self._failed = zeroes((kernel.N_FAILURES, n + 1, steps), dtype=np.int32)
        self._busy_ns = zeroes((n + 1, steps), dtype=np.int64)
        self._latency = zeroes((steps, kernel.N_BUCKETS), dtype=np.int32)
        self._throttled = zeroes((kernel.N_CAUSES, steps), dtype=np.int32)
        self._moved = zeroes((kernel.N_MOVES, n, steps), dtype=np.int32)
        self._peak = zeroes(steps, dtype=np.int32)
        self._invoked = zeroes((2, steps), dtype=np.int32)
        self._billed_ms = zeroes((2, steps), dtype=np.int64)
        self._kept: list[list[float]] | None = [] if keep else None
        self._open = 0
        for place in self._idle:
            self._wait_for_use(place)
        env.process(self._arrive(scenario, ends, rates))

    def _step(self) -> int:
        return int(self._env.now * self._per_s)

    # --- requests --------------------------------------------------------------------------------------------------------

    def _arrive(self, scenario: Scenario, ends: Floats, rates: Floats) -> Process_:
        """Let requests come, as the draws and the traffic's pieces say."""
        draws = Draws(scenario.seed, self._service)
        work_s = self._service.work_ms / 1000 * self._function.slow_x
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
            work = float(draws.works[i]) * work_s
            i += 1
            if now > scenario.duration_s:
                return
            yield at(self._env, now)
            self._arrived[self._step()] += 1
            if self._kept is not None:
                self._kept.append([now, math.nan, math.nan, 0, -1, 1])
            self._env.process(self._request(number, work))

    def _request(self, number: int, work: float) -> Process_:
        """Live one request: attempt by attempt until it is served or the client has had enough."""
        env, service = self._env, self._service
        first = env.now
        self._open += 1
        for attempt in range(service.retries + 1):
            if attempt:
                if self._kept is not None:
                    self._kept[number][5] = attempt
                yield at(env, env.now + service.retry_after_s, (LATE, number))
                self._retried[self._step()] += 1
            if self._kept is not None:
                self._kept[number][5] = attempt + 1
            outcome, start, zone = yield from self._attempt(number, attempt, work)
            if outcome == kernel.SERVED:
                break
        self._open -= 1
        self._close(number, first, start, outcome, zone, attempt)

    def _attempt(self, number: int, attempt: int, work: float) -> Generator[Event, None, tuple[int, float, int]]:
        """Make one attempt; return what became of it, when work began, and in which zone (-1: nowhere)."""
        env = self._env
        deadline_s = env.now + self._service.timeout_s
        front = self._front(number, attempt)
        if self.fronts.is_dead[front]:
            yield at(env, deadline_s)
            return kernel.TIMED_OUT, math.nan, -1
        place, cold_s, cause = self._take()
        if place is None:
            self._throttled[cause, self._step()] += 1
            return kernel.REFUSED, math.nan, -1
        self._requests -= 1.0
        self._invoked[int(place.is_warm), self._step()] += 1
        if place.zone in self.dark:
            self._move(kernel.DIED, place.zone)
            yield at(env, deadline_s)
            return kernel.TIMED_OUT, math.nan, place.zone
        is_cut = work > self._function.time_limit_s
        start_s = env.now + cold_s
        init_ns = int(self._function.billed_init_s * 1e9) if cold_s else 0
        job = Job(start_s, start_s + (self._function.time_limit_s if is_cut else work), init_ns, env.event())
        self._use(place, job)
        if self._is_swallowed(front, place.zone, number, attempt):
            answer_s = math.inf
        else:
            answer_s = job.end_s + self._extra_s(front, place.zone)
        if answer_s > deadline_s:
            yield at(env, deadline_s)
            return kernel.TIMED_OUT, job.start_s, place.zone
        yield at(env, answer_s) | job.died
        if job.died.triggered:
            yield at(env, deadline_s)
            return kernel.TIMED_OUT, job.start_s, place.zone
        return (kernel.ERROR if is_cut else kernel.SERVED), job.start_s, place.zone

    def _close(self, number: int, first: float, start: float, outcome: int, zone: int, attempt: int) -> None:
        """Count a request that has its answer."""
        now, step = self._env.now, self._step()
        if outcome == kernel.SERVED:
            self._served[zone + 1, step] += 1
            bits = int(np.float64(now - first).view(np.int64)) >> kernel.BUCKET_SHIFT
            self._latency[step, min(max(bits - kernel.LOWEST_BUCKET, 0), kernel.N_BUCKETS - 1)] += 1
        else:
            self._failed[outcome - 1, zone + 1, step] += 1
        if self._kept is not None:
            self._kept[number] = [first, start, now, zone + 1, outcome, attempt + 1]

    # --- fronts ----------------------------------------------------------------------------------------------------------

    def _front(self, number: int, attempt: int) -> int:
        fronts = self.fronts
        if not fronts.in_dns:
            return 0
        finger = self._next_front if self._next_front < len(fronts.in_dns) else 0
        self._next_front = finger + 1
        zone = fronts.in_dns[finger]
        if fronts.fade[zone]:
            age = self._env.now - fronts.fade_since_s[zone]
            known = min(1.0, age / self._ttl_s) if self._ttl_s > 0 else 1.0
            share = known if fronts.fade[zone] > 0 else 1.0 - known
            if kernel.chance(self._salt, number, attempt, 0) >= share:
                around = [fronts.in_dns[(finger + hop) % len(fronts.in_dns)] for hop in range(1, len(fronts.in_dns))]
                zone = next((other for other in around if fronts.fade[other] >= 0), zone)
        return zone

    def _extra_s(self, front: int, zone: int) -> float:
        extra_s = self.fronts.extra_s[front]
        return extra_s + self.fronts.extra_s[zone] if zone != front else extra_s

    def _is_swallowed(self, front: int, zone: int, number: int, attempt: int) -> bool:
        passes = 1.0 - self.fronts.loss[front]
        if zone != front:
            passes *= 1.0 - self.fronts.loss[zone]
        return passes < 1.0 and kernel.chance(self._salt, number, attempt, 2) >= passes

    # --- environments ----------------------------------------------------------------------------------------------------

    def _take(self) -> tuple[Place | None, float, int]:
        """Find an environment: (it, how long until it is ready, why there is none)."""
        now, function = self._env.now, self._function
        self._requests = min(function.rps, self._requests + (now - self._requests_s) * function.rps)
        self._requests_s = now
        if len(self._busy) >= function.limit:
            return None, 0.0, kernel.CONCURRENCY
        if self._requests < 1.0:
            return None, 0.0, kernel.REQUESTS
        if self._warm:
            return self._warm.pop(), 0.0, -1
        if self._idle:
            return self._idle.pop(), 0.0, -1
        self._more = min(function.brim, self._more + (now - self._more_s) * function.per_s)
        self._more_s = now
        if self._more < 1.0:
            return None, 0.0, kernel.SCALING
        self._more -= 1.0
        return self._start(is_warm=False), function.cold_s, -1

    def _start(self, *, is_warm: bool) -> Place:
        zones = len(self.usable)
        around = [(self._next_zone + hop) % zones for hop in range(zones)]
        zone = next((one for one in around if self.usable[one]), around[0])
        self._next_zone = zone + 1
        self._move(kernel.STARTED, zone)
        return Place(zone, is_warm)

    def _use(self, place: Place, job: Job) -> None:
        """Take an environment into use until its work ends."""
        place.turn += 1
        self._busy[place] = job
        self._move(kernel.TAKEN, place.zone)
        self._peak[self._step()] = max(self._peak[self._step()], len(self._busy))
        self._end_at(place, job.end_s)

    def _end_at(self, place: Place, end_s: float) -> None:
        turn = place.turn
        at(self._env, end_s, (EARLY, next(self._turns))).callbacks.append(lambda _: self._give_back(place, turn, end_s))

    def _give_back(self, place: Place, turn: int, end_s: float) -> None:
        if place not in self._busy or place.turn != turn:
            return
        job = self._busy.pop(place)
        self._moved[kernel.RETURNED, place.zone, int(end_s * self._per_s)] += 1
        self._work_done(place, job.start_s, end_s, job.init_ns)
        place.since_s = end_s
        (self._warm if place.is_warm else self._idle).append(place)
        if not place.is_warm:
            self._wait_for_use(place)

    def _wait_for_use(self, place: Place) -> None:
        """Let an idle environment go if nobody uses it for long."""
        turn, gone_s = place.turn, place.since_s + self._function.keep_s
        at(self._env, gone_s, (EARLY, next(self._turns))).callbacks.append(lambda _: self._reclaim(place, turn, gone_s))

    def _reclaim(self, place: Place, turn: int, gone_s: float) -> None:
        if place in self._idle and place.turn == turn:
            self._idle.remove(place)
            self._moved[kernel.RECLAIMED, place.zone, int(gone_s * self._per_s)] += 1

    def lose_zone(self, zone: int) -> None:
        now = self._env.now
        self.dark.add(zone)
        for place, job in [(place, job) for place, job in self._busy.items() if place.zone == zone]:
            del self._busy[place]
            self._move(kernel.DIED, zone)
            self._move(kernel.RETURNED, zone)
            if job.start_s < now:
                self._work_done(place, job.start_s, now, job.init_ns)
            else:
                job.start_s = math.nan
            job.died.succeed()

    def notice_zone(self, zone: int) -> int:
        self.usable[zone] = False
        for places in (self._idle, self._warm):
            for place in [place for place in places if place.zone == zone]:
                places.remove(place)
                self._move(kernel.DIED, zone)
        missing = self._function.provisioned - len(self._warm) - sum(place.is_warm for place in self._busy)
        for _ in range(missing):
            place = self._start(is_warm=True)
            ready_s = self._env.now + self._function.cold_s
            self._busy[place] = Job(ready_s, ready_s, 0, self._env.event())
            self._move(kernel.TAKEN, place.zone)
            self._end_at(place, ready_s)
        return missing

    # --- counting --------------------------------------------------------------------------------------------------------

    def _move(self, what: int, zone: int) -> None:
        self._moved[what, zone, self._step()] += 1

    def _work_done(self, place: Place, start_s: float, end_s: float, init_ns: int) -> None:
        """Count an environment's nanoseconds into the steps they fall into, and bill whole steps where it ends."""
        row, width = self._busy_ns[place.zone + 1], int(1e9 / self._per_s + 0.5)
        a, b = int(start_s * 1e9), int(end_s * 1e9)
        first, last = int(start_s * self._per_s), int(end_s * self._per_s)
        for step in range(first, last + 1):
            part = min(b, (step + 1) * width) if step < last else b
            row[step] += part - (a if step == first else step * width)
        self._billed_ms[int(place.is_warm), last] += self._function.step_ms * -(
            -(b - a + init_ns) // (self._function.step_ms * 1_000_000)
        )

    def moves(self, step: int) -> Moves:
        now, throttled = self._moved[:, :, step].tolist(), self._throttled[:, step].tolist()
        return Moves(now[kernel.STARTED], now[kernel.RECLAIMED], now[kernel.DIED], throttled)

    def finish(self, end_s: float) -> ServiceRequests:
        """Count what falls on the last moment too, and the work that is still under way."""
        for place, job in list(self._busy.items()):
            if job.end_s <= end_s:
                self._give_back(place, place.turn, job.end_s)
            elif job.start_s < end_s:
                self._work_done(place, job.start_s, end_s, job.init_ns)
        for place in list(self._idle):
            if place.since_s + self._function.keep_s <= end_s:
                self._reclaim(place, place.turn, place.since_s + self._function.keep_s)
        return ServiceRequests(
            name=self._service.name,
            task=np.arange(len(self._served), dtype=np.int64),
            arrived=self._arrived,
            retried=self._retried,
            served=self._served,
            failed=self._failed,
            busy_ns=self._busy_ns,
            latency=self._latency,
            in_flight=self._open,
            kept=self._columns(),
        )

    def environments(self) -> Environments:
        moved = self._moved
        return Environments(
            name=self._service.name,
            initial=self._initial,
            started=moved[kernel.STARTED],
            reclaimed=moved[kernel.RECLAIMED],
            died=moved[kernel.DIED],
            taken=moved[kernel.TAKEN],
            returned=moved[kernel.RETURNED],
            throttled=self._throttled,
            peak=self._peak,
            invoked=self._invoked,
            billed_ms=self._billed_ms,
        )

    def _columns(self) -> Kept | None:
        if self._kept is None:
            return None
        rows = np.array(self._kept, dtype=np.float64).reshape(-1, 6)
        whole = np.int64
        return Kept(
            rows[:, 0],
            rows[:, 1],
            rows[:, 2],
            rows[:, 3].astype(whole),
            rows[:, 4].astype(whole),
            rows[:, 5].astype(whole),
        )
