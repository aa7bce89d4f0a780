"""The life of a pod: what its kubelet does in another order than ECS's agent, and what it does again and again."""

import pytest

from engine import Kind, Scenario, ScenarioError, catalog, metrics, pricing
from tests.engine.the_log import numbers, reasons, rows, serving, tell, times

FIRST, LONGEST = (catalog.seconds("k8s.kubelet", name) for name in ("backoff_first_s", "backoff_longest_s"))
ONE = {"hosts": 1}


def pod(launch_type="eks-managed", **more):
    service = {"desired": 1, "image_mib": 100, "az_rebalancing": False} | more.pop("service", {})
    return tell(
        launch_type=launch_type, warm=more.pop("warm", False), services=[service], fleet=ONE | more.pop("fleet", {}),
        zones=more.pop("zones", 1),
        assumptions={"pull_min_mib_per_s": 10, "pull_max_mib_per_s": 10} | more.pop("assumptions", {}), **more,
    )  # fmt: skip


# --- starting ------------------------------------------------------------------------------------------------------------


def test_a_pod_joins_the_load_balancer_only_once_it_is_ready():
    """ECS registers the container that runs: its first checks fail, and it is replaced for it, again and again."""
    ecs, pods = pod("ecs-ec2", service={"start_s": 45}), pod(service={"start_s": 45})
    (running,), (ready,), (serves,) = (times(pods, k) for k in (Kind.TASK_RUNNING, Kind.POD_READY, Kind.TASK_SERVING))

    assert ready - running == 50  # the first probe after 45 s
    assert 0 <= serves - ready <= 30
    assert times(ecs, Kind.TASK_RUNNING)[0] == running
    assert len(rows(ecs, Kind.TASK_UNHEALTHY)) > 3
    assert rows(pods, Kind.TASK_UNHEALTHY) == []
    assert rows(ecs, Kind.POD_READY) == []


@pytest.mark.parametrize(("every_s", "ready"), [(10, 20), (5, 15), (12, 12), (300, 300)])
def test_readiness_is_seen_at_a_probe(every_s, ready):
    run_ = pod(kubernetes={"nodes": {"probe_every_s": every_s}})

    assert times(run_, Kind.POD_READY)[0] - times(run_, Kind.TASK_RUNNING)[0] == pytest.approx(ready)


@pytest.mark.parametrize("start_s", [3, 7, 11, 2.3])
def test_a_pod_that_answers_at_a_probe_is_not_asked_once_more(start_s):
    """Whenever it started: a difference of two moments may be a hair more than what was asked for."""
    run_ = tell(
        launch_type="eks-managed", warm=False, duration_s=200, fleet={"hosts": 24}, services=[{"desired": 48, "start_s": start_s}],
        kubernetes={"nodes": {"probe_every_s": start_s}},
    )  # fmt: skip
    ready, running = (dict(zip(numbers(run_, "task", kind), times(run_, kind), strict=True))
                      for kind in (Kind.POD_READY, Kind.TASK_RUNNING))  # fmt: skip

    assert [ready[task] - running[task] for task in running] == pytest.approx([start_s] * 48)


def test_a_pull_that_fails_is_tried_again_on_its_node_after_pauses_that_double():
    ecs, pods = (pod(kind, service={"image_pulls": False}, duration_s=2_000) for kind in ("ecs-ec2", "eks-managed"))
    pauses = numbers(pods, "value", Kind.PULL_BACKED_OFF)

    assert pauses[:7] == [10, 20, 40, 80, 160, 300, 300]
    assert set(pauses) == {*(FIRST * 2**n for n in range(5)), LONGEST}
    assert len(rows(pods, Kind.TASK_CREATED)) == 1  # the same pod; ECS makes a new task each time
    assert len(rows(ecs, Kind.TASK_CREATED)) > 5
    assert rows(pods, Kind.TASK_STOPPED, Kind.TASK_RUNNING) == []


def pulled(serial):
    services = [{"name": name, "desired": 1, "image_mib": 100} for name in ("web", "api")]
    run_ = tell(launch_type="eks-managed", zones=1, warm=False, services=services, fleet=ONE,
                assumptions={"pull_min_mib_per_s": 10, "pull_max_mib_per_s": 10},
                kubernetes={"nodes": {"serial_pulls": serial}})  # fmt: skip
    return numbers(run_, "value", Kind.TASK_PULLED)


def test_images_are_pulled_one_after_the_other_unless_it_is_said():
    assert (pulled(serial=True), pulled(serial=False)) == ([10, 20], [10, 10])


