"""The ECS service scheduler: desired = running, gently; and a restart that fails is not tried for ever at full speed."""

import pytest

from engine import Kind, catalog
from tests.engine.the_log import in_zones, numbers, reasons, rows, serving, tell, times

QUICK = {"deregistration_delay_s": 5}  # a drain that ends within the story


@pytest.mark.parametrize("launch_type", ["ecs-ec2", "ecs-fargate"])
def test_a_warm_service_serves_from_the_first_second_and_nothing_happens(launch_type):
    run_ = tell(launch_type=launch_type, services=[{"desired": 9}])

    assert serving(run_, 0, 300, 599) == [9, 9, 9]
    assert (run_.events.at_s == 0).all()


@pytest.mark.parametrize("launch_type", ["ecs-ec2", "ecs-fargate"])
def test_a_cold_service_comes_to_its_desired_count_and_stays(launch_type):
    run_ = tell(launch_type=launch_type, warm=False, services=[{"desired": 9}])

    assert serving(run_, 0, 590) == [0, 9]
    assert len(times(run_, Kind.TASK_CREATED)) == 9
    assert times(run_, Kind.TASK_STOPPED) == []


@pytest.mark.parametrize("launch_type", ["ecs-ec2", "ecs-fargate"])
@pytest.mark.parametrize(("desired", "then"), [(3, 8), (8, 3), (5, 0), (0, 4)])
def test_desired_becomes_running(launch_type, desired, then):
    run_ = tell(
        launch_type=launch_type, services=[{"desired": desired}], balancer=QUICK,
        operations=[{"do": "set-desired", "desired": then, "at_s": 100}],
    )  # fmt: skip

    assert serving(run_, 99, 590) == [desired, then]
    assert numbers(run_, "value", Kind.DESIRED_SET) == [then]
    assert len(times(run_, Kind.TASK_STOPPED)) == max(0, desired - then)
    assert len(times(run_, Kind.TASK_CREATED)) == desired + max(0, then - desired)


def test_a_task_passes_through_ecs_states_in_their_order():
    run_ = tell(warm=False, services=[{"desired": 1}], operations=[{"do": "stop-task", "task": 1, "at_s": 200}])
    words = [
        Kind(int(run_.events.kind[i])).name.removeprefix("TASK_")
        for i in run_.events.where(*Kind)
        if run_.events.task[i] == 1
    ]

    assert words == [
        "CREATED", "PLACED", "PENDING", "PULLED", "ACTIVATING", "RUNNING", "SERVING", "DEACTIVATING", "STOPPING",
        "DEPROVISIONING", "STOPPED",
    ]  # fmt: skip
    order = [str(state).upper() for state in catalog.value("ecs.task.lifecycle_order")]
    assert [word for word in order if word in words] == [word for word in words if word in order]


def test_a_stopped_task_is_replaced_while_it_drains_and_says_who_stopped_it():
    run_ = tell(services=[{"desired": 4, "start_s": 5}], operations=[{"do": "stop-task", "task": 2, "at_s": 100}])
    delay_s = catalog.seconds("elb.dereg_delay")

    assert reasons(run_, Kind.TASK_STOPPED) == ["UserInitiated"]
    assert times(run_, Kind.TASK_DEACTIVATING, task=2) == [100]
    assert times(run_, Kind.TASK_STOPPING, task=2) == [100 + delay_s]
    assert times(run_, Kind.TASK_STOPPED, task=2) == [100 + delay_s + 2]  # it ends two seconds after SIGTERM
    assert times(run_, Kind.TASK_CREATED, task=5) == [101]  # the scheduler looks again after a second
    assert serving(run_, 99, 101, 200) == [4, 3, 4]


def test_scale_in_takes_from_the_fullest_zone():
    run_ = tell(services=[{"desired": 5, "az_rebalancing": False}], balancer=QUICK,
                operations=[{"do": "set-desired", "desired": 3, "at_s": 60}])  # fmt: skip

    assert in_zones(run_, 59) == [2, 2, 1]
    assert in_zones(run_, 200) == [1, 1, 1]


# --- minimum and maximum healthy percent -----------------------------------------------------------------------------


def drain(**service):
    return tell(
        duration_s=900, services=[{"desired": 6, "start_s": 5, "az_rebalancing": False} | service], balancer=QUICK,
        fleet={"hosts": 6, "rebalance": False}, operations=[{"do": "drain-host", "host": "a1", "at_s": 100}],
    )  # fmt: skip


def test_a_drain_starts_replacements_first_when_all_must_stay_healthy():
    run_ = drain(min_healthy_percent=100, max_percent=200)

    assert min(serving(run_, *range(100, 800))) == 6
    assert max(serving(run_, *range(100, 800))) == 7
    assert [i for i in rows(run_, Kind.TASK_PLACED, host=0) if run_.events.at_s[i] > 0] == []  # nobody comes to it


def test_a_drain_stops_first_when_no_extra_task_is_allowed():
    run_ = drain(min_healthy_percent=50, max_percent=100)

    assert min(serving(run_, *range(100, 800))) == 5
    assert max(serving(run_, *range(100, 800))) == 6
    assert serving(run_, 800) == [6]


