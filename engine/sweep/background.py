"""A sweep beside whoever asked for it: a page starts it, looks at what is in, and stops it."""

from __future__ import annotations

import threading
from pathlib import Path

from engine.sweep.plan import Plan
from engine.sweep.play import Watch, play
from engine.sweep.results import Results

MOST_WORKERS_OF_A_PAGE = 2


class Background:
    """A sweep in a thread of its own. Make it with `start`."""

    def __init__(self, plan: Plan, workers: int, folder: Path | None, watch: Watch | None) -> None:
        self.plan = plan
        self._watch = watch
        self._stop = threading.Event()
        self._seen = Results.empty(plan)
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._play, args=(workers, folder), name="sweep", daemon=True)
        self._thread.start()

    @property
    def share(self) -> float:
        """Give the share that is done, from 0 to 1."""
        return self._seen.done / self.plan.size

    @property
    def is_over(self) -> bool:
        """Tell whether it has ended: done, stopped or failed."""
        return not self._thread.is_alive()

    def so_far(self) -> Results:
        """Give what is in, as it is now: its intervals are good at any time, only wider."""
        return self._seen.copy()

    def stop(self) -> None:
        """Begin no new batch. Returns at once; `result` waits for those that have begun."""
        self._stop.set()

    def result(self, timeout_s: float | None = None) -> Results:
        """Wait for the end. Errors: TimeoutError if it has not come by then; whatever the sweep itself failed with."""
        self._thread.join(timeout_s)
        if self._thread.is_alive():
            raise TimeoutError(f"the sweep is not over after {timeout_s} s")
        if self._error is not None:
            raise self._error
        return self._seen

    def _play(self, workers: int, folder: Path | None) -> None:
        try:
            play(self.plan, workers=workers, folder=folder, watch=self._look, stop=self._stop)
        except BaseException as error:  # noqa: BLE001 - handed on to whoever asks for the result
            self._error = error

    def _look(self, results: Results) -> None:
        self._seen = results
        if self._watch is not None:
            self._watch(results)


def start(
    plan: Plan, *, workers: int = MOST_WORKERS_OF_A_PAGE, folder: Path | None = None, watch: Watch | None = None
) -> Background:
    """Start a sweep and return at once. watch: is told in the sweep's own thread, with all that is in.

    Sweeps of one process that share out to processes take turns, so that many sessions never have more workers than one.
    """
    return Background(plan, workers, folder, watch)
