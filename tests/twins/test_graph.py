"""Law 5 for an application: the compiled call graph equals an all-SimPy one, attempt by attempt. The difference allowed is 0.0."""

import numpy as np
import pytest
from hypothesis import given, settings

from engine import Kind, Scenario, run
from engine.simulation import simulate
from engine.traffic.graph.one_by_one import OneByOneGraph
from tests.laws.any_application import scenarios


def one_by_one(scenario):
    return simulate(scenario, lambda env, it: OneByOneGraph(env, it, keep_requests=True))


def assert_equal(fast, slow):
    """Compare column by column first: the digest alone would not say where they part."""
    ours, theirs = fast.requests.graph, slow.requests.graph
    for name in ours.kept.__slots__:
        np.testing.assert_array_equal(getattr(ours.kept, name), getattr(theirs.kept, name), err_msg=name)
    for group in ("actions", "calls", "modules"):
        for name, table in vars(getattr(ours, group)).items():
            np.testing.assert_array_equal(table, getattr(getattr(theirs, group), name), err_msg=f"{group}.{name}")
    for mine, other in zip(fast.requests.services, slow.requests.services, strict=True):
        for name in ("task", "arrived", "retried", "served", "failed", "busy_ns", "latency", "in_flight"):
            np.testing.assert_array_equal(getattr(mine, name), getattr(other, name), err_msg=f"{mine.name}.{name}")
    for name in fast.requests.users_kept.__slots__:
        a, b = (getattr(it.requests.users_kept, name) for it in (fast, slow))
        np.testing.assert_array_equal(a, b, err_msg=name)
    assert fast.events.digest == slow.events.digest
    assert fast.digest == slow.digest


@settings(max_examples=25)
@given(scenarios(most_rps=20))
def test_any_small_application_comes_out_the_same_one_by_one(scenario):
    assert_equal(run(scenario, keep_requests=True), one_by_one(scenario))


SHOP = {
    "front": {"catalogue": {"stage": 0, "retries": 1}, "ads": {"needed": False, "timeout_s": 0.05}, "cart": {"stage": 1}},
    "cart": {"currency": {"retries": 2, "backoff_s": 0.02, "jitter": True, "breaker": {"window": 10, "open_s": 2}}},
    "catalogue": {"currency": {"stage": 1, "bulkhead": 1, "needed": False}}, "ads": {}, "currency": {},
}  # fmt: skip
EVERYTHING = [
    {"do": "break-module", "module": "currency", "slow_x": 40, "errors": 0.3, "at_s": 15, "for_s": 12},
    {"do": "stop-task", "task": 3, "at_s": 20}, {"do": "stop-task", "task": 14, "at_s": 21}, {"do": "fail-zone", "zone": "b", "at_s": 30.5},
    {"do": "zonal-shift", "zone": "a", "at_s": 40, "for_s": 20},
    {"do": "impair-zone", "zone": "c", "latency_ms": 30, "loss": 0.2, "at_s": 50}, {"do": "restore-zone", "zone": "c", "at_s": 70},
    {"do": "restore-zone", "zone": "b", "at_s": 75}, {"do": "deploy", "service": "cart", "errors": 0.5, "at_s": 80},
    {"do": "change-traffic", "factor": 2.3, "at_s": 90},
]  # fmt: skip


def shop(**more):
    modules = [
        {"name": name, "service": name, "work_ms": 20, "calls": [{"to": to, "timeout_s": 0.4, **how} for to, how in calls.items()]}
        for name, calls in SHOP.items()
    ]  # fmt: skip
    actions = [{"name": "look", "entry": "front", "share": 3}, {"name": "pay", "entry": "cart"}]
    services = [
        {"name": name, "desired": 3, "concurrency": 2, "backlog": 4, "retries": 1, "image_mib": 0, "start_s": 2}
        for name in SHOP
    ]
    return Scenario.of({
        "duration_s": 110, "launch_type": "ecs-fargate", "traffic": {"rps": 25}, "services": services, "operations": EVERYTHING,
        "application": {"modules": modules, "actions": actions}, "balancer": {"deregistration_delay_s": 5}, "assumptions": {"exit_s": 0}, **more,
    })  # fmt: skip


@pytest.mark.parametrize("algorithm", ["round-robin", "random", "least-outstanding-requests"])
def test_two_minutes_in_which_everything_goes_wrong(algorithm):
    scenario = shop(balancer={"algorithm": algorithm, "cross_zone": algorithm != "random", "deregistration_delay_s": 0})
    fast = run(scenario, keep_requests=True)

    # Whichever way to fail there is, but for want of a place or a target: it was no calm run.
    assert (fast.requests.graph.calls.failed.sum(axis=(1, 2))[[1, 2, 4, 5, 6]] > 0).all()
    assert_equal(fast, one_by_one(scenario))


