"""Law 2: an operation at t changes no event and no request before t."""

import numpy as np
import pytest
from hypothesis import given, settings

from engine import Kind, Scenario, run
from engine.simulation import Run
from tests.laws.any_scenario import LAUNCH_TYPES, scenarios_and_more


def assert_same_past(one: Run, other: Run, until_s: float) -> None:
    a, b = one.events, other.events
    n = a.before(until_s)
    assert b.before(until_s) == n
    for name in ("at_s", "kind", "service", "task", "host", "zone", "value"):
        np.testing.assert_array_equal(getattr(a, name)[:n], getattr(b, name)[:n], err_msg=name)
    assert a.reason[:n] == b.reason[:n]
    for ours, theirs in zip(one.requests.services, other.requests.services, strict=True):
        done, done_too = ours.kept.end_s < until_s, theirs.kept.end_s < until_s
        for name in ours.kept.__slots__:
            np.testing.assert_array_equal(
                getattr(ours.kept, name)[done], getattr(theirs.kept, name)[done_too], err_msg=name
            )
        came, came_too = (kept.arrive_s[kept.arrive_s < until_s] for kept in (ours.kept, theirs.kept))
        np.testing.assert_array_equal(came, came_too)
        # The tables too, as far as whole steps of them lie before the moment.
        steps = int(until_s / one.requests.step_s)
        rows = min(len(ours.task), len(theirs.task))
        for name in ("arrived", "retried", "served", "failed", "busy_ns"):
            x, y = getattr(ours, name)[..., :steps], getattr(theirs, name)[..., :steps]
            if x.ndim > 1:
                assert x[..., rows:, :].sum() == y[..., rows:, :].sum() == 0
                x, y = x[..., :rows, :], y[..., :rows, :]
            np.testing.assert_array_equal(x, y, err_msg=name)
        np.testing.assert_array_equal(ours.latency[:steps], theirs.latency[:steps])


@settings(max_examples=80)
@given(scenarios_and_more())
def test_one_more_operation_changes_nothing_before_its_moment(given_):
    scenario, more, at_s = given_

    assert_same_past(run(scenario, keep_requests=True), run(more, keep_requests=True), at_s)


BUSY = {
    "duration_s": 300, "traffic": {"rps": 40},
    "services": [{"desired": 6, "work_ms": 150, "retries": 1, "scaling": {"target": 40, "period_s": 20, "points_out": 1}}],
    "fleet": {"boot_min_s": 20, "boot_max_s": 40}, "balancer": {"check_every_s": 5, "check_timeout_s": 2},
    "operations": [{"do": "fail-zone", "zone": "b", "at_s": 60.1}, {"do": "restore-zone", "zone": "b", "at_s": 200.7}],
}  # fmt: skip
EVERY_OPERATION = [
    {"do": "fail-zone", "zone": "a"}, {"do": "impair-zone", "zone": "a", "latency_ms": 800, "loss": 0.5},
    {"do": "restore-zone", "zone": "b"}, {"do": "zonal-shift", "zone": "c", "for_s": 30}, {"do": "fail-host", "host": "a1"},
    {"do": "drain-host", "host": "c1"}, {"do": "stop-task", "task": 1}, {"do": "set-desired", "desired": 12},
    {"do": "change-traffic", "factor": 3}, {"do": "cut-agent", "host": "a1"}, {"do": "restore-agent", "host": "a1"},
    {"do": "patch"}, {"do": "patch", "what": "agent"}, {"do": "interrupt-spot-tasks", "share": 0.5, "for_s": 40}, {"do": "update-nodes"},
]  # fmt: skip


@pytest.mark.parametrize("launch_type", LAUNCH_TYPES)
@pytest.mark.parametrize("operation", EVERY_OPERATION, ids=lambda o: o["do"])
def test_each_operation_acts_at_its_moment_and_not_before(operation, launch_type):
    at_s = 100.3
    scenario = Scenario.of(BUSY | {"launch_type": launch_type})
    more = Scenario.of(
        BUSY | {"launch_type": launch_type, "operations": [*BUSY["operations"], operation | {"at_s": at_s}]}
    )
    before, after = run(scenario, keep_requests=True), run(more, keep_requests=True)

    assert_same_past(before, after, at_s)
    assert before.digest != after.digest


def test_an_operation_falls_at_its_own_moment_to_the_last_bit():
    """The playhead's time is the operation's time: a sum of differences would land a bit beside it."""
    times = [0.1 + 0.7 * n for n in range(60)]
    operations = [{"do": "change-traffic", "factor": 1, "at_s": t} for t in times]
    log = run(Scenario.of({"duration_s": 60, "traffic": {"rps": 1}, "operations": operations})).events

    assert log.at_s[log.where(Kind.TRAFFIC_CHANGED)].tolist() == times
