"""The time machine's laws: today is untouched, the talk's time runs or is refused in words, and its past is a past too."""

import pytest
from hypothesis import assume, given, settings

from engine import Scenario, ScenarioError, catalog, reading, run
from engine.era import day
from engine.era_checks import barred
from engine.launch import launch_types
from tests.laws.any_scenario import scenarios, scenarios_and_more
from tests.laws.test_prefix import assert_same_past


def moved(scenario):
    """Take a scenario to the talk's time: the scenario there, or None and why not."""
    try:
        return scenario.in_era("talk"), ()
    except ScenarioError as error:
        return None, error.problems


INSTEAD = {
    "launch_type": "ecs-ec2", "strategy": "rolling", "period_s": 60, "algorithm": "round-robin", "instance_type": "m5.large",
    "instance_types": ["m5.large"], "kind": "none", "memory_mb": 1024,
}  # fmt: skip


def without_what_came_later(scenario):
    """Put something older in the place of whatever did not exist, so that most scenarios stand in the talk's time."""
    data = scenario.model_dump(mode="json")
    gone = [int(one.path.split(".")[1]) for one in barred(data) if one.path.endswith(".do")]
    data["operations"] = [o for number, o in enumerate(data["operations"]) if number not in gone]
    for one in barred(data):
        if (last := one.path.rpartition(".")[2]) in INSTEAD:
            reading.put(data, one.path, INSTEAD[last])
    return moved(Scenario.model_validate(data))[0]


@settings(max_examples=60)
@given(scenarios())
def test_today_is_what_a_scenario_was_before_there_was_a_time_machine(scenario):
    said = scenario.model_dump(mode="json", exclude_defaults=True)

    assert "era" not in said
    assert Scenario.of(said) == scenario
    assert scenario.in_era("today") is scenario


@settings(max_examples=60)
@given(scenarios())
def test_a_scenario_stands_in_the_talks_time_and_comes_back_or_every_problem_has_its_reason(scenario):
    then, problems = moved(scenario)
    if then is None:
        assert problems
        assert all(one.message and one.allowed for one in problems)
        return

    assert then.era == "talk"
    assert then.in_era("talk") is then
    assert Scenario.from_token(then.token()) == then
    assert Scenario.read(then.to_yaml()) == then
    assert then.in_era("today").in_era("talk") == then


@settings(max_examples=25)
@given(scenarios_and_more())
def test_one_more_operation_changes_nothing_before_its_moment_in_the_talks_time_either(given_):
    scenario, more, at_s = given_
    then, more_then = without_what_came_later(scenario), without_what_came_later(more)
    assume(then is not None and more_then is not None)

    assert_same_past(run(then, keep_requests=True), run(more_then, keep_requests=True), at_s)


@pytest.mark.parametrize("name", catalog.scenario_files())
def test_every_scenario_of_ours_runs_in_the_talks_time_or_is_refused_with_a_date(name):
    scenario = Scenario.read(catalog.scenario_text(name))
    then, problems = moved(scenario)

    assert all("early 2020" in one.message for one in problems)
    assert (then is None) == bool(problems)
    assert then is None or run(then).scenario.era == "talk"


def test_a_launch_type_that_may_be_chosen_in_the_talks_time_was_there():
    for name, kind in launch_types("talk").items():
        try:
            Scenario.of({"era": "talk", "launch_type": name})
        except ScenarioError:
            assert kind.since > day("talk")
        else:
            assert kind.since <= day("talk")


@pytest.mark.parametrize("name", ["hour", "az_failure", "serverless_race"])
def test_the_same_scenario_of_the_talks_time_gives_the_same_run(name):
    then = Scenario.read(catalog.scenario_text(name)).in_era("talk")

    assert run(then).digest == run(Scenario.from_token(then.token())).digest
