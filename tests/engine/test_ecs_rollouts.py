"""Deployments of ECS as stories: who moves traffic, who notices, and what going back costs."""

import pytest

from engine import Kind, Scenario, catalog, metrics, run, story
from engine.rollouts import ready_by_version, rollouts, versions
from tests.engine.the_log import numbers, reasons, rows, serving, tell, times

QUICK = {"check_every_s": 5, "check_timeout_s": 2, "deregistration_delay_s": 5}
SMALL = {"desired": 4, "image_mib": 0, "start_s": 2, "work_ms": 20}
BESIDE = {"strategy": "blue-green", "bake_s": 60}
WATCHED = {"alarm": True, "alarm_period_s": 20, "alarm_delay_s": 5}


def deployed(
    deployment=None, launch_type="ecs-fargate", duration_s=500, service=None, operations=None, fleet=None, **version
):
    return tell(
        launch_type=launch_type, duration_s=duration_s, traffic={"rps": 20}, balancer=QUICK, fleet=fleet or {"hosts": 6},
        services=[SMALL | {"deployment": deployment or {}} | (service or {})],
        operations=operations or [{"do": "deploy", "at_s": 60, **version}],
    )  # fmt: skip


def the(run_):
    (one,) = rollouts(run_)
    return one


def served_by(run_, version, start_s, end_s):
    """Count the requests that tasks of a version served from one second to another."""
    table, of = run_.requests.services[0], versions(run_)
    mine = [row for row, task in enumerate(table.task) if task and of[int(task)] == version]
    return int(table.served[mine, int(start_s) : int(end_s)].sum())


# --- moving traffic ---


def test_blue_green_starts_a_full_set_first_and_moves_all_traffic_at_once():
    run_ = deployed(BESIDE)
    one = the(run_)
    ((moved_s, share),) = one.weights

    assert share == 1
    assert serving(run_, moved_s + 1, moved_s + 59) == [8, 8]  # twice the capacity while it bakes
    assert served_by(run_, 1, 0, moved_s) == 0
    assert served_by(run_, 0, moved_s + 1, 500) == 0
    assert one.done_s == pytest.approx(moved_s + 60, abs=2)
    assert metrics.totals(run_).failed == 0


def test_a_canary_gets_its_share_and_no_more_while_it_is_watched():
    run_ = deployed({"strategy": "canary", "canary_percent": 20, "canary_bake_s": 100, "bake_s": 20})
    one = the(run_)
    begin, end = (at_s for at_s, _ in one.weights)
    new, old = (served_by(run_, version, begin + 1, end) for version in (1, 0))

    assert [share for _, share in one.weights] == [0.2, 1]
    assert end - begin == 100
    assert new / (new + old) == pytest.approx(0.2, abs=0.03)


def test_a_set_that_never_gets_healthy_is_waited_for_and_hurts_nobody():
    """The circuit breaker is for rolling updates alone: here it counts nothing, and costs money without end."""
    run_ = deployed(BESIDE | {"breaker": True}, fails=True)
    one = the(run_)

    assert (one.weights, one.over_s, one.failed_s) == ((), None, None)
    assert metrics.totals(run_).failed == 0


def test_no_room_for_a_second_set_keeps_the_old_one_serving_and_the_roll_out_waiting():
    run_ = deployed(BESIDE, "ecs-ec2", fleet={"hosts": 1}, service={"memory_mib": 3072, "cpu_units": 512})

    assert rows(run_, Kind.TASK_REFUSED)
    assert the(run_).weights == ()
    assert 4 < serving(run_, 400)[0] < 8  # some of the new ones found room
    assert served_by(run_, 1, 0, 500) == metrics.totals(run_).failed == 0
    assert len(times(deployed(BESIDE, "ecs-ec2"), Kind.ROLLOUT_DONE)) == 1


# --- noticing, and going back ---


def test_the_breaker_stops_what_never_serves_and_brings_the_old_version_back():
    run_ = deployed({"breaker": True}, fails=True)
    one = the(run_)

    assert (one.failed_why, one.failed_by) == ("breaker 3 of 3", 3)
    assert one.rolled_back_s == pytest.approx(one.failed_s, abs=3)  # the old tasks never stopped
    assert {versions(run_)[task] for task in _at_the_end(run_)} == {0}
    assert metrics.totals(run_).failed == 0


