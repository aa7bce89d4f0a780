"""The shape that all services share: they are offered messages, live on by the second, give account, and may lose a zone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from engine.serverless.parcel import LANES, Parcel, Reply


@dataclass(slots=True)
class Account:
    """What came to a box and what became of it, in messages: `balance` is nought at every moment.

    offered, copied: came in, or appeared twice because a worker was too slow. done: went well and on. refused: over a limit.
    failed: answered with an error. suppressed: a duplicate that was caught. superseded: an attempt whose message had become
    visible again when it failed. lost: thrown away. queued, working, dead: still here; dead: in the dead-letter queue.
    """

    offered: int = 0
    copied: int = 0
    done: int = 0
    refused: int = 0
    failed: int = 0
    suppressed: int = 0
    superseded: int = 0
    lost: int = 0
    queued: int = 0
    working: int = 0
    dead: int = 0

    @property
    def balance(self) -> int:
        """Give what came in minus what it became: always 0."""
        gone = self.done + self.refused + self.failed + self.suppressed + self.superseded + self.lost
        return self.offered + self.copied - gone - self.queued - self.working - self.dead


@dataclass(slots=True)
class Held:
    """What a box alone answers for, by lane: a caller's message is the caller's, not of whom it calls."""

    queued: list[int] = field(default_factory=lambda: [0] * len(LANES))
    working: list[int] = field(default_factory=lambda: [0] * len(LANES))
    dead: list[int] = field(default_factory=lambda: [0] * len(LANES))


class Box(Protocol):
    """A service of the pipeline, as everybody else sees it."""

    account: Account
    held: Held
    broken_until_s: float

    @property
    def usual_s(self) -> float:
        """How long an answer takes when all is well."""
        ...

    def offer(self, parcel: Parcel, reply: Reply) -> None:
        """Take messages; answer for each part of them sooner or later, exactly once."""
        ...

    def tick(self) -> None:
        """Live through the start of a second."""
        ...

    def usage(self) -> Mapping[str, float]:
        """Say what is on the bill so far, by what it is measured in."""
        ...

    def gauges(self) -> tuple[float, float, float]:
        """Give this second's demand, the limit it met, and the size: environments, tasks, ACUs, units."""
        ...

    def lose_zone(self, zone: str) -> str:
        """Lose what stood in a zone; say what it means: on, short, away, or needs you."""
        ...

    def regain_zone(self, zone: str) -> None:
        """Have a zone back."""
        ...


@runtime_checkable
class Accepts(Protocol):
    """A box that can also be called and forgotten: it keeps the message and answers at once."""

    def accept(self, parcel: Parcel, reply: Reply) -> None:
        """Keep messages and work on them by and by."""
        ...
