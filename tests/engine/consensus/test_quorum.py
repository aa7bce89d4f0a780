"""Quorums: how many are enough, and what two electorates at once need."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import catalog
from engine.consensus.quorum import ALL, committed_index, majority, table, vote_result

MEMBERS = st.sets(st.integers(1, 9), max_size=7)


def test_the_table_of_the_talk_is_the_facts() -> None:
    """One to seven members: what they need and what they survive is what etcd's FAQ says."""
    rows = table()

    assert {row.members: row.quorum for row in rows} == catalog.value("etcd.quorum")
    assert {row.members: row.survives for row in rows} == catalog.value("etcd.tolerance")


def test_a_fourth_member_survives_nothing_more() -> None:
    """Four need one more than three do, so they can lose no more."""
    rows = {row.members: row for row in table()}

    assert (rows[4].quorum, rows[4].survives) == (3, rows[3].survives)


@pytest.mark.parametrize(
    ("votes", "result"),
    [
        ({1: True, 2: True}, "pending"),  # the second electorate has only one of its two
        ({1: True, 2: True, 3: True}, "won"),
        ({1: True, 3: False}, "pending"),
        ({2: False, 1: False}, "lost"),
        ({3: False, 4: False, 1: True, 2: True}, "lost"),
    ],
)
def test_a_joint_vote_needs_both(votes: dict[int, bool], result: str) -> None:
    """Three members and another three, two of them in both."""
    assert vote_result([1, 2, 5], [2, 3, 4], votes) == result


@given(MEMBERS, MEMBERS, st.dictionaries(st.integers(1, 9), st.integers(0, 50)))
def test_a_majority_of_each_electorate_holds_what_is_committed(
    voters: set[int], joint: set[int], acked: dict[int, int]
) -> None:
    """And one index more, no such two majorities hold."""
    index = committed_index(voters, joint, acked)
    for at, must in ((index, True), (index + 1, False)):
        held = [all(_holds(half, acked, at) for half in (voters, joint))]
        assert held == [must] or index == ALL


def _holds(voters: set[int], acked: dict[int, int], index: int) -> bool:
    return sum(acked.get(voter, 0) >= index for voter in voters) >= majority(len(voters)) or not voters