def test_pods_of_one_image_wait_for_the_same_pull_and_later_ones_for_none():
    run_ = pod(
        service={"desired": 3}, operations=[{"do": "set-desired", "desired": 4, "at_s": 100}], fleet={"hosts": 2}
    )
    by_host = {}
    for host, pull_s in zip(*(numbers(run_, c, Kind.TASK_PULLED) for c in ("host", "value")), strict=True):
        by_host.setdefault(host, []).append(pull_s)

    assert by_host == {1: [10, 10], 0: [10, 0]}


# --- stopping -------------------------------------------------------------------------------------------------------------


def test_sigterm_comes_with_the_deletion_not_after_the_connections_drained():
    stop = [{"do": "stop-task", "task": 1, "at_s": 100}]
    at = {"warm": True, "balancer": {"deregistration_delay_s": 60}, "operations": stop}
    ecs, pods = pod("ecs-ec2", **at), pod(**at)

    assert (times(ecs, Kind.TASK_STOPPING), times(pods, Kind.TASK_STOPPING)) == ([160], [100])
    assert times(ecs, Kind.TASK_DEACTIVATING) == times(pods, Kind.TASK_DEACTIVATING) == [100]


def test_a_pod_that_ignores_sigterm_is_killed_after_its_grace():
    run_ = tell(launch_type="eks-managed", services=[{"desired": 1}], assumptions={"exit_s": 120},
                operations=[{"do": "stop-task", "task": 1, "at_s": 100}])  # fmt: skip

    assert times(run_, Kind.TASK_STOPPED) == [100 + catalog.seconds("k8s.kubelet", "termination_grace_s")]


def test_a_request_longer_than_the_exit_is_cut_off_where_ecs_lets_it_finish():
    at = {"warm": True, "operations": [{"do": "stop-task", "task": 1, "at_s": 100}], "traffic": {"rps": 4},
          "service": {"work": "constant", "work_ms": 5_000, "timeout_s": 30, "concurrency": 64}}  # fmt: skip
    ecs, pods = (metrics.failures(pod(kind, **at)) for kind in ("ecs-ec2", "eks-managed"))

    assert (ecs["reset"], pods["reset"] > 5) == (0, True)


# --- health ----------------------------------------------------------------------------------------------------------------


def test_a_target_that_fails_its_checks_is_replaced_by_ecs_and_left_alone_by_kubernetes():
    grey = [
        {"do": "impair-zone", "zone": "a", "loss": 1, "at_s": 100},
        {"do": "restore-zone", "zone": "a", "at_s": 300},
    ]
    ecs, pods = (tell(launch_type=kind, services=[{"desired": 3, "az_rebalancing": False}], duration_s=900, operations=grey)
                 for kind in ("ecs-ec2", "eks-managed"))  # fmt: skip
    (out,) = numbers(pods, "task", Kind.TASK_UNHEALTHY)

    assert len(rows(pods, Kind.TASK_CREATED)) == 3
    assert len(rows(ecs, Kind.TASK_CREATED)) > 3
    first, again = times(pods, Kind.TASK_SERVING, task=out)
    assert (first, 300 + 4 * 30 <= again <= 300 + 5 * 30 + 2) == (0, True)  # five passes in a row
    assert serving(pods, 299, 899) == [2, 3]


# --- Fargate ---------------------------------------------------------------------------------------------------------------


def test_a_pod_on_fargate_waits_half_a_minute_longer_than_a_task_for_its_node():
    ecs, pods = pod("ecs-fargate"), pod("eks-fargate")
    low, high = catalog.value("timing.eks_fargate.assumption", "provision_s")

    assert low <= times(pods, Kind.TASK_PENDING)[0] <= high
    assert 25 <= times(pods, Kind.TASK_PENDING)[0] - times(ecs, Kind.TASK_PENDING)[0] <= 35


def test_while_no_zone_can_start_it_a_pod_on_fargate_stays_pending():
    down = [{"do": "fail-zone", "zone": "a", "at_s": 50}, {"do": "set-desired", "desired": 2, "at_s": 200},
            {"do": "restore-zone", "zone": "a", "at_s": 400}]  # fmt: skip
    run_ = pod("eks-fargate", warm=True, operations=down, duration_s=900)

    assert reasons(run_, Kind.TASK_REFUSED, task=2) == ["no-zone"]
    assert 400 <= times(run_, Kind.TASK_PLACED, task=2)[0] <= 410


