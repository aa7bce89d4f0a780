"""One workload, one failure, every launch type: who notices when, who replaces when, and who never does in ten minutes."""

import pytest

from engine import Kind, Scenario, run
from engine.launch import launch_types
from engine.metrics import totals
from tests.engine.the_log import numbers, reasons, rows, serving, times

KUBERNETES = [name for name, launch in launch_types().items() if launch.is_kubernetes]
TASKS = [name for name, launch in launch_types().items() if not launch.is_function]
SHARED = [name for name in KUBERNETES if launch_types()[name].has_hosts]


def zone_lost(launch_type, **more):
    return run(Scenario.of({
        "launch_type": launch_type, "duration_s": 1_200, "traffic": {"rps": 20}, "services": [{"desired": 9}],
        "fleet": {"hosts": 6}, "operations": [{"at_s": 120, "do": "fail-zone", "zone": "b"}],
    } | more))  # fmt: skip


@pytest.mark.parametrize("launch_type", TASKS)
def test_the_zone_takes_a_third_and_in_twenty_minutes_all_is_whole_again(launch_type):
    run_ = zone_lost(launch_type)

    assert serving(run_, 119, 120, 1_199) == [9, 6, 9]
    assert times(run_, Kind.TASK_LOST)[:3] == [120] * 3
    if launch_type in KUBERNETES:  # nothing is made before its place is known to be lost; ECS may put some there first
        assert len(rows(run_, Kind.TASK_LOST)) == 3
        assert 1 not in numbers(run_, "zone", Kind.TASK_PLACED)[9:]


@pytest.mark.parametrize("launch_type", TASKS)
def test_only_kubernetes_waits_until_the_node_is_given_up(launch_type):
    """ECS replaces what fails the load balancer's checks; Kubernetes waits for the machine's end, or for the toleration."""
    run_ = zone_lost(launch_type)
    first_new = times(run_, Kind.TASK_CREATED)[9] - 120

    if launch_type not in KUBERNETES:
        assert first_new < 75
    elif launch_type in SHARED:
        assert 150 < first_new < 300
        assert set(reasons(run_, Kind.POD_EVICTED)) == {"node gone"}
    else:
        assert first_new > 340
        assert set(reasons(run_, Kind.POD_EVICTED)) == {"taint"}


@pytest.mark.parametrize("launch_type", KUBERNETES)
def test_without_replacement_of_machines_all_wait_for_the_toleration(launch_type):
    run_ = zone_lost(launch_type, fleet={"hosts": 6, "replace": False})
    is_aws = launch_types()[launch_type].hosts == "managed"  # AWS replaces its own machines whatever you say

    assert set(reasons(run_, Kind.POD_EVICTED)) == {"node gone" if is_aws else "taint"}


def test_the_longer_the_wait_the_more_requests_fail_where_there_is_no_spare():
    tight = {"traffic": {"rps": 560}, "duration_s": 600}
    served = {kind: totals(zone_lost(kind, **tight)).availability for kind in ("ecs-ec2", "eks-managed", "eks-fargate")}

    assert served["ecs-ec2"] > served["eks-managed"] > served["eks-fargate"]
