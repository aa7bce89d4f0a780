"""Law 5 for functions: the compiled plane equals an all-SimPy one request by request, with the same cold starts. Allowed: 0.0."""

import numpy as np
import pytest
from hypothesis import given, settings

from engine import Scenario, ScenarioError, run
from engine.simulation import simulate
from engine.traffic.functions.one_by_one import OneByOneFunctions
from tests.laws.any_scenario import scenarios

EVERYTHING = [
    {"do": "fail-zone", "zone": "b", "at_s": 30.5}, {"do": "zonal-shift", "zone": "a", "at_s": 50, "for_s": 40},
    {"do": "impair-zone", "zone": "c", "latency_ms": 900, "loss": 0.2, "at_s": 60},
    {"do": "change-traffic", "factor": 1.7, "at_s": 100.3}, {"do": "restore-zone", "zone": "c", "at_s": 140},
    {"do": "restore-zone", "zone": "b", "at_s": 150}, {"do": "fail-zone", "zone": "c", "at_s": 160},
]  # fmt: skip


def one_by_one(scenario):
    return simulate(scenario, lambda env, it: OneByOneFunctions(env, it, keep_requests=True))


def assert_equal(fast, slow):
    """Column by column first: the digest alone would not say where they part."""
    for ours, theirs in zip(fast.requests.services, slow.requests.services, strict=True):
        for name in ours.kept.__slots__:
            np.testing.assert_array_equal(getattr(ours.kept, name), getattr(theirs.kept, name), err_msg=name)
        for name in ("task", "arrived", "retried", "served", "failed", "busy_ns", "latency"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), err_msg=name)
        assert ours.in_flight == theirs.in_flight
    for ours, theirs in zip(fast.requests.functions, slow.requests.functions, strict=True):
        for name in ours.__dataclass_fields__:
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), err_msg=name)
    assert fast.events.digest == slow.events.digest
    assert fast.digest == slow.digest


@settings(max_examples=60)
@given(scenarios(most_rps=40))
def test_any_small_scenario_comes_out_the_same_one_by_one(scenario):
    if any(service.kind == "daemon" for service in scenario.services):
        return
    scenario = scenario.with_("launch_type", "lambda")
    assert_equal(run(scenario, keep_requests=True), one_by_one(scenario))


@pytest.mark.parametrize("work", ["exponential", "constant"])
@pytest.mark.parametrize("function", [
    {"reserved": 14, "provisioned": 3, "keep_s": 20}, {"memory_mb": 512, "keep_s": 5}, {"time_limit_s": 1, "provisioned": 9},
], ids=["a limit", "little memory", "a time limit"])  # fmt: skip
def test_minutes_in_which_everything_goes_wrong(function, work):
    scenario = Scenario.of({
        "seed": 3, "duration_s": 200, "launch_type": "lambda", "traffic": {"rps": 40}, "operations": EVERYTHING,
        "services": [{"work": work, "work_ms": 300, "timeout_s": 1, "retries": 2, "retry_after_s": 0, "start_s": 1, "function": function}],
    })  # fmt: skip
    fast = run(scenario, keep_requests=True)

    table = fast.requests.functions[0]
    assert table.started.sum() > 5
    assert table.died.sum() > 3
    assert fast.requests.services[0].failed[1].sum() > 0  # timed out: it was no calm run
    assert_equal(fast, one_by_one(scenario))


@settings(max_examples=15)
@given(scenarios(most_rps=40))
def test_the_talks_time_comes_out_the_same_one_by_one(scenario):
    if any(service.kind == "daemon" for service in scenario.services):
        return
    scenario = Scenario.of(scenario.model_dump(mode="json") | {"launch_type": "lambda", "era": "today"})
    try:
        scenario = scenario.in_era("talk")
    except ScenarioError:
        return
    assert_equal(run(scenario, keep_requests=True), one_by_one(scenario))
