"""Whether the control plane answers: API servers and a store with a quorum. While it does not, what runs runs on.

Nothing is created, placed, evicted, scaled or taken out of the endpoints then (fact `etcd.no_quorum`). ECS's is AWS's, spread
over the region, and always answers here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from engine.events import Kind

if TYPE_CHECKING:
    from simpy import Environment, Event
    from simpy.events import ProcessGenerator

    from engine.consensus.outages import Outage
    from engine.events import Log


class ControlPlane:
    """Up but for the outages that it was told of. back_s: when it came back last; what was timed before is timed anew."""

    def __init__(self, env: Environment, log: Log, outages: Sequence[Outage] = ()) -> None:
        """Know when it will be away. outages: in order; they may touch, where only the cause changes."""
        self._env = env
        self._log = log
        self._is_back: Event | None = None
        self._who: list[Callable[[], None]] = []
        self.is_up = True
        self.back_s = 0.0
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

    def _live(self, outages: Sequence[Outage]) -> ProcessGenerator:
        """Go away and come back, and write both down."""
        lost_s = 0.0
        for number, outage in enumerate(outages):
            while self._env.now < outage.from_s:  # a sum of floats may fall short of it by a hair
                yield self._env.timeout(outage.from_s - self._env.now)
            if self.is_up:
                self.is_up, lost_s = False, self._env.now
            self._log.note(self._env.now, Kind.CONTROL_PLANE_LOST, reason=outage.because)
            yield self._env.timeout(max(0.0, outage.to_s - self._env.now))
            goes_on = number + 1 < len(outages) and outages[number + 1].from_s <= outage.to_s
            if not goes_on:
                self._log.note(self._env.now, Kind.CONTROL_PLANE_BACK, value=self._env.now - lost_s)
                self._come_back()

    def _come_back(self) -> None:
        self.is_up = True
        self.back_s = self._env.now
        if self._is_back is not None and not self._is_back.triggered:
            self._is_back.succeed()
        for who in self._who:
            who()
