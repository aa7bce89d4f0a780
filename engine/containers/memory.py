"""The memory limit that kills: copies of a service under one load, and what falls on the others when one of them dies.

Request by request: Poisson arrivals go round the copies that run, each takes memory while it is worked on, and whoever crosses
the limit is killed at that moment, with all that it works on. `engine.containers.memory_one_by_one` plays the same in SimPy.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heappop, heappush
from math import ceil, inf

import numpy as np
import numpy.typing as npt

from engine import catalog
from engine.containers.memory_rules import MemoryAsk, back_s, is_function, is_shared, limit_mib, own_mib, paused
from engine.rng import stream

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
SAMPLE_S = 1.0  # memory is noted this often for the picture
WINDOW_S = 5.0  # and requests are counted over this long
WORKING, OK, KILLED, REFUSED = range(4)  # what became of a request
KIB = 1024
BACK = -1  # in the place of a request's number: a copy comes back


@dataclass(frozen=True, slots=True)
class Kills:
    """Every kill, in order. Arrays of shape (n_kills,).

    copy: whose; used_mib: what it had at that moment; lost: requests that died with it.
    """

    t_s: Floats
    copy: Ints
    used_mib: Floats
    lost: Ints


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it.

    arrived = ok + killed + refused + working: answered, dead with a copy, nobody there to take them, still worked on at the end.
    t_s: when memory was noted, shape (n,). memory_mib: what each copy had then; highest_mib: its most until the next note; both 0
    while it was away. is_up: whether it ran. Shapes (copies, n).
    window_s: when each window began, shape (w,); ok_per_s, killed_per_s, refused_per_s: requests that came in it, by their fate;
    who is still worked on at the end counts as answered there.
    dark_from_s: when first no copy ran, inf if ever one did; dark_s: for how long in all. boxes: Lambda's environments; else copies.
    """

    kills: Kills
    arrived: int
    ok: int
    killed: int
    refused: int
    working: int
    t_s: Floats
    memory_mib: Floats
    highest_mib: Floats
    is_up: Bools
    window_s: Floats
    ok_per_s: Floats
    killed_per_s: Floats
    refused_per_s: Floats
    dark_from_s: float
    dark_s: float
    boxes: int

    @property
    def availability(self) -> float:
        """Give the share of requests that were answered, of those that are over."""
        over = self.arrived - self.working
        return self.ok / over if over else 1.0


def simulate(ask: MemoryAsk) -> Outcome:
    """Play it. The same seed brings the same requests to every place and to every limit.

    >>> calm = simulate(MemoryAsk(limit_mib=4096))
    >>> len(calm.kills.t_s), calm.availability
    (0, 1.0)
    """
    arrive_s, work_s = draws(ask)
    course = Course(ask, arrive_s)
    course.begin()
    for request, (now, work) in enumerate(zip(arrive_s.tolist(), work_s.tolist(), strict=True)):
        course.until(now)
        course.take(request, now, work)
    course.until(ask.duration_s)
    return course.outcome()


def draws(ask: MemoryAsk) -> tuple[Floats, Floats]:
    """Draw when requests come, a Poisson stream, and how long each is worked on, exponential. Shapes (n,), seconds, ascending."""
    coming = stream(ask.seed, "memory", "arrivals")
    arrive_s = np.sort(coming.uniform(0.0, ask.duration_s, coming.poisson(ask.rps * ask.duration_s)))
    return arrive_s, stream(ask.seed, "memory", "work").standard_exponential(arrive_s.size) * ask.request_s


@dataclass(slots=True, eq=False)
class Box:
    """A copy, or an environment of a function. life: how often it began; stale ends and returns are told by it."""

    number: int
    working: set[int] = field(default_factory=set)
    done: int = 0
    life: int = 0
    is_up: bool = True
    up_s: float = 0.0
    pause_s: float = 0.0
    crashed_s: float = -inf


