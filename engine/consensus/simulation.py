"""run(scenario) -> Course: members that tick, talk, lose each other and find a leader, in SimPy.

Members are pure (`member.py`); here are their clocks, disks and network, and what is done to them. In quiet times, when
everybody follows one leader and nothing is under way, the clock leaps to just before the next thing that will happen:
an hour costs what its disturbances cost (`is_eager` plays every heartbeat; both write the same log).
"""

from __future__ import annotations

from collections.abc import Generator
from math import floor, nan

import numpy as np
from simpy import Environment, Event

from engine import catalog
from engine.consensus import actions, leap, writes
from engine.consensus.course import Course, Kind, Notes
from engine.consensus.log import Log, Voters
from engine.consensus.member import AFTER_DISK, NOBODY, Member, Message, Role, Say
from engine.consensus.node import Disk, Kept, Node
from engine.consensus.quorum import majority_vote
from engine.consensus.scenario import Consensus
from engine.rng import stream, uniform

ASKED = {Say.PRE_VOTE: Kind.PRE_VOTE_ASKED, Say.VOTE: Kind.VOTE_ASKED}
ANSWERED = {
    Say.PRE_VOTE_REPLY: (Kind.PRE_VOTE_GIVEN, Kind.PRE_VOTE_REFUSED),
    Say.VOTE_REPLY: (Kind.VOTE_GIVEN, Kind.VOTE_REFUSED),
}
BECAME = {Role.PRE_CANDIDATE: Kind.PRE_CAMPAIGNED, Role.CANDIDATE: Kind.CAMPAIGNED, Role.LEADER: Kind.LED}
BEATS = {Say.HEARTBEAT, Say.HEARTBEAT_REPLY}
Process = Generator[Event, object, None]


