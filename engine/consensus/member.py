"""One member of etcd, as a pure state machine: ticks and messages go in, messages come out; it knows no clock.

It follows etcd-io/raft (`raft.go` at 00db8d312ff8) with what etcd sets: CheckQuorum on, PreVote on (off in 3.4), a
heartbeat each tick. Left out: snapshots, flow control, learners, leader transfer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from engine.consensus.log import Log, Slice, Voters
from engine.consensus.quorum import majority_committed, majority_vote

NOBODY = 0


class Role(IntEnum):
    """What a member is at the moment."""

    FOLLOWER = 0
    PRE_CANDIDATE = 1
    CANDIDATE = 2
    LEADER = 3


class Say(IntEnum):
    """What members tell each other."""

    HEARTBEAT = 0
    HEARTBEAT_REPLY = 1
    APPEND = 2
    APPEND_REPLY = 3
    PRE_VOTE = 4
    PRE_VOTE_REPLY = 5
    VOTE = 6
    VOTE_REPLY = 7


REPLY = {Say.PRE_VOTE: Say.PRE_VOTE_REPLY, Say.VOTE: Say.VOTE_REPLY}
AFTER_DISK = {Say.APPEND_REPLY, Say.PRE_VOTE_REPLY, Say.VOTE_REPLY}  # said only when what they promise is on disk
FROM_LEADER = {Say.HEARTBEAT, Say.APPEND}


@dataclass(frozen=True, slots=True)
class Message:
    """One message. index, log_term: the log's end (votes), what was acknowledged or refused (replies).

    hint: where a refusing follower's log might still agree; commit: what the leader knows to be safe.
    """

    say: Say
    sender: int
    to: int
    term: int
    index: int = 0
    log_term: int = 0
    commit: int = 0
    refused: bool = False
    hint: int = 0
    entries: Slice | None = None


@dataclass(slots=True)
class Progress:
    """What a leader knows of a member: the last index it holds, the next to send, and whether it was heard lately."""

    match: int = 0
    next: int = 1
    is_active: bool = False


@dataclass(slots=True)
class Member:
    """A member: what its disk keeps (term, vote, log, committed) and what it forgets when it dies.

    draw: gives a whole number below the election time-out, in ticks: the random part of the next time-out.
    """

    number: int
    voters: Voters
    election_ticks: int
    pre_vote: bool
    draw: Callable[[], int]
    term: int = 0
    vote: int = NOBODY
    log: Log = field(default_factory=Log)
    committed: int = 0
    role: Role = Role.FOLLOWER
    leader: int = NOBODY
    elapsed: int = 0
    patience: int = 0  # ticks until it campaigns
    votes: dict[int, bool | None] = field(default_factory=dict)
    progress: dict[int, Progress] = field(default_factory=dict)
    pending_change: int = 0  # the index of a change that is not committed yet
    outbox: list[Message] = field(default_factory=list)
    is_dirty: bool = False  # the disk has to be written before replies may leave

    def __post_init__(self) -> None:
        """Begin as a follower that has heard nobody yet."""
        self._forget(self.term)

    # --- time -------------------------------------------------------------------------------------------------------------

    @property
    def may_lead(self) -> bool:
        """Say whether it is one of the voters it knows."""
        return self.number in self.voters

    @property
    def due(self) -> int | None:
        """Count the ticks until it does something by itself; None = never."""
        if self.role == Role.LEADER:
            return 1
        return max(1, self.patience - self.elapsed) if self.may_lead else None

    def tick(self, ticks: int = 1) -> None:
        """Let time pass: no more than `due` ticks at once."""
        self.elapsed += ticks
        if self.role == Role.LEADER:
            self._lead_on()
        elif self.may_lead and self.elapsed >= self.patience:
            self.elapsed = 0
            self._campaign(self.pre_vote)

    def _lead_on(self) -> None:
        """Check the quorum once in an election time-out; send heartbeats each tick."""
        if self.elapsed >= self.election_ticks:
            self.elapsed = 0
            heard = {peer: self.progress[peer].is_active for peer in self.voters if peer in self.progress}
            heard[self.number] = True
            if majority_vote(self.voters, heard) != "won":
                self._follow(self.term, NOBODY)
            for progress in self.progress.values():
                progress.is_active = False
        if self.role == Role.LEADER:
            for peer in self._others():
                # What the follower is not known to hold must not be called committed to it.
                safe = min(self.progress[peer].match, self.committed)
                self._send(Say.HEARTBEAT, peer, commit=safe)

    # --- becoming -----------------------------------------------------------------------------------------------------------

    def _forget(self, term: int) -> None:
        """Enter a term, or begin anew in this one."""
        if term != self.term:
            self.term, self.vote, self.is_dirty = term, NOBODY, True
        self.leader = NOBODY
        self.elapsed = 0
        self.patience = self.election_ticks + self.draw()
        self.votes = {}
        self.progress = {}
        self.pending_change = 0

    def _follow(self, term: int, leader: int) -> None:
        self._forget(term)
        self.role, self.leader = Role.FOLLOWER, leader

    def _campaign(self, is_pre: bool) -> None:
        """Ask for votes: first whether they would be given (the term stays), then in earnest."""
        if is_pre:
            self.role, self.leader, self.votes = Role.PRE_CANDIDATE, NOBODY, {}
            say, term = Say.PRE_VOTE, self.term + 1
        else:
            self._forget(self.term + 1)
            self.role, self.vote, self.is_dirty = Role.CANDIDATE, self.number, True
            say, term = Say.VOTE, self.term
        for peer in self.voters:
            if peer == self.number:
                self.outbox.append(Message(REPLY[say], peer, peer, term))
            else:
                self.outbox.append(Message(say, self.number, peer, term, self.log.last, self.log.last_term))

    def _lead(self) -> None:
        """Take office: one empty entry of the own term, whose commit makes everything before it safe."""
        self._forget(self.term)
        self.role, self.leader = Role.LEADER, self.number
        self._track()
        self.pending_change = self.log.last
        self.propose()

    def _track(self) -> None:
        """Keep a line for each voter."""
        for peer in self.voters:
            if peer not in self.progress:
                self.progress[peer] = Progress(next=self.log.last + 1, is_active=peer == self.number)
        self.progress = {peer: line for peer, line in self.progress.items() if peer in self.voters}

    # --- writing ------------------------------------------------------------------------------------------------------------

    def propose(self, entries: int = 1, change: Voters | None = None) -> int | None:
        """Append entries and send them out; return the last index. None: it does not lead, or a change is under way."""
        if self.role != Role.LEADER or self.number not in self.progress:
            return None
        if change is not None and self.pending_change > self.committed:
            return None
        last = self.log.append(self.term, entries, change)
        self.is_dirty = True
        if change is not None:
            self.pending_change = last
        # Its own disk counts only when the entries are on it: it tells itself.
        self._send(Say.APPEND_REPLY, self.number, index=last)
        self._broadcast()
        return last

    @property
    def leads_safely(self) -> bool:
        """Say whether it leads and has committed an entry of its own term: only then does it know what is committed."""
        return self.role == Role.LEADER and self.log.term_at(self.committed) == self.term

    def _broadcast(self) -> None:
        for peer in self._others():
            self._send_entries(peer)

    def _send_entries(self, peer: int) -> None:
        progress = self.progress[peer]
        entries = self.log.after(progress.next - 1)
        progress.next = max(progress.next, entries.last + 1)
        self._send(Say.APPEND, peer, commit=self.committed, entries=entries)

    def _commit_if_safe(self) -> None:
        """Commit what a majority holds, if it is of this term: an older entry becomes safe only behind a newer one."""
        safe = majority_committed(self.voters, {peer: line.match for peer, line in self.progress.items()})
        if safe <= self.committed or self.log.term_at(safe) != self.term:
            return
        before, self.committed = self.committed, safe
        self._broadcast()  # also to whom this removes: it has to hear of it
        self._install(before)

    def _commit(self, index: int) -> None:
        """Move the committed index, as the leader says. It is kept on disk, but nobody waits for that."""
        before, self.committed = self.committed, index
        self._install(before)

    def _install(self, before: int) -> None:
        """Install the electorates that have become valid since."""
        for at in sorted(self.log.changes):
            if before < at <= self.committed:
                self.voters = self.log.changes[at]
                if self.role == Role.LEADER:
                    self._track()

    # --- hearing ------------------------------------------------------------------------------------------------------------

    def step(self, message: Message) -> None:
        """Hear a message."""
        if message.term > self.term:
            if message.say in REPLY and self._is_in_lease():
                return  # it hears a leader: whoever wants votes now does not see what it sees
            granted_pre = message.say == Say.PRE_VOTE_REPLY and not message.refused
            if message.say != Say.PRE_VOTE and not granted_pre:
                self._follow(message.term, message.sender if message.say in FROM_LEADER else NOBODY)
        elif message.term < self.term:
            if message.say in FROM_LEADER:
                self._send(Say.APPEND_REPLY, message.sender)  # tells a leader of old that its term is over
            elif message.say == Say.PRE_VOTE:
                self._send(Say.PRE_VOTE_REPLY, message.sender, refused=True)
            return
        if message.say in REPLY:
            self._answer(message)
        elif self.role == Role.LEADER:
            self._hear_as_leader(message)
        elif message.say in FROM_LEADER:
            self._hear_leader(message)
        elif message.say in (Say.VOTE_REPLY, Say.PRE_VOTE_REPLY):
            self._count(message)

    def _is_in_lease(self) -> bool:
        return self.leader != NOBODY and self.elapsed < self.election_ticks

    def _answer(self, message: Message) -> None:
        """Give the vote to who knows at least as much, once in a term."""
        is_pre = message.say == Say.PRE_VOTE
        is_free = (
            self.vote == message.sender
            or (self.vote == NOBODY and self.leader == NOBODY)
            or (is_pre and message.term > self.term)
        )
        knows = (message.log_term, message.index) >= (self.log.last_term, self.log.last)
        if not (is_free and knows):
            self._send(REPLY[message.say], message.sender, refused=True)
            return
        self.outbox.append(Message(REPLY[message.say], self.number, message.sender, message.term))
        if not is_pre:
            self.elapsed, self.vote, self.is_dirty = 0, message.sender, True

    def _count(self, message: Message) -> None:
        """Count a vote; with a majority go on, without hope of one be a follower again."""
        wanted = {Role.PRE_CANDIDATE: Say.PRE_VOTE_REPLY, Role.CANDIDATE: Say.VOTE_REPLY}.get(self.role)
        if message.say != wanted:
            return
        self.votes.setdefault(message.sender, not message.refused)
        result = majority_vote(self.voters, self.votes)
        if result == "lost":
            self._follow(self.term, NOBODY)
        elif result == "won":
            if self.role == Role.PRE_CANDIDATE:
                self._campaign(is_pre=False)
            else:
                self._lead()

    def _hear_leader(self, message: Message) -> None:
        """Follow whoever leads this term; take its entries, or say where the logs part."""
        if self.role != Role.FOLLOWER:
            self._follow(message.term, message.sender)
        self.elapsed, self.leader = 0, message.sender
        if message.entries is None:
            if message.commit > self.committed:
                self._commit(min(message.commit, self.log.last))
            self._send(Say.HEARTBEAT_REPLY, message.sender)
            return
        entries = message.entries
        if entries.index < self.committed:
            self._send(Say.APPEND_REPLY, message.sender, index=self.committed)
            return
        before = self.log.last, self.log.last_term
        last = self.log.take(entries, self.committed)
        if last is None:
            hint = self.log.before_term(entries.index, entries.term)
            self._send(
                Say.APPEND_REPLY, message.sender, refused=True, index=entries.index, hint=hint,
                log_term=self.log.term_at(hint),
            )  # fmt: skip
            return
        if before != (self.log.last, self.log.last_term):
            self.is_dirty = True
        if (safe := min(message.commit, last)) > self.committed:
            self._commit(safe)
        self._send(Say.APPEND_REPLY, message.sender, index=last)

    def _hear_as_leader(self, message: Message) -> None:
        progress = self.progress.get(message.sender)
        if progress is None:
            return
        progress.is_active = True
        if message.say == Say.HEARTBEAT_REPLY:
            if progress.match < self.log.last:
                self._send_entries(message.sender)
        elif message.say == Say.APPEND_REPLY:
            if message.refused:
                self._step_back(progress, message)
            elif message.index > progress.match:
                progress.match = message.index
                progress.next = max(progress.next, message.index + 1)
                self._commit_if_safe()

    def _step_back(self, progress: Progress, message: Message) -> None:
        """Look further back for the place where a follower's log agrees."""
        if message.index <= progress.match:
            return  # an answer of yesterday
        hint = self.log.before_term(message.hint, message.log_term) if message.log_term else message.hint
        progress.next = max(progress.match + 1, min(message.index, hint + 1))
        self._send_entries(message.sender)

    # --- saying -------------------------------------------------------------------------------------------------------------

    def _others(self) -> list[int]:
        return [peer for peer in self.voters if peer != self.number]

    def _send(
        self, say: Say, to: int, *, index: int = 0, log_term: int = 0, commit: int = 0, refused: bool = False,
        hint: int = 0, entries: Slice | None = None,
    ) -> None:  # fmt: skip
        self.outbox.append(Message(say, self.number, to, self.term, index, log_term, commit, refused, hint, entries))
