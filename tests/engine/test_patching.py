"""The patch treadmill, its times worked out by hand: who drains, who waits, what gets stuck and why."""

import pytest

from engine import Kind, Scenario, ScenarioError, run
from engine.patch_work import patches
from tests.engine.the_log import numbers, reasons, rows, serving, tell, times

DAY_S = 86_400
# A host boots in 60 s. Deregistering takes 10 s, the application 2 s to end, the scheduler 1 s to look.
CALM = {
    "traffic": {"rps": 1}, "fleet": {"hosts": 2, "boot_min_s": 60, "boot_max_s": 60}, "zones": 2,
    "balancer": {"deregistration_delay_s": 10, "check_every_s": 5, "check_timeout_s": 2},
}  # fmt: skip
PATCH = {"do": "patch", "at_s": 100}


def service(low, high, **more):
    return {
        "desired": 2, "min_healthy_percent": low, "max_percent": high, "az_rebalancing": False, "start_s": 0, "image_mib": 0,
    } | more  # fmt: skip


def patched(low=0, high=100, duration_s=2_000, more=(), given=None, **patch):
    return tell(
        **CALM | {"duration_s": duration_s, "services": [service(low, high)], "operations": [PATCH | patch, *more]}
        | (given or {})
    )  # fmt: skip


def test_launched_first_a_batch_boots_then_drains():
    """Ordered 100, ready 160, looked at 161, deregistered 171, ended 173; and again for the second host."""
    run_ = patched(launch_first=True)

    assert [t for t in times(run_, Kind.HOST_ASKED) if t] == [100, 173]
    assert times(run_, Kind.HOST_PATCHED) == [160, 233]
    assert times(run_, Kind.HOST_DRAINING) == [160, 233]
    assert times(run_, Kind.HOST_GONE) == [173, 246]
    assert times(run_, Kind.PATCH_DONE) == [246]
    assert numbers(run_, "value", Kind.PATCH_DONE) == [146]


def test_terminated_first_it_drains_then_boots():
    """Drained 100, looked at 101, ended 113, ordered 113, ready 173: as long, but short of a host and never one over."""
    run_ = patched(launch_first=False)

    assert times(run_, Kind.HOST_DRAINING) == [100, 173]
    assert times(run_, Kind.HOST_GONE) == [113, 186]
    assert times(run_, Kind.HOST_PATCHED) == [173, 246]
    assert times(run_, Kind.PATCH_DONE) == [246]


def test_a_drain_that_ends_at_the_very_moment_of_patience_was_not_stuck():
    """Looked at from 160, empty at 173: thirteen seconds, as long as the patience."""
    run_ = patched(launch_first=True, given={"assumptions": {"stuck_after_s": 13}})

    assert times(run_, Kind.PATCH_STUCK) == []
    assert times(run_, Kind.PATCH_DONE) == [246]


def test_one_way_pays_for_more_hosts_the_other_has_fewer():
    """Launched first: twice 60 s of boot and 13 s of drain too many. Terminated first: twice 60 s of boot too few."""
    (first,), (last,) = patches(patched(launch_first=True)), patches(patched(launch_first=False))

    assert (first.extra_host_s, first.missing_host_s) == (146, 0)
    assert (last.extra_host_s, last.missing_host_s) == (0, 120)
    assert first.hours == last.hours == pytest.approx(146 / 3600)


@pytest.mark.parametrize(("patch", "batches"), [
    ({"hosts_at_once": 1}, [1] * 6), ({"hosts_at_once": 4}, [4, 2]), ({"hosts_at_once": 99}, [6]),
    ({"percent_at_once": 50}, [3, 3]), ({"percent_at_once": 34}, [3, 3]), ({"percent_at_once": 1}, [1] * 6),
    ({"percent_at_once": 100, "hosts_at_once": 2}, [6]),
])  # fmt: skip
def test_a_batch_is_so_many_hosts_or_a_share_rounded_up(patch, batches):
    given = {"fleet": CALM["fleet"] | {"hosts": 6}, "services": [service(100, 200, desired=6)]}
    run_ = patched(given=given, duration_s=4_000, **patch)

    assert numbers(run_, "value", Kind.PATCH_BATCH_STARTED) == batches
    assert len(times(run_, Kind.PATCH_DONE)) == 1
    assert {name for name, _ in run_.hosts} >= {"a4", "b4"}


