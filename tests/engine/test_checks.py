"""Checks: what does not go together is found even though each field is in range, and all of it at once."""

import pytest

from engine import Scenario, ScenarioError
from engine.checks import step_s


@pytest.mark.parametrize(("data", "path"), [
    ({"services": [{"name": "a"}, {"name": "b"}, {"name": "a"}]}, "services.2.name"),
    ({"operations": [{"do": "fail-zone", "zone": "a", "at_s": 601}]}, "operations.0.at_s"),
    ({"zones": 2, "operations": [{"do": "restore-zone", "zone": "c", "at_s": 1}]}, "operations.0.zone"),
    ({"operations": [{"do": "change-traffic", "service": "x", "factor": 2, "at_s": 1}]}, "operations.0.service"),
    ({"services": [{"scaling": {"min_tasks": 9, "max_tasks": 8}}]}, "services.0.scaling.max_tasks"),
    ({"traffic": {"shape": "rates"}}, "traffic.rates"),
    ({"services": [{"traffic": {"shape": "rates"}}]}, "services.0.traffic.rates"),
    ({"fleet": {"boot_min_s": 200, "boot_max_s": 199}}, "fleet.boot_max_s"),
    ({"assumptions": {"agent_missed_min_s": 121}}, "assumptions.agent_missed_max_s"),
    ({"assumptions": {"pull_min_mib_per_s": 26}}, "assumptions.pull_max_mib_per_s"),
    ({"balancer": {"check_every_s": 5, "check_timeout_s": 5}}, "balancer.check_timeout_s"),
    ({"services": [{"cpu_units": 8192}]}, "services.0.cpu_units"),
])  # fmt: skip
def test_each_pair_that_contradicts_itself(data, path):
    with pytest.raises(ScenarioError) as refused:
        Scenario.of(data)
    (problem,) = refused.value.problems

    assert problem.path == path
    assert problem.came
    assert problem.allowed
    assert problem.message


def test_they_are_found_together():
    with pytest.raises(ScenarioError) as refused:
        Scenario.of({
            "zones": 1, "fleet": {"boot_min_s": 200, "boot_max_s": 1}, "balancer": {"check_every_s": 5, "check_timeout_s": 9},
            "operations": [{"do": "fail-zone", "zone": "b", "at_s": 900}],
        })  # fmt: skip

    assert {problem.path for problem in refused.value.problems} == {
        "fleet.boot_max_s", "balancer.check_timeout_s", "operations.0.zone", "operations.0.at_s"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("duration_s", "step"), [(10, 1), (7_200, 1), (7_201, 10), (86_400, 10), (86_401, 60), (604_800, 60)]
)
def test_longer_runs_are_counted_in_longer_steps(duration_s, step):
    assert step_s(duration_s) == step
