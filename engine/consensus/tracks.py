"""A run of a store, folded for whoever plays it: what each member was, from when on; what was said; what was committed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from engine.consensus.course import Course, Kind
from engine.consensus.quorum import majority
from engine.consensus.writes import sent_by
from engine.placement.room import ZONES


class State(IntEnum):
    """What a member is, as it is shown."""

    ABSENT = -1  # not added yet
    DOWN = 0
    FOLLOWER = 1
    PRE_CANDIDATE = 2
    CANDIDATE = 3
    LEADER = 4
    REMOVED = 5


@dataclass(slots=True)
class Track:
    """What one member was. Columns of one length: from `t` on it was `state`, in `term`, and took `leader` for its leader."""

    number: int
    zone: str
    t: list[float] = field(default_factory=list)
    state: list[int] = field(default_factory=list)
    term: list[int] = field(default_factory=list)
    leader: list[int] = field(default_factory=list)
    phase: list[float] = field(default_factory=list)  # when its clock ticks

    def add(
        self, t: float, state: State, *, term: int | None = None, leader: int = 0, phase: float | None = None
    ) -> None:
        """Note a change; what is not given stays."""
        self.t.append(t)
        self.state.append(int(state))
        self.term.append(term if term is not None else self.term[-1] if self.term else 0)
        self.leader.append(leader)
        self.phase.append(phase if phase is not None else self.phase[-1] if self.phase else 0.0)


BECAME = {
    Kind.FOLLOWS: State.FOLLOWER, Kind.PRE_CAMPAIGNED: State.PRE_CANDIDATE, Kind.CAMPAIGNED: State.CANDIDATE,
    Kind.LED: State.LEADER, Kind.STEPPED_DOWN: State.FOLLOWER,
}  # fmt: skip


def tracks(course: Course) -> tuple[Track, ...]:
    """Follow each member through the run; those that were added later are absent until then."""
    found = {n: Track(n, zone) for n, zone in enumerate(course.members, 1)}
    first = len(course.scenario.places)
    for track in found.values():
        track.add(0.0, State.DOWN if track.number <= first else State.ABSENT)
    for i in range(len(course)):
        kind, at_s, number = Kind(int(course.kind[i])), float(course.at_s[i]), int(course.member[i])
        if number not in found:
            continue
        track, term = found[number], int(course.term[i])
        if kind == Kind.MEMBER_UP:
            track.add(at_s, State.FOLLOWER, term=term, phase=float(course.value[i]))
        elif kind == Kind.MEMBER_DOWN:
            track.add(at_s, State.REMOVED if course.reason[i] == "removed" else State.DOWN, term=term)
        elif kind in BECAME:
            other = int(course.other[i])
            track.add(at_s, BECAME[kind], term=term, leader=number if kind == Kind.LED else other)
        elif kind == Kind.MEMBER_ADDED:
            track.add(at_s, State.DOWN)
        elif kind == Kind.MEMBER_REMOVED and track.state[-1] == State.DOWN:
            track.add(at_s, State.REMOVED)
    return tuple(found.values())


@dataclass(frozen=True, slots=True)
class Words:
    """One message about a vote. to_s: when it arrives; None where it is lost on the way."""

    from_s: float
    to_s: float | None
    sender: int
    to: int
    says: str  # ask, pre-ask, yes, no


SAYS = {
    Kind.PRE_VOTE_ASKED: "pre-ask", Kind.VOTE_ASKED: "ask", Kind.PRE_VOTE_GIVEN: "yes", Kind.VOTE_GIVEN: "yes",
    Kind.PRE_VOTE_REFUSED: "no", Kind.VOTE_REFUSED: "no",
}  # fmt: skip


def votes(course: Course) -> tuple[Words, ...]:
    """List every question and answer of every campaign."""
    return tuple(
        Words(
            float(course.at_s[i]),
            None if course.value[i] != course.value[i] else float(course.value[i]),
            int(course.member[i]),
            int(course.other[i]),
            SAYS[Kind(int(course.kind[i]))],
        )
        for i in course.rows(*SAYS)
    )


@dataclass(frozen=True, slots=True)
class Cut:
    """A stretch in which something was cut off: a link ("1-3"), a zone's network, or a zone's power, by its letter."""

    what: str
    from_s: float
    to_s: float


def cuts(course: Course, opens: Kind, closes: Kind) -> tuple[Cut, ...]:
    """Pair what cuts with what mends: LINK_CUT with LINK_HEALED, ZONE_CUT with ZONE_HEALED, ZONE_LOST with ZONE_BACK."""
    began: dict[str, float] = {}
    found = []
    for i in course.rows(opens, closes):
        a, b = int(course.member[i]), int(course.other[i])
        what = f"{min(a, b)}-{max(a, b)}" if opens == Kind.LINK_CUT else ZONES[b]
        if course.kind[i] == opens:
            began.setdefault(what, float(course.at_s[i]))
        elif what in began:
            found.append(Cut(what, began.pop(what), float(course.at_s[i])))
    found += [Cut(what, from_s, course.scenario.duration_s) for what, from_s in began.items()]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Electorate:
    """Who votes from a moment on, and how many are needed."""

    from_s: float
    voters: tuple[int, ...]
    needed: int


def electorates(course: Course) -> tuple[Electorate, ...]:
    """List the electorates that were in office."""
    voters = tuple(range(1, len(course.scenario.places) + 1))
    found = [Electorate(0.0, voters, majority(len(voters)))]
    for i in course.rows(Kind.MEMBER_ADDED, Kind.MEMBER_REMOVED):
        number = int(course.member[i])
        is_added = course.kind[i] == Kind.MEMBER_ADDED
        voters = (*voters, number) if is_added else tuple(v for v in voters if v != number)
        found.append(Electorate(float(course.at_s[i]), voters, majority(len(voters))))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Rise:
    """How the committed index went on: `base` at first, then `per_s` more each second."""

    from_s: float
    to_s: float
    base: float
    per_s: float


def rises(course: Course) -> tuple[Rise, ...]:
    """Reckon the committed index over the run: with every opening come the writes that still waited."""
    s = course.scenario
    values = {float(course.at_s[i]): float(course.value[i]) for i in course.rows(Kind.WRITES_OPENED)}
    found, since_s = [], 0.0
    for span in course.writable:
        waited = 0
        if s.writes_per_s:
            patient_s = max(since_s, span.from_s - s.patience_s)
            waited = sent_by(s.writes_per_s, span.from_s) - sent_by(s.writes_per_s, patient_s)
        found.append(Rise(span.from_s, span.to_s, values[span.from_s] + waited, s.writes_per_s))
        since_s = span.to_s
    return tuple(found)
