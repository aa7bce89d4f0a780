"""Line: heavy runs wait for the one process that plays them, first come first served, and each visitor sees their place.

Whoever asks for a run that already waits, or is under way, shares it. A visitor has at most one run waiting: a newer ask takes the
place of the older one. A run that nobody waits for any more leaves the line; one under way is stopped once somebody else waits.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from engine.admission.worker import Worker
from engine.errors import LostRunError, QuaysideError
from engine.scenario import Scenario
from engine.simulation import Run

TRIES = 2  # a run whose process ends is begun once more
KNOWN = 0.25  # of a run: after so much its own pace is all that counts
_log = logging.getLogger("quayside")


class Player(Protocol):
    """What plays runs one at a time: a `Worker`, or a test's own."""

    def play(self, scenario: Scenario, hear: Callable[[float], None], is_wanted: Callable[[], bool]) -> Run:
        """Play a run."""
        ...

    def close(self) -> None:
        """End."""
        ...


@dataclass(eq=False)
class Ask:
    """A run that was asked for. over: is set once `run` or `problem` is there, or once nobody waits for it any more."""

    scenario: Scenario
    expected_s: float
    visitors: set[str] = field(default_factory=set)
    over: threading.Event = field(default_factory=threading.Event)
    run: Run | None = None
    problem: QuaysideError | None = None
    began_s: float | None = None
    share: float = 0.0

    def left_s(self) -> float:
        """Guess how long it still takes, s: first by what was expected, then more and more by how fast it came so far."""
        if self.began_s is None:
            return self.expected_s
        took_s = time.monotonic() - self.began_s
        if not self.share:
            return max(self.expected_s - took_s, 1.0)
        # A run's first steps tell little of the others: hosts are begun, caches are cold.
        known = min(1.0, self.share / KNOWN)
        whole_s = known * took_s / self.share + (1 - known) * max(self.expected_s, took_s)
        return whole_s * (1 - self.share)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an ask stands. number: 0 = it is being played, 1 = it is next. left_s: about how long until its run is there."""

    number: int
    left_s: float
    share: float


class Line:
    """The line, and the thread that takes asks from it."""

    def __init__(
        self, player_of: Callable[[], Player] = Worker, shelve: Callable[[Run], object] = lambda _: None
    ) -> None:
        """Open it. player_of: starts what plays; raises OSError where it cannot be. shelve: is given each run that came out."""
        self._player_of, self._shelve = player_of, shelve
        self._player: Player | None = player_of()
        self._changed = threading.Condition()
        self._waiting: list[Ask] = []
        self._now: Ask | None = None
        self._is_open = True
        self._thread = threading.Thread(target=self._serve, name="line", daemon=True)
        self._thread.start()

    def ask(self, visitor: str, scenario: Scenario, expected_s: float) -> Ask:
        """Stand in line for a run. What this visitor waited for before is given up."""
        with self._changed:
            there = [*([self._now] if self._now else []), *self._waiting]
            mine = next((one for one in there if one.scenario == scenario), None) or Ask(scenario, expected_s)
            for one in [one for one in self._waiting if one is not mine]:
                self._give_up(visitor, one)
            if mine not in there:
                self._waiting.append(mine)
            mine.visitors.add(visitor)
            self._changed.notify_all()
            return mine

    def leave(self, visitor: str, ask: Ask) -> None:
        """Stop waiting: done, gone, or of another mind."""
        with self._changed:
            self._give_up(visitor, ask)

    def _give_up(self, visitor: str, ask: Ask) -> None:
        ask.visitors.discard(visitor)
        if not ask.visitors and ask in self._waiting:
            self._waiting.remove(ask)
            ask.over.set()

    def place(self, ask: Ask) -> Place:
        """Say where an ask stands."""
        with self._changed:
            before: list[Ask] = []
            if ask in self._waiting:
                before = [*([self._now] if self._now else []), *self._waiting[: self._waiting.index(ask)]]
            return Place(len(before), sum(one.left_s() for one in before) + ask.left_s(), ask.share)

    def close(self) -> None:
        """Send everybody home and end the player."""
        with self._changed:
            self._is_open = False
            self._changed.notify_all()
            player = self._player
        if player is not None:
            player.close()
        self._thread.join(10)

    # --- the thread ---

    def _serve(self) -> None:
        """Take one ask after the other, for as long as the line is open."""
        while (ask := self._next()) is not None:
            try:
                ask.run = self._played(ask)
                self._shelve(ask.run)
            except QuaysideError as problem:  # of the scenario, or of the process: whoever waits is told
                ask.problem = problem
            except Exception:  # noqa: BLE001 - our bug is in the log whole, and the line goes on for everybody else
                _log.exception("a run broke")
                ask.problem = LostRunError()
            with self._changed:
                self._now = None
                ask.over.set()
        with self._changed:
            for ask in self._waiting:
                ask.problem = LostRunError()
                ask.over.set()

    def _next(self) -> Ask | None:
        with self._changed:
            while self._is_open and not self._waiting:
                self._changed.wait()
            if not self._is_open:
                return None
            self._now = self._waiting.pop(0)
            return self._now

    def _played(self, ask: Ask) -> Run:
        """Play a run; where the process ends meanwhile, start another and begin once more."""
        for left in reversed(range(TRIES)):
            ask.began_s, ask.share = time.monotonic(), 0.0
            try:
                return self._ready().play(
                    ask.scenario, lambda share: setattr(ask, "share", share), lambda: self._is_wanted(ask)
                )
            except LostRunError:
                if self._is_open:
                    _log.warning("the process that plays heavy runs ended; it is started again")
                self._replace()
                if not left or not self._is_open:
                    raise
        raise AssertionError("the last try returns or raises")

    def _is_wanted(self, ask: Ask) -> bool:
        """Say whether a run is worth going on with: somebody waits for it, or nobody waits for another."""
        with self._changed:
            return self._is_open and bool(ask.visitors or not self._waiting)

    def _ready(self) -> Player:
        if self._player is None:
            try:
                self._player = self._player_of()
            except OSError as error:
                raise LostRunError from error
        return self._player

    def _replace(self) -> None:
        """End what is left of a player; the next one is started at once, so that it is warm when it is asked."""
        if self._player is not None:
            self._player.close()
        self._player = None
        if self._is_open:
            try:
                self._player = self._player_of()
            except OSError:
                _log.exception("no process can be started for heavy runs")
