"""A member's log on disk, kept as runs of entries of one term: a thousand quiet writes cost no more than one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field

Run = tuple[int, int]  # a term, and the index of its last entry
Voters = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """Entries on their way to a follower: those after `index`, whose term was `term`.

    runs: the entries, in order; changes: the electorate that an entry at that index installs, once it is committed.
    """

    index: int
    term: int
    runs: tuple[Run, ...] = ()
    changes: Mapping[int, Voters] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """Give the index of the last entry that it carries."""
        return self.runs[-1][1] if self.runs else self.index


@dataclass(slots=True)
class Log:
    """Entries 1, 2, 3, …; only their terms matter here, and which of them change the electorate."""

    runs: list[Run] = field(default_factory=list)
    changes: dict[int, Voters] = field(default_factory=dict)

    @property
    def last(self) -> int:
        """Give the last entry's index; 0 for an empty log."""
        return self.runs[-1][1] if self.runs else 0

    @property
    def last_term(self) -> int:
        """Give the last entry's term; 0 for an empty log."""
        return self.runs[-1][0] if self.runs else 0

    def term_at(self, index: int) -> int:
        """Give an entry's term; 0 before the first and past the last."""
        if not 0 < index <= self.last:
            return 0
        return self.runs[bisect_left(self.runs, index, key=lambda run: run[1])][0]

    def append(self, term: int, entries: int = 1, change: Voters | None = None) -> int:
        """Write entries of the leader's own term at the end; return the last one's index."""
        last = self.last + entries
        if self.last_term == term and self.runs:
            self.runs[-1] = (term, last)
        else:
            self.runs.append((term, last))
        if change is not None:
            self.changes[last] = change
        return last

    def after(self, index: int) -> Slice:
        """Cut out what follows an index."""
        first = bisect_left(self.runs, index + 1, key=lambda run: run[1])
        changes = {at: voters for at, voters in self.changes.items() if at > index}
        return Slice(index, self.term_at(index), tuple(self.runs[first:]), changes)

    def take(self, given: Slice, committed: int) -> int | None:
        """Append a leader's entries where they fit; return their last index, or None where they do not fit.

        What contradicts them is dropped: it was never committed (`committed` is never touched).
        """
        if self.term_at(given.index) != given.term or given.index > self.last:
            return None
        conflict = self._first_conflict(given)
        if conflict is not None:
            if conflict <= committed:
                raise AssertionError(f"entry {conflict} is committed and would be overwritten")
            self._cut(conflict - 1)
            begin = conflict - 1
            for term, last in given.runs:
                if last > begin:
                    self.append(term, last - begin)
                    begin = last
            self.changes |= {at: voters for at, voters in given.changes.items() if at >= conflict}
        return given.last

    def before_term(self, index: int, term: int) -> int:
        """Give the highest index up to `index` whose entry is of no later term: where a leader may look next."""
        index = min(index, self.last)
        while index > 0 and self.term_at(index) > term:
            run = bisect_left(self.runs, index, key=lambda run: run[1])
            index = self.runs[run - 1][1] if run else 0
        return index

    def copy(self) -> Log:
        """Copy it: what a disk holds when its member dies."""
        return Log(list(self.runs), dict(self.changes))

    def _first_conflict(self, given: Slice) -> int | None:
        """Find the first of the given entries that this log lacks, or holds of another term."""
        begin = given.index
        for term, last in given.runs:
            while begin < last:
                at = begin + 1
                if self.term_at(at) != term:
                    return at
                run = bisect_left(self.runs, at, key=lambda run: run[1])
                begin = min(last, self.runs[run][1])
        return None

    def _cut(self, last: int) -> None:
        """Drop what follows an index."""
        while self.runs and (self.runs[-2][1] if len(self.runs) > 1 else 0) >= last:
            self.runs.pop()
        if self.runs:
            self.runs[-1] = (self.runs[-1][0], last)
        self.changes = {at: voters for at, voters in self.changes.items() if at <= last}
