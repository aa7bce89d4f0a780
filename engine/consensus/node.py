"""A member's machine: its process, its clock, its disk; what a kill takes and what it leaves."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.consensus.log import Log, Voters
from engine.consensus.member import Member, Role


@dataclass(slots=True)
class Disk:
    """A disk that writes one batch at a time; what comes while it writes goes into the next batch together."""

    write_s: float
    done_s: float = 0.0  # the batch that is being written is on it by then
    next_s: float = 0.0  # and so is the batch that waits, if one does

    def sync(self, now: float) -> float:
        """Ask for a write; return when it will be on the disk."""
        self._roll(now)
        if now >= self.done_s:
            self.done_s = self.next_s = now + self.write_s
        elif self.next_s <= self.done_s:
            self.next_s = self.done_s + self.write_s
        return max(self.done_s, self.next_s)

    def all_s(self, now: float) -> float:
        """Say when everything that was asked for is on the disk."""
        return max(now, self.done_s, self.next_s)

    def free_s(self, now: float) -> float:
        """Say when the loop that writes can go on: etcd sends nothing while it waits for its disk."""
        self._roll(now)
        return max(now, self.done_s)

    def _roll(self, now: float) -> None:
        if self.done_s <= now < self.next_s:
            self.done_s = self.next_s


@dataclass(frozen=True, slots=True)
class Kept:
    """What a disk holds of a member."""

    term: int
    vote: int
    log: Log
    committed: int
    voters: Voters


@dataclass(slots=True)
class Node:
    """A machine. phase_s: a moment at which its clock ticked; ticked: ticks since then that its member has heard of."""

    number: int
    zone: str
    disk: Disk
    kept: Kept
    member: Member | None = None  # None: the process does not run
    phase_s: float = 0.0
    ticked: int = 0
    timer: int = 0  # the number of the timer that counts; older ones ring in vain
    armed_s: float | None = None
    died_s: float = -1.0
    starts: int = 0
    is_removed: bool = False
    is_wanted: bool = True  # somebody wants it to run: power or a restart brings it back
    is_starting: bool = False
    seen: tuple[object, ...] = ()
    syncing: list[tuple[float, Kept]] = field(default_factory=list)

    @property
    def is_up(self) -> bool:
        """Say whether the process runs."""
        return self.member is not None

    @property
    def is_leading(self) -> bool:
        """Say whether it thinks that it leads."""
        return self.member is not None and self.member.role == Role.LEADER

    def keep(self, done_s: float) -> None:
        """Send the present to the disk, where it is by `done_s`."""
        member = self.member
        if member is None:
            return
        if self.syncing and self.syncing[-1][0] == done_s:
            self.syncing.pop()
        self.syncing.append(
            (done_s, Kept(member.term, member.vote, member.log.copy(), member.committed, member.voters))
        )

    def die(self, now: float) -> None:
        """Lose what is not on the disk."""
        for done_s, kept in self.syncing:
            if done_s <= now:
                self.kept = kept
        if self.member is not None and self.member.committed > self.kept.committed:
            known = min(self.member.committed, self.kept.log.last)
            self.kept = Kept(self.kept.term, self.kept.vote, self.kept.log, known, self.member.voters)
        self.syncing.clear()
        self.member, self.died_s, self.armed_s = None, now, None
        self.timer += 1

    def settle(self, now: float) -> None:
        """Forget batches that later ones on the disk have replaced."""
        while len(self.syncing) > 1 and self.syncing[1][0] <= now:
            self.syncing.pop(0)