def test_pauses_stand_between_batches_only():
    assert times(patched(pause_s=500), Kind.PATCH_DONE) == [246 + 500]


def test_more_than_a_hundred_percent_replaces_first_and_nobody_is_short():
    run_ = patched(100, 200)
    done = times(run_, Kind.PATCH_DONE)[0]

    assert min(serving(run_, *range(100, int(done)))) == 2
    assert sum(int(table.failed.sum()) for table in run_.requests.services) == 0


def test_at_most_a_hundred_and_less_healthy_stops_first():
    run_ = patched(50, 100)

    assert len(times(run_, Kind.PATCH_DONE)) == 1
    assert min(serving(run_, *range(100, 300))) == 1


@pytest.mark.parametrize("launch_first", [True, False])
def test_a_hundred_to_a_hundred_is_stuck_for_ever_and_says_why(launch_first):
    run_ = patched(100, 100, duration_s=20_000, launch_first=launch_first)
    begun = 160 if launch_first else 100

    assert times(run_, Kind.PATCH_STUCK) == [begun + 900]  # once, not every quarter of an hour
    assert reasons(run_, Kind.PATCH_STUCK) == ["healthy-percent"]
    assert numbers(run_, "value", Kind.PATCH_STUCK) == [1]
    assert times(run_, Kind.PATCH_DONE) == []
    assert patches(run_)[0].hours is None


def test_force_ends_a_stuck_host_with_what_is_left_on_it():
    run_ = patched(100, 100, force=True, duration_s=3_000)

    assert times(run_, Kind.HOST_GONE)[0] == times(run_, Kind.TASK_LOST)[0] == 160 + 900
    assert len(times(run_, Kind.PATCH_DONE)) == 1
    assert serving(run_, 160 + 901) == [1]


FULL = {"services": [service(100, 200, cpu_units=4096, memory_mib=8192)]}  # one task fills a host


def test_without_room_for_a_replacement_the_drain_is_stuck_until_a_host_comes():
    stuck = patched(given=FULL, launch_first=False)
    moves = patched(given=FULL, launch_first=True)

    assert reasons(stuck, Kind.PATCH_STUCK) == ["no-room: cpu"]
    assert times(stuck, Kind.PATCH_DONE) == []
    assert times(moves, Kind.PATCH_STUCK) == []
    assert len(times(moves, Kind.PATCH_DONE)) == 1


def test_a_replacement_that_never_passes_its_checks_holds_the_drain_up():
    slow = {"services": [service(100, 200, start_s=1_500, grace_s=1_600)]}

    assert reasons(patched(given=slow, duration_s=1_500), Kind.PATCH_STUCK) == ["not-healthy"]


def test_a_silent_agent_cannot_be_told_to_stop_its_tasks():
    cut = {"do": "cut-agent", "host": "a1", "at_s": 50}
    run_ = patched(0, 100, more=[cut], launch_first=False)

    assert reasons(run_, Kind.PATCH_STUCK) == ["agent-silent"]
    assert times(run_, Kind.HOST_GONE) == []


def test_a_host_that_dies_on_the_way_is_replaced_by_the_group_and_the_belt_goes_on():
    run_ = patched(100, 200, more=[{"do": "fail-host", "host": "b1", "at_s": 130}], duration_s=3_000)

    assert len(times(run_, Kind.PATCH_DONE)) == 1
    assert times(run_, Kind.HOST_DRAINING, host=1) == []
    patched_hosts = {int(host) for host in numbers(run_, "host", Kind.HOST_PATCHED)}
    assert patched_hosts == {2, 3}  # the group's new host starts with the release, too


def test_a_second_release_takes_the_belt_over():
    run_ = patched(100, 200, more=[PATCH | {"at_s": 150}], duration_s=4_000)
    first, second = patches(run_)

    assert first.done_s is None
    assert second.left == 3  # both hosts, and the one that boots what was new until now
    assert len(times(run_, Kind.PATCH_DONE)) == 1


# --- the agent alone -------------------------------------------------------------------------------------------------


def test_an_agents_update_leaves_the_containers_alone():
    """Two hosts, one at a time, 15 s each."""
    run_ = patched(what="agent")

    assert times(run_, Kind.HOST_PATCHED) == times(run_, Kind.AGENT_BACK) == [115, 130]
    assert reasons(run_, Kind.AGENT_CUT) == ["update", "update"]
    assert times(run_, Kind.PATCH_DONE) == [130]
    assert rows(run_, Kind.TASK_STOPPED, Kind.TASK_LOST, Kind.HOST_GONE, Kind.AGENT_MISSED) == []
    (found,) = patches(run_)
    assert (found.tasks_moved, found.extra_host_s, found.missing_host_s) == (0, 0, 0)


