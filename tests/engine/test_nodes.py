"""Nodes that fall silent: NotReady after the grace, out of the endpoints at once, emptied only after the toleration."""

from itertools import pairwise

from engine import Kind, catalog
from tests.engine.the_log import numbers, reasons, rows, serving, tell, times

GRACE, TOLERATION = catalog.number("k8s.node_monitor_grace", "since_1.32"), catalog.seconds("k8s.toleration_seconds")
CUT, BACK, DIE, DRAIN = ({"do": do, "host": "a1"} for do in ("cut-agent", "restore-agent", "fail-host", "drain-host"))
LOST = (Kind.TASK_LOST, Kind.TASK_GIVEN_UP, Kind.POD_EVICTED)


def cluster(*operations, launch_type="eks-managed", duration_s=900, nodes=None, **more):
    return tell(
        launch_type=launch_type, duration_s=duration_s,
        services=[{"desired": 6, "az_rebalancing": False} | more.pop("service", {})],
        fleet={"replace": False, "rebalance": False} | more.pop("fleet", {}),
        kubernetes={"nodes": nodes or {}},
        operations=[operation | {"at_s": at_s} for operation, at_s in operations], **more,
    )  # fmt: skip


# --- a silent node --------------------------------------------------------------------------------------------------------


def test_a_kubelet_that_cannot_be_heard_costs_its_node_where_ecs_waits():
    """The containers go on in both. ECS counts on them; Kubernetes takes them out, and later replaces them."""
    pods, tasks = cluster((CUT, 100)), cluster((CUT, 100), launch_type="ecs-ec2")
    (noticed,) = times(pods, Kind.AGENT_MISSED)

    assert rows(tasks, *LOST, Kind.TASK_UNHEALTHY) == []
    assert rows(pods, Kind.TASK_LOST) == []
    assert GRACE - 10 <= noticed - 100 <= GRACE + 5
    assert serving(pods, 99, noticed - 0.1, noticed) == [6, 6, 5]
    assert reasons(pods, Kind.TASK_UNHEALTHY) == ["node not ready"]
    assert times(pods, Kind.POD_EVICTED) == [noticed + TOLERATION]
    assert serving(pods, noticed + TOLERATION - 1, 899) == [5, 6]
    assert (len(rows(tasks, Kind.TASK_CREATED)), len(rows(pods, Kind.TASK_CREATED))) == (6, 7)


def test_a_deleted_pod_on_a_silent_node_runs_on_until_the_kubelet_hears_of_it():
    run_ = cluster((CUT, 100), (BACK, 700))
    (evicted,) = numbers(run_, "task", Kind.POD_EVICTED)
    (stopping,) = times(run_, Kind.TASK_STOPPING, task=evicted)

    assert times(run_, Kind.POD_EVICTED)[0] < 700 < stopping <= 700 + 10
    assert len(rows(run_, Kind.TASK_CREATED)) == 7


def test_a_node_that_returns_in_time_keeps_its_pods():
    run_ = cluster((CUT, 100), (BACK, 300))
    (noticed,), (back,) = times(run_, Kind.AGENT_MISSED), times(run_, Kind.AGENT_BACK)
    (unready,) = numbers(run_, "task", Kind.TASK_UNHEALTHY)

    assert 300 <= back <= 310
    assert rows(run_, *LOST) == []
    assert len(rows(run_, Kind.TASK_CREATED)) == 6
    assert times(run_, Kind.POD_READY, task=unready) == [0, back]
    assert serving(run_, noticed, 899) == [5, 6]


def test_a_silence_within_the_grace_is_nobodys_business():
    run_ = cluster((CUT, 100), (BACK, 120))

    assert rows(run_, Kind.AGENT_MISSED, Kind.TASK_UNHEALTHY, *LOST) == []


def test_a_second_silence_is_timed_from_its_own_beginning():
    run_ = cluster((CUT, 100), (BACK, 300), (CUT, 400))
    first, second = times(run_, Kind.AGENT_MISSED)

    assert GRACE - 10 <= second - 400 <= GRACE + 5
    assert times(run_, Kind.POD_EVICTED) == [second + TOLERATION]
    assert first < 160


def test_the_settings_are_what_is_waited_for():
    quick = cluster((DIE, 100), nodes={"grace_s": 20, "toleration_s": 30})
    (noticed,) = times(quick, Kind.AGENT_MISSED)

    assert 10 <= noticed - 100 <= 25
    assert times(quick, Kind.POD_EVICTED) == [noticed + 30]
    assert numbers(quick, "value", Kind.HOST_TAINTED) == [30]


# --- many silent nodes ------------------------------------------------------------------------------------------------------

FOUR_A_ZONE = {"hosts": 12}
KILL = {1: ["a1"], 2: ["a1", "a2"], 3: ["a1", "a2", "a3"], 4: ["a1", "a2", "a3", "a4"]}


def dead(count, *, nodes=None, zones=("a",)):
    """Kill so many of the four nodes of some zones; give when their pods were deleted, from the first taint on."""
    run_ = cluster(
        *(({"do": "fail-host", "host": zone + host[1]}, 100) for zone in zones for host in KILL[count]),
        service={"desired": 12}, fleet=FOUR_A_ZONE, nodes=nodes, duration_s=1_200,
    )  # fmt: skip
    taints = times(run_, Kind.HOST_TAINTED)
    evicted = times(run_, Kind.POD_EVICTED)
    return [round(at - taints[0] - TOLERATION, 3) for at in evicted] if taints else evicted


