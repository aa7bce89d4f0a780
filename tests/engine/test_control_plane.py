"""Without a control plane what runs runs on, and nothing else happens: no start, no scaling, no eviction, no other endpoint."""

import pytest

from engine import Kind, metrics
from tests.engine.the_log import numbers, reasons, rows, serving, tell, times

AWAY = {"do": "fail-control-plane", "for_s": 300}
CHANGES = (
    Kind.TASK_CREATED, Kind.TASK_PLACED, Kind.POD_READY, Kind.POD_EVICTED, Kind.AGENT_MISSED, Kind.HOST_TAINTED, Kind.DESIRED_SET,
    Kind.TASK_DEACTIVATING, Kind.HOST_READY,
)  # fmt: skip


def cluster(*operations, launch_type="k8s-self-run", duration_s=900, **more):
    return tell(
        launch_type=launch_type, duration_s=duration_s, services=[{"desired": 6} | more.pop("service", {})],
        fleet={"replace": False, "rebalance": False} | more.pop("fleet", {}), traffic={"rps": 20},
        operations=[operation | {"at_s": at_s} for operation, at_s in operations], **more,
    )  # fmt: skip


@pytest.mark.parametrize("launch_type", ["k8s-self-run", "eks-managed", "eks-fargate"])
def test_pods_serve_on_without_it(launch_type):
    run_ = cluster((AWAY, 100), launch_type=launch_type)
    lost, (back,) = times(run_, Kind.CONTROL_PLANE_LOST)[0], times(run_, Kind.CONTROL_PLANE_BACK)

    assert reasons(run_, Kind.CONTROL_PLANE_LOST) == ["all down", "election"]
    assert (lost, 400 <= back <= 410) == (100, True)
    assert numbers(run_, "value", Kind.CONTROL_PLANE_BACK) == [back - lost]
    assert serving(run_, 101, 250, 899) == [6, 6, 6]
    assert metrics.totals(run_).failed == 0


@pytest.mark.parametrize("operation", [
    {"do": "stop-task", "task": 2}, {"do": "set-desired", "desired": 8}, {"do": "drain-host", "host": "a1"},
    {"do": "run-tasks", "count": 1}, {"do": "update-nodes"},
])  # fmt: skip
def test_what_a_person_asks_for_meanwhile_is_not_heard(operation):
    run_ = cluster((AWAY, 100), (operation, 200))

    assert reasons(run_, Kind.OPERATION_IGNORED) == ["the API server does not answer"]
    assert [at for at in times(run_, *CHANGES) if at > 0] == []


def test_ecs_has_no_members_to_lose():
    run_ = cluster((AWAY, 100), ({"do": "stop-task", "task": 2}, 200), launch_type="ecs-ec2")

    assert rows(run_, Kind.CONTROL_PLANE_LOST) == []
    assert len(rows(run_, Kind.TASK_CREATED)) == 7


def test_a_node_that_dies_meanwhile_is_noticed_only_a_grace_after_the_return():
    dies = {"do": "fail-host", "host": "a1"}
    alone, meanwhile = cluster((dies, 150)), cluster((AWAY, 100), (dies, 150))
    (back,) = times(meanwhile, Kind.CONTROL_PLANE_BACK)
    (first,), (later,) = times(alone, Kind.AGENT_MISSED), times(meanwhile, Kind.AGENT_MISSED)

    assert first - 150 <= 55
    assert 50 < later - back <= 55
    # The load balancer's own checks need no API: the dead pod is out of its rotation all the same.
    assert times(meanwhile, Kind.TASK_UNHEALTHY)[0] == times(alone, Kind.TASK_UNHEALTHY)[0] < back


def test_an_eviction_that_was_due_meanwhile_waits_its_whole_toleration_again():
    nodes = {"nodes": {"toleration_s": 200}}
    run_ = cluster(({"do": "fail-host", "host": "a1"}, 20), (AWAY, 150), kubernetes=nodes, duration_s=1_200)
    (back,) = times(run_, Kind.CONTROL_PLANE_BACK)

    assert times(run_, Kind.HOST_TAINTED)[0] < 150
    assert times(run_, Kind.POD_EVICTED) == [back + 200]


def test_a_pod_that_is_ready_meanwhile_joins_when_it_is_back():
    run_ = cluster(({"do": "set-desired", "desired": 7}, 95), (AWAY, 100))
    (back,) = times(run_, Kind.CONTROL_PLANE_BACK)

    assert times(run_, Kind.TASK_RUNNING)[-1] < back
    assert times(run_, Kind.POD_READY)[-1] == back


def test_nobody_scales_meanwhile():
    scaling = {"metric": "cpu", "target": 20, "max_tasks": 20, "period_s": 20, "points_out": 1}
    run_ = tell(
        launch_type="k8s-self-run", duration_s=900, services=[{"desired": 6, "scaling": scaling}], traffic={"rps": 250},
        fleet={"hosts": 9}, operations=[AWAY | {"at_s": 5}],
    )  # fmt: skip
    (back,) = times(run_, Kind.CONTROL_PLANE_BACK)

    assert times(run_, Kind.DESIRED_SET)[0] >= back


def test_two_zones_are_a_trap_for_your_own_masters_and_not_for_eks():
    lost = ({"do": "fail-zone", "zone": "a"}, 100)
    mine, theirs = (cluster(lost, zones=2, launch_type=kind) for kind in ("k8s-self-run", "eks-managed"))

    assert reasons(mine, Kind.CONTROL_PLANE_LOST) == ["no quorum"]
    assert times(mine, Kind.CONTROL_PLANE_BACK) == []
    assert rows(mine, Kind.POD_EVICTED) == []
    assert "no quorum" not in reasons(theirs, Kind.CONTROL_PLANE_LOST)
    assert len(rows(theirs, Kind.POD_EVICTED)) == 3
