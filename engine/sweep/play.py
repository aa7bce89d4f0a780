"""Play a plan to its end, or until somebody stops it."""

from __future__ import annotations

import math
import re
import threading
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import Problem, ScenarioError
from engine.sweep import workers as crew
from engine.sweep.plan import Batch, Plan
from engine.sweep.results import Results

if TYPE_CHECKING:
    from engine.sweep.store import Store

Watch = Callable[[Results], None]
MOST_WORKERS = 256
_ADDRESS = re.compile(r"(?:\w+://)?(?:[^/:\s]+|\[[0-9a-fA-F:]+\]):\d{1,5}")


def play(
    plan: Plan,
    *,
    workers: int | None = None,
    cluster: str | None = None,
    folder: Path | None = None,
    watch: Watch | None = None,
    stop: threading.Event | None = None,
) -> Results:
    """Play all of it. What comes back is whole, unless it was stopped.

    workers: processes of this machine, none = its cores; 1 = this process alone. cluster: the address of a Dask scheduler,
    instead. folder: where what is done is kept, and gone on with. watch: is told now and then, with all that is in; it may
    look, and copy. stop: once set, no new batch begins.

    The results do not depend on any of these, to the bit.

    Errors: ScenarioError for workers that cannot be had, a cluster that does not answer, or another plan's folder.
    """
    if problems := ask_problems(workers, cluster):
        raise ScenarioError(problems)
    count = crew.cores() if workers is None and cluster is None else workers
    is_over = stop.is_set if stop is not None else lambda: False
    results = Results.empty(plan)
    with _folder(plan, folder) as store:
        for batch, rows in store.kept() if store else ():
            results.take(batch, rows)
        if watch is not None:
            watch(results)
        with closing(_played(plan, _left(results), is_over, count, cluster)) as played:
            for batch, rows in played:
                if store:
                    store.keep(batch, rows)
                results.take(batch, rows)
                if watch is not None:
                    watch(results)
        if store and results.is_whole:
            store.finish(results)
    return results


def ask_problems(workers: int | None, cluster: str | None, within: float | None = None) -> list[Problem]:
    """Say what is wrong with who should play, and with how narrow intervals should be."""
    found = []
    if workers is not None and not 1 <= workers <= MOST_WORKERS:
        found.append(Problem("workers", str(workers), f"1 to {MOST_WORKERS}", "so many cannot work"))
    if workers is not None and cluster is not None:
        found.append(
            Problem("workers", f"{workers}, and {cluster}", "one of the two", "a cluster has workers of its own")
        )
    if cluster is not None and not _ADDRESS.fullmatch(cluster):
        allowed = "the address of a Dask scheduler, such as tcp://127.0.0.1:8786"
        found.append(Problem("cluster", cluster, allowed, "this is no address"))
    if within is not None and not 0 < within < math.inf:
        found.append(Problem("within", f"{within:g}", "above 0, such as 0.01", "a share of the mean is needed"))
    return found


def _left(results: Results) -> list[Batch]:
    return [batch for batch in results.plan.batches if not results.is_done[batch.variant, batch.first]]


def _played(
    plan: Plan, todo: list[Batch], is_over: crew.IsOver, workers: int | None, cluster: str | None
) -> Generator[crew.Played, None, None]:
    """Choose who plays; nobody is asked where nothing is left to play."""
    if todo and cluster is not None:
        from engine.sweep.cluster import on_cluster  # noqa: PLC0415 - Dask takes a second, and is wanted only here

        yield from on_cluster(plan, todo, is_over, cluster)
    elif todo and workers is not None and workers > 1:
        yield from crew.on_cores(plan, todo, is_over, workers)
    else:
        yield from crew.alone(plan, todo, is_over)


def _folder(plan: Plan, folder: Path | None) -> AbstractContextManager[Store | None]:
    if folder is None:
        return nullcontext()
    from engine.sweep.store import opened  # noqa: PLC0415 - pyarrow, only where something is kept

    return opened(plan, folder)
