"""Whether the control plane answers: API servers and a store with a quorum. While it does not, what runs runs on.

Nothing is created, placed, evicted, scaled or taken out of the endpoints then (fact `etcd.no_quorum`). ECS's is AWS's, spread
over the region, and always answers here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simpy import Environment, Event
    from simpy.events import ProcessGenerator


class ControlPlane:
    """Up but for the outages that it was told of. back_s: since when it answers, or answered last."""

    def __init__(self, env: Environment, outages: Sequence[tuple[float, float]] = ()) -> None:
        """Know when it will be away. outages: (from, until) in seconds, in order, apart from each other."""
        self._env = env
        self._is_back: Event | None = None
        self._who: list[Callable[[], None]] = []
        self.is_up = True
        self.back_s = 0.0
        self.outages = 0  # how many began: what was timed before one is timed anew
        if outages:
            env.process(self._live(outages))

    def tell(self, who: Callable[[], None]) -> None:
        """Call somebody whenever it is back."""
        self._who.append(who)

    def up(self) -> ProcessGenerator:
        """Wait until it answers; at once where it does."""
        while not self.is_up:
            if self._is_back is None or self._is_back.triggered:
                self._is_back = self._env.event()
            yield self._is_back

    def _live(self, outages: Sequence[tuple[float, float]]) -> ProcessGenerator:
        for begin_s, end_s in outages:
            yield self._env.timeout(max(0.0, begin_s - self._env.now))
            self.is_up = False
            self.outages += 1
            yield self._env.timeout(max(0.0, end_s - self._env.now))
            self.is_up = True
            self.back_s = self._env.now
            if self._is_back is not None and not self._is_back.triggered:
                self._is_back.succeed()
            for who in self._who:
                who()
