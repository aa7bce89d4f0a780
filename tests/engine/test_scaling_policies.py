"""Step scaling, schedules and the memory metric: first the rules alone, then in a run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Kind
from engine.scaling import Bounds, Stepper, agenda
from engine.scaling.step import step_at
from engine.scenario import Scaling, ScalingStep, ScheduledChange
from tests.engine.the_log import numbers, reasons, tell, times

OUT = (
    ScalingStep(lower=0, upper=20, change=1),
    ScalingStep(lower=20, upper=40, change=2),
    ScalingStep(lower=40, change=5),
)
IN = (ScalingStep(upper=0, lower=-20, change=-1), ScalingStep(upper=-20, change=-3))
QUICK = {"policy": "step", "target": 50, "points_out": 1, "points_in": 1, "steps_out": OUT, "steps_in": IN}


def decisions(metrics, tasks=10, **settings):
    """Feed one metric a minute; the desired count follows at once."""
    policy = Scaling(**(QUICK | settings))
    rule, desired, said = Stepper(policy, Bounds(policy.min_tasks, policy.max_tasks)), tasks, []
    for minute, metric in enumerate(metrics, 1):
        desired = rule.decide(60 * minute, metric, desired, desired)
        said.append(desired)
    return said


@pytest.mark.parametrize(("metric", "tasks"), [(50, 10), (51, 11), (69, 11), (70, 12), (90, 15), (400, 15)])
def test_the_further_past_the_alarm_the_larger_the_step(metric, tasks):
    assert decisions([metric]) == [tasks]


@pytest.mark.parametrize(("metric", "tasks"), [(45, 10), (44, 9), (26, 9), (25, 7), (0, 7)])
def test_and_so_below_the_low_alarm_at_nine_tenths_of_the_target(metric, tasks):
    assert decisions([metric]) == [tasks]


def test_alarms_want_their_points_in_a_row():
    assert decisions([60, 60, 50, 60, 60, 60], points_out=3) == [10, 10, 10, 10, 10, 11]
    assert decisions([30, 30], points_in=2) == [10, 9]


def test_in_a_cooldown_only_a_larger_step_goes_on_and_what_was_added_counts():
    assert decisions([60, 60, 60], cooldown_out_s=600) == [11, 11, 11]
    assert decisions([60, 95, 95], cooldown_out_s=600) == [11, 15, 15]  # ten and five, not eleven and five
    assert decisions([60, 60, 60, 60], cooldown_out_s=120) == [11, 11, 12, 12]


def test_scaling_in_waits_for_both_cooldowns_and_never_holds_scaling_out_back():
    assert decisions([60, 30, 30, 30], cooldown_out_s=120, cooldown_in_s=0) == [11, 11, 10, 9]
    assert decisions([30, 30, 30], cooldown_in_s=120) == [9, 9, 8]
    assert decisions([30, 60], cooldown_in_s=600) == [9, 10]


@pytest.mark.parametrize(
    ("adjust", "change", "tasks"), [("count", 3, 13), ("percent", 25, 12), ("percent", 5, 11), ("exact", 17, 17)]
)
def test_a_change_is_a_count_a_percentage_or_the_new_count(adjust, change, tasks):
    assert decisions([60], adjust=adjust, steps_out=(ScalingStep(lower=0, change=change),)) == [tasks]


def test_the_limits_hold_and_no_step_for_a_metric_is_no_change():
    assert decisions([95], max_tasks=12) == [12]
    assert decisions([0], min_tasks=9) == [9]
    assert decisions([90], steps_out=(ScalingStep(lower=0, upper=20, change=1),)) == [10]


@given(st.floats(-100, 100, allow_nan=False))
def test_every_distance_past_an_alarm_has_one_step(past):
    steps = OUT if past >= 0 else IN

    assert step_at(steps, past) in steps


@given(st.lists(st.floats(0, 200), max_size=50), st.integers(2, 9), st.sampled_from(["count", "percent"]))
def test_every_decision_is_within_the_limits(metrics, tasks, adjust):
    for desired in decisions(
        metrics, tasks, min_tasks=2, max_tasks=9, adjust=adjust, cooldown_out_s=60, cooldown_in_s=60
    ):
        assert 2 <= desired <= 9


def test_a_schedule_falls_due_at_its_times_and_daily_ones_again():
    schedule = [ScheduledChange(at_s=30, daily=True), ScheduledChange(at_s=30), ScheduledChange(at_s=10)]

    assert list(agenda(schedule, 90_000)) == [(10, 2), (30, 0), (30, 1), (86_430, 0)]


# --- in a run --------------------------------------------------------------------------------------------------------

SPIKE = {"shape": "spike", "rps": 40, "peak_rps": 160, "at_s": 120, "for_s": 10_000}
WORK = {"work_ms": 50, "concurrency": 4, "desired": 4}


def test_steps_in_a_run_say_who_took_them():
    """40 req/s x 50 ms = 2 of 16 workers; 160: 8 of 16, 50 %, 20 past the alarm at 30."""
    policy = QUICK | {"target": 30, "low_share": 0.1, "points_out": 3, "cooldown_out_s": 600, "adjust": "percent"}
    policy |= {"steps_out": [ScalingStep(lower=0, upper=10, change=1), ScalingStep(lower=10, change=75)]}
    run_ = tell(duration_s=600, traffic=SPIKE, fleet={"hosts": 12}, services=[WORK | {"scaling": plain(policy)}])

    assert times(run_, Kind.DESIRED_SET) == [300]
    assert numbers(run_, "value", Kind.DESIRED_SET) == [7]  # three quarters more than four
    assert reasons(run_, Kind.DESIRED_SET) == ["step scaling"]


def plain(policy):
    """Write steps as a file would."""
    return policy | {name: [step.model_dump() for step in policy[name]] for name in ("steps_out", "steps_in")}


@pytest.mark.parametrize("policy", ["target", "scheduled"])
def test_a_schedule_moves_the_bounds_and_the_count_with_them(policy):
    schedule = [{"at_s": 100, "min_tasks": 6}, {"at_s": 200, "max_tasks": 2, "min_tasks": 1}]
    run_ = tell(duration_s=300, services=[{"desired": 4, "scaling": {"policy": policy, "schedule": schedule}}])

    assert list(zip(times(run_, Kind.DESIRED_SET), numbers(run_, "value", Kind.DESIRED_SET), strict=True)) == [
        (100, 6),
        (200, 2),
    ]
    assert set(reasons(run_, Kind.DESIRED_SET)) == {"schedule"}
    assert reasons(run_, Kind.BOUNDS_SET) == ["6 to 100", "1 to 2"]
    assert len(times(run_, Kind.METRIC_READ)) == (4 if policy == "target" else 0)


def test_a_policy_works_within_the_bounds_that_the_schedule_left():
    schedule = [{"at_s": 30, "max_tasks": 5}]
    scaling = {"target": 20, "points_out": 1, "min_tasks": 1}
    free, held = (
        tell(duration_s=300, traffic={"rps": 160}, fleet={"hosts": 12}, services=[WORK | {"scaling": scaling | more}])
        for more in ({}, {"schedule": schedule})
    )

    assert numbers(free, "value", Kind.DESIRED_SET)[0] == pytest.approx(10, abs=1)
    assert numbers(held, "value", Kind.DESIRED_SET) == [5]


def test_memory_is_what_a_task_takes_at_rest_and_for_each_request_it_works_on():
    """160 req/s x 50 ms = 8 at work, 2 in each of 4 tasks: 0.25 x 1,000 + 2 x 100 = 450 of 1,000 MiB."""
    memory = {"memory_mib": 1_000, "memory_base_share": 0.25, "memory_per_request_mib": 100}
    run_ = tell(
        duration_s=180, traffic={"rps": 160}, fleet={"hosts": 6},
        services=[WORK | memory | {"scaling": {"metric": "memory", "target": 90, "min_tasks": 4}}],
    )  # fmt: skip

    assert numbers(run_, "value", Kind.METRIC_READ) == [pytest.approx(45, rel=0.05)] * 2
    assert set(reasons(run_, Kind.METRIC_READ)) == {"memory"}


def test_memory_never_reads_above_all_of_it():
    full = {"memory_mib": 128, "memory_base_share": 1, "memory_per_request_mib": 100}
    run_ = tell(duration_s=61, traffic={"rps": 160}, services=[WORK | full | {"scaling": {"metric": "memory"}}])

    assert numbers(run_, "value", Kind.METRIC_READ) == [100]


def test_twenty_second_metrics_react_a_third_as_late():
    first = [
        times(tell(duration_s=400, traffic=SPIKE, fleet={"hosts": 12},
                   services=[WORK | {"scaling": {"target": 30, "min_tasks": 4, "period_s": period_s}}]), Kind.DESIRED_SET)[0]
        for period_s in (60, 20)
    ]  # fmt: skip

    assert first == [300, 180]
