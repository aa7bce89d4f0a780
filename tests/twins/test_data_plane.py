"""Law 5: the compiled data plane equals an all-SimPy one, request by request. The difference allowed is 0.0."""

import numpy as np
import pytest
from hypothesis import given, settings

from engine import Kind, Scenario, run
from engine.launch import launch_type
from engine.simulation import simulate
from engine.traffic.functions.one_by_one import OneByOneFunctions
from engine.traffic.one_by_one import OneByOnePlane
from tests.laws.any_scenario import scenarios


def one_by_one(scenario):
    twin = OneByOneFunctions if launch_type(scenario.launch_type).is_function else OneByOnePlane
    return simulate(scenario, lambda env, it: twin(env, it, keep_requests=True))


def assert_equal(fast, slow):
    """Compare column by column first: the digest alone would not say where they part."""
    for ours, theirs in zip(fast.requests.services, slow.requests.services, strict=True):
        for name in ours.kept.__slots__:
            np.testing.assert_array_equal(getattr(ours.kept, name), getattr(theirs.kept, name), err_msg=name)
        for name in ("task", "arrived", "retried", "served", "failed", "busy_ns", "latency"):
            np.testing.assert_array_equal(getattr(ours, name), getattr(theirs, name), err_msg=name)
        assert ours.in_flight == theirs.in_flight
    assert fast.events.digest == slow.events.digest
    assert fast.digest == slow.digest


@settings(max_examples=60)
@given(scenarios())
def test_any_small_scenario_comes_out_the_same_one_by_one(scenario):
    assert_equal(run(scenario, keep_requests=True), one_by_one(scenario))


EVERYTHING = [
    {"do": "stop-task", "task": 3, "at_s": 20}, {"do": "fail-zone", "zone": "b", "at_s": 30.5},
    {"do": "zonal-shift", "zone": "a", "at_s": 50, "for_s": 40},
    {"do": "impair-zone", "zone": "c", "latency_ms": 900, "loss": 0.2, "at_s": 60},
    {"do": "change-traffic", "factor": 1.7, "at_s": 100.3}, {"do": "set-desired", "desired": 9, "at_s": 120},
    {"do": "restore-zone", "zone": "c", "at_s": 140}, {"do": "restore-zone", "zone": "b", "at_s": 150},
    {"do": "fail-host", "host": "a1", "at_s": 170}, {"do": "drain-host", "host": "c1", "at_s": 180},
]  # fmt: skip


@pytest.mark.parametrize("cross_zone", [True, False], ids=["cross-zone", "zone-by-zone"])
@pytest.mark.parametrize("launch_type", ["ecs-ec2", "ecs-fargate"])
@pytest.mark.parametrize("algorithm", ["round-robin", "random", "least-outstanding-requests"])
def test_four_minutes_in_which_everything_goes_wrong(algorithm, launch_type, cross_zone):
    scenario = Scenario.of({
        "seed": 3, "duration_s": 240, "launch_type": launch_type, "traffic": {"rps": 40}, "operations": EVERYTHING,
        "balancer": {"algorithm": algorithm, "cross_zone": cross_zone, "deregistration_delay_s": 5},
        "services": [{"desired": 6, "concurrency": 2, "work_ms": 150, "backlog": 6, "timeout_s": 1, "retries": 2,
                      "retry_after_s": 0.3}],
    })  # fmt: skip
    fast = run(scenario, keep_requests=True)

    assert all(
        fast.requests.services[0].failed[i].sum() > 0 for i in (0, 1)
    )  # refused and timed out: it was no calm run
    assert_equal(fast, one_by_one(scenario))


@pytest.mark.parametrize(("launch_type", "ends_a_window"), [
    ("ecs-fargate", {"do": "stop-task", "task": 3, "at_s": 8}), ("lambda", {"do": "restore-zone", "zone": "b", "at_s": 8}),
])  # fmt: skip
def test_thousands_who_give_up_in_one_window_all_find_room_to_try_again(launch_type, ends_a_window):
    """A third of a busy service goes dark: what was on its way when a window ended is all settled as the next one begins."""
    scenario = Scenario.of({
        "duration_s": 20, "launch_type": launch_type, "traffic": {"rps": 2_000},
        "services": [{"desired": 30, "concurrency": 16, "work_ms": 40, "timeout_s": 5, "retries": 5,
                      "function": {"account_concurrency": 10_000}}],
        "operations": [{"do": "fail-zone", "zone": "b", "at_s": 4}, ends_a_window],
        "balancer": {"check_every_s": 300, "check_timeout_s": 60},
    })  # fmt: skip
    fast = run(scenario, keep_requests=True)

    assert fast.requests.services[0].retried.sum() > 2_000
    assert_equal(fast, one_by_one(scenario))


