"""Fargate Spot: warned, told at once, killed in time; tried again on Spot alone, further and further apart."""

import pytest

from engine import Kind, Scenario, ScenarioError, catalog, metrics, pricing
from tests.engine.the_log import numbers, reasons, rows, serving, tell, times


def spot(share=0.5, for_s=0, at_s=100, **given):
    plain = {
        "launch_type": "ecs-fargate-spot", "duration_s": 900,
        "services": [{"desired": 8, "start_s": 0} | given.pop("service", {})],
        "operations": [{"do": "interrupt-spot-tasks", "share": share, "for_s": for_s, "at_s": at_s}],
    }  # fmt: skip
    return tell(**plain | given)


@pytest.mark.parametrize(("share", "warned"), [(0, 0), (0.5, 4), (0.51, 5), (0.01, 1), (1, 8)])
def test_a_share_of_the_tasks_is_warned_rounded_up(share, warned):
    run_ = spot(share)

    assert times(run_, Kind.SPOT_WARNED) == [100] * warned
    assert set(numbers(run_, "value", Kind.SPOT_WARNED)) <= {catalog.seconds("fargate.spot.warning")}


def test_the_lot_decides_who_and_the_seed_the_lot():
    first, again, other = (set(numbers(spot(seed=seed), "task", Kind.SPOT_WARNED)) for seed in (1, 1, 2))

    assert first == again != other


def test_sigterm_comes_at_once_and_the_end_with_the_application():
    """A stop by hand lets it finish for 300 s first; here the application ends 2 s after the warning."""
    run_ = spot(1)

    assert set(times(run_, Kind.TASK_DEACTIVATING)) == set(times(run_, Kind.TASK_STOPPING)) == {100}
    assert set(times(run_, Kind.TASK_STOPPED)) == {102}
    assert set(reasons(run_, Kind.TASK_STOPPED)) == {"SpotInterruption"}


@pytest.mark.parametrize(("stop_timeout_s", "end_s"), [(2, 102), (30, 130), (120, 220)])
def test_one_that_ignores_sigterm_is_killed_when_its_stop_timeout_is_over(stop_timeout_s, end_s):
    run_ = spot(1, service={"stop_timeout_s": stop_timeout_s}, assumptions={"exit_s": 300})

    assert set(times(run_, Kind.TASK_STOPPED)) == {end_s}


def test_fargate_grants_no_more_than_two_minutes_to_stop():
    with pytest.raises(ScenarioError) as refused:
        Scenario.of({"launch_type": "ecs-fargate-spot", "services": [{"stop_timeout_s": 121}]})

    assert (refused.value.problems[0].path, refused.value.problems[0].allowed) == (
        "services.0.stop_timeout_s",
        "up to 120 s",
    )
    assert Scenario.of({"services": [{"stop_timeout_s": 121}]}).services[0].stop_timeout_s == 121  # on a host of yours


def test_an_application_that_ends_at_once_cuts_off_what_it_was_doing():
    """Three seconds of work each, ten a second: whoever was at work when the task ended gets a reset."""
    service = {"work": "constant", "work_ms": 3_000, "concurrency": 8, "timeout_s": 20, "desired": 8}
    given = {"traffic": {"rps": 10}, "service": service}
    slow = {"exit_s": 2}
    fast, patient = spot(1, assumptions=slow, **given), spot(1, assumptions={"exit_s": 30}, **given)

    assert metrics.failures(fast)["reset"] > 0
    assert metrics.failures(patient)["reset"] == 0


def test_with_capacity_the_replacements_start_at_once():
    run_ = spot(0.5)

    assert times(run_, Kind.RESTART_THROTTLED) == []
    assert serving(run_, 99, 101, 899) == [8, 4, 8]


def test_without_capacity_every_start_fails_and_the_tries_grow_apart():
    """First try a second after the warning, then pauses of 10, 20, 40, 80, 160 s, each with a second to look."""
    run_ = spot(0.5, for_s=200)

    assert (times(run_, Kind.SPOT_GONE), times(run_, Kind.SPOT_BACK)) == ([100], [300])
    assert numbers(run_, "value", Kind.RESTART_THROTTLED) == [10, 20, 40, 80, 160]
    assert times(run_, Kind.RESTART_THROTTLED) == [101, 112, 133, 174, 255]
    assert set(reasons(run_, Kind.TASK_STOPPED)) == {"SpotInterruption", "TaskFailedToStart"}
    back = [t for t in times(run_, Kind.TASK_PLACED) if t > 100]
    assert set(back) == {416}  # not when capacity was back at 300, but when the throttle let go
    assert serving(run_, 415, 899) == [4, 8]


def test_outages_that_overlap_end_with_the_last():
    two = [{"do": "interrupt-spot-tasks", "share": share, "for_s": for_s, "at_s": at_s}
           for share, for_s, at_s in ((0.5, 300, 100), (0, 100, 150))]  # fmt: skip
    run_ = spot(operations=two)

    assert times(run_, Kind.SPOT_BACK) == [400]


@pytest.mark.parametrize("launch_type", ["ecs-fargate", "ecs-ec2", "ecs-managed-instances"])
def test_nothing_else_can_be_taken_back_so(launch_type):
    run_ = spot(launch_type=launch_type)

    assert reasons(run_, Kind.OPERATION_IGNORED) == ["no task runs on Fargate Spot"]
    assert rows(run_, Kind.TASK_STOPPED) == []


@pytest.mark.parametrize("rate", [2, 20])
def test_an_assumed_rate_takes_as_many_tasks_as_it_says(rate):
    """Forty tasks for three hours, rate r: 120 r interruptions, give or take four standard deviations."""
    run_ = spot(
        operations=[], duration_s=10_800, service={"desired": 40}, traffic={"rps": 0.1},
        assumptions={"spot_tasks_per_h": rate},
    )  # fmt: skip
    running_h = float(sum(metrics.serving(run_).end_s - metrics.serving(run_).start_s)) / 3600
    expected, found = rate * running_h, len(rows(run_, Kind.SPOT_WARNED))

    assert abs(found - expected) < 4 * expected**0.5
    assert run_.digest != spot(operations=[], duration_s=10_800, service={"desired": 40}, traffic={"rps": 0.1}).digest


def test_it_is_fargate_at_another_price():
    here, there = spot(operations=[]), spot(operations=[], launch_type="ecs-fargate")

    assert here.digest == there.digest
    names = [pricing.bill(run_)[0].name for run_ in (here, there)]
    assert names == ["fargate_spot", "fargate"]
    cheaper = pricing.bill(here)[0].usd / pricing.bill(there)[0].usd
    vcpu, gb = (catalog.number(f"fargate.price.spot_{what}_h") for what in ("vcpu", "gb"))
    full = pricing.fargate_usd_per_hour(1024, 2048)
    assert cheaper == pytest.approx((vcpu + 2 * gb) / full)
