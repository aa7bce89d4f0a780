"""Small stories of how changes reach users, and where the two ways disagree."""

import math

import numpy as np
import pytest

from engine import frames
from engine.delivery import Organisation, Outcome, Stage, band, replicate, run
from engine.errors import BudgetError, ScenarioError

CALM = {"fails": 0, "interface_fails": 0, "coupling": 0, "days": 20}


def rows(course, stage):
    log = course.log
    return [(int(log.change[i]), int(log.pipeline[i]), log.start_min[i], log.end_min[i], Outcome(log.outcome[i]))
            for i in range(len(log)) if log.stage[i] == stage]  # fmt: skip


def test_a_train_waits_until_it_is_full():
    releases = run(Organisation(architecture="train", batch=7, **CALM)).releases

    assert set(releases.changes) == {7}
    assert not releases.is_bad.any()


def test_a_train_with_a_timetable_takes_whatever_is_ready():
    releases = run(Organisation(architecture="train", leaves="timetable", train_every_h=8, **CALM)).releases

    assert (releases.start_min % 480 == 0).all()
    assert len(set(releases.changes)) > 5
    assert len(releases.changes) == 19  # the last one would leave when the quarter is over


def test_pipelines_release_one_by_one_and_side_by_side():
    course = run(Organisation(**CALM), keep_log=True)
    spans = [(pipeline, start, end) for _, pipeline, start, end, _ in rows(course, Stage.RELEASE)]

    assert set(course.releases.changes) == {1}
    assert any(p != q and a < d and c < b for p, a, b in spans for q, c, d in spans)


def test_a_coupled_change_holds_all_its_pipelines_in_lock_step():
    course = run(Organisation(**CALM | {"coupling": 1}, teams=3, commits_per_day=1), keep_log=True)
    released = rows(course, Stage.RELEASE)

    assert set(course.releases.pipelines) == {3}
    for change in {change for change, *_ in released}:
        mine = [(pipeline, start, end) for number, pipeline, start, end, _ in released if number == change]
        assert [pipeline for pipeline, *_ in mine] == [0, 1, 2]
        assert len({(start, end) for _, start, end in mine}) == 1


def test_tests_of_one_pipeline_never_find_that_two_services_misunderstand_each_other():
    """The train's tests see the whole, and find as many as of any other mistake."""
    wrong = {"fails": 0, "interface_fails": 0.5, "caught": 1, "coupling": 0.4, "days": 20, "commits_per_day": 1}
    train, pipelines = (run(Organisation(architecture=way, **wrong), keep_log=True) for way in ("train", "pipelines"))

    assert not train.releases.is_bad.any()
    assert any(outcome == Outcome.CAUGHT for *_, outcome in rows(train, Stage.TEST))
    assert not any(outcome == Outcome.CAUGHT for *_, outcome in rows(pipelines, Stage.TEST))
    assert pipelines.releases.is_bad[pipelines.releases.pipelines > 1].any()
    assert not pipelines.releases.is_bad[pipelines.releases.pipelines == 1].any()


def test_a_bad_release_sends_the_guilty_back_and_the_others_to_the_front():
    course = run(Organisation(architecture="train", batch=5, fails=0.1, caught=0, days=20), keep_log=True)
    watched = rows(course, Stage.MONITOR)
    first_bad = int(np.flatnonzero(course.releases.is_bad)[0])
    at = course.releases.deployed_min[first_bad]
    guilty = {number for number, _, start, _, outcome in watched if start == at and outcome == Outcome.FAILED}
    others = {number for number, _, start, _, outcome in watched if start == at and outcome == Outcome.RETURNED}
    mended = {
        number
        for number, _, start, *_ in rows(course, Stage.REWORK)
        if start == course.releases.reopened_min[first_bad]
    }
    following = course.releases.start_min[first_bad + 1]

    assert guilty
    assert others
    assert guilty == mended
    assert others <= {number for number, _, start, *_ in rows(course, Stage.RELEASE) if start == following}


