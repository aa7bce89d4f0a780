"""Who plays the batches: this process, or the cores of this machine. Batches come back as they end.

The answer never depends on who it was: a batch is a pure function of its scenario and its seeds. `engine.sweep.cluster` has the
workers of other machines.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import Any

from engine.errors import Problem, ScenarioError
from engine.sweep.measured import Floats
from engine.sweep.plan import Batch, Plan
from engine.sweep.version import made_with
from engine.sweep.work import play_batch, settle_in

MOST_FAILURES = 3  # without a batch in between
_LOOK_S = 0.1
_TURN = threading.Lock()  # joblib keeps one pool of processes for all: sweeps of one process take turns at it

Played = tuple[Batch, Floats]
IsOver = Callable[[], bool]


def cores() -> int:
    """Count the cores that this process may use."""
    from joblib import cpu_count  # noqa: PLC0415 - nothing that a run or a refusal should wait for

    return int(cpu_count())


def alone(plan: Plan, todo: Iterable[Batch], is_over: IsOver) -> Iterator[Played]:
    """Play one after the other, here."""
    for batch in todo:
        if is_over():
            return
        yield batch, play_batch(*_given(plan, batch))[1]


def on_cores(plan: Plan, todo: Iterable[Batch], is_over: IsOver, workers: int) -> Iterator[Played]:
    """Play on several processes of this machine, which stay warm for the next sweep.

    A worker that dies (killed, out of memory) takes nothing along: what it had not handed in is played again.

    Errors: ScenarioError when workers die again and again without handing anything in.
    """
    left = {batch.number: batch for batch in todo}
    failures = 0
    with _turn(is_over):
        while left and not is_over():
            try:
                todo = tuple(left.values())
                for batch, rows in shared_out(
                    plan, todo, is_over, n_jobs=workers, backend="loky", initializer=settle_in
                ):
                    del left[batch.number]
                    failures = 0
                    yield batch, rows
            except BrokenProcessPool:
                failures += 1
                if failures >= MOST_FAILURES:
                    raise died(workers) from None


@contextmanager
def _turn(is_over: IsOver) -> Iterator[None]:
    """Wait for the pool, or until it is over: then nothing is left to do with it."""
    has_it = _TURN.acquire(timeout=_LOOK_S)
    while not has_it and not is_over():
        has_it = _TURN.acquire(timeout=_LOOK_S)
    try:
        yield
    finally:
        if has_it:
            _TURN.release()


def shared_out(plan: Plan, todo: Sequence[Batch], is_over: IsOver, *, backend: Any, **how: Any) -> Iterator[Played]:
    """Hand batches out in their order until it is over, and give them back as they come in.

    backend, how: as joblib takes them. Errors: ScenarioError if a worker runs another version of the engine.
    """
    from joblib import Parallel, delayed, parallel_config  # noqa: PLC0415 - nothing that a run or a refusal should wait for

    with parallel_config(backend=backend, **how):
        found = Parallel(return_as="generator_unordered", batch_size=1, max_nbytes=None)(
            delayed(_numbered)(batch.number, *_given(plan, batch)) for batch in todo if not is_over()
        )
    try:
        for number, (maker, rows) in found:
            if maker != made_with():
                raise stranger(maker)
            yield plan.batches[number], rows
    finally:
        found.close()


def _numbered(number: int, token: str, seed: int, count: int) -> tuple[int, tuple[Any, Floats]]:
    """Play a batch, and clear up: a run leaves cycles with large arrays behind, and a pool ends a worker that grows."""
    played = play_batch(token, seed, count)
    gc.collect()
    return number, played


def _given(plan: Plan, batch: Batch) -> tuple[str, int, int]:
    return plan.tokens[batch.variant], plan.seed(batch.first), batch.count


def stranger(maker: Mapping[str, str]) -> ScenarioError:
    """Say that a worker would come to other results, or may."""
    came, allowed = (", ".join(f"{name} {which}" for name, which in one.items()) for one in (maker, made_with()))
    return refused(came, allowed, "a worker runs another version of the engine")


def died(workers: int) -> ScenarioError:
    """Say that workers die of the work itself."""
    came = f"{MOST_FAILURES} times, of {workers}"
    return refused(
        came, "workers that live, with memory enough for a run each", "workers die before they hand anything in"
    )


def refused(came: str, allowed: str, message: str) -> ScenarioError:
    """Say what is wrong with the workers."""
    return ScenarioError([Problem("workers", came, allowed, message)])