def _at_the_end(run_):
    gone = set(numbers(run_, "task", Kind.TASK_DEACTIVATING, Kind.TASK_STOPPED))
    return set(numbers(run_, "task", Kind.TASK_SERVING)) - gone


def test_without_rollback_a_failed_deployment_starts_nothing_more():
    run_ = deployed({"breaker": True, "rollback": False}, fails=True)
    one = the(run_)

    assert one.rolled_back_s is None
    assert [at_s for at_s in times(run_, Kind.TASK_CREATED) if at_s > one.failed_s] == []


def test_the_breaker_never_sees_errors_and_the_alarm_does():
    breaker, alarm = deployed({"breaker": True}, errors=0.5), deployed(WATCHED, errors=0.5)

    assert the(breaker).done_s is not None
    assert the(alarm).failed_why == "alarm 2 of 2"
    assert the(alarm).rolled_back_s is not None
    assert metrics.failures(alarm)["error"] < metrics.failures(breaker)["error"] / 3


def test_a_rolling_update_is_watched_for_a_while_after_it_is_whole():
    calm = the(deployed(WATCHED))
    ((since_s, for_s, stage),) = calm.bakes

    assert (for_s, stage) == (2 * 20 + 5, "bake")
    assert calm.done_s - since_s == 45


def test_an_alarm_on_the_new_version_sees_what_the_whole_service_hides():
    """A tenth of the traffic with a tenth of errors is one percent of all: not above it."""
    canary = {
        "strategy": "canary",
        "canary_percent": 10,
        "canary_bake_s": 200,
        "bake_s": 30,
        "alarm_percent": 2,
    } | WATCHED
    whole, own = (deployed(canary | {"alarm_on": who}, errors=0.1) for who in ("service", "new-version"))

    assert the(whole).failed_s is None or the(whole).failed_s > the(own).failed_s
    assert the(own).weights[-1][1] == 0
    assert metrics.failures(own)["error"] < metrics.failures(whole)["error"]


def test_going_back_from_blue_green_is_a_weight_and_from_rolling_a_roll_out():
    beside, rolling = deployed(BESIDE | WATCHED, errors=0.5), deployed(WATCHED, errors=0.5)
    after = [metrics.timeline(run_).errors[int(the(run_).failed_s) + 1 :].sum() for run_ in (beside, rolling)]

    assert the(beside).weights[-1] == (the(beside).failed_s, 0)
    assert after[0] <= 1 < after[1]


def test_a_person_goes_back_by_weight_while_traffic_moves():
    run_ = deployed(
        {"strategy": "canary", "canary_percent": 50, "canary_bake_s": 300},
        operations=[{"do": "deploy", "at_s": 60, "errors": 1}, {"do": "deploy", "at_s": 150, "undo": True}],
    )

    assert the(run_).weights[-1] == (150, 0)
    assert metrics.timeline(run_).errors[152:].sum() == 0


def test_another_version_in_the_middle_lets_go_of_the_one_before():
    twice = [{"do": "deploy", "at_s": 60}, {"do": "deploy", "at_s": 70, "deployment": {"strategy": "rolling"}}]
    run_ = deployed(BESIDE, operations=twice)

    assert [one.done_s is None for one in rollouts(run_)] == [True, False]
    assert {versions(run_)[task] for task in _at_the_end(run_)} == {2}
    assert metrics.totals(run_).failed == 0


# --- all at once, and never ---


def test_all_at_once_stops_every_old_task_first():
    run_ = deployed({"strategy": "all-at-once"})

    assert serving(run_, 62) == [0]
    assert metrics.failures(run_)["no-target"] > 100
    assert the(run_).done_s is not None


@pytest.mark.parametrize(("desired", "low", "high"), [(1, 100, 100), (1, 50, 150), (2, 75, 125), (3, 100, 125)])
def test_a_roll_out_that_can_never_move_says_which_roundings_hold_it(desired, low, high):
    run_ = deployed(service={"desired": desired, "min_healthy_percent": low, "max_percent": high})
    lines = {line.key: line for line in story.captions(run_)}

    assert the(run_).done_s is None
    assert f"{high} % of {desired} rounded down is {desired}" in the(run_).stalled_why
    assert reasons(run_, Kind.ROLLOUT_STALLED) == [the(run_).stalled_why]
    assert lines["caption.rollout_stuck"].values["most"] == desired
    assert serving(run_, 400) == [desired]


