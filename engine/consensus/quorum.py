"""Who is enough: a vote's result and the index that is safe, for a majority and for two majorities at once.

The rules are etcd's (etcd-io/raft, `quorum/majority.go` and `quorum/joint.go`): a joint quorum needs both of its halves.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

VoteResult = Literal["won", "lost", "pending"]
ALL = 2**64 - 1  # what an empty electorate has committed: everything


def majority(members: int) -> int:
    """Count the members that are enough.

    Source: fact `etcd.quorum`.

    >>> [majority(n) for n in range(1, 8)]
    [1, 2, 2, 3, 3, 4, 4]
    """
    return members // 2 + 1


def majority_vote(voters: Collection[int], votes: Mapping[int, bool | None]) -> VoteResult:
    """Say how a vote stands. votes: who said yes or no; whoever is absent, or None, has not answered.

    An electorate without voters has won: that makes half a joint quorum behave.

    >>> majority_vote([1, 2, 3], {1: True, 2: False}), majority_vote([1, 2, 3], {1: True, 3: True})
    ('pending', 'won')
    """
    if not voters:
        return "won"
    heard = [votes.get(voter) for voter in set(voters)]
    yes, open_ = heard.count(True), heard.count(None)
    enough = majority(len(heard))
    if yes >= enough:
        return "won"
    return "pending" if yes + open_ >= enough else "lost"


def vote_result(voters: Collection[int], joint: Collection[int], votes: Mapping[int, bool | None]) -> VoteResult:
    """Say how a vote stands among two electorates: both must be won, and one that is lost loses it."""
    first, second = majority_vote(voters, votes), majority_vote(joint, votes)
    if first == second:
        return first
    return "lost" if "lost" in (first, second) else "pending"


def majority_committed(voters: Collection[int], acked: Mapping[int, int | None]) -> int:
    """Give the highest index that a majority holds. acked: the last index each has on its disk; absent or None, none.

    >>> majority_committed([1, 2, 3], {1: 12, 2: 5, 3: 6})
    6
    """
    if not voters:
        return ALL
    held = sorted((acked.get(voter) or 0 for voter in set(voters)), reverse=True)
    return held[majority(len(held)) - 1]


def committed_index(voters: Collection[int], joint: Collection[int], acked: Mapping[int, int | None]) -> int:
    """Give the highest index that both electorates hold."""
    return min(majority_committed(voters, acked), majority_committed(joint, acked))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: a cluster's size, how many it needs, how many it can lose."""

    members: int
    quorum: int
    survives: int


def table(most: int = 7) -> tuple[Row, ...]:
    """List what clusters of 1 to `most` members need and survive. Source: facts `etcd.quorum`, `etcd.tolerance`.

    >>> [(row.members, row.survives) for row in table(4)]
    [(1, 0), (2, 0), (3, 1), (4, 1)]
    """
    return tuple(Row(n, majority(n), n - majority(n)) for n in range(1, most + 1))


@dataclass(frozen=True, slots=True)
class ZoneLoss:
    """What a lost zone leaves of a cluster."""

    zone: str
    left: int
    needed: int

    @property
    def writes_on(self) -> bool:
        """Say whether those that are left are a quorum."""
        return self.left >= self.needed


def zone_losses(places: str) -> tuple[ZoneLoss, ...]:
    """Say for each zone what its loss leaves. places: the zone of each member.

    Source: facts `etcd.two_az_trap`, `etcd.quorum`.

    >>> [(loss.zone, loss.left, loss.writes_on) for loss in zone_losses("aab")]
    [('a', 1, False), ('b', 2, True)]
    """
    return tuple(
        ZoneLoss(zone, len(places) - places.count(zone), majority(len(places))) for zone in sorted(set(places))
    )
