"""What a person calls a version: whoever goes back runs the first one again, whatever number the log gives it."""

import pytest

from engine import Scenario, catalog, metrics, releases, rollouts, run

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


def test_whoever_meets_a_new_release_is_counted_once_and_its_share_follows():
    scenario = Scenario.read(catalog.scenario_text("delivery_traps")).with_("services.web.max_percent", 200)
    found, calm = run(scenario), run(scenario.with_("operations", []))

    met = releases.met(found)
    assert met.share[:25].max() == 0
    assert met.share[-1] == 1
    assert 0 < releases.met_in_all(found) < metrics.totals(found).arrived
    assert releases.met_in_all(calm) == 0
    assert metrics.totals(found).failed == releases.failed_so_far(found)[1][-1]


def test_the_course_counts_who_went_back_as_old():
    scenario = Scenario.read(catalog.scenario_text("delivery_traps")).with_("services.web.max_percent", 200)
    back = scenario.with_("operations", [BAD, BACK])

    assert (releases.course(run(scenario)).old[-1], releases.course(run(scenario)).new[-1]) == (0, 3)
    assert (releases.course(run(back)).old[-1], releases.course(run(back)).new[-1]) == (3, 0)
