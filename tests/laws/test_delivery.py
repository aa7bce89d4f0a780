"""The laws of a quarter: conservation at every moment, prefix, same commits whichever way, bounds, and theory."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings

from engine.conformance.interval import span_of
from engine.delivery import Organisation, Outcome, Stage, State, run
from engine.delivery.organisation import MOST_CHANGES, MOST_STEPS
from engine.errors import BudgetError
from tests.laws.any_organisation import organisations

DOUBT = 1e-4  # chance that a true claim about theory fails here


def rows_of(log, stage):
    return [i for i in range(len(log)) if log.stage[i] == stage]


@settings(max_examples=40, deadline=None)
@given(organisations())
def test_every_commit_is_delivered_or_in_the_pipeline_or_sent_back_at_every_moment(organisation):
    """Read from the log alone: nothing is lost, nothing is in two states, and the last moment is what the run says."""
    course = run(organisation, keep_log=True)
    log, written = course.log, course.changes.at_min
    assert len(set(zip(log.change, log.attempt, log.pipeline, log.stage, log.start_min, strict=True))) == len(log)
    back = rows_of(log, Stage.REWORK)
    stayed = {int(log.change[i]): log.end_min[i] for i in rows_of(log, Stage.MONITOR) if log.outcome[i] == Outcome.OK}
    for now in np.linspace(0, organisation.end_min, 23):
        is_written = written <= now
        is_back = np.zeros(len(written), dtype=bool)
        is_back[[log.change[i] for i in back if log.start_min[i] <= now < log.end_min[i]]] = True
        is_delivered = np.array([stayed.get(n, math.inf) <= now for n in range(len(written))], dtype=bool)
        is_worked_on = np.zeros(len(written), dtype=bool)
        is_worked_on[log.change[(log.start_min <= now) & (now < log.end_min)]] = True

        assert not (is_back & is_delivered).any()
        assert not (is_worked_on & (is_delivered | ~is_written)).any()
    assert (is_delivered == (course.state == State.DELIVERED)).all()
    assert (is_back == (course.state == State.SENT_BACK)).all()


@settings(max_examples=40, deadline=None)
@given(organisations())
def test_a_pipeline_releases_one_at_a_time_and_no_worker_builds_two(organisation):
    log = run(organisation, keep_log=True).log
    for pipeline in range(organisation.n_pipelines):
        held = [
            i
            for i in range(len(log))
            if log.pipeline[i] == pipeline and log.stage[i] in {Stage.RELEASE, Stage.MONITOR, Stage.RESTORE}
        ]
        spans = sorted({(log.start_min[i], log.end_min[i]) for i in held})
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    busy = sorted((log.start_min[i], log.end_min[i]) for i in (*rows_of(log, Stage.BUILD), *rows_of(log, Stage.TEST)))
    for now in [start for start, _ in busy]:
        assert sum(start <= now < end for start, end in busy) <= organisation.build_workers


@settings(max_examples=25, deadline=None)
@given(organisations())
def test_a_longer_quarter_changes_nothing_before_the_shorter_ones_end(organisation):
    short, long_ = run(organisation, keep_log=True), run(organisation.with_(days=organisation.days + 3), keep_log=True)
    end, n = organisation.end_min, len(short.changes.key)

    assert (long_.changes.key[:n] == short.changes.key).all()
    assert (long_.changes.at_min[n:] > end).all()
    began = long_.log.start_min < end
    for name in ("change", "attempt", "pipeline", "stage", "start_min"):
        np.testing.assert_array_equal(getattr(long_.log, name)[began], getattr(short.log, name), err_msg=name)
    ended = short.log.end_min < math.inf
    assert (long_.log.end_min[began][ended] == short.log.end_min[ended]).all()
    assert (long_.log.end_min[began][~ended] > end).all()


@settings(max_examples=25, deadline=None)
@given(organisations())
def test_the_same_commits_are_written_whichever_way_they_take(organisation):
    runs = [run(organisation.with_(architecture=way, build_workers=n, fails=f), keep_log=True)
            for way, n, f in (("train", 1, 0.5), ("pipelines", 5, 0))]  # fmt: skip
    for name in runs[0].changes.__slots__:
        np.testing.assert_array_equal(getattr(runs[0].changes, name), getattr(runs[1].changes, name), err_msg=name)


@settings(max_examples=15, deadline=None)
@given(organisations())
def test_the_same_quarter_twice_is_the_same_and_another_replication_is_not(organisation):
    one, two, other = run(organisation, 1, keep_log=True), run(organisation, 1, keep_log=True), run(organisation, 2)

    np.testing.assert_array_equal(one.log.end_min, two.log.end_min)
    np.testing.assert_array_equal(one.delivered_min, two.delivered_min)
    assert not len(one.changes.at_min) or not np.array_equal(one.changes.at_min, other.changes.at_min)


def test_a_team_writes_the_same_however_many_others_there_are_and_however_tight_the_coupling():
    few, many = (run(Organisation(days=10, teams=n, coupling=c)).changes for n, c in ((2, 0.1), (9, 0.8)))
    for team in (0, 1):
        assert (few.at_min[few.team == team] == many.at_min[many.team == team]).all()


# --- bounds ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field", "allowed"),
    [
        ({"teams": 40, "commits_per_day": 100, "days": 65}, "commits_per_day", f"up to {MOST_CHANGES:,}"),
        ({"teams": 40, "commits_per_day": 9, "coupling": 1}, "days", f"up to {MOST_STEPS:,}"),
    ],
)
def test_what_would_take_too_long_is_refused_before_it_starts_with_the_figure(given, field, allowed):
    with pytest.raises(BudgetError) as refused:
        Organisation.of(given)

    assert [(problem.path, problem.allowed) for problem in refused.value.problems] == [(field, allowed)]
    assert any(sign.isdigit() for sign in refused.value.problems[0].came)


# --- theory ----------------------------------------------------------------------------------------------------------

CALM = {
    "fails": 0,
    "interface_fails": 0,
    "coupling": 0,
    "review_min": 0,
    "monitor_min": 0,
    "teams": 1,
    "hours_a_day": 24,
}


def steady(course):
    """Give when changes were written and delivered, without the quarter's beginning and end."""
    at, end = course.changes.at_min, course.organisation.end_min
    here = (at > 0.1 * end) & (at < 0.9 * end)
    assert np.isfinite(course.delivered_min[here]).all()
    return at[here], course.delivered_min[here]


