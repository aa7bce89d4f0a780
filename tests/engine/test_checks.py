"""Checks: what does not go together is found even though each field is in range, and all of it at once."""

import pytest

from engine import Scenario, ScenarioError
from engine.checks import refuse_over_budget, step_s
from engine.errors import BudgetError


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
    ({"launch_type": "ecs-fargate", "services": [{"cpu_units": 8192}]}, "services.0.memory_mib"),
    ({"services": [{"work": "hyperexponential", "work_cv": 0.9}]}, "services.0.work_cv"),
    ({"fleet": {"providers": [{"name": "a"}, {"name": "a"}]}}, "fleet.providers.1.name"),
    ({"fleet": {"providers": [{"hosts": 0, "min_hosts": 9, "max_hosts": 8}]}}, "fleet.providers.0.max_hosts"),
    ({"fleet": {"providers": [{"hosts": 3, "max_hosts": 2}]}}, "fleet.providers.0.hosts"),
    ({"fleet": {"providers": [{"min_step": 3, "max_step": 2}]}}, "fleet.providers.0.max_step"),
    ({"services": [{"capacity": [{"provider": "nobody", "weight": 1}]}]}, "services.0.capacity.0.provider"),
    ({"fleet": {"providers": [{}]}, "services": [{"cpu_units": 1, "capacity": [{"weight": 1}] * 2}]},
     "services.0.capacity.1.provider"),
    ({"fleet": {"providers": [{}]}, "services": [{"capacity": [{"base": 3}]}]}, "services.0.capacity"),
    ({"fleet": {"providers": [{"name": "a"}, {"name": "b"}]},
      "services": [{"capacity": [{"provider": "a", "base": 1, "weight": 1}, {"provider": "b", "base": 1}]}]},
     "services.0.capacity.1.base"),
    ({"operations": [{"do": "interrupt-spot", "provider": "x", "at_s": 1}]}, "operations.0.provider"),
    ({"fleet": {"providers": [{"name": "x"}]}, "operations": [{"do": "interrupt-spot", "provider": "x", "at_s": 1}]},
     "operations.0.provider"),
    ({"operations": [{"do": "interrupt-spot", "host": "a1", "hosts": 2, "at_s": 1}]}, "operations.0"),
    ({"services": [{"scaling": {"policy": "step"}}]}, "services.0.scaling.steps_out"),
    ({"services": [{"scaling": {"steps_out": [{"lower": -1}]}}]}, "services.0.scaling.steps_out.0.lower"),
    ({"services": [{"scaling": {"steps_out": [{"lower": 3, "upper": 3}]}}]}, "services.0.scaling.steps_out.0.upper"),
    ({"services": [{"scaling": {"steps_out": [{"lower": 0, "upper": 3}, {"lower": 4}]}}]}, "services.0.scaling.steps_out.1.lower"),
    ({"services": [{"scaling": {"steps_out": [{"lower": 0}, {"lower": 4}]}}]}, "services.0.scaling.steps_out.1.lower"),
    ({"services": [{"scaling": {"steps_out": [{"lower": 0, "change": -1}]}}]}, "services.0.scaling.steps_out.0.change"),
    ({"services": [{"scaling": {"steps_in": [{"upper": 0, "lower": -9, "change": -1}, {"upper": -8, "change": -2}]}}]},
     "services.0.scaling.steps_in.1.upper"),
    ({"services": [{"scaling": {"schedule": [{"at_s": 9, "min_tasks": 101}]}}]}, "services.0.scaling.schedule.0"),
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
    ("duration_s", "step"),
    [(10, 1), (7_200, 1), (7_201, 10), (86_400, 10), (86_401, 60), (604_800, 60), (604_801, 300), (2_592_000, 300)],
)
def test_longer_runs_are_counted_in_longer_steps(duration_s, step):
    assert step_s(duration_s) == step


def test_a_leak_is_bounded_by_what_it_leaks():
    """A hundred tasks for two hours: few die of a kilobyte a request, and a run is not refused for what cannot happen."""
    tasks = {"duration_s": 7_200, "traffic": {"rps": 100}, "services": [{"desired": 100}], "fleet": {"hosts": 60}}

    little, much = (
        Scenario.of(tasks | {"operations": [{"do": "deploy", "at_s": 60, "leak_mib": leak_mib}]})
        for leak_mib in (0.1, 1_000)
    )

    refuse_over_budget(little, 720_000)
    with pytest.raises(BudgetError, match="task-seconds"):
        refuse_over_budget(much, 720_000)