class Course:
    """A run under way."""

    def __init__(self, ask: MemoryAsk, arrive_s: Floats) -> None:
        """Begin with every copy running and nothing to do."""
        self.ask, self.arrive_s = ask, arrive_s
        self.limit_mib, self.own_mib, self.leak_mib = limit_mib(ask), own_mib(ask), ask.leak_kib / KIB
        self.is_shared, self.is_function = is_shared(ask), is_function(ask)
        self.most = int(catalog.number("lambda.concurrency_default"))
        self.boxes = [] if self.is_function else [Box(number) for number in range(ask.tasks)]
        self.idle: list[int] = []  # a function's free environments: the lowest number is asked first
        self.last = -1  # who got the last request
        self.fate = np.full(arrive_s.size, WORKING, dtype=np.int8)
        self.coming: list[tuple[float, int, int, int]] = []  # ends of requests and returns: when, request, box, life
        self.kills: list[tuple[float, int, float, int]] = []
        self.dark_from_s = self.dark_since_s = inf
        self.dark_s = 0.0
        n = ceil(ask.duration_s / SAMPLE_S)
        self.noted = 0
        self.memory_mib, self.highest_mib = np.zeros((2, ask.tasks, n))
        self.is_up = np.zeros((ask.tasks, n), dtype=np.bool_)

    def begin(self) -> None:
        """Look once before the first request: a copy may not even fit at rest."""
        for box in list(self.boxes):
            self._look(box, 0.0)

    def until(self, now: float) -> None:
        """Let happen what was to happen until now."""
        while self.coming and self.coming[0][0] <= now:
            when, request, number, life = heappop(self.coming)
            self._note(when)
            box = self.boxes[number]
            if box.life == life:
                if request == BACK:
                    self._return(box, when)
                else:
                    self._finish(box, request, when)
        self._note(now)

    def take(self, request: int, now: float, work_s: float) -> None:
        """Give a request to whoever is next, if there is anybody."""
        box = self._free() if self.is_function else self._next()
        if box is None:
            self.fate[request] = REFUSED
            return
        box.working.add(request)
        heappush(self.coming, (now + work_s, request, box.number, box.life))
        self._look(box, now)

    def memory(self, box: Box) -> float:
        """Give what a box uses now, in MiB."""
        return self.own_mib + self.ask.per_request_mib * len(box.working) + self.leak_mib * box.done

    def _next(self) -> Box | None:
        """Go round the copies that run."""
        for step in range(1, len(self.boxes) + 1):
            number = (self.last + step) % len(self.boxes)
            if self.boxes[number].is_up:
                self.last = number
                return self.boxes[number]
        return None

    def _free(self) -> Box | None:
        """Find an idle environment, or start one; none once the account has no more. Source: fact `lambda.concurrency_default`."""
        if self.idle:
            return self.boxes[heappop(self.idle)]
        if len(self.boxes) == self.most:
            return None
        self.boxes.append(Box(len(self.boxes)))
        return self.boxes[-1]

    def _finish(self, box: Box, request: int, now: float) -> None:
        box.working.remove(request)
        box.done += 1
        self.fate[request] = OK
        if self.is_function:
            heappush(self.idle, box.number)
        self._look(box, now)

    def _look(self, box: Box, now: float) -> None:
        """Hold what is used against the limit: the box's own, or the host's, whose kernel picks whoever uses most.

        Source: fact `linux.oom_killer`.
        """
        self._seen(box)
        if not self.is_shared:
            if self.memory(box) > self.limit_mib:
                self._kill(box, now)
            return
        while (up := [one for one in self.boxes if one.is_up]) and sum(map(self.memory, up)) > self.limit_mib:
            self._kill(max(up, key=lambda one: (self.memory(one), -one.number)), now)

    def _kill(self, box: Box, now: float) -> None:
        """End a box, with all that it works on. Nobody is told beforehand."""
        self.kills.append((now, box.number, self.memory(box), len(box.working)))
        self.fate[list(box.working)] = KILLED
        was_busy = bool(box.working)
        box.working.clear()
        box.done = 0
        box.life += 1
        if self.is_function:  # the next request finds a new environment in its place
            if was_busy:
                heappush(self.idle, box.number)
            return
        box.is_up = False
        box.pause_s, pause_s = self._pause(box, now)
        away_s = back_s(self.ask, box.number, box.life, now - box.up_s, pause_s)
        heappush(self.coming, (now + away_s, BACK, box.number, box.life))
        if not any(one.is_up for one in self.boxes):
            self.dark_since_s = now
            self.dark_from_s = min(self.dark_from_s, now)

    def _pause(self, box: Box, now: float) -> tuple[float, float]:
        """Give the next pause and this one's; only Kubernetes pauses."""
        if self.ask.place != "k8s-limit":
            return 0.0, 0.0
        pause_s, after_s = paused(box.pause_s, now - box.crashed_s)
        box.crashed_s = now
        return after_s, pause_s

    def _return(self, box: Box, now: float) -> None:
        if self.dark_since_s < inf:
            self.dark_s += now - self.dark_since_s
            self.dark_since_s = inf
        box.is_up, box.up_s = True, now
        self._look(box, now)

    # --- what is noted -----------------------------------------------------------------------------------------------

    def _note(self, now: float) -> None:
        """Note what every box uses, at each moment for it until now."""
        while self.noted * SAMPLE_S <= now and self.noted < self.is_up.shape[1]:
            for box in self.boxes[: self.ask.tasks]:
                if box.is_up:
                    self.is_up[box.number, self.noted] = True
                    self.memory_mib[box.number, self.noted] = self.highest_mib[box.number, self.noted] = self.memory(
                        box
                    )
            self.noted += 1

    def _seen(self, box: Box) -> None:
        """Remember the most that a box used since the last note."""
        if box.number < self.ask.tasks and self.noted:
            row = self.highest_mib[box.number]
            row[self.noted - 1] = max(row[self.noted - 1], self.memory(box))

    def outcome(self) -> Outcome:
        """Add it all up."""
        self.dark_s += max(0.0, self.ask.duration_s - self.dark_since_s)
        when, copy, used, lost = zip(*self.kills, strict=True) if self.kills else ((), (), (), ())
        count = [int(np.count_nonzero(self.fate == fate)) for fate in (OK, KILLED, REFUSED, WORKING)]
        edges = np.arange(0.0, self.ask.duration_s + WINDOW_S, WINDOW_S)
        seen = np.where(self.fate == WORKING, OK, self.fate)  # who is still worked on is well
        rates = [np.histogram(self.arrive_s[seen == fate], edges)[0] / WINDOW_S for fate in (OK, KILLED, REFUSED)]
        ok, killed, refused, working = count
        ok_per_s, killed_per_s, refused_per_s = rates
        return Outcome(
            kills=Kills(np.array(when, dtype=np.float64), np.array(copy, dtype=np.int64), np.array(used, dtype=np.float64),
                        np.array(lost, dtype=np.int64)),
            arrived=self.fate.size, ok=ok, killed=killed, refused=refused, working=working,
            t_s=np.arange(self.is_up.shape[1], dtype=np.float64) * SAMPLE_S, memory_mib=self.memory_mib, highest_mib=self.highest_mib,
            is_up=self.is_up, window_s=edges[:-1], ok_per_s=ok_per_s, killed_per_s=killed_per_s, refused_per_s=refused_per_s,
            dark_from_s=self.dark_from_s, dark_s=self.dark_s, boxes=len(self.boxes),
        )  # fmt: skip
