"""What became of each part, moment by moment: read from the log, without a gap, and in step with what the run says."""

import numpy as np
from hypothesis import given, settings

from engine.delivery import GROUPS, Doing, Organisation, Outcome, Stage, State, run, time_spent, tracks
from tests.laws.any_organisation import organisations


@settings(max_examples=40, deadline=None)
@given(organisations())
def test_a_track_begins_with_a_review_goes_forward_and_ends_where_the_run_says(organisation):
    course = run(organisation, keep_log=True)
    found = tracks(course)
    own = {track.change: track for track in found if track.is_own}

    assert sorted(own) == list(range(len(course.changes.key)))
    for track in found:
        assert track.at_min[0] >= course.changes.at_min[track.change]
        assert track.doing[0] == Doing.REVIEW or not organisation.review_min
        assert list(track.at_min) == sorted(set(track.at_min))
        assert (track.doing[-1] == Doing.DELIVERED) == (course.state[track.change] == State.DELIVERED)
        assert track.is_own or Doing.REWORK not in track.doing
    for change, track in own.items():
        assert track.at_min[0] == course.changes.at_min[change]
        assert Doing.AWAY not in track.doing
        assert (track.doing[-1] == Doing.REWORK) == (course.state[change] == State.SENT_BACK)


@settings(max_examples=25, deadline=None)
@given(organisations())
def test_all_time_between_the_commit_and_the_end_of_the_watch_is_spent_on_something(organisation):
    course = run(organisation, keep_log=True)
    kept = (course.log.stage == Stage.MONITOR) & (course.log.outcome == Outcome.OK)
    until = np.full(len(course.changes.at_min), organisation.end_min)
    until[course.log.change[kept]] = course.log.end_min[kept]

    np.testing.assert_allclose(
        sum(time_spent(course).values()), (until - course.changes.at_min).sum(), rtol=1e-9, atol=1e-6
    )


def test_the_parts_of_one_change_go_out_together_and_wait_for_each_other():
    organisation = Organisation(days=5, teams=3, coupling=0.7, fails=0, interface_fails=0)
    found = tracks(run(organisation, keep_log=True))
    parts = {}
    for track in found:
        parts.setdefault(track.change, []).append(track)
    together = [mine for mine in parts.values() if len(mine) > 1 and all(Doing.RELEASE in one.doing for one in mine)]

    assert together
    for mine in together:
        assert len({one.at_min[one.doing.index(Doing.RELEASE)] for one in mine}) == 1
    assert any(Doing.WAITS_RELEASE in one.doing for mine in together for one in mine)


def test_while_a_change_is_mended_its_other_parts_are_nowhere():
    course = run(Organisation(days=10, teams=3, coupling=0.6, fails=0.4, caught=0.5), keep_log=True)
    others = [track for track in tracks(course) if not track.is_own and Doing.AWAY in track.doing]

    assert others
    mends = {int(course.log.change[i]): [] for i in range(len(course.log))}
    for i in np.flatnonzero(course.log.stage == Stage.REWORK):
        mends[int(course.log.change[i])].append(course.log.start_min[i])
    for track in others:
        away = [at for at, doing in zip(track.at_min, track.doing, strict=True) if doing == Doing.AWAY]
        assert set(away) <= set(mends[track.change])


def test_who_is_rolled_back_without_fault_is_told_from_the_guilty():
    course = run(Organisation(architecture="train", batch=6, fails=0.2, caught=0, days=10), keep_log=True)
    seen = {doing for track in tracks(course) for doing in track.doing}

    assert {Doing.RESTORE, Doing.RETURNED} <= seen


def test_every_doing_but_the_last_two_belongs_to_one_group_of_time():
    grouped = [doing for doings in GROUPS.values() for doing in doings]

    assert sorted(grouped) == sorted(set(Doing) - {Doing.DELIVERED, Doing.AWAY})