def test_dead_nodes_are_emptied_one_every_ten_seconds_whoever_else_is_dead():
    assert dead(1) == [0]
    assert dead(2) == [0, 10]


def test_a_zone_that_is_largely_lost_is_left_alone_and_one_that_is_wholly_lost_is_not():
    assert dead(3) == [0]  # 75 % of its nodes: from the third on nothing more is tainted
    assert dead(4) == [0, 10, 20, 30]


def test_in_a_large_zone_that_is_largely_lost_evictions_go_on_slowly():
    assert dead(3, nodes={"large_over": 3, "secondary_per_s": 0.02}) == [0, 10, 60]


def test_when_every_zone_is_lost_nothing_is_evicted():
    assert dead(4, zones=("a", "b")) == [0, 5, 10, 15, 20, 25, 30, 35]  # each zone at its own pace
    assert dead(4, zones=("a", "b", "c")) == []


# --- what comes back -----------------------------------------------------------------------------------------------------------


def test_pods_come_back_with_their_node_when_the_power_does():
    run_ = cluster(({"do": "fail-zone", "zone": "a"}, 100), ({"do": "restore-zone", "zone": "a"}, 130),
                   fleet={"boot_min_s": 60, "boot_max_s": 60})  # fmt: skip
    restarted = numbers(run_, "task", Kind.POD_RESTARTED)

    assert len(rows(run_, Kind.TASK_CREATED)) == 6
    assert sorted(restarted) == sorted(numbers(run_, "task", Kind.TASK_LOST))
    assert set(times(run_, Kind.POD_RESTARTED)) == {190}
    assert serving(run_, 101, 899) == [4, 6]


def test_the_machine_that_is_replaced_gives_its_pods_up_sooner_than_the_toleration_would():
    kept, replaced = cluster((DIE, 100)), cluster((DIE, 100), fleet={"replace": True})

    assert reasons(kept, Kind.POD_EVICTED) == ["taint"]
    assert reasons(replaced, Kind.POD_EVICTED) == ["node gone"]
    (gone,), (evicted,) = times(replaced, Kind.HOST_GONE), times(replaced, Kind.POD_EVICTED)
    assert 40 <= evicted - gone <= 80
    assert evicted < times(kept, Kind.POD_EVICTED)[0]


def test_nobody_moves_pods_back_after_a_zone_has_returned():
    story = (({"do": "fail-zone", "zone": "a"}, 60), ({"do": "restore-zone", "zone": "a"}, 620))
    at = {"duration_s": 1_800, "service": {"desired": 9, "az_rebalancing": True}}
    ecs, pods = cluster(*story, launch_type="ecs-ec2", **at), cluster(*story, **at)

    last = {int(run_.events.task[i]): int(run_.events.zone[i])
            for run_ in (pods,) for i in run_.events.where(Kind.TASK_PLACED)}  # fmt: skip
    assert [list(last.values())[-3:].count(zone) for zone in (1, 2)] != [0, 0]
    assert times(ecs, Kind.TASK_SERVING)[-1] > 620
    assert times(pods, Kind.TASK_SERVING)[-1] < 620
    assert serving(pods, 1_799) == serving(ecs, 1_799) == [9]


# --- drains ----------------------------------------------------------------------------------------------------------------------


def test_a_drain_evicts_at_once_where_ecs_starts_the_others_first():
    ecs, pods = (
        cluster((DRAIN, 100), launch_type="ecs-ec2", service={"desired": 12}),
        cluster((DRAIN, 100), service={"desired": 12}),
    )

    assert min(serving(ecs, *range(100, 300))) == 12
    assert min(serving(pods, *range(100, 300))) == 10
    assert set(times(pods, Kind.POD_EVICTED)) == {100}
    assert reasons(pods, Kind.POD_EVICTED) == ["drain", "drain"]
    assert serving(pods, 899) == [12]


def test_a_daemons_pod_stays_on_a_drained_node():
    services = [{"name": "web", "desired": 6}, {"name": "agent", "kind": "daemon", "cpu_units": 64, "memory_mib": 64}]
    ecs, pods = (
        tell(
            launch_type=kind,
            services=services,
            fleet={"replace": False},
            balancer={"deregistration_delay_s": 5},
            operations=[DRAIN | {"at_s": 100}],
        )
        for kind in ("ecs-ec2", "eks-managed")
    )

    assert len(rows(ecs, Kind.TASK_STOPPED, service=1)) == 1
    assert rows(pods, Kind.TASK_STOPPED, service=1) == []
    assert rows(pods, Kind.POD_EVICTED, service=0) != []


# --- a node for each pod -----------------------------------------------------------------------------------------------------------


def test_on_fargate_each_pod_is_a_node_that_is_tainted_in_its_turn():
    run_ = cluster(
        ({"do": "fail-zone", "zone": "a"}, 100), launch_type="eks-fargate", service={"desired": 9}, duration_s=1_200
    )
    taints = times(run_, Kind.HOST_TAINTED)
    evicted = times(run_, Kind.POD_EVICTED)

    assert len(taints) == len(evicted) == 3
    assert [round(b - a, 3) for a, b in pairwise(taints)] == [10, 10]
    assert [round(at - taint, 3) for at, taint in zip(evicted, taints, strict=True)] == [TOLERATION] * 3
    assert set(numbers(run_, "zone", Kind.TASK_PLACED)[9:]) == {1, 2}
    assert serving(run_, 1_199) == [9]