def test_a_host_takes_no_task_while_its_agent_restarts():
    run_ = patched(
        0, 200, what="agent", more=[{"do": "set-desired", "desired": 4, "at_s": 102}],
        given={"fleet": CALM["fleet"] | {"hosts": 2}},
    )  # fmt: skip

    assert [host for host, t in zip(numbers(run_, "host", Kind.TASK_PLACED), times(run_, Kind.TASK_PLACED), strict=True)
            if t > 100] == [1, 1]  # fmt: skip


def test_an_agent_that_is_cut_off_is_updated_once_it_is_back():
    cut = [{"do": "cut-agent", "host": "a1", "at_s": 10}, {"do": "restore-agent", "host": "a1", "at_s": 400}]
    run_ = patched(what="agent", more=cut)
    back = times(run_, Kind.AGENT_BACK)[0]

    assert reasons(run_, Kind.PATCH_STUCK) == ["agent-silent"]
    assert times(run_, Kind.HOST_PATCHED) == [pytest.approx(back + 15), pytest.approx(back + 30)]


@pytest.mark.parametrize("launch_type", ["ecs-fargate", "ecs-fargate-spot", "ecs-managed-instances"])
def test_where_aws_keeps_the_hosts_there_is_no_agent_of_yours(launch_type):
    run_ = tell(duration_s=200, launch_type=launch_type, operations=[PATCH | {"what": "agent"}])

    assert "none of yours" in reasons(run_, Kind.OPERATION_IGNORED)[0]


# --- Fargate retires tasks -------------------------------------------------------------------------------------------


def retired(low=100, high=200, wait_days=0, duration_s=2_000, **more):
    return tell(
        launch_type="ecs-fargate", duration_s=duration_s, services=[service(low, high, desired=4)],
        balancer=CALM["balancer"], operations=[PATCH | {"wait_days": wait_days}], **more,
    )  # fmt: skip


def test_seven_days_after_the_notice_every_old_task_is_retired():
    run_ = retired(wait_days=7, duration_s=7 * DAY_S + 2_000, traffic={"rps": 0.1})

    assert times(run_, Kind.PATCH_STARTED) == [100]
    assert times(run_, Kind.TASK_RETIRED) == [100 + 7 * DAY_S] * 4
    assert patches(run_)[0].hours == pytest.approx(7 * 24, abs=0.1)


def test_replacements_start_first_and_nobody_is_short():
    run_ = retired()
    last = times(run_, Kind.PATCH_DONE)[0]

    assert min(serving(run_, *range(100, int(last)))) == 4
    assert max(serving(run_, *range(100, int(last)))) > 4
    assert {int(task) for task in numbers(run_, "task", Kind.TASK_STOPPED)} == {1, 2, 3, 4}


def test_fargate_too_is_stuck_between_a_hundred_and_a_hundred():
    run_ = retired(100, 100, duration_s=5_000)

    assert reasons(run_, Kind.PATCH_STUCK) == ["healthy-percent"]
    assert times(run_, Kind.PATCH_STUCK) == [100 + 900]
    assert times(run_, Kind.PATCH_DONE) == []


def test_a_task_that_was_replaced_before_its_day_is_not_retired():
    stop = {"do": "stop-task", "task": 2, "at_s": 1_000}
    run_ = run(Scenario.of({
        "launch_type": "ecs-fargate", "duration_s": 7 * DAY_S + 1_000, "traffic": {"rps": 0.1},
        "services": [service(100, 200, desired=4)], "operations": [PATCH, stop],
    }))  # fmt: skip

    assert sorted(numbers(run_, "task", Kind.TASK_RETIRED)) == [1, 3, 4]


@pytest.mark.parametrize("field", [
    {"hosts_at_once": 0}, {"percent_at_once": 101}, {"what": "kernel"}, {"wait_days": 3}, {"pause_s": -1}, {"host": "a1"},
], ids=str)  # fmt: skip
def test_what_no_patch_can_mean_is_refused(field):
    with pytest.raises(ScenarioError) as refused:
        Scenario.of({"operations": [PATCH | field]})

    assert refused.value.problems[0].path == f"operations.0.{next(iter(field))}"
