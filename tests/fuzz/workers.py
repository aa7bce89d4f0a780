"""Workers: inputs by the thousand in processes of their own, each input watched by its processor's clock.

The clock is the processor's and not the wall's: a machine that others share stalls, and no input is to blame for that. What
waits, or never comes back from compiled code, does not use that clock up or does not heed it: the parent ends its worker by the wall's.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from engine import QuaysideError, Scenario
from engine import run as run_engine
from engine.traffic.graph import compiled as graph
from tests.fuzz.kinds import SHORT, Kind, kinds

HANG_S = 2.0  # of the processor, for one input
BATCH = 250  # inputs between two words to the parent
STUCK_S = 300.0  # of the wall, for a batch
DRAWN = 0.35  # of a kind's inputs, where hypothesis draws it too
_SHOWN = 1_500


class Hang(BaseException):
    """An input took too long. No `except Exception` on its way may swallow it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of an input and should not have."""

    kind: str
    what: str
    where: str
    given: str

    @property
    def like(self) -> tuple[str, str, str]:
        """Tell findings of one cause from others: the kind, the error, and the place."""
        return (self.kind, self.what.partition(":")[0], self.where)


@dataclass(slots=True)
class Told:
    """What a worker has done so far."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)  # (kind, "taken" | "refused" | "found")
    slowest: dict[str, tuple[float, str]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def add(self, other: Told) -> None:
        """Take in what another has done."""
        self.counts += other.counts
        for kind, slow in other.slowest.items():
            self.slowest[kind] = max(slow, self.slowest.get(kind, (0.0, "")))
        for one in other.findings:
            if one.like not in {known.like for known in self.findings}:
                self.findings.append(one)


@dataclass(frozen=True, slots=True)
class Job:
    """A batch of one kind's inputs, a pure function of its three numbers."""

    kind: str
    seed: int
    number: int
    inputs: int
    is_drawn: bool


def jobs(inputs: int, seed_: int, only: str = "") -> list[Job]:
    """Share inputs out over the kinds, by their parts."""
    known = [kind for kind in kinds() if only in kind.name]
    parts = sum(kind.share for kind in known) or 1
    found = []
    for kind in known:
        whole = -(-inputs * kind.share // parts)
        drawn = round(whole * DRAWN) if kind.drawn else 0
        for is_drawn, n in ((True, drawn), (False, whole - drawn)):
            found += [
                Job(kind.name, seed_, at, min(BATCH, n - at), is_drawn) for at in range(0, n, BATCH)
            ]  # fmt: skip
    return found


def run_here(some: list[Job]) -> Told:
    """Do jobs in this process."""
    told = Told()
    for job in some:
        told.add(_done(job))
    return told


def run(some: list[Job], workers: int) -> Iterator[Told]:
    """Do jobs in processes of their own, as they come; a worker that is stuck is ended, and another takes its place."""
    context = multiprocessing.get_context("spawn")
    left, busy = list(reversed(some)), {}
    for _ in range(min(workers, len(left))):
        busy |= _begun(context)
    while busy:
        for pipe in wait(list(busy), timeout=1):
            assert isinstance(pipe, Connection)
            process, job, _ = busy[pipe]
            try:
                told = pipe.recv()
            except EOFError:
                told = _lost(job, "the process died")
                del busy[pipe]
                busy |= _begun(context)
            if told is not None:
                yield told
            if pipe in busy:
                _next(busy, pipe, left)
        for pipe, (process, job, since_s) in list(busy.items()):
            if job and time.monotonic() - since_s > STUCK_S:
                process.kill()
                del busy[pipe]
                yield _lost(job, f"stuck for {STUCK_S:.0f} s")
                if left:
                    busy |= _begun(context)


def _lost(job: Job | None, what: str) -> Told:
    found = Finding(job.kind if job else "worker", what, "", str(job))
    return Told(Counter({(found.kind, "found"): 1}), {}, [found])


def _begun(context: Any) -> dict[Connection, tuple[Any, Job | None, float]]:
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(there,), daemon=True)
    process.start()
    there.close()
    return {here: (process, None, time.monotonic())}


def _next(busy: dict[Connection, tuple[Any, Job | None, float]], pipe: Connection, left: list[Job]) -> None:
    process, _, _ = busy[pipe]
    job = left.pop() if left else None
    pipe.send(job)
    if job is None:
        process.join()
        del busy[pipe]
    else:
        busy[pipe] = (process, job, time.monotonic())


def _work(pipe: Connection) -> None:
    """Work until there is no job left. The first word says that all has been loaded and compiled."""
    logging.disable(logging.CRITICAL)  # what the pages log of refused inputs is not what is looked for
    run_engine(Scenario.of(SHORT))
    graph.warm_up()
    pipe.send(None)
    while (job := pipe.recv()) is not None:
        pipe.send(_done(job))


# --- one job ----------------------------------------------------------------------------------------------------------------


def _done(job: Job) -> Told:
    """Make a job's inputs and see what comes of each."""
    kind = next(kind for kind in kinds() if kind.name == job.kind)
    told = Told()
    if job.is_drawn and kind.drawn:
        # What hypothesis draws it does not draw twice; where there is no more, the job ends early.
        @seed(job.seed * 1_000_003 + job.number)
        @settings(
            max_examples=job.inputs, database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(kind.drawn())
        def each(one: Any) -> None:
            _one(kind, one, told)

        each()
        return told
    for n in range(job.inputs):
        rng = Random(f"{job.seed}/{job.kind}/{job.number + n}")
        _one(kind, kind.make(rng), told)
    return told


def _one(kind: Kind, given_: Any, told: Told) -> None:
    """Take one input and note what came of it."""
    begun = time.process_time()
    try:
        with _watched(HANG_S):
            kind.take(given_)
        came = "taken"
    except QuaysideError:
        came = "refused"
    except Hang:
        came = "found"
        told.findings.append(Finding(kind.name, f"a hang over {HANG_S:g} s", _where(), _said(given_)))
    except Exception as error:  # noqa: BLE001 - whatever it is: that is what is looked for
        came = "found"
        what = f"{type(error).__name__}: {str(error)[:200]}"
        told.findings.append(Finding(kind.name, what, _where(), _said(given_)))
    took_s = time.process_time() - begun
    if took_s > HANG_S and came != "found":
        came = "found"
        told.findings.append(Finding(kind.name, f"a hang over {HANG_S:g} s: {took_s:.1f} s", "", _said(given_)))
    told.counts[kind.name, came] += 1
    if took_s > told.slowest.get(kind.name, (0.0, ""))[0]:
        told.slowest[kind.name] = (took_s, _said(given_))


def _where() -> str:
    """Name the last two places of ours on the way to where it broke."""
    ours = [
        f"{os.path.relpath(frame.filename)}:{frame.lineno}"
        for frame in traceback.extract_tb(sys.exc_info()[2])
        if f"{os.sep}engine{os.sep}" in frame.filename or f"{os.sep}pages{os.sep}" in frame.filename
    ]
    return " < ".join(reversed(ours[-2:]))


def _said(given_: Any) -> str:
    return repr(given_)[:_SHOWN]


@contextmanager
def _watched(most_s: float) -> Iterator[None]:
    """Raise Hang where what is inside uses the processor for longer."""

    def late(*_: object) -> None:
        raise Hang

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, most_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
