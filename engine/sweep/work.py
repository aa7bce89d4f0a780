"""What a worker does: some replications of one variant. Text and numbers go in and numbers come out, so that little is sent."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from engine.errors import BudgetError, Problem
from engine.scenario import Scenario
from engine.simulation import run
from engine.sweep.measured import MEASURED, Floats, measured
from engine.sweep.version import made_with

_LOOK_S = 1.0


def play_batch(token: str, seed: int, count: int) -> tuple[Mapping[str, str], Floats]:
    """Play a scenario under `count` seeds from `seed` on.

    Returns which engine did it, and what was measured: shape (count, measures), nan where there is nothing.

    Errors: BudgetError that names the seed, where a run outgrows its budget on the way.
    """
    scenario, rows = _scenario(token), np.empty((count, len(MEASURED)), dtype=np.float64)
    for row in range(count):
        try:
            rows[row] = measured(run(scenario.model_copy(update={"seed": seed + row})))
        except BudgetError as error:
            where = f"seed {seed + row}"
            raise BudgetError(
                Problem(f"{where}: {one.path}", one.came, one.allowed, one.message) for one in error.problems
            ) from None
    return made_with(), rows


@lru_cache(maxsize=256)
def _scenario(token: str) -> Scenario:
    """Read each variant once: checking takes as long as a short run."""
    return Scenario.from_token(token)


def settle_in() -> None:
    """Begin a worker's life on this machine: Ctrl-C is its parent's to answer, and it does not outlive its parent."""
    gc.freeze()  # what is loaded by now stays: looking for rubbish among it would cost as much as a short run
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()


def _end_with(parent: int) -> None:
    """Wait until somebody else is the parent: ours was killed, and nobody reads what is played here any more."""
    while os.getppid() == parent:
        time.sleep(_LOOK_S)
    os._exit(0)
