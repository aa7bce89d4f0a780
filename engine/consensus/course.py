"""What happened to a store: its log of events, and the times when it could be written and read."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from engine.events import Floats, Ints

if TYPE_CHECKING:
    from engine.consensus.scenario import Consensus

NOBODY = 0  # members count from 1


class Kind(IntEnum):
    """What can happen to a store. member: whose event it is; other: the second member, or the zone's number."""

    MEMBER_UP = 1  # value: when its clock ticks, in seconds from the run's begin; its heartbeats leave with it
    MEMBER_DOWN = 2  # reason: killed, zone, removed
    LINK_CUT = 3
    LINK_HEALED = 4
    ZONE_CUT = 5
    ZONE_HEALED = 6
    ZONE_LOST = 7
    ZONE_BACK = 8
    MEMBER_ADDED = 9  # it is in the electorate (committed); value: voters now; other: its zone
    MEMBER_REMOVED = 10  # value: voters now
    CHANGE_REFUSED = 11  # reason: unhealthy, breaks quorum, under way
    CHANGE_TIMED_OUT = 12
    OPERATION_IGNORED = 13  # reason: why; value: its index

    FOLLOWS = 20  # other: the leader; NOBODY = it knows none
    PRE_CAMPAIGNED = 21
    CAMPAIGNED = 22
    LED = 23
    STEPPED_DOWN = 24  # reason: no quorum, later term

    PRE_VOTE_ASKED = 30  # of `other`; value: when it arrives, nan where it cannot
    PRE_VOTE_GIVEN = 31
    PRE_VOTE_REFUSED = 32
    VOTE_ASKED = 33
    VOTE_GIVEN = 34
    VOTE_REFUSED = 35

    WRITES_OPENED = (
        40  # a write sent now will be committed, unless something happens; member: who takes it; value: index
    )
    WRITES_CLOSED = 41
    READS_OPENED = 42  # linearizable reads through this member
    READS_CLOSED = 43


@dataclass(slots=True)
class Notes:
    """The log while the run writes it."""

    at_s: list[float] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    member: list[int] = field(default_factory=list)
    other: list[int] = field(default_factory=list)
    term: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    reason: list[str] = field(default_factory=list)

    def note(
        self, at_s: float, kind: Kind, member: int = NOBODY, other: int = NOBODY, *, term: int = 0,
        value: float = np.nan, reason: str = "",
    ) -> None:  # fmt: skip
        """Write one thing down."""
        self.at_s.append(at_s)
        self.kind.append(kind)
        self.member.append(member)
        self.other.append(other)
        self.term.append(term)
        self.value.append(value)
        self.reason.append(reason)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time. who: a member's number, or NOBODY; term: where it has one."""

    from_s: float
    to_s: float
    who: int = NOBODY
    term: int = 0

    @property
    def length_s(self) -> float:
        """Give its length."""
        return self.to_s - self.from_s


@dataclass(frozen=True, eq=False)
class Course:
    """The log of a run, in order of time; columns of shape (n_events,). `members`: the zone of each that ever was."""

    scenario: Consensus
    at_s: Floats
    kind: Ints
    member: Ints
    other: Ints
    term: Ints
    value: Floats
    reason: tuple[str, ...]
    members: tuple[str, ...]
    committed: int  # the highest index that any member knew to be safe at the end

    def __len__(self) -> int:
        """Count the events."""
        return len(self.at_s)

    def rows(self, *kinds: Kind) -> Ints:
        """Give the indices of the events of these kinds, in order."""
        return np.flatnonzero(np.isin(self.kind, kinds))

    def before(self, at_s: float) -> list[tuple[object, ...]]:
        """List the events strictly before a moment: what the prefix law holds two runs against."""
        n = int(np.searchsorted(self.at_s, at_s, side="left"))
        columns = (self.at_s, self.kind, self.member, self.other, self.term, self.value)
        return [(*(repr(column[i].item()) for column in columns), self.reason[i]) for i in range(n)]

    @cached_property
    def digest(self) -> str:
        """Boil the log down to a sha256: equal digests, equal runs."""
        return hashlib.sha256(repr(self.before(np.inf)).encode()).hexdigest()

    @cached_property
    def leaders(self) -> tuple[Span, ...]:
        """List who led, from when to when; two may overlap: one of them does not know yet that its time is over."""
        closes = {Kind.STEPPED_DOWN, Kind.MEMBER_DOWN}
        return self._spans(Kind.LED, closes)

    @cached_property
    def writable(self) -> tuple[Span, ...]:
        """List when somebody could write, and to whom it went."""
        return self._spans(Kind.WRITES_OPENED, {Kind.WRITES_CLOSED})

    @cached_property
    def up(self) -> tuple[Span, ...]:
        """List when each member ran: so long it answers stale (serializable) reads."""
        return self._spans(Kind.MEMBER_UP, {Kind.MEMBER_DOWN})

    @cached_property
    def readable(self) -> tuple[Span, ...]:
        """List when each member answered linearizable reads (and passed writes on)."""
        return self._spans(Kind.READS_OPENED, {Kind.READS_CLOSED})

    @cached_property
    def stale(self) -> tuple[Span, ...]:
        """List when any member at all answered stale reads."""
        return joined(self.up)

    @cached_property
    def closed(self) -> tuple[Span, ...]:
        """List when nobody could write: the gaps, the first election included."""
        gaps, at_s = [], 0.0
        for span in self.writable:
            if span.from_s > at_s:
                gaps.append(Span(at_s, span.from_s))
            at_s = span.to_s
        if at_s < self.scenario.duration_s:
            gaps.append(Span(at_s, self.scenario.duration_s))
        return tuple(gaps)

    def paused_after(self, at_s: float) -> float:
        """Say for how long nobody could write, in all, from a moment on (a gap that began before it counts whole)."""
        return sum(gap.length_s for gap in self.closed if gap.to_s > at_s)

    def leader_after(self, at_s: float) -> float:
        """Say how long after a moment somebody new took office; infinity where nobody did."""
        later = [float(self.at_s[i]) - at_s for i in self.rows(Kind.LED) if self.at_s[i] > at_s]
        return later[0] if later else float("inf")

    def _spans(self, opens: Kind, closes: set[Kind]) -> tuple[Span, ...]:
        began: dict[int, tuple[float, int]] = {}
        spans = []
        for i in self.rows(opens, *closes):
            who = int(self.member[i])
            if self.kind[i] == opens:
                began[who] = float(self.at_s[i]), int(self.term[i])
            elif who in began:
                start, term = began.pop(who)
                spans.append(Span(start, float(self.at_s[i]), who, term))
        spans += [Span(start, self.scenario.duration_s, who, term) for who, (start, term) in began.items()]
        return tuple(sorted(spans, key=lambda span: (span.from_s, span.who)))


def joined(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Lay spans over each other: the times that any of them covers.

    >>> [(span.from_s, span.to_s) for span in joined((Span(0, 2), Span(1, 3), Span(5, 6)))]
    [(0, 3), (5, 6)]
    """
    whole: list[Span] = []
    for span in sorted(spans, key=lambda span: span.from_s):
        if whole and span.from_s <= whole[-1].to_s:
            whole[-1] = Span(whole[-1].from_s, max(whole[-1].to_s, span.to_s))
        else:
            whole.append(Span(span.from_s, span.to_s))
    return tuple(whole)