def test_calls_of_one_length_that_end_at_one_moment():
    """Constant work and equal hops: parallel calls tie all the way, and a tie must be broken the same way."""
    calls = [{"to": to, "timeout_s": 0.02, "retries": 2, "backoff_s": 0, "needed": to != "c"} for to in "bcdbc"]
    modules = [{"name": "a", "service": "a", "work": "constant", "work_ms": 2, "calls": calls}]
    modules += [{"name": name, "service": name, "work": "constant", "work_ms": 2} for name in "bcd"]
    services = [
        {"name": name, "desired": 2, "concurrency": 2, "backlog": 2, "retries": 2, "retry_after_s": 0}
        for name in "abcd"
    ]
    for hop_ms in (0, 2):
        scenario = Scenario.of({
            "duration_s": 10, "launch_type": "ecs-fargate", "traffic": {"rps": 120}, "services": services,
            "application": {
                "modules": modules, "actions": [{"name": "ask", "entry": "a"}], "hop_ms": hop_ms, "zone_hop_ms": 2 * hop_ms,
            },
            "operations": [{"do": "stop-task", "task": n, "at_s": 1.0 * n} for n in (3, 5, 7, 8)],
            "balancer": {"deregistration_delay_s": 0}, "assumptions": {"exit_s": 0},
        })  # fmt: skip
        fast = run(scenario, keep_requests=True)

        assert fast.requests.graph.calls.retried.sum() > 0
        assert_equal(fast, one_by_one(scenario))


def test_scaling_reads_the_work_of_a_module_and_not_its_waits():
    scenario = shop(operations=[{"do": "break-module", "module": "currency", "slow_x": 5, "at_s": 30}]).with_(
        "services.currency.scaling", {"target": 30, "period_s": 20, "points_out": 1, "min_tasks": 2, "max_tasks": 9}
    )
    fast = run(scenario, keep_requests=True)

    assert len(fast.requests.services[4].task) > 4  # it did scale
    assert_equal(fast, one_by_one(scenario))


def test_who_comes_back_at_the_very_moment_of_a_look_was_there_first():
    """Thrown out at a round second, back at another, where a metric is read: both planes must have the same order."""
    modules = [
        {"name": "a", "service": "a", "work_ms": 5, "calls": [{"to": "b", "retries": 2, "backoff_s": 1, "timeout_s": 1}]},
        {"name": "b", "service": "b", "work": "constant", "work_ms": 400},
    ]  # fmt: skip
    scaling = {"metric": "requests", "target": 100, "period_s": 20, "points_out": 1, "min_tasks": 1, "max_tasks": 4}
    service = {
        "desired": 2, "concurrency": 20, "backlog": 0, "retries": 3, "retry_after_s": 1, "timeout_s": 1, "image_mib": 0,
        "start_s": 0, "scaling": scaling,
    }  # fmt: skip
    scenario = Scenario.of({
        "duration_s": 60, "launch_type": "ecs-fargate", "traffic": {"rps": 40}, "services": [{"name": n} | service for n in "ab"],
        "application": {"modules": modules, "actions": [{"name": "ask", "entry": "a"}], "hop_ms": 0, "zone_hop_ms": 0},
        "operations": [{"do": "stop-task", "task": n, "at_s": at_s} for n, at_s in ((1, 18), (3, 19), (4, 38), (2, 39))],
        "balancer": {"deregistration_delay_s": 0}, "assumptions": {"exit_s": 0},
    })  # fmt: skip
    fast = run(scenario, keep_requests=True)
    sent_s = fast.requests.graph.kept.sent_s

    assert np.isin(sent_s, [20.0, 40.0]).sum() > 5
    assert_equal(fast, one_by_one(scenario))


def test_a_version_with_one_bad_module_among_many_in_a_process():
    whole = shop().model_dump(mode="json")
    for module in whole["application"]["modules"]:
        module["service"] = "front"
    bad = {"do": "deploy", "module": "currency", "errors": 0.4, "leak_mib": 6, "at_s": 10}
    scenario = Scenario.of(whole | {"services": whole["services"][:1], "operations": [bad]})
    fast = run(scenario, keep_requests=True)

    assert fast.requests.graph.modules.failed[-1].sum() > 0
    assert fast.events.where(Kind.TASK_OOM_KILLED).size > 0
    assert_equal(fast, one_by_one(scenario))
