"""Law 6: arrivals and work belong to the seed and the service, never to the launch type, the fleet or the balancer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Scenario, run
from tests.laws.any_scenario import LAUNCH_TYPES, scenarios

BASE = Scenario.of({
    "duration_s": 200, "traffic": {"shape": "ramp", "rps": 20, "peak_rps": 60, "at_s": 30, "for_s": 100},
    "services": [{"desired": 6, "retries": 1, "backlog": 8, "timeout_s": 1}],
    "operations": [{"do": "fail-zone", "zone": "b", "at_s": 60}, {"do": "change-traffic", "factor": 1.5, "at_s": 90}],
})  # fmt: skip
OTHERWISE = [
    ("launch_type", "ecs-fargate"), ("launch_type", "ecs-fargate-spot"), ("launch_type", "ecs-managed-instances"), ("launch_type", "k8s-self-run"), ("launch_type", "eks-unmanaged"), ("launch_type", "eks-managed"), ("launch_type", "eks-fargate"), ("launch_type", "eks-auto"), ("launch_type", "lambda"), ("fleet.hosts", 2), ("fleet.instance_type", "m5.4xlarge"), ("zones", 2), ("warm", False),
    ("balancer.algorithm", "random"), ("balancer.algorithm", "least-outstanding-requests"), ("balancer.cross_zone", False),
    ("services.web.desired", 2), ("services.web.concurrency", 1), ("services.web.retries", 3), ("services.web.timeout_s", 9),
    ("services.web.placement", ["random"]), ("assumptions.lost_host_s", 5), ("services.web.scaling", {"points_out": 1}),
]  # fmt: skip


def requests(scenario, service=0):
    return run(scenario, keep_requests=True).requests.services[service].kept


@pytest.mark.parametrize(("path", "value"), OTHERWISE, ids=[f"{p}={v}" for p, v in OTHERWISE])
def test_nothing_but_seed_and_traffic_moves_an_arrival(path, value):
    here, there = requests(BASE), requests(BASE.with_(path, value))

    np.testing.assert_array_equal(here.arrive_s, there.arrive_s)


@pytest.mark.parametrize(("path", "value"), OTHERWISE, ids=[f"{p}={v}" for p, v in OTHERWISE])
def test_a_request_asks_for_the_same_work_wherever_it_is_served(path, value):
    here, there = requests(BASE), requests(BASE.with_(path, value))
    both = (here.outcome == 0) & (there.outcome == 0)

    assert both.sum() > 1_000
    np.testing.assert_allclose(
        (here.end_s - here.start_s)[both], (there.end_s - there.start_s)[both], rtol=0, atol=1e-9
    )


@settings(max_examples=25)
@given(scenarios(), st.sampled_from(LAUNCH_TYPES), st.integers(0, 6))
def test_any_scenario_meets_the_same_users_elsewhere(scenario, launch_type, hosts):
    there = scenario.with_("launch_type", launch_type).with_("fleet.hosts", hosts)
    for service in range(len(scenario.services)):
        np.testing.assert_array_equal(requests(scenario, service).arrive_s, requests(there, service).arrive_s)


def test_a_second_service_leaves_the_first_ones_users_alone():
    api = {"name": "api", "desired": 2}
    alone, first = requests(BASE), BASE.model_dump(mode="json")["services"][0]

    np.testing.assert_array_equal(requests(BASE.with_("services", [first, api])).arrive_s, alone.arrive_s)
    np.testing.assert_array_equal(requests(BASE.with_("services", [api, first]), 1).arrive_s, alone.arrive_s)
    assert not np.array_equal(requests(BASE.with_("services", [first, api]), 1).arrive_s, alone.arrive_s)


def test_the_seed_moves_them_all():
    assert not np.isin(requests(BASE).arrive_s[:100], requests(BASE.with_("seed", 2)).arrive_s).any()


def test_slower_work_is_the_same_work_stretched():
    here, there = requests(BASE.with_("services.web.work_ms", 10)), requests(BASE.with_("services.web.work_ms", 20))
    both = (here.outcome == 0) & (there.outcome == 0)

    np.testing.assert_allclose(2 * (here.end_s - here.start_s)[both], (there.end_s - there.start_s)[both], atol=1e-9)
