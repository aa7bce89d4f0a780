"""A run, folded for whoever plays it."""

from __future__ import annotations

import pytest

from engine.consensus.course import Course, Kind
from engine.consensus.quorum import zone_losses
from engine.consensus.scenario import Consensus
from engine.consensus.simulation import run
from engine.consensus.tracks import State, cuts, electorates, rises, tracks, votes


def played(*acts: dict[str, object], **settings: object) -> Course:
    """Run three members over three zones for a minute."""
    return run(Consensus.of({"duration_s": 60, "operations": list(acts), **settings}))


def test_a_track_says_what_a_member_was_at_each_moment() -> None:
    """It leads, is killed, and returns as somebody else's follower."""
    old = played().leaders[0].who
    course = played({"at_s": 10, "do": "kill-leader"}, {"at_s": 30, "do": "restart-member", "member": old})

    track = tracks(course)[old - 1]
    at = [track.state[max(i for i, t in enumerate(track.t) if t <= moment)] for moment in (5, 20, 40)]
    assert at == [State.LEADER, State.DOWN, State.FOLLOWER]
    assert track.leader[-1] not in (0, old)
    assert track.t == sorted(track.t)


def test_a_new_leader_has_a_majority_of_yes() -> None:
    """In each term that somebody led, as many said yes, itself included."""
    course = played({"at_s": 10, "do": "kill-leader"}, places="abcab")
    for span in course.leaders:
        yes = [
            w
            for w in votes(course)
            if w.says == "yes" and w.to == span.who and span.from_s - 0.1 < w.from_s < span.from_s
        ]
        assert len({w.sender for w in yes}) + 1 >= 3


def test_messages_to_the_dead_are_lost() -> None:
    """They leave, and never arrive."""
    course = played({"at_s": 10, "do": "kill-leader"})
    dead = course.leaders[0].who

    assert {w.to_s for w in votes(course) if w.to == dead and w.from_s > 10} == {None}


def test_cuts_last_until_they_are_mended() -> None:
    """Or to the end."""
    course = played(
        {"at_s": 5, "do": "cut-link", "member": 3, "other": 1}, {"at_s": 9, "do": "heal-link", "member": 1, "other": 3},
        {"at_s": 20, "do": "cut-zone", "zone": "b"},
    )  # fmt: skip

    assert [(c.what, c.from_s, c.to_s) for c in cuts(course, Kind.LINK_CUT, Kind.LINK_HEALED)] == [("1-3", 5, 9)]
    assert [(c.what, c.to_s) for c in cuts(course, Kind.ZONE_CUT, Kind.ZONE_HEALED)] == [("b", 60)]


def test_the_electorate_follows_the_changes() -> None:
    """Four need three, three need two."""
    course = played({"at_s": 10, "do": "add-member", "zone": "a"}, {"at_s": 30, "do": "remove-member", "member": 1})

    assert [(len(e.voters), e.needed) for e in electorates(course)] == [(3, 2), (4, 3), (3, 2)]
    assert tracks(course)[0].state[-1] == State.REMOVED


@pytest.mark.parametrize("rate", [0, 3, 10])
def test_the_committed_index_ends_where_the_run_does(rate: float) -> None:
    """Reckoned from the openings alone, without a single entry looked at."""
    course = played({"at_s": 20, "do": "kill-leader"}, writes_per_s=rate)
    last = rises(course)[-1]

    assert last.base + (last.to_s - last.from_s) * last.per_s == pytest.approx(course.committed, abs=2)


def test_what_a_lost_zone_leaves_is_what_the_run_shows() -> None:
    """The rule of thumb beside the simulation."""
    for places in ("aab", "abc", "aabb", "aaabb", "aabbc"):
        for loss in zone_losses(places):
            course = played({"at_s": 10, "do": "fail-zone", "zone": loss.zone}, places=places)
            assert (course.writable[-1].to_s == 60) == loss.writes_on, (places, loss)
