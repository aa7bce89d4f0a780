"""The workers of a Dask cluster that is there already, through joblib."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any

from distributed import Client, KilledWorker
from joblib._dask import DaskDistributedBackend

from engine.sweep.plan import Batch, Plan
from engine.sweep.version import made_with
from engine.sweep.workers import IsOver, Played, died, refused, shared_out, stranger

CONNECT_S = 10
FIRST_ANSWER_S = 60  # a worker imports the engine


def on_cluster(plan: Plan, todo: Iterable[Batch], is_over: IsOver, address: str) -> Iterator[Played]:
    """Play on the cluster behind a scheduler's address. What a lost worker had is Dask's to hand to another.

    Errors: ScenarioError where nobody answers, no worker is there or can run this engine, workers die again and again, or
    the scheduler is lost.
    """
    try:
        client: Any = Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        allowed = "the address of a Dask scheduler, such as tcp://127.0.0.1:8786"
        raise refused(address, allowed, f"no scheduler answers there ({error})") from None
    try:
        _meet(client, address)
        yield from shared_out(plan, tuple(todo), is_over, backend=_Backend(client=client), n_jobs=-1)
    except KilledWorker:
        raise died(len(client.ncores())) from None
    except (CancelledError, OSError) as error:
        raise refused(address, "a scheduler that stays", f"the cluster was lost ({type(error).__name__})") from None
    finally:
        client.close(timeout=1)


def _meet(client: Any, address: str) -> None:
    """Wait for a worker, and see that it runs the same engine. What each batch says of its maker is held against it too."""
    with contextlib.suppress(TimeoutError):
        client.wait_for_workers(1, timeout=CONNECT_S)
    if not client.ncores():
        raise refused(address, "a cluster with workers", "its scheduler has no worker")
    try:
        maker = client.submit(made_with, pure=False).result(timeout=FIRST_ANSWER_S)
    except (ImportError, AttributeError, RuntimeError, TimeoutError) as error:
        allowed = "scheduler and workers with this project on PYTHONPATH, and its packages"
        raise refused(address, allowed, f"the cluster cannot run the engine ({error})") from None
    if maker != made_with():
        raise stranger(maker)


@dataclass(frozen=True, slots=True)
class _Lost:
    error: BaseException


class _Backend(DaskDistributedBackend):  # type: ignore[misc]
    """Joblib's own, which also tells of work that Dask gave up: joblib 1.6 would wait for it for ever."""

    def submit(self, func: Any, callback: Callable[[Any], None] | None = None) -> Future[Any]:
        """Hand a batch in; if Dask loses it, the caller hears of that as of a result."""
        future: Future[Any] = super().submit(func, callback)

        def tell(ended: Future[Any]) -> None:
            error = ended.exception()
            if error is not None and callback is not None:
                callback(_Lost(error))

        future.add_done_callback(tell)
        return future

    def retrieve_result_callback(self, out: Any) -> Any:
        """Give the result, or raise what became of it."""
        if isinstance(out, _Lost):
            raise out.error
        return super().retrieve_result_callback(out)
