"""What happened to a pipeline: its log, a sample of every box at each second, and the bill's usage."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.events import Floats, Ints

if TYPE_CHECKING:
    from engine.serverless.scenario import Pipeline


class Kind(IntEnum):
    """What can happen. box: whose event it is; value: how many or how much; reason: a word."""

    ZONE_LOST = 1  # box: "" for all boxes; reason: the zone
    ZONE_BACK = 2
    ZONE_FELT = 3  # a box lost what it had there; reason: on, short, away, you
    BROKEN = 4
    MENDED = 5
    PAUSED = 6
    RESUMED = 7
    POISONED = 8  # value: poison messages sent
    SPIKE_BEGAN = 9  # value: the factor
    SPIKE_ENDED = 10
    HOT_BEGAN = 11  # value: the share of one key
    HOT_ENDED = 12
    REDRIVEN = 13  # value: messages moved back from the dead-letter queue
    OPERATION_IGNORED = 14  # reason: why

    REFUSING_BEGAN = 20  # a limit was met; reason: which
    REFUSING_ENDED = 21
    COLD_STARTED = 22  # value: new environments
    SCALED = 23  # value: the new size
    SLEPT = 24  # a database paused by itself
    WAKING = 25
    WOKE = 26
    FAILED_OVER = 27
    VISIBLE_AGAIN = 28  # messages came back while somebody still worked on them; value: how many
    DEAD = 29  # messages moved into the dead-letter queue; value: how many
    LOST = 30  # messages were thrown away; value: how many
    DONE_AGAIN = 31


@dataclass(slots=True)
class Notes:
    """The log while the run writes it."""

    at_s: list[float] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    box: list[str] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    reason: list[str] = field(default_factory=list)

    def note(self, at_s: float, kind: Kind, box: str, value: float, reason: str) -> None:
        """Write one thing down."""
        self.at_s.append(at_s)
        self.kind.append(kind)
        self.box.append(box)
        self.value.append(value)
        self.reason.append(reason)


COUNTED = (
    "offered", "copied", "done", "refused", "failed", "suppressed", "superseded", "lost", "queued", "working", "dead",
)  # fmt: skip
GAUGED = ("asked", "limit", "size")
TALLIED = (
    "accepted",
    "copied",
    "done",
    "again",
    "suppressed",
    "superseded",
    "refused",
    "lost",
    "queued",
    "working",
    "dead",
)


@dataclass(frozen=True, eq=False)
class Flow:
    """A run. boxes: their names, in the pipeline's order.

    counts: name of the count -> shape (n_boxes, n_seconds + 1), so far at each whole second. gauges: the same, of the second
    before. tally: name -> shape (n_lanes, n_seconds + 1). turned_away, given_up, sent: shape (n_seconds + 1,).
    wait_s, wait_n: how long finished orders took, and how many took so long. usage: box -> what is billed -> how much.
    """

    pipeline: Pipeline
    boxes: tuple[str, ...]
    at_s: Floats
    kind: Ints
    box: tuple[str, ...]
    value: Floats
    reason: tuple[str, ...]
    counts: Mapping[str, Ints]
    gauges: Mapping[str, Floats]
    tally: Mapping[str, Ints]
    turned_away: Ints
    given_up: Ints
    wait_s: Floats
    wait_n: Ints
    usage: Mapping[str, Mapping[str, float]]

    def __len__(self) -> int:
        """Count the events."""
        return len(self.at_s)

    @property
    def seconds(self) -> int:
        """Count the whole seconds."""
        return int(self.counts["offered"].shape[1]) - 1

    def of(self, count: str, box: str) -> Ints:
        """Give one count of one box, so far at each second."""
        found: Ints = self.counts[count][self.boxes.index(box)]
        return found

    def gauge(self, name: str, box: str) -> Floats:
        """Give one gauge of one box."""
        found: Floats = self.gauges[name][self.boxes.index(box)]
        return found

    def rows(self, *kinds: Kind) -> Ints:
        """Give the indices of the events of these kinds, in order."""
        return np.flatnonzero(np.isin(self.kind, kinds))

    def wait(self, share: float) -> float:
        """Say how long that share of the finished orders took at most; nan where none was finished."""
        if not len(self.wait_s):
            return float("nan")
        order = np.argsort(self.wait_s, kind="stable")
        upto = np.cumsum(self.wait_n[order])
        place = int(np.searchsorted(upto, share * upto[-1]))
        return float(self.wait_s[order][min(place, len(order) - 1)])

    def before(self, at_s: float) -> list[str]:
        """Write down all that was so strictly before a moment: what the prefix law holds two runs against."""
        n = int(np.searchsorted(self.at_s, at_s, side="left"))
        whole = int(np.ceil(at_s))
        log = [
            f"{self.at_s[i]!r} {self.kind[i]} {self.box[i]} {float(self.value[i])!r} {self.reason[i]}" for i in range(n)
        ]
        tables = [
            f"{name} {table[..., :whole].tolist()}"
            for columns in (self.counts, self.gauges, self.tally)
            for name, table in columns.items()
        ]
        return [*log, *tables, str(self.turned_away[:whole].tolist()), str(self.given_up[:whole].tolist())]

    @cached_property
    def digest(self) -> str:
        """Boil the run down to a sha256: equal digests, equal runs."""
        return hashlib.sha256("\n".join(self.before(2.0 * self.seconds)).encode()).hexdigest()
