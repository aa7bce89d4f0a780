"""Law 5 for an application: the compiled call graph equals an all-SimPy one, attempt by attempt. The difference allowed is 0.0."""

import numpy as np
from hypothesis import given, settings

from engine import run
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


@settings(max_examples=60)
@given(scenarios())
def test_any_small_application_comes_out_the_same_one_by_one(scenario):
    assert_equal(run(scenario, keep_requests=True), one_by_one(scenario))
