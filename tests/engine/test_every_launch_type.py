"""Every scenario that comes with the project runs on every launch type of Kubernetes and on Lambda too, and meets the same traffic there."""

from functools import cache

import pytest

from engine import Kind, Scenario, catalog, intervals, run
from engine.launch import launch_types
from engine.metrics import totals
from engine.pricing import bill

KUBERNETES = [name for name, launch in launch_types().items() if launch.is_kubernetes]
LONG = {"hour", "patch_managed", "patch_fargate"}  # an hour and days: their short sisters do


@cache
def at_home(name):
    scenario = Scenario.read(catalog.scenario_text(name))
    return scenario, totals(run(scenario)).arrived


@pytest.mark.parametrize("launch_type", KUBERNETES)
@pytest.mark.parametrize("name", [name for name in catalog.scenario_files() if name not in LONG])
def test_a_scenario_can_be_toggled(name, launch_type):
    scenario, arrived = at_home(name)
    run_ = run(scenario.with_("launch_type", launch_type))
    placed = intervals(run_.events, "task", [Kind.TASK_PLACED], [Kind.TASK_STOPPED], scenario.duration_s)

    assert totals(run_).arrived == arrived
    assert len(placed.subject) > 0
    assert sum(item.usd for item in bill(run_)) > 0


# What has no place among functions is refused in words (tests/engine/test_launch.py).
WITHOUT_DAEMONS_AND_MODULES = [
    name
    for name in catalog.scenario_files()
    if name not in LONG and not any(word in catalog.scenario_text(name) for word in ("daemon", "modules:"))
]


@pytest.mark.parametrize("name", WITHOUT_DAEMONS_AND_MODULES)
def test_a_scenario_can_be_toggled_to_functions(name):
    scenario, arrived = at_home(name)
    run_ = run(scenario.with_("launch_type", "lambda"))

    assert totals(run_).arrived == arrived
    assert not run_.events.where(Kind.TASK_CREATED).size
    assert bool(sum(table.invoked.sum() for table in run_.requests.functions)) == bool(arrived)
    assert sum(item.usd for item in bill(run_)) > 0