def test_searching_first_leaves_users_with_the_bad_version_for_longer_and_blocks_as_long():
    def measure(**how):
        releases = run(Organisation(architecture="train", batch=12, search_min=30, fails=0.2, days=30, **how)).releases
        bad = releases.is_bad & np.isfinite(releases.reopened_min)
        return releases.restored_min[bad] - releases.deployed_min[bad], releases.reopened_min[bad]

    (outage, reopened), (short, reopened_too) = measure(search_first=True), measure(search_first=False)

    np.testing.assert_allclose(reopened, reopened_too)
    assert short.mean() < 0.4 * outage.mean()


def test_a_longer_search_for_each_change_makes_large_batches_slow_to_restore():
    def outage(batch):
        return band(replicate(Organisation(architecture="train", batch=batch, fails=0.05), 10).recovery_min)[1]

    assert outage(24) > 2 * outage(3)


def test_where_the_two_ways_disagree():
    """One organisation, three couplings: each answer is another one."""

    def minutes(way, coupling):
        return band(replicate(Organisation(architecture=way, coupling=coupling), 8).on_the_way_min)[1]

    assert minutes("pipelines", 0) < 0.6 * minutes("train", 0)
    assert minutes("pipelines", 0.3) > 3 * minutes("train", 0.3)
    assert minutes("pipelines", 1) > minutes("train", 1)


def test_the_four_are_measured_as_dora_names_them():
    organisation = Organisation(architecture="train", batch=4, fails=0.3, caught=0, days=30)
    course, four = run(organisation, 0), replicate(organisation, 1)
    out = np.isfinite(course.releases.deployed_min)

    assert four.frequency_per_day[0] == out.sum() / 30 == four.releases_per_day[0]
    assert four.fail_rate[0] == course.releases.is_bad[out].mean()
    done = np.isfinite(course.delivered_min)
    assert four.lead_median_min[0] == pytest.approx(np.median((course.delivered_min - course.changes.at_min)[done]))
    assert four.delivered[0] + four.waiting[0] == four.written[0] == len(course.delivered_min)


def test_the_log_leaves_as_a_table_of_words_and_minutes():
    course = run(Organisation(days=3, fails=0.4, teams=3), keep_log=True)
    table = frames.delivery(course)

    assert len(table) == len(course.log)
    assert set(table["stage"]) <= {"review", "build", "test", "release", "monitor", "restore", "rework"}
    assert table["end_min"].isna().sum() == (course.log.outcome == Outcome.OPEN).sum() > 0
    assert frames.to_csv(table).splitlines()[0] == b"change,attempt,pipeline,stage,start_min,end_min,outcome"


def test_what_never_happened_has_no_figure():
    four = replicate(Organisation(days=1, teams=1, commits_per_day=0.001), 3)

    assert np.isnan(four.lead_median_min).all()
    assert all(math.isnan(one) for one in band(four.fail_rate))


def test_replications_come_out_the_same_however_they_are_shared_among_threads(monkeypatch):
    from engine.delivery import four as module

    shared = replicate(Organisation(days=10), 20)
    monkeypatch.setattr(module, "THREADS", 1)
    monkeypatch.setattr(module, "_AT_ONCE", 3)
    seen = []
    alone = replicate(Organisation(days=10), 20, seen.append)

    np.testing.assert_array_equal(shared.lead_median_min, alone.lead_median_min)
    assert seen == sorted(seen)
    assert seen[-1] == 1


@pytest.mark.parametrize("n", [0, -1, 2_001])
def test_a_number_of_replications_that_makes_no_sense_is_refused(n):
    with pytest.raises(ScenarioError) as refused:
        replicate(Organisation(), n)

    assert refused.value.problems[0].path == "replications"


def test_replications_that_take_too_long_are_refused_with_the_figure():
    with pytest.raises(BudgetError, match=r"about [\d,]+ steps.*up to 200,000,000"):
        replicate(Organisation(teams=24, coupling=1), 2_000)


def test_services_of_a_team_share_its_changes():
    organisation = Organisation(teams=2, services=6, days=40, coupling=0)
    changes = run(organisation).changes

    assert set(changes.touches[changes.team == 0, 0]) == {0, 2, 4}
    assert set(changes.touches[changes.team == 1, 0]) == {1, 3, 5}


def test_teams_that_share_a_service_meet_in_its_pipeline():
    changes = run(Organisation(teams=6, services=2, coupling=0, days=5)).changes

    assert (changes.touches[:, 0] == changes.team % 2).all()
