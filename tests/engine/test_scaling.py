"""Target tracking: three points out, fifteen in, in proportion, with cool-downs; first the rule alone, then in a run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Kind, catalog
from engine.scaling import Bounds, Tracker
from engine.scenario import Scaling
from tests.engine.the_log import numbers, reasons, tell, times

PLAIN = Scaling(target=50, min_tasks=1, max_tasks=100)


def tracker(settings):
    return Tracker(settings, Bounds(settings.min_tasks, settings.max_tasks))


def decisions(settings, metrics, running=4):
    """Feed one metric a minute; the desired count follows at once."""
    rule, desired, said = tracker(settings), running, []
    for minute, metric in enumerate(metrics, 1):
        desired = rule.decide(60 * minute, metric, running=desired, desired=desired)
        said.append(desired)
    return said


def test_the_defaults_are_the_documented_ones():
    assert (PLAIN.points_out, PLAIN.points_in) == (3, 15)
    assert catalog.seconds("ecs.sas.cooldown") == PLAIN.cooldown_out_s == PLAIN.cooldown_in_s == 300
    assert PLAIN.period_s == 60


def test_out_at_the_third_point_in_proportion():
    assert decisions(PLAIN, [100, 100, 100]) == [4, 4, 8]
    assert decisions(PLAIN, [60, 60, 60]) == [4, 4, 5]  # 4.8 is rounded up: too few would not reach the target


def test_a_single_calm_point_begins_the_count_again():
    assert decisions(PLAIN, [100, 100, 50, 100, 100, 100]) == [4, 4, 4, 4, 4, 8]


def test_after_scaling_out_the_cooldown_lets_nothing_happen_for_five_minutes():
    assert decisions(PLAIN, [100] * 9) == [4, 4, 8, 8, 8, 8, 8, 16, 16]


def test_in_at_the_fifteenth_point_under_nine_tenths_and_not_sooner():
    assert decisions(PLAIN, [20] * 16) == [4] * 14 + [2, 2]
    assert decisions(PLAIN, [45] * 40) == [4] * 40  # 90 % of the target is calm, not low
    assert decisions(PLAIN, [20] * 14 + [46] + [20] * 14) == [4] * 29


def test_scaling_in_never_follows_scaling_out_within_the_cooldown():
    quick = Scaling(target=50, points_out=1, points_in=1)

    assert decisions(quick, [100, 10, 10, 10, 10, 10, 10]) == [8, 8, 8, 8, 8, 2, 2]


def test_scaling_in_does_not_hold_scaling_out_back():
    quick = Scaling(target=50, points_out=1, points_in=1)

    assert decisions(quick, [10, 200]) == [1, 4]


def test_the_limits_hold():
    assert decisions(Scaling(target=50, max_tasks=6), [500] * 3)[-1] == 6
    assert decisions(Scaling(target=50, min_tasks=3, points_in=1), [1]) == [3]


def test_the_rule_counts_running_tasks_not_wanted_ones():
    rule = tracker(Scaling(target=50, points_out=1))

    assert rule.decide(60, 100, running=4, desired=10) == 10  # 8 would do for the four that run


@given(st.lists(st.floats(0, 1_000), max_size=60), st.integers(0, 20))
def test_every_decision_is_within_the_limits_or_no_decision(metrics, running):
    settings = Scaling(
        target=50, min_tasks=2, max_tasks=9, points_out=1, points_in=2, cooldown_in_s=60, cooldown_out_s=60
    )
    before = running
    for after in decisions(settings, metrics, running):
        assert after == before or 2 <= after <= 9
        before = after


# --- in a run --------------------------------------------------------------------------------------------------------

SPIKE = {"shape": "spike", "rps": 40, "peak_rps": 160, "at_s": 120, "for_s": 10_000}


def test_a_run_scales_out_after_three_minutes_of_load_and_says_who_did_it():
    run_ = tell(
        duration_s=900, traffic=SPIKE, fleet={"hosts": 12},
        services=[{"desired": 4, "work_ms": 50, "concurrency": 4, "scaling": {"target": 30, "min_tasks": 4}}],
    )  # fmt: skip
    first = times(run_, Kind.DESIRED_SET)[0]

    assert first == 300  # minutes 3, 4 and 5 stand above the target
    assert set(reasons(run_, Kind.DESIRED_SET)) == {"target tracking"}
    # 160 req/s x 0.05 s = 8 busy workers; over 4 tasks x 4 workers that is 50 %: 4 x 50 / 30, rounded up, is 7.
    assert numbers(run_, "value", Kind.DESIRED_SET)[0] == pytest.approx(7, abs=1)
    assert numbers(run_, "value", Kind.METRIC_READ)[0] == pytest.approx(100 * 40 * 0.05 / 16, rel=0.1)


def test_requests_per_target_are_counted_for_each_target_and_minute():
    run_ = tell(
        duration_s=600, traffic={"rps": 40},
        services=[{"desired": 4, "scaling": {"metric": "requests", "target": 900, "min_tasks": 1, "points_in": 5}}],
    )  # fmt: skip

    assert numbers(run_, "value", Kind.METRIC_READ)[0] == pytest.approx(40 * 60 / 4, rel=0.05)
    assert numbers(run_, "value", Kind.DESIRED_SET) == [3]  # 4 x 600 / 900 = 2.7
    assert times(run_, Kind.DESIRED_SET) == [300]


def test_an_idle_service_scales_in_to_its_least():
    run_ = tell(duration_s=1_300, traffic={"rps": 0}, services=[{"desired": 6, "scaling": {"min_tasks": 2}}])

    assert numbers(run_, "value", Kind.DESIRED_SET) == [2]
    assert times(run_, Kind.DESIRED_SET) == [900]  # the fifteenth minute
    assert len(times(run_, Kind.TASK_STOPPED)) == 4
