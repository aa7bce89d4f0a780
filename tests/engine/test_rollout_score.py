"""What a roll-out cost, held against what one can count by hand."""

import pytest

from engine import Scenario, catalog, frames, metrics, pricing, run
from engine.rollout_score import scores, version_requests, weight
from tests.engine.test_ecs_rollouts import BESIDE, WATCHED, deployed


def the(run_):
    (score,) = scores(run_)
    return score


def test_a_second_set_costs_as_many_task_hours_as_tasks_times_time():
    score = the(deployed(BESIDE))
    (moved_s, _) = score.rollout.weights[0]

    assert (score.ending, score.failed, score.least_serving) == ("done", 0, 4)
    # Four tasks more, from soon after 60 s until the bake is over.
    assert score.extra_task_hours == pytest.approx(4 * (moved_s + 60 - 60) / 3600, rel=0.3)
    assert score.took_s == pytest.approx(moved_s, abs=2)


def test_on_fargate_the_extra_money_is_the_extra_tasks():
    score, run_ = the(deployed(BESIDE)), deployed(BESIDE)
    an_hour = pricing.fargate_usd_per_hour(1024, 2048)

    # Nobody pays for a task before its image is pulled.
    assert 0.7 < score.extra_usd / (score.extra_task_hours * an_hour) <= 1
    assert run_.scenario.launch_type == "ecs-fargate"


def test_on_hosts_that_stand_there_anyway_a_second_set_costs_nothing():
    assert the(deployed(BESIDE, "ecs-ec2")).extra_usd == 0


def test_bad_answers_are_counted_until_the_run_ends_where_nobody_goes_back():
    stopped, left = the(deployed(WATCHED, errors=0.5)), the(deployed(errors=0.5))

    assert (stopped.ending, left.ending) == ("back", "done")
    assert left.failed == left.failed_by_new > 3 * stopped.failed_by_new > 0
    assert 0 < stopped.met_new < 0.5 < left.met_new < 1


def test_what_the_old_version_fails_is_not_the_new_ones_fault():
    run_ = deployed({"strategy": "all-at-once"})
    score = the(run_)

    assert score.failed == metrics.failures(run_)["no-target"] > 0
    assert (score.failed_by_new, score.least_serving) == (0, 0)


@pytest.mark.parametrize(("given_", "ending"), [
    (({"breaker": True}, {"fails": True}), "back"), (({"breaker": True, "rollback": False}, {"fails": True}), "failed"),
    ((BESIDE, {"fails": True}), "open"), (({}, {}), "done"),
])  # fmt: skip
def test_how_it_ended(given_, ending):
    deployment, version = given_

    assert the(deployed(deployment, **version)).ending == ending


def test_a_roll_out_that_can_never_move_is_stalled():
    assert the(deployed(service={"desired": 3, "max_percent": 125})).ending == "stalled"


def test_requests_by_version_add_up_to_those_that_found_a_target():
    run_ = deployed({"strategy": "canary", "canary_percent": 30, "canary_bake_s": 100, "bake_s": 20}, errors=0.2)
    by_version, table = version_requests(run_), run_.requests.services[0]
    served, failed = (sum(both[k].sum() for both in by_version.values()) for k in (0, 1))
    steps = weight(scores(run_)[0].rollout)

    assert served == table.served[:, :-1].sum()
    assert failed == table.failed[:, 1:, :-1].sum()
    assert list(steps.value) == [0, 0.3, 1]


def test_the_frame_has_a_row_for_each_roll_out():
    twice = [{"do": "deploy", "at_s": 60}, {"do": "deploy", "at_s": 200, "deployment": {"strategy": "all-at-once"}}]
    frame = frames.rollouts(deployed(operations=twice))

    assert frame["strategy"].tolist() == ["rolling", "all-at-once"]
    assert frame["began_s"].tolist() == [60, 200]


@pytest.mark.parametrize("launch_type", ["ecs-ec2", "ecs-fargate", "eks-managed"])
def test_a_deployment_is_one_more_operation_while_a_zone_dies(launch_type):
    base = Scenario.read(catalog.scenario_text("az_failure")).model_dump(mode="json") | {"launch_type": launch_type}
    deploy = {"do": "deploy", "at_s": 100, "deployment": {"strategy": "blue-green", "bake_s": 60}}
    found = run(Scenario.of(base | {"operations": [*base["operations"], deploy]}))

    assert scores(found)[0].rollout.began_s == 100