def test_tasks_that_die_in_mid_request_at_one_instant_with_retries():
    """A stopped task resets all its connections at once; the same clients come back at the same instant."""
    scenario = Scenario.of({
        "duration_s": 90, "launch_type": "ecs-fargate", "traffic": {"rps": 50},
        "services": [{"desired": 4, "concurrency": 8, "work_ms": 900, "backlog": 40, "timeout_s": 20, "retries": 2,
                      "retry_after_s": 1}],
        "balancer": {"deregistration_delay_s": 0}, "assumptions": {"exit_s": 1},
        "operations": [{"do": "stop-task", "task": n, "at_s": 10 * n + 0.5} for n in (1, 2, 3, 5, 6)],
    })  # fmt: skip
    fast = run(scenario, keep_requests=True)

    assert fast.requests.services[0].retried.sum() > 20
    assert_equal(fast, one_by_one(scenario))


@pytest.mark.parametrize("metric", ["cpu", "requests"])
def test_scaling_sees_the_same_metric(metric):
    """Busy time is counted while work goes on, and a hung target's with it: the scaler must read one number."""
    scenario = Scenario.of({
        "duration_s": 300, "traffic": {"shape": "spike", "rps": 10, "peak_rps": 45, "at_s": 60, "for_s": 100},
        "services": [{"desired": 3, "work_ms": 220, "concurrency": 2,
                      "scaling": {"metric": metric, "target": 50 if metric == "cpu" else 300, "period_s": 20,
                                  "points_out": 1, "points_in": 3, "min_tasks": 2, "max_tasks": 12}}],
        "operations": [{"do": "fail-zone", "zone": "c", "at_s": 110}],
    })  # fmt: skip
    fast = run(scenario, keep_requests=True)

    assert fast.requests.services[0].task.max() > 5  # it did scale
    assert_equal(fast, one_by_one(scenario))


@pytest.mark.parametrize("algorithm", ["round-robin", "random", "least-outstanding-requests"])
@pytest.mark.parametrize("launch_type", ["ecs-fargate", "eks-managed"])
def test_two_groups_with_weights_errors_and_a_leak(launch_type, algorithm):
    """A version that fails a third of its requests and outgrows its memory, let in step by step, and tried again by clients."""
    scenario = Scenario.of({
        "seed": 5, "duration_s": 240, "launch_type": launch_type, "traffic": {"rps": 40}, "fleet": {"hosts": 6},
        "balancer": {"algorithm": algorithm, "deregistration_delay_s": 5, "check_every_s": 5, "check_timeout_s": 2},
        "services": [{"desired": 4, "concurrency": 2, "work_ms": 120, "backlog": 6, "timeout_s": 1, "retries": 2, "image_mib": 0,
                      "start_s": 2, "retry_after_s": 0, "memory_base_share": 0.7}],
        "operations": [
            {"do": "deploy", "at_s": 20, "errors": 0.3, "leak_mib": 2,
             "deployment": {"strategy": "linear", "step_percent": 35, "step_bake_s": 40, "bake_s": 30}},
            {"do": "fail-zone", "zone": "b", "at_s": 90.5},
        ],
    })  # fmt: skip
    fast = run(scenario, keep_requests=True)

    assert fast.requests.services[0].failed[4].sum() > 0
    assert fast.events.where(Kind.TASK_OOM_KILLED).size
    assert fast.events.where(Kind.ROLLOUT_SHIFTED).size > 1
    assert_equal(fast, one_by_one(scenario))


def test_a_long_run_counts_by_longer_steps():
    scenario = Scenario.of({"duration_s": 7_300, "traffic": {"rps": 0.5}, "services": [{"desired": 2}]})
    fast = run(scenario, keep_requests=True)

    assert fast.requests.step_s == 10
    assert_equal(fast, one_by_one(scenario))


@pytest.mark.parametrize("rps", [4.0, 5.0, 30.0])
def test_who_is_thrown_out_and_comes_back_at_once_meets_what_was_decided_by_then(rps):
    """Spot capacity goes without a wait: reset, deregistered and asked again, all at one instant."""
    scenario = Scenario.of({
        "seed": 0, "duration_s": 240, "launch_type": "ecs-fargate-spot", "zones": 1, "traffic": {"rps": rps},
        "services": [{"desired": 2, "work": "constant", "work_ms": 400, "concurrency": 1, "backlog": 2, "timeout_s": 0.5,
                      "retries": 2, "retry_after_s": 0, "image_mib": 0, "start_s": 0}],
        "balancer": {"deregistration_delay_s": 0}, "assumptions": {"exit_s": 0, "spot_tasks_per_h": 60},
    })  # fmt: skip
    fast = run(scenario, keep_requests=True)

    assert fast.requests.services[0].failed[2].sum() + fast.requests.services[0].retried.sum() > 0
    assert_equal(fast, one_by_one(scenario))
