"""A scenario in the talk's time: its own defaults, its own limits, and no to what did not exist."""

import pytest

from engine import Scenario, ScenarioError, run
from engine.era_checks import barred, flip_of
from engine.errors import Problem
from engine.launch import launch_type


def refused(**settings):
    with pytest.raises(ScenarioError) as caught:
        Scenario.of({"era": "talk", **settings})
    return {problem.path: problem for problem in caught.value.problems}


def test_today_is_the_default_and_is_not_said():
    assert Scenario().era == "today"
    assert Scenario().token() == Scenario.of({"era": "today"}).token()
    assert Scenario().to_yaml() == "{}\n"


def test_what_is_left_open_is_the_talks_default():
    then = Scenario.of({"era": "talk", "fleet": {"providers": [{"name": "own"}]}})

    assert not then.services[0].az_rebalancing
    assert not then.fleet.providers[0].managed_draining
    assert then.kubernetes.nodes.grace_s == 40
    assert Scenario().kubernetes.nodes.grace_s == 50


@pytest.mark.parametrize("kind", ["eks-auto", "ecs-managed-instances"])
def test_a_launch_type_that_did_not_exist_is_refused_with_its_date(kind):
    problem = refused(launch_type=kind)["launch_type"]

    assert launch_type(kind).since in problem.message
    assert kind not in problem.allowed
    assert "ecs-fargate-spot" in problem.allowed


@pytest.mark.parametrize(
    ("settings", "path", "when"),
    [
        ({"services": [{"az_rebalancing": True}]}, "services.0.az_rebalancing", "2024-11"),
        ({"services": [{"deployment": {"breaker": True}}]}, "services.0.deployment.breaker", "2020-12"),
        ({"services": [{"deployment": {"alarm": True}}]}, "services.0.deployment.alarm", "2022-12-19"),
        ({"services": [{"deployment": {"strategy": "canary"}}]}, "services.0.deployment.strategy", "2025-07"),
        ({"operations": [{"do": "deploy", "at_s": 9, "deployment": {"strategy": "linear"}}]}, "operations.0.deployment.strategy", "2025"),
        ({"operations": [{"do": "zonal-shift", "zone": "a", "at_s": 9}]}, "operations.0.do", "2023"),
        ({"services": [{"scaling": {"period_s": 20}}]}, "services.0.scaling.period_s", "2026"),
        ({"services": [{"desired": 1001}]}, "services.0.desired", "later"),
        ({"balancer": {"algorithm": "random"}}, "balancer.algorithm", "2023-11"),
        ({"fleet": {"instance_type": "m7g.large"}}, "fleet.instance_type", "2020-05"),
        ({"launch_type": "lambda", "services": [{"function": {"memory_mb": 3009}}]}, "services.0.function.memory_mb", "2020-12"),
        ({"launch_type": "eks-managed", "kubernetes": {"autoscaler": {"kind": "karpenter"}}}, "kubernetes.autoscaler.kind", "2021-11"),
    ],
)  # fmt: skip
def test_what_did_not_exist_cannot_be_asked_for(settings, path, when):
    assert when in refused(**settings)[path].message
    Scenario.of(
        {**settings, "services": [{"az_rebalancing": True, **settings.get("services", [{}])[0]}]}
    )  # today all is well


def test_everything_that_did_not_exist_is_named_at_once():
    found = refused(
        launch_type="eks-auto", balancer={"algorithm": "random"}, kubernetes={"autoscaler": {"kind": "karpenter"}}
    )

    assert set(found) == {"launch_type", "balancer.algorithm", "kubernetes.autoscaler.kind"}


@pytest.mark.parametrize(
    ("settings", "then"),
    [
        (
            {"launch_type": "eks-managed", "services": [{"deployment": {"strategy": "canary"}}]},
            "people shift traffic by hand",
        ),
        ({"launch_type": "ecs-fargate", "services": [{"desired": 2000}]}, "the limit was of EC2"),
        ({"launch_type": "ecs-fargate", "fleet": {"instance_type": "m7g.large"}}, "no host is yours"),
        ({"launch_type": "eks-unmanaged", "fleet": {"instance_type": "m5n.large"}}, "it was there"),
    ],
)
def test_what_was_there_may_be_asked_for(settings, then):
    assert Scenario.of({"era": "talk", **settings}).era == "talk", then