def assert_holds(values, theory):
    """Hold theory against the interval of the replications; one too wide to say no is a failure too."""
    span = span_of(np.array(values), DOUBT)
    assert span.high - span.low < 0.4 * theory, f"too wide to tell: {span}"
    assert span.low <= theory <= span.high, (span, theory)


def test_one_worker_and_one_pipeline_are_two_m_m_1_in_a_row():
    """Burke 1956: what leaves an M/M/1 is Poisson, so the release sees another one. Mean time: 1 / (mu - lambda) each."""
    organisation = Organisation(
        **CALM, build_workers=1, build_min=12, test_min=0, release_min=10, commits_per_day=96, days=100
    )
    rate = 96 / 1440
    leads = []
    for replication in range(30):
        at, done = steady(run(organisation, replication))
        leads.append((done - at).mean())

    assert_holds(leads, 1 / (1 / 12 - rate) + 1 / (1 / 10 - rate))


def test_building_and_testing_on_one_worker_is_an_m_g_1():
    """Pollaczek and Khinchine: two exponential stages of 6 minutes are an Erlang, which varies half as much."""
    organisation = Organisation(
        **CALM, build_workers=1, build_min=6, test_min=6, release_min=0.1, commits_per_day=96, days=100
    )
    rate, work, scv = 96 / 1440, 12.0, 0.5
    waits = []
    for replication in range(30):
        course = run(organisation, replication, keep_log=True)
        log = course.log
        start = np.full(len(course.changes.at_min), np.nan)
        built = log.stage == Stage.BUILD
        start[log.change[built]] = log.start_min[built]
        waits.append(np.nanmean((start - course.changes.at_min)[len(start) // 10 :]))

    load = rate * work
    assert_holds(waits, load / (1 - load) * work * (1 + scv) / 2)


@pytest.mark.parametrize("workers", [2, 4])
def test_a_pool_of_workers_is_an_m_m_c(workers):
    organisation = Organisation(**CALM, build_workers=workers, build_min=12 * workers, test_min=0, release_min=0.1,
                                commits_per_day=96, days=100)  # fmt: skip
    rate, work = 96 / 1440, 12.0 * workers
    offered = rate * work
    last = offered**workers / math.factorial(workers) * workers / (workers - offered)
    erlang_c = last / (sum(offered**k / math.factorial(k) for k in range(workers)) + last)
    waits = []
    for replication in range(30):
        course = run(organisation, replication, keep_log=True)
        built = course.log.stage == Stage.BUILD
        start = np.full(len(course.changes.at_min), np.nan)
        start[course.log.change[built]] = course.log.start_min[built]
        waits.append(np.nanmean((start - course.changes.at_min)[len(start) // 10 :]))

    assert_holds(waits, erlang_c * work / (workers - offered))


@pytest.mark.parametrize("batch", [1, 4, 12])
def test_a_release_of_b_changes_fails_with_one_minus_one_minus_p_to_the_b(batch):
    """Of releases whose changes were all new: one that was rolled back without fault is known to be good. Fact: `delivery.batch_arithmetic`."""
    organisation = Organisation(
        architecture="train", batch=batch, fails=0.07, caught=0, interface_fails=0, coupling=0, days=200, review_min=0
    )
    failed = releases = 0
    for replication in range(6):
        found = run(organisation, replication).releases
        new = found.fresh == found.changes
        assert (found.changes[new] == batch).all()  # the others leave again on a train of their own
        failed, releases = failed + int(found.is_bad[new].sum()), releases + int(new.sum())
    share, theory = failed / releases, 1 - (1 - 0.07) ** batch

    assert releases > 300
    assert abs(share - theory) < 4 * math.sqrt(theory * (1 - theory) / releases)


def test_a_change_touches_as_many_services_as_the_chain_says():
    touched = np.concatenate([run(Organisation(coupling=0.6, teams=5), n).changes.n_touched for n in range(5)])
    theory = Organisation(coupling=0.6, teams=5).services_a_change

    assert abs(touched.mean() - theory) < 4 * touched.std() / math.sqrt(len(touched))
