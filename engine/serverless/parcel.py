"""What travels: a second's worth of alike messages as one parcel, and the fate that all copies of them share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

ORDER, NOTICE = 0, 1  # an order itself, or the word that is spread about it
LANES = ("orders", "notices")

THROTTLED, ERROR, TIMED_OUT, DUPLICATE, BUSY, RESUMING, NO_ROOM = (
    "throttled", "error", "timed out", "duplicate", "in progress", "resuming", "no environment",
)  # fmt: skip
WENT_WELL = ""


@dataclass(slots=True)
class Fate:
    """How many messages were born together, and what became of them, however many copies of each there are.

    claimed: some copy is being worked on or was; passed: a worker finished it; done: it came to its end.
    """

    n: int
    claimed: int = 0
    passed: int = 0
    done: int = 0
    sent: int = 0  # a queue that knows its messages took it
    is_shared: bool = False  # a client has sent again what may still be worked on


@dataclass(slots=True)
class Parcel:
    """So many alike messages. tries: how often they were received; each: how many items one of them asks for."""

    n: int
    born_s: float
    fate: Fate
    lane: int = ORDER
    hot: bool = False
    poison: bool = False
    tries: int = 0
    again: int = 0  # how often its client has sent it before
    each: int = 1
    is_claimed: bool = False  # a conditional write let it through

    def close(self, error: str) -> None:
        """End an attempt: what a conditional write let through has passed, or may be tried again."""
        if self.is_claimed:
            self.is_claimed = False
            if error:
                self.fate.claimed -= self.n
            else:
                self.fate.passed += self.n

    def split(self, n: int) -> Parcel:
        """Take so many out of it."""
        part = replace(self, n=n)
        self.n -= n
        return part


def part_ways(stays: Parcel, leaves: Parcel) -> None:
    """Give messages that were turned away untouched a fate of their own."""
    if not stays.fate.is_shared:
        stays.fate.n -= leaves.n
        leaves.fate = Fate(leaves.n)


Reply = Callable[[Parcel, str], None]  # called once for each part of a parcel, with WENT_WELL or the reason