def test_a_drain_waits_for_ever_when_it_may_neither_stop_nor_start():
    run_ = drain(min_healthy_percent=100, max_percent=100)

    assert serving(run_, *range(100, 900, 50)) == [6] * 16
    assert times(run_, Kind.TASK_STOPPED) == []


@pytest.mark.parametrize("least", [0, 50, 100])
def test_a_drain_never_goes_below_the_minimum_on_purpose(least):
    run_ = tell(
        duration_s=900, services=[{"desired": 8, "start_s": 20, "min_healthy_percent": least, "max_percent": 125}],
        balancer=QUICK, fleet={"hosts": 3, "instance_type": "m5.4xlarge", "rebalance": False},
        operations=[{"do": "drain-host", "host": "a1", "at_s": 100}],
    )  # fmt: skip

    assert min(serving(run_, *range(100, 890))) >= 8 * least / 100
    assert serving(run_, 890) == [8]
    assert in_zones(run_, 890) == [0, 4, 4]


# --- the throttle ----------------------------------------------------------------------------------------------------


def test_starts_that_fail_are_tried_after_pauses_that_double_up_to_a_quarter_of_an_hour():
    run_ = tell(duration_s=7_200, warm=False, services=[{"desired": 2, "image_pulls": False}])
    pauses = numbers(run_, "value", Kind.RESTART_THROTTLED)
    longest = catalog.seconds("ecs.service.throttle_max")

    assert pauses[:8] == [10, 20, 40, 80, 160, 320, 640, longest]
    assert set(pauses[8:]) <= {longest}
    assert set(reasons(run_, Kind.TASK_STOPPED)) == {"TaskFailedToStart"}
    said = times(run_, Kind.RESTART_THROTTLED)
    created = times(run_, Kind.TASK_CREATED)
    for at_s, pause in zip(said, pauses, strict=True):
        assert not [t for t in created if at_s < t < at_s + pause]  # and the pause is kept


def test_tasks_that_ran_are_replaced_without_a_pause():
    stops = [{"do": "stop-task", "task": n, "at_s": 100.0 * n} for n in range(1, 5)]
    run_ = tell(services=[{"desired": 1, "start_s": 1}], balancer=QUICK, operations=stops)

    assert times(run_, Kind.RESTART_THROTTLED) == []
    assert times(run_, Kind.TASK_CREATED)[1:] == [101, 201, 301, 401]


# --- health-check grace ----------------------------------------------------------------------------------------------


def test_an_application_that_starts_slowly_is_killed_in_a_loop_without_grace():
    run_ = tell(duration_s=900, warm=False, services=[{"desired": 2, "start_s": 100, "grace_s": 0}])

    assert times(run_, Kind.TASK_SERVING) == []
    assert len(times(run_, Kind.TASK_UNHEALTHY)) > 10
    assert (
        times(run_, Kind.RESTART_THROTTLED) == []
    )  # it did reach RUNNING (fact ecs.service.throttle_not_after_running)


def test_the_same_application_lives_with_grace():
    run_ = tell(duration_s=900, warm=False, services=[{"desired": 2, "start_s": 100, "grace_s": 120}])

    assert times(run_, Kind.TASK_UNHEALTHY) == []
    assert len(times(run_, Kind.TASK_SERVING)) == 2
    assert min(times(run_, Kind.TASK_SERVING)) > 100


# --- AZ rebalancing --------------------------------------------------------------------------------------------------

ZONE_GOES_AND_COMES = [{"do": "fail-zone", "zone": "b", "at_s": 100}, {"do": "restore-zone", "zone": "b", "at_s": 400}]


def rebalanced(launch_type, **service):
    return tell(
        duration_s=1_500, launch_type=launch_type, fleet={"hosts": 3, "instance_type": "m5.4xlarge", "replace": False},
        services=[{"desired": 6} | service], balancer=QUICK, operations=ZONE_GOES_AND_COMES,
    )  # fmt: skip


@pytest.mark.parametrize("launch_type", ["ecs-ec2", "ecs-fargate"])
def test_tasks_move_back_when_the_zone_is_back_and_nobody_is_missed_meanwhile(launch_type):
    run_ = rebalanced(launch_type)

    assert in_zones(run_, 390) == [3, 0, 3]
    assert in_zones(run_, 1_490) == [2, 2, 2]
    assert min(serving(run_, *range(420, 1_500))) >= 6  # started there first, stopped here afterwards
    assert max(serving(run_, *range(420, 1_500))) <= 8


@pytest.mark.parametrize("launch_type", ["ecs-ec2", "ecs-fargate"])
def test_without_rebalancing_they_stay_where_they_are(launch_type):
    run_ = rebalanced(launch_type, az_rebalancing=False)

    assert in_zones(run_, 1_490) == [3, 0, 3]


def test_a_balanced_service_moves_nobody():
    for desired in (6, 7, 8):  # 7 and 8 cannot be even: a difference of one is as good as it gets
        run_ = tell(launch_type="ecs-fargate", services=[{"desired": desired}])

        assert (run_.events.at_s == 0).all()