@pytest.mark.parametrize("kind", ["ecs-fargate", "eks-fargate"])
def test_a_size_that_fargate_did_not_sell_is_refused(kind):
    large = {"cpu_units": 8192, "memory_mib": 16384}
    assert any(path.startswith("services.0.") for path in refused(launch_type=kind, services=[large]))
    assert Scenario.of({"launch_type": kind, "services": [large]})


@pytest.mark.parametrize(
    "given",
    [None, [], "talk", {"era": "tomorrow"}, {"era": "talk", "services": 3}, {"era": "talk", "services": [None]}],
)
def test_what_is_no_scenario_is_still_refused_in_words(given):
    with pytest.raises(ScenarioError) as caught:
        Scenario.of(given)
    assert caught.value.problems


@pytest.mark.parametrize(
    ("settings", "flip"),
    [
        ({"operations": [{"do": "zonal-shift", "zone": "a", "at_s": 9}]}, "zonal_shift"),
        ({"launch_type": "eks-auto"}, "auto_mode"),
        ({"services": [{"deployment": {"alarm": True}}]}, "deploy_alarms"),
    ],
)
def test_a_problem_of_time_knows_its_flip(settings, flip):
    assert {flip_of(problem).id for problem in refused(**settings).values()} == {flip}
    assert flip_of(Problem("launch_type", "eks-auto", "any", "this is wrong in any time")) is None


# --- to and fro ---


def test_a_scenario_goes_to_the_talks_time_and_back():
    now = Scenario.of({"launch_type": "eks-managed", "services": [{"az_rebalancing": True}, {"name": "b"}]})
    then = now.in_era("talk")

    assert (then.era, then.kubernetes.nodes.grace_s, [s.az_rebalancing for s in then.services]) == (
        "talk",
        40,
        [False, False],
    )
    assert then.in_era("today") == now
    assert now.in_era("today") is now


def test_a_default_that_somebody_changed_stays():
    assert Scenario.of({"kubernetes": {"nodes": {"grace_s": 20}}}).in_era("talk").kubernetes.nodes.grace_s == 20


def test_a_breaker_is_left_behind_and_a_canary_refused():
    assert (
        not Scenario.of({"services": [{"deployment": {"breaker": True}}]}).in_era("talk").services[0].deployment.breaker
    )
    with pytest.raises(ScenarioError):
        Scenario.of({"services": [{"deployment": {"strategy": "canary"}}]}).in_era("talk")


@pytest.mark.parametrize("grace_s", [20, 40, 50])
def test_a_link_and_a_file_say_all_of_it(grace_s):
    then = Scenario.of({"era": "talk", "kubernetes": {"nodes": {"grace_s": grace_s}}, "fleet": {"providers": [{}]}})

    assert then.kubernetes.nodes.grace_s == grace_s
    assert Scenario.from_token(then.token()) == then
    assert Scenario.read(then.to_yaml()) == then
    assert "era: talk" in then.to_yaml()


def test_whatever_a_scenario_asks_for_can_be_told_without_moving_it():
    now = Scenario.of({"launch_type": "eks-auto", "operations": [{"do": "zonal-shift", "zone": "a", "at_s": 9}]})

    assert [one.flip.id for one in barred(now.model_dump(mode="json"))] == [
        "auto_mode",
        "az_rebalancing",
        "zonal_shift",
    ]


# --- what comes of it ---


def test_fargate_starts_tasks_one_a_second():
    def last_start(era):
        scenario = Scenario.of({
            "era": era, "launch_type": "ecs-fargate", "warm": False, "traffic": {"rps": 0}, "services": [{"desired": 60, "cpu_units": 256, "memory_mib": 512}],
        })  # fmt: skip
        events = run(scenario).events
        return float(events.at_s.max())

    assert 30 < last_start("talk") - last_start("today") < 60  # 50 of the 60 wait for a token, a second each


def test_a_function_was_billed_in_steps_of_a_tenth_of_a_second_and_started_for_free():
    def billed(era, start_s):
        scenario = Scenario.of({
            "era": era, "launch_type": "lambda", "traffic": {"rps": 5}, "duration_s": 60,
            "services": [{"work_ms": 10, "work": "constant", "start_s": start_s}], "warm": False,
        })  # fmt: skip
        table = run(scenario).requests.functions[0]
        return int(table.billed_ms.sum()), int(table.invoked.sum())

    ms, invoked = billed("talk", 2)
    assert ms == 100 * invoked
    assert billed("today", 2)[0] != billed("today", 0)[0]
    assert billed("talk", 2) == billed("talk", 0) or billed("talk", 0)[0] == 100 * billed("talk", 0)[1]
