"""A jump in traffic: who has enough when, and what each second of it waited for."""

import pytest

from engine import Scenario, catalog, metrics, run
from engine.race import FUNCTION_WAITS, TASK_WAITS, catching, enough_tasks

RUNNERS = ("lambda", "ecs-fargate", "ecs-ec2", "eks-managed")


@pytest.fixture(scope="module")
def runs():
    base = Scenario.read(catalog.scenario_text("serverless_race"))
    return {name: run(base.with_("launch_type", name)) for name in RUNNERS}


def test_enough_is_one_task_more_than_the_peak_keeps_busy(runs):
    assert enough_tasks(runs["ecs-fargate"]) == 600 * 0.060 / 2 + 1


@pytest.mark.parametrize("name", RUNNERS)
def test_the_waits_add_up_and_none_is_negative(runs, name):
    found = catching(runs[name])

    assert sum(found.waits.values()) == pytest.approx(found.took_s, abs=1e-9)
    assert min(found.waits.values()) >= 0
    assert tuple(found.waits) == (FUNCTION_WAITS if name == "lambda" else TASK_WAITS)


@pytest.mark.parametrize("name", RUNNERS[1:])
def test_enough_tasks_serve_then_and_not_a_moment_before(runs, name):
    found, enough = catching(runs[name]), enough_tasks(runs[name])
    spans, moment = metrics.serving(runs[name]), found.since_s + found.took_s

    def serve(at_s):
        return ((spans.start_s <= at_s) & (spans.end_s > at_s)).sum()

    assert serve(moment) >= enough
    assert serve(moment - 1e-6) < enough


def test_each_waits_for_what_it_has_to_and_for_nothing_else(runs):
    waits = {name: catching(one).waits for name, one in runs.items()}
    took = {name: catching(one).took_s for name, one in runs.items()}

    assert took["lambda"] < took["eks-managed"] < took["ecs-fargate"] < took["ecs-ec2"]
    assert waits["ecs-fargate"]["asked"] == waits["ecs-ec2"]["asked"] > waits["eks-managed"]["asked"]
    assert waits["ecs-fargate"]["asked"] > 2 * catalog.seconds("ecs.sas.cooldown")
    assert waits["ecs-fargate"]["room"] <= catalog.number("timing.fargate.assumption", "provision_s", 1)
    assert waits["ecs-ec2"]["room"] > 60
    assert waits["lambda"]["cold"] > 0


def test_a_limit_of_the_account_refuses_where_more_would_have_started(runs):
    tight = run(runs["lambda"].scenario.with_("services.web.function.account_concurrency", 100))

    assert catching(tight).waits["throttled"] > 0 == catching(runs["lambda"]).waits["throttled"]
    assert metrics.totals(tight).failed > metrics.totals(runs["lambda"]).failed


def test_who_has_room_already_waits_for_nothing(runs):
    warm = runs["lambda"].scenario.with_("services.web.function.provisioned", 100)
    many = runs["ecs-fargate"].scenario.with_("services.web.desired", 40).with_("services.web.scaling.min_tasks", 40)

    assert catching(run(warm)).took_s == 0
    assert catching(run(many)).took_s == 0


def test_who_never_has_enough_says_so(runs):
    few = runs["ecs-fargate"].scenario.with_("services.web.scaling.max_tasks", 10)

    found = catching(run(few))

    assert found.took_s is None
    assert found.waits == {}
