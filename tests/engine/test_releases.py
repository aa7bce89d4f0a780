"""What a person calls a version: whoever goes back runs the first one again, whatever number the log gives it."""

import pytest

from engine import Scenario, catalog, releases, rollouts, run

BAD, BACK, AGAIN = (
    {"at_s": 60, "do": "deploy"},
    {"at_s": 300, "do": "deploy", "undo": True},
    {"at_s": 500, "do": "deploy"},
)


@pytest.mark.parametrize("launch_type", ["ecs-fargate", "eks-managed"])
@pytest.mark.parametrize(("operations", "said"), [
    ([], []),
    ([BAD], [1]),
    ([BAD, BACK], [1, 0]),
    ([BAD, BACK, AGAIN], [1, 0, 2]),
])  # fmt: skip
def test_to_go_back_is_to_run_the_first_release_again(launch_type, operations, said):
    """ECS gives the version that came back a number of its own, Kubernetes the one it had."""
    scenario = Scenario.read(catalog.scenario_text("kubernetes_rollout")).with_("launch_type", launch_type)
    found = run(scenario.with_("operations", operations))

    release = releases.releases(found)
    assert [release[one.version] for one in rollouts.rollouts(found)] == said


def test_every_task_has_the_release_of_its_version():
    scenario = Scenario.read(catalog.scenario_text("delivery_traps")).with_("services.web.max_percent", 200)
    found = run(scenario)

    of = releases.release_of_tasks(found)
    assert of == rollouts.versions(found)
    assert sorted(set(of.values())) == [0, 1]
    assert releases.release_of_tasks(run(scenario.with_("operations", []))) == {}
