"""SNS: one message in, one to every subscriber out; what cannot be delivered is tried again, for very long."""

from __future__ import annotations

from typing import Literal

from engine import catalog
from engine.fields import setting
from engine.serverless.box import Account, Held
from engine.serverless.flow import Kind
from engine.serverless.limits import Missing
from engine.serverless.parcel import ERROR, NOTICE, WENT_WELL, Fate, Parcel, Reply
from engine.serverless.service import Service
from engine.serverless.world import World


class SnsTopic(Service):
    """A topic; `to` names its subscribers: queues and functions."""

    kind: Literal["sns-topic"]
    latency_s: float = setting(0.02, "An answer's time.", unit="s", assumed=True, ge=0, le=10)


class Topic:
    """A topic at work."""

    def __init__(self, world: World, spec: SnsTopic) -> None:
        """Begin with nothing to deliver."""
        self.world, self.spec = world, spec
        self.account, self.held = Account(), Held()
        self.broken_until_s = -1.0
        self.asked = self.published = self.tried = 0
        self.thrown = Missing(world, spec.name, Kind.LOST)

    @property
    def usual_s(self) -> float:
        """Give the time until a message is accepted."""
        return self.spec.latency_s

    def offer(self, parcel: Parcel, reply: Reply) -> None:
        """Accept a message, then deliver it to every subscriber."""
        n = parcel.n * parcel.each
        self.asked += n
        if self.world.now < self.broken_until_s:
            self.account.offered += n
            self.account.failed += n
            reply(parcel, ERROR)
            return
        self.published += n
        for name in self.spec.to:
            self.account.offered += n
            self.account.queued += n
            self.held.queued[NOTICE] += n
            self.world.tally[NOTICE].accepted += n
            self._deliver(name, Parcel(n, self.world.now, Fate(n), NOTICE, parcel.hot), 0)
        reply(parcel, WENT_WELL)

    def _deliver(self, name: str, parcel: Parcel, tries: int) -> None:
        self.tried += parcel.n

        def answered(part: Parcel, error: str) -> None:
            if error:
                self._try_again(name, part, tries + 1)
                return
            self.account.queued -= part.n
            self.account.done += part.n
            self.held.queued[NOTICE] -= part.n

        self.world.take_in(name, parcel, answered)

    def _try_again(self, name: str, parcel: Parcel, tries: int) -> None:
        """Wait as SNS does, and deliver again; after the last try the message is thrown away."""
        wait_s = retry_wait_s(tries)
        if wait_s is None:
            self.account.queued -= parcel.n
            self.account.lost += parcel.n
            self.held.queued[NOTICE] -= parcel.n
            self.world.tally[NOTICE].lost += parcel.n
            self.thrown.add(parcel.n, "retries")
            return
        self.world.after(wait_s, lambda: self._deliver(name, parcel, tries))

    def tick(self) -> None:
        """Begin another second."""
        self.asked = self.tried = 0
        self.thrown.tick()

    def usage(self) -> dict[str, float]:
        """Count what was published; deliveries to queues and functions are free."""
        return {"publishes": float(self.published)}

    def gauges(self) -> tuple[float, float, float]:
        """Give what was published in this second, no limit, and the deliveries tried."""
        return float(self.asked), float("inf"), float(self.tried)

    def lose_zone(self, zone: str) -> str:
        """Go on: it stands in every zone of its Region."""
        del zone
        return "on"

    def regain_zone(self, zone: str) -> None:
        """Notice nothing."""


def retry_wait_s(tries: int) -> float | None:
    """Say how long SNS waits after so many failed tries to a queue or a function; None after the last.

    Source: facts `sns.retry_phases`, `sns.retry_aws`. That the growing waits double is our assumption.

    >>> [retry_wait_s(n) for n in (1, 3, 4, 5, 6, 7, 11, 16)]
    [0.0, 0.0, 1.0, 1.0, 1.0, 2.0, 20.0, 20.0]
    """
    phase = {key: catalog.number("sns.retry_phases", key) for key in (
        "at_once", "apart", "apart_s", "growing", "growing_from_s", "growing_to_s", "then", "then_s",
    )}  # fmt: skip
    if tries <= phase["at_once"]:
        return 0.0
    if (tries := tries - int(phase["at_once"])) <= phase["apart"]:
        return phase["apart_s"]
    if (tries := tries - int(phase["apart"])) <= phase["growing"]:
        return min(phase["growing_to_s"], phase["growing_from_s"] * 2.0 ** (tries - 1))
    return phase["then_s"] if tries - phase["growing"] <= phase["then"] else None