class Store:
    """The members and what is between them: the state of a run."""

    def __init__(self, scenario: Consensus, *, is_eager: bool = False, tells_votes: bool = True) -> None:
        """Set the stage; `tells_votes` off: campaigns and votes are not written down (an outage of days has many)."""
        self.scenario, self.is_eager, self.tells_votes = scenario, is_eager, tells_votes
        self.env = Environment()
        self.notes = Notes()
        self.cut_links: set[frozenset[int]] = set()
        self.cut_zones: set[str] = set()
        self.dark_zones: set[str] = set()
        self.nodes: dict[int, Node] = {}
        self.removed: set[int] = set()
        self.reached_s: dict[frozenset[int], float] = {}  # since when two members hear each other
        self.marks: list[float] = sorted(o.at_s for o in scenario.operations)  # moments at which something will happen
        self.underway = 0  # messages that are no heartbeats
        self.leap_end_s = -1.0
        self.writer = NOBODY
        self.readers: set[int] = set()
        self.waiting: list[float] = []  # when the writes were sent that nobody has taken yet
        self.written = 0
        self.changes: list[actions.Change] = []
        voters = tuple(range(1, len(scenario.places) + 1))
        for number, zone in zip(voters, scenario.places, strict=True):
            self.add_node(number, zone, voters)

    def add_node(self, number: int, zone: str, voters: Voters) -> Node:
        """Bring a machine with an empty disk."""
        kept = Kept(0, NOBODY, Log(), 0, voters)
        node = self.nodes[number] = Node(number, zone, Disk(self.scenario.disk_ms / 1000), kept)
        return node

    # --- processes --------------------------------------------------------------------------------------------------------

    def start(self, node: Node) -> None:
        """Start a member's process from its disk."""
        env, kept = self.env, node.kept
        first, node.starts = node.starts == 0, node.starts + 1
        number, starts = node.number, node.starts
        count = iter(range(1_000_000_000))
        ticks = self.scenario.election_ticks
        node.member = Member(
            number, kept.voters, ticks, self.scenario.pre_vote,
            lambda: int(stream(self.scenario.seed, "patience", number, starts, next(count)).integers(ticks)),
            term=kept.term, vote=kept.vote, log=kept.log.copy(), committed=kept.committed,
        )  # fmt: skip
        tick_s = self.scenario.tick_s
        is_cold = first and env.now == 0
        node.phase_s = uniform(self.scenario.seed, 0, tick_s, "phase", number) - tick_s if is_cold else env.now
        node.ticked, node.armed_s, node.is_starting, node.seen = 0, None, False, ()
        node.member.is_dirty = False
        self.notes.note(env.now, Kind.MEMBER_UP, number, term=kept.term, value=node.phase_s)
        self.touch_links()
        self._skip_first_ticks(node, node.member)
        self.arm(node)
        self.look()

    def _skip_first_ticks(self, node: Node, member: Member) -> None:
        """Shorten the first wait of a member that sees two peers, or is alone: fact `etcd.initial_tick_advance`."""
        peers = [n for n in self.nodes.values() if n.number != node.number and self.reaches(node, n)]
        left = int(catalog.number("etcd.initial_tick_advance"))
        if member.voters == (node.number,):
            member.elapsed = member.election_ticks - 1
        elif len(peers) > 1:
            member.elapsed = max(0, member.election_ticks - left)

    def kill(self, node: Node, reason: str) -> None:
        """End a member's process at once."""
        if node.member is None:
            return
        term = node.member.term
        node.die(self.env.now)
        self.notes.note(self.env.now, Kind.MEMBER_DOWN, node.number, term=term, reason=reason)
        self.touch_links()
        self.look()

    # --- clocks -----------------------------------------------------------------------------------------------------------

    def arm(self, node: Node) -> None:
        """Set a member's alarm for the tick at which it acts by itself; an earlier one that rings in vain sets it again."""
        member = node.member
        due = member.due if member else None
        if due is None:
            return
        at_s = node.phase_s + (node.ticked + due) * self.scenario.tick_s
        if node.armed_s is not None and node.armed_s <= at_s:
            return
        node.timer += 1
        node.armed_s, mine = at_s, node.timer
        alarm = self.env.timeout(max(0.0, at_s - self.env.now))
        alarm.callbacks.append(lambda _: self._ring(node, mine))

    def _ring(self, node: Node, timer: int) -> None:
        if timer != node.timer or node.member is None:
            return
        node.armed_s = None
        now_ticks = round((self.env.now - node.phase_s) / self.scenario.tick_s)
        passed, due = now_ticks - node.ticked, node.member.due
        if due is not None and passed >= due:
            if leap.begin(self, node) if node.is_leading else leap.give_up(self, node):
                return
            node.ticked = now_ticks
            node.member.tick(passed)
            self.flush(node)
        self.arm(node)

    def ring(self, node: Node) -> None:
        """Ring a member's alarm by hand: its tick is now."""
        node.timer += 1
        self._ring(node, node.timer)

    def _catch_up(self, node: Node, member: Member) -> None:
        """Let a member hear of the ticks that went by, short of the one at which its alarm rings."""
        now_ticks = floor((self.env.now - node.phase_s) / self.scenario.tick_s + 1e-9)
        passed = now_ticks - node.ticked
        if member.due is not None:
            passed = min(passed, member.due - 1)
        if passed > 0:
            member.elapsed += passed
            node.ticked += passed

    # --- the network --------------------------------------------------------------------------------------------------------

    def reaches(self, a: Node, b: Node) -> bool:
        """Say whether two running members hear each other."""
        return a.is_up and b.is_up and self.is_linked(a, b)

    def is_linked(self, a: Node, b: Node) -> bool:
        """Say whether the network between two machines works."""
        if frozenset((a.number, b.number)) in self.cut_links:
            return False
        return a.zone == b.zone or not {a.zone, b.zone} & self.cut_zones

    def delay_s(self, a: Node, b: Node) -> float:
        """Say how long a message takes."""
        ms = self.scenario.same_zone_ms if a.zone == b.zone else self.scenario.cross_zone_ms
        return ms / 1000

    def touch_links(self) -> None:
        """Note since when each pair hears each other: etcd asks for it before it adds a member."""
        live = list(self.nodes.values())
        for i, a in enumerate(live):
            for b in live[i + 1 :]:
                pair = frozenset((a.number, b.number))
                if self.reaches(a, b):
                    self.reached_s.setdefault(pair, self.env.now)
                else:
                    self.reached_s.pop(pair, None)

    def flush(self, node: Node) -> None:
        """Write to the disk what has to be, send what may go, and see whether anything is different now."""
        member, now = node.member, self.env.now
        if member is None:
            return
        messages, member.outbox = member.outbox, []
        if member.is_dirty:
            member.is_dirty = False
            done_s = node.disk.sync(now)
            node.settle(now)
            node.keep(done_s)
        else:
            done_s = node.disk.all_s(now)
        for message in messages:
            waits = message.say in AFTER_DISK or member.role != Role.LEADER
            self._send(node, message, done_s if waits else node.disk.free_s(now))
        self._notice(node, member)
        self.arm(node)

    def _send(self, node: Node, message: Message, departs_s: float) -> None:
        to = self.nodes[message.to]
        is_self = to is node
        arrives_s = departs_s if is_self else departs_s + self.delay_s(node, to)
        passes = is_self or self.reaches(node, to)
        if self.tells_votes and not is_self:
            self._tell(message, arrives_s if passes else nan)
        if not passes:
            return
        is_beat = message.say in BEATS
        self.underway += not is_beat
        trip = self.env.timeout(max(0.0, arrives_s - self.env.now))
        sent_s = self.env.now
        trip.callbacks.append(lambda _: self._arrive(node, to, message, sent_s, departs_s))

    def _tell(self, message: Message, arrives_s: float) -> None:
        kind = ASKED.get(message.say)
        if kind is None and message.say in ANSWERED:
            kind = ANSWERED[message.say][message.refused]
        if kind is not None:
            self.notes.note(self.env.now, kind, message.sender, message.to, term=message.term, value=arrives_s)

    def _arrive(self, node: Node, to: Node, message: Message, sent_s: float, departs_s: float) -> None:
        self.underway -= message.say not in BEATS
        if sent_s <= node.died_s < departs_s or to.member is None or to.died_s >= sent_s:
            return  # it never left, or who was meant is dead
        if node is not to and (not self.is_linked(node, to) or node.number in self.removed):
            return
        self._catch_up(to, to.member)
        to.member.step(message)
        self.flush(to)

    # --- what is different --------------------------------------------------------------------------------------------------

    def _notice(self, node: Node, member: Member) -> None:
        """Write down what a member became, and see who can write now."""
        seen = (member.role, member.term, member.leader, member.leads_safely, member.voters)
        if seen == node.seen:
            if self.changes:
                self._settle_changes(member)
            return
        was, node.seen = node.seen, seen
        now, number, term = self.env.now, node.number, member.term
        if was and was[0] == Role.LEADER and member.role != Role.LEADER:
            why = "later term" if term > int(str(was[1])) else "no quorum"
            self.notes.note(now, Kind.STEPPED_DOWN, number, term=term, reason=why)
        kind = BECAME.get(member.role)
        if kind and (not was or was[:2] != seen[:2]) and (kind == Kind.LED or self.tells_votes):
            self.notes.note(now, kind, number, term=term)
        is_news = not was or (was[0], was[2]) != (seen[0], seen[2])
        if member.role == Role.FOLLOWER and is_news and (member.leader or self.tells_votes):
            self.notes.note(now, Kind.FOLLOWS, number, member.leader, term=term)
        if was and was[4] != member.voters and number not in member.voters:
            self.env.process(self._leave(node))
        self._settle_changes(member)
        self.look()

    def _leave(self, node: Node) -> Process:
        """Let a member that heard of its removal stop a second later, as etcd does."""
        yield self.env.timeout(10 * 0.1)
        self.kill(node, "removed")

    def _settle_changes(self, member: Member) -> None:
        for change in self.changes:
            is_safe = member.committed >= change.index and member.log.term_at(change.index) == change.term
            if is_safe and not change.done.triggered:
                change.done.succeed()

    def mark(self, at_s: float) -> None:
        """Say that something will happen then: no leap goes past it."""
        self.marks = sorted([*(m for m in self.marks if m > self.env.now), at_s])

    def look(self) -> None:
        """See who could take a write right now, and which members could pass one on."""
        writer = self._writer()
        if writer != self.writer:
            if self.writer:
                self.notes.note(self.env.now, Kind.WRITES_CLOSED, self.writer)
            self.writer = writer
            if writer:
                member = self.nodes[writer].member
                if member is not None:
                    self.notes.note(
                        self.env.now, Kind.WRITES_OPENED, writer, term=member.term, value=float(member.committed)
                    )
                    self.env.process(writes.hand_over(self, writer))
        readers = set()
        if writer:
            source = self.nodes[writer]
            readers = {n.number for n in self.nodes.values() if n is source or self.reaches(source, n)} - self.removed
        for number in sorted(self.readers - readers):
            self.notes.note(self.env.now, Kind.READS_CLOSED, number)
        for number in sorted(readers - self.readers):
            self.notes.note(self.env.now, Kind.READS_OPENED, number)
        self.readers = readers

    def _writer(self) -> int:
        """Find the leader that has committed in its term and reaches a quorum that would follow it."""
        for node in self.nodes.values():
            member = node.member
            if member is None or not member.leads_safely:
                continue
            heard = {
                n.number: True
                for n in self.nodes.values()
                if n is node or (self.reaches(node, n) and n.member is not None and n.member.term <= member.term)
            }
            if majority_vote(member.voters, heard) == "won":
                return node.number
        return NOBODY


def run(scenario: Consensus, *, is_eager: bool = False, tells_votes: bool = True) -> Course:
    """Play a scenario from its cold start: every member up, nobody leading yet."""
    store = Store(scenario, is_eager=is_eager, tells_votes=tells_votes)
    for node in store.nodes.values():
        store.start(node)
    store.env.process(actions.perform(store))
    if scenario.writes_per_s:
        store.env.process(writes.send(store))
    store.env.run(until=scenario.duration_s)
    return course_of(store)


def course_of(store: Store) -> Course:
    """Freeze what was noted."""
    notes, whole = store.notes, np.int64
    return Course(
        scenario=store.scenario,
        at_s=np.array(notes.at_s, dtype=np.float64),
        kind=np.array(notes.kind, dtype=whole),
        member=np.array(notes.member, dtype=whole),
        other=np.array(notes.other, dtype=whole),
        term=np.array(notes.term, dtype=whole),
        value=np.array(notes.value, dtype=np.float64),
        reason=tuple(notes.reason),
        members=tuple(node.zone for node in store.nodes.values()),
        committed=max((n.member.committed if n.member else n.kept.committed) for n in store.nodes.values()),
    )
