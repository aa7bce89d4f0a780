"""Operations: each does what it says at its moment; one that finds nothing to act on is ignored, with a reason."""

import pytest

from engine import Kind, Scenario, ScenarioError, checks
from engine.control.actions import ACTIONS
from tests.engine.the_log import in_zones, numbers, reasons, rows, serving, tell, times


def test_whatever_can_be_written_can_be_done():
    schema = Scenario.model_json_schema()
    written = set(schema["properties"]["operations"]["items"]["discriminator"]["mapping"])

    assert written == set(ACTIONS) == set(checks.OPERATIONS)


@pytest.mark.parametrize(("operation", "says"), [
    ({"do": "fail-host", "host": "a9"}, "there is no host a9"),
    ({"do": "drain-host", "host": "f1"}, "there is no host f1"),
    ({"do": "stop-task", "task": 99}, "there is no task 99"),
    ({"do": "fail-zone", "zone": "b"}, "lost already"),
])  # fmt: skip
def test_what_finds_nothing_is_ignored_and_says_why(operation, says):
    operations = [{"do": "fail-zone", "zone": "b", "at_s": 10}, operation | {"at_s": 50}]
    run_ = tell(duration_s=60, operations=operations)

    assert times(run_, Kind.OPERATION_IGNORED) == [50]
    assert numbers(run_, "value", Kind.OPERATION_IGNORED) == [1]  # its place in the scenario
    assert says in reasons(run_, Kind.OPERATION_IGNORED)[0]


def test_fargate_has_no_host_to_fail():
    run_ = tell(duration_s=60, launch_type="ecs-fargate", operations=[{"do": "fail-host", "host": "a1", "at_s": 5}])

    assert reasons(run_, Kind.OPERATION_IGNORED) == ["there is no host a1"]


@pytest.mark.parametrize(
    "twice", [{"do": "fail-host", "host": "a1"}, {"do": "stop-task", "task": 1}, {"do": "drain-host", "host": "a1"}]
)
def test_to_do_it_twice_is_to_do_it_once_and_the_second_says_so(twice):
    run_ = tell(duration_s=60, operations=[twice | {"at_s": 10}, twice | {"at_s": 20}])

    assert times(run_, Kind.OPERATION_IGNORED) == [20]
    if twice["do"] == "stop-task":
        assert len(times(run_, Kind.TASK_DEACTIVATING, task=1)) == 1
    else:
        assert len(times(run_, Kind.HOST_LOST, Kind.HOST_DRAINING, host=0)) == 1


def test_operations_are_done_by_their_time_and_at_one_time_in_the_files_order():
    operations = [
        {"do": "set-desired", "desired": 9, "at_s": 30}, {"do": "set-desired", "desired": 4, "at_s": 10},
        {"do": "set-desired", "desired": 7, "at_s": 30},
    ]  # fmt: skip
    run_ = tell(duration_s=60, operations=operations)

    assert list(zip(times(run_, Kind.DESIRED_SET), numbers(run_, "value", Kind.DESIRED_SET), strict=True)) == [
        (10, 4),
        (30, 9),
        (30, 7),
    ]


def test_an_operation_at_the_very_start_and_one_at_the_very_end_are_allowed():
    run_ = tell(
        duration_s=60,
        operations=[{"do": "fail-zone", "zone": "a", "at_s": 0}, {"do": "stop-task", "task": 2, "at_s": 60}],
    )

    assert times(run_, Kind.ZONE_FAILED) == [0]
    assert serving(run_, 1)[0] < 21


def test_fail_zone_takes_hosts_tasks_and_front_and_only_there():
    run_ = tell(services=[{"desired": 6}], operations=[{"do": "fail-zone", "zone": "b", "at_s": 100}])

    lost = rows(run_, Kind.TASK_LOST, Kind.HOST_LOST)
    assert [int(run_.events.zone[i]) for i in lost if run_.events.at_s[i] == 100] == [1] * 4
    assert in_zones(run_, 101) == [2, 0, 2]
    assert times(run_, Kind.ZONE_FAILED) == [100]


def test_set_desired_names_its_service_or_means_the_first():
    services = [{"name": "web", "desired": 2}, {"name": "api", "desired": 2}]
    operations = [
        {"do": "set-desired", "desired": 3, "at_s": 9},
        {"do": "set-desired", "service": "api", "desired": 4, "at_s": 9},
    ]
    run_ = tell(duration_s=60, services=services, operations=operations)

    assert list(
        zip(numbers(run_, "service", Kind.DESIRED_SET), numbers(run_, "value", Kind.DESIRED_SET), strict=True)
    ) == [(0, 3), (1, 4)]


def test_to_set_what_is_set_is_no_event():
    assert (
        times(tell(duration_s=60, operations=[{"do": "set-desired", "desired": 21, "at_s": 9}]), Kind.DESIRED_SET) == []
    )


@pytest.mark.parametrize("operation", [
    {"do": "fail-zone", "zone": "d", "at_s": 1}, {"do": "fail-zone", "at_s": 1}, {"do": "fail-zone", "zone": "b"},
    {"do": "explode", "at_s": 1}, {"zone": "b", "at_s": 1}, {"do": "fail-host", "host": "a1; rm", "at_s": 1},
    {"do": "set-desired", "desired": 1, "service": "nobody", "at_s": 1}, {"do": "set-desired", "desired": -1, "at_s": 1},
    {"do": "impair-zone", "zone": "a", "loss": 1.1, "at_s": 1}, {"do": "change-traffic", "factor": float("nan"), "at_s": 1},
    {"do": "stop-task", "task": 0, "at_s": 1}, {"do": "zonal-shift", "zone": "a", "for_s": 0, "at_s": 1},
    {"do": "fail-zone", "zone": "a", "at_s": 601}, {"do": "fail-zone", "zone": "a", "at_s": float("inf")},
    {"do": "fail-zone", "zone": "a", "at_s": 1, "extra": 1}, "fail-zone", None, [],
], ids=str)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_its_place(operation):
    with pytest.raises(ScenarioError) as refused:
        Scenario.of({"operations": [{"do": "fail-zone", "zone": "a", "at_s": 5}, operation]})

    assert all(problem.path.startswith("operations.1") for problem in refused.value.problems)
