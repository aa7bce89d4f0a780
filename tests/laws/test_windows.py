"""Law 3: where the data plane's windows end changes nothing."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Scenario, run
from engine.simulation import plane_for, simulate
from tests.laws.any_scenario import scenarios


def nosy(looks):
    """A data plane at which somebody looks at these moments, for no reason."""

    def plane_of(env, scenario):
        plane = plane_for(scenario)(env, scenario, keep_requests=True)

        def look():
            for at_s in sorted(looks):
                if at_s > env.now:
                    yield env.timeout(at_s - env.now)
                    for service in range(len(scenario.services)):
                        plane.busy_ns(service, [], 0.0)

        env.process(look())
        return plane

    return plane_of


def columns(run_):
    for service in run_.requests.services:
        for name in service.kept.__slots__:
            yield name, getattr(service.kept, name)


def assert_same(one, other):
    assert one.digest == other.digest
    for (name, a), (_, b) in zip(columns(one), columns(other), strict=True):
        np.testing.assert_array_equal(a, b, err_msg=name)


@settings(max_examples=40)
@given(scenarios(), st.lists(st.floats(0, 240, allow_nan=False), max_size=30))
def test_a_look_at_the_data_plane_changes_nothing(scenario, looks):
    assert_same(run(scenario, keep_requests=True), simulate(scenario, nosy(looks)))


@settings(max_examples=15)
@given(scenarios(most_rps=40))
def test_neither_does_looking_all_the_time(scenario):
    looks = [tick / 4 for tick in range(int(scenario.duration_s * 4))]

    assert_same(run(scenario, keep_requests=True), simulate(scenario, nosy(looks)))


def test_many_requests_reset_at_one_moment_are_tried_again_in_one_order():
    """All of a stopped task's requests fail at the same instant: their retries tie, and a tie must not depend on windows."""
    scenario = Scenario.of({
        "duration_s": 90, "launch_type": "ecs-fargate", "traffic": {"rps": 60},
        "services": [{"desired": 4, "concurrency": 8, "work_ms": 900, "work": "exponential", "backlog": 40,
                      "timeout_s": 20, "retries": 2, "retry_after_s": 1}],
        "balancer": {"deregistration_delay_s": 0}, "assumptions": {"exit_s": 0},
        "operations": [{"do": "stop-task", "task": n, "at_s": 10 * n + 0.5} for n in (1, 2, 3, 5, 6)],
    })  # fmt: skip
    looks = [tick / 8 for tick in range(90 * 8)]
    plain = run(scenario, keep_requests=True)

    assert plain.requests.services[0].retried.sum() > 20
    assert_same(plain, simulate(scenario, nosy(looks)))