def test_a_pod_whose_microvm_never_came_is_made_anew_without_ecs_growing_pauses():
    """Zone a dies while six pods wait for their microVMs there; nobody has noticed, so some are sent there again."""
    down = [{"do": "set-desired", "desired": 6, "at_s": 50}, {"do": "fail-zone", "zone": "a", "at_s": 60}]
    ecs, pods = (
        pod(kind, warm=True, zones=2, operations=down, duration_s=900, assumptions={"zone_noticed_s": 120})
        for kind in ("ecs-fargate", "eks-fargate")
    )

    assert rows(ecs, Kind.RESTART_THROTTLED) != []
    assert rows(pods, Kind.RESTART_THROTTLED) == []
    # The sixth ran in the zone: its node is missed, its taint tolerated, and only then another one comes.
    assert serving(pods, 400, 899) == [5, 6]


def test_a_pod_on_fargate_is_billed_by_the_size_that_it_is_rounded_up_to():
    ecs, pods = (pod(kind, warm=True) for kind in ("ecs-fargate", "eks-fargate"))

    def usd(run_):
        return next(item.usd for item in pricing.bill(run_) if item.name == "fargate")

    assert usd(pods) / usd(ecs) == pytest.approx(
        pricing.fargate_usd_per_hour(1024, 3072) / pricing.fargate_usd_per_hour(1024, 2048)
    )


@pytest.mark.parametrize(("service", "path", "allowed"), [
    ({"kind": "daemon"}, "kind", "replica"),
    ({"host_ports": [8080]}, "host_ports", "none"),
    ({"network_mode": "host", "host_ports": [8080]}, "network_mode", "awsvpc or bridge"),
    ({"constraints": ["memberOf(attribute:ecs.availability-zone == us-east-1a)"]}, "constraints.0", "distinctInstance"),
    ({"cpu_units": 16_384, "memory_mib": 122_880}, "cpu_units", "up to 16,384 CPU units with 122,624 MiB"),
])  # fmt: skip
def test_what_eks_on_fargate_does_not_run_is_refused_in_words(service, path, allowed):
    with pytest.raises(ScenarioError) as refused:
        Scenario.of({"launch_type": "eks-fargate", "services": [service]})
    (problem,) = refused.value.problems

    assert (problem.path, problem.allowed) == (f"services.0.{path}", allowed)


@pytest.mark.parametrize("launch_type", ["k8s-self-run", "eks-unmanaged", "eks-managed", "eks-auto"])
def test_shared_nodes_take_daemons_and_ports_but_not_ecs_query_language(launch_type):
    fine = {"kind": "daemon", "host_ports": [8080], "constraints": ["distinctInstance"]}
    Scenario.of({"launch_type": launch_type, "services": [fine]})
    with pytest.raises(ScenarioError, match="query language"):
        Scenario.of({"launch_type": launch_type, "services": [{"constraints": ["memberOf(runningTasksCount == 0)"]}]})


# --- the bill -----------------------------------------------------------------------------------------------------------------


def test_the_control_plane_is_on_the_bill_where_it_costs_something():
    bills = {kind: {item.name: item for item in pricing.bill(pod(kind, warm=True, duration_s=3_600))} for kind in
             ("ecs-ec2", "k8s-self-run", "eks-unmanaged", "eks-managed", "eks-fargate", "eks-auto")}  # fmt: skip
    beside = {kind: sorted(set(bill) - {"hosts", "fargate", "load_balancer"}) for kind, bill in bills.items()}

    assert beside == {
        "ecs-ec2": [], "k8s-self-run": ["masters"], "eks-unmanaged": ["cluster"], "eks-managed": ["cluster"],
        "eks-fargate": ["cluster"], "eks-auto": ["auto_mode_fee", "cluster"],
    }  # fmt: skip
    assert bills["eks-managed"]["cluster"].usd == pytest.approx(catalog.number("eks.price.standard"))
    assert bills["k8s-self-run"]["masters"].usd == pytest.approx(3 * catalog.instance_type("m5.large").usd_per_hour)
    auto = bills["eks-auto"]
    assert auto["auto_mode_fee"].usd / auto["hosts"].usd == pytest.approx(catalog.number("eks.automode.fee") / 100)


def test_the_cost_rate_and_the_bill_agree():
    for kind in ("k8s-self-run", "eks-managed", "eks-fargate", "eks-auto"):
        run_ = pod(kind, warm=True, duration_s=3_600)
        total = sum(item.usd for item in pricing.bill(run_))

        assert pricing.calm_usd_per_hour(run_) == pytest.approx(total, rel=1e-6), kind