def test_each_turn_is_told():
    told = {
        line.key.removeprefix("caption.")
        for run_ in (
            deployed(BESIDE | WATCHED, errors=0.5), deployed({"breaker": True}, fails=True),
            deployed({"strategy": "canary", "canary_percent": 50, "canary_bake_s": 60, "bake_s": 20}),
            deployed(WATCHED | {"rollback": False}, errors=0.5), deployed({"breaker": True, "rollback": False}, fails=True),
        )
        for line in story.captions(run_)
    }  # fmt: skip

    assert {
        "rollout_beside", "rollout_all", "rollout_weight", "rollout_weight_back", "rollout_alarm_back", "rollout_back",
        "rollout_breaker_back", "rollout_alarm_stays", "rollout_breaker_stays", "rollout_done",
    } <= told  # fmt: skip


@pytest.mark.parametrize("bad", [{"fails": True}, {"start_s": 90}])
def test_a_version_that_does_not_come_up_serves_nobody_where_the_load_balancer_fails_open(bad):
    """All at once leaves no healthy target: the load balancer would send to anybody, and nobody has come up."""
    run_ = deployed({"strategy": "all-at-once"}, **bad)

    assert served_by(run_, 1, 0, 500) == 0
    assert metrics.totals(run_).failed > 20 * 400


def test_going_back_is_told_after_its_cause_and_by_its_own_name():
    lines = {
        line.key.removeprefix("caption."): line.at_s for line in story.captions(deployed(BESIDE | WATCHED, errors=0.5))
    }

    assert lines["rollout_alarm_back"] + 10 <= lines["rollout_weight_back"] <= lines["rollout_back"] - 10


def test_a_second_set_without_room_is_told():
    scenario = Scenario.read(catalog.scenario_text("delivery_rollout")).with_("launch_type", "ecs-ec2")
    found = run(
        scenario.with_("services.web.deployment.strategy", "blue-green").with_(
            "operations", [{"at_s": 60, "do": "deploy"}]
        )
    )
    lines = {line.key.removeprefix("caption."): line for line in story.captions(found)}

    assert lines["rollout_no_room"].values["n"] == 8, "three hosts hold twelve tasks, ten of them are taken"
    assert metrics.totals(found).failed == 0


def test_who_overtakes_a_set_that_has_all_the_traffic_can_still_go_back_to_it():
    grow = {"do": "set-desired", "service": "web", "desired": 6, "at_s": 400}
    run_ = deployed(
        BESIDE | WATCHED | {"bake_s": 200}, service={"name": "web"},
        operations=[{"do": "deploy", "at_s": 60}, {"do": "deploy", "errors": 0.5, "at_s": 120}, grow],
    )  # fmt: skip
    first, second = rollouts(run_)

    assert first.weights[-1][1] == 1
    assert first.done_s is None  # overtaken while it baked
    assert second.rolled_back_s is not None
    assert {number: steps.at(499.0) for number, steps in ready_by_version(run_).items()} == {0: 0, 1: 6, 2: 0}


def test_a_second_set_that_is_not_ready_in_time_is_let_go_and_nobody_met_it():
    run_ = deployed(BESIDE | {"ready_within_s": 120}, fails=True)
    one = the(run_)

    assert (one.failed_s, one.failed_why) == (180, "patience 0 of 4")
    assert one.rolled_back_s is not None
    assert one.weights == ()
    assert metrics.totals(run_).failed == 0
    assert serving(run_, 200, 499) == [4, 4]
    assert "caption.rollout_patience_back" in {line.key for line in story.captions(run_)}


def test_without_rollback_a_set_that_was_not_ready_in_time_starts_nothing_more():
    run_ = deployed(BESIDE | {"ready_within_s": 120, "rollback": False}, fails=True)

    assert the(run_).rolled_back_s is None
    assert max(times(run_, Kind.TASK_CREATED)) < 180
    assert serving(run_, 200, 499) == [4, 4]
