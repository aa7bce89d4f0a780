"""Hand: a process that lends a hand with light runs while several pages are being built at once.

A run that nobody else has to wait for is played where it is asked for. Once somebody does wait for the interpreter's lock, all are
served sooner if it is played on another core: taking its result over costs the lock a tenth of what the run would.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from engine.admission.line import Player
from engine.admission.worker import Worker
from engine.errors import LostRunError
from engine.scenario import Scenario
from engine.simulation import Run

MOST_S = 0.5  # of runs that wait over there: with more, it is sooner done here
_log = logging.getLogger("quayside")


def _prompt() -> Worker:
    return Worker(niceness=0)


class Hand:
    """One process more, and the thread that gives it one run after the other. Who asks for a run that is under way shares it."""

    def __init__(self, player_of: Callable[[], Player] = _prompt) -> None:
        """Start it. player_of: starts what plays; raises OSError where it cannot be."""
        self._player_of = player_of
        self._player: Player | None = player_of()
        self._lock = threading.Lock()
        self._under_way: dict[str, Future[Run | None]] = {}
        self._left_s = 0.0
        self._is_open = True
        self._thread = ThreadPoolExecutor(1, "hand")

    def play(self, scenario: Scenario, expected_s: float) -> Run | None:
        """Play a run over there, and wait for it. None: do it yourself; too much waits there, or its process ended.

        Raises what the run raises.
        """
        key = scenario.model_dump_json()
        with self._lock:
            asked = self._under_way.get(key)
            if asked is None:
                if self._player is None or self._left_s + expected_s > MOST_S:
                    return None
                self._left_s += expected_s
                asked = self._under_way[key] = self._thread.submit(self._played, key, scenario, expected_s)
        return asked.result()

    def close(self) -> None:
        """End it. Who waits does it alone."""
        with self._lock:
            player, self._player, self._is_open = self._player, None, False
        if player is not None:
            player.close()
        self._thread.shutdown()

    def _played(self, key: str, scenario: Scenario, expected_s: float) -> Run | None:
        player = self._player
        try:
            return None if player is None else player.play(scenario, lambda _: None, lambda: True)
        except LostRunError:
            self._replace()
            return None
        finally:
            with self._lock:
                self._left_s -= expected_s
                del self._under_way[key]

    def _replace(self) -> None:
        """Start another process in place of one that ended, unless we are closing."""
        with self._lock:
            lost, self._player = self._player, None
            if lost is None or not self._is_open:
                return
        _log.warning("the process that lends a hand ended; it is started again")
        lost.close()
        try:
            fresh = self._player_of()
        except OSError:
            _log.exception("no process can be started to lend a hand")
            return
        with self._lock:
            self._player = fresh if self._is_open else None
        if self._player is None:  # we were closed meanwhile
            fresh.close()
