"""From a manifest to a scenario: what is asked for there is what runs here."""

import pytest

from engine import Scenario
from engine.errors import ScenarioError
from engine.importers import kubernetes
from engine.simulation import run
from engine.summary import summary
from tests.engine.importers.kubernetes.test_schemas import BUDGET, HPA
from tests.engine.importers.kubernetes.the_manifest import ALL, FRONT, changed, manifest, workload

DAEMON = workload(kind="DaemonSet", spec={"replicas": ...}, metadata={"name": "agent"})


def made(*trees, on="eks-managed"):
    return kubernetes.scenario_of(manifest(*trees), on)


def service(*trees, on="eks-managed"):
    return made(*trees, on=on).services[0]


@pytest.mark.parametrize("launch_type", ALL)
def test_a_manifest_runs_on_every_launch_type_and_loses_no_request(launch_type):
    scenario = made(workload(), FRONT, BUDGET, on=launch_type).with_("duration_s", 120)
    found = summary(run(scenario), 0.1)

    assert found["availability"] == 1.0
    assert scenario.services[0].share == pytest.approx(3 / 21, abs=1e-4)  # three pods, as busy as the usual 21


def test_everything_else_is_the_scenarios_that_it_is_made_from():
    base = Scenario.of({
        "duration_s": 300, "zones": 2, "seed": 5, "traffic": {"rps": 90}, "services": [{"name": "web", "desired": 9, "work_ms": 20}],
        "fleet": {"groups": [{"name": "a", "hosts": 4}], "boot_min_s": 1, "boot_max_s": 2},
        "operations": [{"do": "fail-zone", "at_s": 60, "zone": "a"}, {"do": "set-desired", "at_s": 90, "service": "web", "desired": 2}],
    })  # fmt: skip
    store = workload(metadata={"name": "store"})
    found = kubernetes.scenario_of(manifest(store, FRONT), "eks-auto", base)

    assert (found.duration_s, found.zones, found.seed, found.traffic) == (300, 2, 5, base.traffic)
    assert (found.services[0].work_ms, found.services[0].share) == (20, pytest.approx(3 / 9, abs=1e-4))
    assert [one.do for one in found.operations] == ["fail-zone"]  # there is no service web any more
    assert (found.fleet.groups, found.fleet.boot_max_s) == ((), 2)


def test_requests_become_a_services_size():
    web = service(workload())

    assert (web.name, web.desired, web.cpu_units, web.memory_mib) == ("web", 3, 359, 576)  # 350m is 358.4 units
    assert (web.network_mode, web.host_ports, web.kind) == ("bridge", (), "replica")


def test_ports_on_the_node_are_taken_there():
    ports = [{"containerPort": 80, "hostPort": 8080}, {"containerPort": 53, "hostPort": 53, "protocol": "UDP"}]
    named = service(workload(container={"ports": ports}))
    shared = service(workload(pod={"hostNetwork": True}))

    assert (named.network_mode, named.host_ports, named.udp_ports) == ("bridge", (8080,), (53,))
    assert (shared.network_mode, shared.host_ports) == ("host", (80,))


def test_a_port_on_the_node_needs_a_node_for_each_pod():
    tree = workload(container={"ports": [{"containerPort": 80, "hostPort": 80}]}, spec={"replicas": 9})

    assert made(tree).fleet.hosts == 9


def test_the_fleet_holds_every_pod():
    from engine.placement.doubts import doubts

    large = workload(container={"resources": {"requests": {"cpu": 6, "memory": "20Gi"}}}, spec={"replicas": 12})
    scenario = made(large, DAEMON)

    assert doubts(scenario) == []
    assert scenario.fleet.hosts == 12


def test_arm_pods_get_arm_nodes_and_both_kinds_get_both():
    from engine import catalog

    arm = workload(pod={"nodeSelector": {"kubernetes.io/arch": "arm64"}}, metadata={"name": "arm"})

    assert catalog.instance_type(made(arm).fleet.instance_type).arch == "arm64"
    assert [catalog.instance_type(g.instance_type).arch for g in made(workload(), arm).fleet.groups] == [
        "amd64",
        "arm64",
    ]


def test_patience_and_readiness_are_taken_over():
    probe = {"httpGet": {"path": "/", "port": 80}, "initialDelaySeconds": 45}
    slow = service(workload(container={"readinessProbe": probe}, pod={"terminationGracePeriodSeconds": 90}))
    usual = service(workload())

    assert (slow.start_s, slow.stop_timeout_s) == (45, 90)
    assert (usual.start_s, usual.stop_timeout_s) == (12, 30)


LEAVES = [
    {"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 20}
]


def test_how_long_pods_stay_on_a_lost_node_is_taken_over_where_all_say_the_same():
    alone = made(workload(pod={"tolerations": LEAVES}))
    beside = made(workload(pod={"tolerations": LEAVES}), workload(metadata={"name": "other"}))

    assert alone.kubernetes.nodes.toleration_s == 20
    assert alone.services[0].pods.scheduling.tolerations == ()  # it lets no pod begin on a lost node
    assert beside.kubernetes.nodes.toleration_s == Scenario().kubernetes.nodes.toleration_s == 300


INGRESS = {
    "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
    "metadata": {"name": "web", "annotations": {
        "alb.ingress.kubernetes.io/healthcheck-interval-seconds": "7",
        "alb.ingress.kubernetes.io/unhealthy-threshold-count": "${Times}",
        "alb.ingress.kubernetes.io/target-group-attributes": "stickiness.enabled=true, deregistration_delay.timeout_seconds=25",
    }},
    "spec": {"defaultBackend": {"service": {"name": "web", "port": {"number": 80}}}},
}  # fmt: skip


def test_the_checks_that_an_ingress_asks_its_load_balancer_for_are_taken_over():
    found, plain = made(workload(), INGRESS).balancer, Scenario().balancer

    assert (found.check_every_s, found.deregistration_delay_s) == (7, 25)
    assert found.unhealthy_after == plain.unhealthy_after
    assert manifest(workload(), INGRESS).skipped == {}
    assert manifest(workload(), changed(INGRESS, {"metadata": {"annotations": ...}})).skipped == {"Ingress": 1}


def test_a_daemon_set_is_a_daemon_and_takes_no_requests():
    agent = service(DAEMON, FRONT)

    assert (agent.kind, agent.share) == ("daemon", 0)
    assert agent.pods.rollout.max_unavailable == "1"


def test_an_autoscaler_becomes_scaling_and_its_pace():
    behavior = {
        "scaleDown": {
            "stabilizationWindowSeconds": 30,
            "policies": [{"type": "Percent", "value": 50, "periodSeconds": 15}],
        }
    }
    scaled = service(workload(spec={"replicas": ...}), changed(HPA, {"spec": {
        "minReplicas": 2, "behavior": behavior,
    }}))  # fmt: skip

    assert (scaled.desired, scaled.scaling.metric, scaled.scaling.target) == (2, "cpu", 60)
    assert (scaled.scaling.min_tasks, scaled.scaling.max_tasks) == (2, 5)
    assert scaled.pods.hpa.scale_down.stabilization_s == 30
    assert scaled.pods.hpa.scale_down.policies[0].value == 50
    assert scaled.pods.hpa.scale_up is None


def hpa(*metrics):
    return {**HPA, "spec": {**HPA["spec"], "metrics": list(metrics)}}


def test_a_plain_amount_of_cpu_is_a_share_of_what_is_asked_for():
    amount = {
        "type": "Resource",
        "resource": {"name": "cpu", "target": {"type": "AverageValue", "averageValue": "175m"}},
    }

    assert service(workload(), hpa(amount)).scaling.target == 50  # of 350m


def test_a_metric_of_your_own_leaves_the_number_of_pods_alone_and_is_noted():
    own = {"type": "Pods", "pods": {"metric": {"name": "queue"}, "target": {"type": "AverageValue", "averageValue": 4}}}
    found = manifest(workload(), hpa(own))

    assert kubernetes.scenario_of(found, "eks-managed").services[0].scaling is None
    assert "metric_unread" in {note.code for note in kubernetes.remarks(found)}


def test_an_autoscaler_without_metrics_aims_at_kubernetes_own_target():
    assert service(workload(), hpa()).scaling.target == 80


def test_no_replicas_means_no_autoscaling():
    assert service(workload(spec={"replicas": 0}), HPA).scaling is None


@pytest.mark.parametrize(("given", "least", "most"), [
    ({"minAvailable": "50%"}, "50%", None), ({"maxUnavailable": 1}, None, "1"), ({"minAvailable": 0}, "0", None),
])  # fmt: skip
def test_a_budget_becomes_a_budget(given, least, most):
    budget = {**BUDGET, "spec": {"selector": BUDGET["spec"]["selector"]} | given}
    found = service(workload(), budget).pods.disruption

    assert (found.min_available, found.max_unavailable) == (least, most)


def test_an_empty_selector_guards_everything_in_one_version_and_nothing_in_the_other():
    everything = {**BUDGET, "spec": {"minAvailable": 1, "selector": {}}}
    found = manifest(workload(), everything)
    old = manifest(workload(), {**everything, "apiVersion": "policy/v1beta1"})

    assert found.budget(found.workloads[0]) is not None
    assert old.budget(old.workloads[0]) is None


def test_a_roll_out_is_taken_over():
    strategy = {"rollingUpdate": {"maxSurge": 2, "maxUnavailable": "10%"}}
    found = service(
        workload(spec={"strategy": strategy, "minReadySeconds": 10, "progressDeadlineSeconds": 300})
    ).pods.rollout
    stateful = service(workload(kind="StatefulSet", spec={"serviceName": "web"})).pods.rollout

    assert (found.max_surge, found.max_unavailable, found.min_ready_s, found.progress_deadline_s) == (
        "2",
        "10%",
        10,
        300,
    )
    assert (stateful.max_surge, stateful.max_unavailable) == ("0", "1")
    assert service(workload(spec={"strategy": {"type": "Recreate"}})).pods.rollout.strategy == "Recreate"


def test_where_a_pod_may_go_is_taken_over():
    affinity = {"nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
            {"matchExpressions": [{"key": "disk", "operator": "In", "values": ["ssd"]}]},
        ]},
        "preferredDuringSchedulingIgnoredDuringExecution": [
            {"weight": 30, "preference": {"matchExpressions": [{"key": "gpu", "operator": "DoesNotExist"}]}},
        ],
    }}  # fmt: skip
    pod = {
        "affinity": affinity, "nodeSelector": {"pool": "web", "kubernetes.io/os": "linux"},
        "tolerations": [{"key": "spot", "operator": "Exists", "effect": "NoSchedule"}],
    }  # fmt: skip
    found = service(workload(pod=pod)).pods.scheduling

    assert found.node_selector == {"pool": "web"}  # every node of the fleet runs Linux
    assert [(rule.key, rule.values) for choice in found.nodes for rule in choice.rules] == [("disk", ("ssd",))]
    assert [(wish.weight, wish.rules[0].operator) for wish in found.prefers] == [(30, "DoesNotExist")]
    assert [(one.key, one.operator, one.effect) for one in found.tolerations] == [("spot", "Exists", "NoSchedule")]


def term(over="kubernetes.io/hostname", **labels):
    return {"topologyKey": over, "labelSelector": {"matchLabels": labels}}


def asking(*terms, kind="podAntiAffinity", name="web", app="web", **pod):
    affinity = {kind: {"requiredDuringSchedulingIgnoredDuringExecution": list(terms)}}
    return workload(metadata={"name": name}, pod={"affinity": affinity} | pod, spec={
        "selector": {"matchLabels": {"app": app}}, "template": {"metadata": {"labels": {"app": app, "tier": "front"}}},
    })  # fmt: skip


def test_pods_of_its_own_and_of_one_other_are_named_by_their_service():
    own, other = made(asking(term(app="web"), term(app="db")), asking(name="store", app="db")).services
    rules = own.pods.scheduling.neighbours

    assert [(rule.service, rule.labels, rule.over) for rule in rules.apart] == [
        ("", {}, "hostname"),
        ("store", {}, "hostname"),
    ]
    assert other.pods.scheduling.neighbours.labels == {}


def test_pods_of_several_or_of_none_are_named_by_a_label_made_up_for_them():
    zone = "topology.kubernetes.io/zone"
    trees = [asking(term(zone, tier="front"), term(app="nobody"), kind="podAffinity"), asking(name="store", app="db")]
    web, store = (one.pods.scheduling.neighbours for one in made(*trees).services)

    assert [(rule.labels, rule.over) for rule in web.near] == [
        ({"picked-1": "yes"}, "zone"),
        ({"picked-2": "yes"}, "hostname"),
    ]
    assert web.labels == store.labels == {"picked-1": "yes"}  # both are in front, and nobody is nobody


def test_wishes_and_spread_are_taken_over():
    wish = {"weight": 7, "podAffinityTerm": term(app="web")}
    spread = {
        "maxSkew": 2, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "ScheduleAnyway",
        "labelSelector": {"matchLabels": {"app": "web"}}, "nodeTaintsPolicy": "Honor",
    }  # fmt: skip
    affinity = {"podAntiAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [wish]}}
    found = service(
        workload(pod={"affinity": affinity, "topologySpreadConstraints": [spread]})
    ).pods.scheduling.neighbours

    assert [(rule.weight, rule.over, rule.service) for rule in found.rather_apart] == [(7, "hostname", "")]
    assert [(r.over, r.when, r.max_skew, r.node_taints) for r in found.spread] == [
        ("zone", "ScheduleAnyway", 2, "Honor")
    ]


def test_pods_that_keep_apart_get_a_node_each():
    tree = asking(term(app="web"))
    tree["spec"]["replicas"] = 8

    assert made(tree).fleet.hosts == 8


def test_another_namespace_is_another_pod():
    here, there = asking(term(app="web")), asking(name="far")
    here["metadata"]["namespace"], there["metadata"]["namespace"] = "a", "b"
    rules = made(here, there).services[0].pods.scheduling.neighbours.apart

    assert [(rule.service, rule.labels) for rule in rules] == [("", {})]


def test_a_topology_that_the_simulation_lacks_is_left_out_and_noted():
    found = manifest(asking(term("rack", app="web"), term(app="web")))

    assert len(kubernetes.scenario_of(found, "eks-managed").services[0].pods.scheduling.neighbours.apart) == 1
    assert {note.code: note.where for note in kubernetes.remarks(found)}["topology_unread"] == "Deployment web (rack)"


def test_who_is_asked():
    worker = workload(metadata={"name": "worker"}, spec={"selector": {"matchLabels": {"app": "worker"}}, "template": {
        "metadata": {"labels": {"app": "worker"}}}}, container={"ports": ...})  # fmt: skip

    assert [s.share > 0 for s in made(workload(), worker, FRONT).services] == [
        True,
        False,
    ]  # one has a Service in front
    assert [s.share > 0 for s in made(workload(), worker).services] == [True, False]  # one listens
    assert [s.share > 0 for s in made(worker).services] == [True]  # nobody does


def test_names_are_a_services_names_and_no_two_alike():
    same = [workload(kind=kind, metadata={"name": "9.Web-" + "x" * 40}, spec={"serviceName": "w"} if kind != "Deployment" else {})
            for kind in ("Deployment", "StatefulSet")]  # fmt: skip

    assert [s.name for s in made(*same).services] == ["web-" + "x" * 28, "web-" + "x" * 26 + "-2"]


def test_more_workloads_than_a_scenario_holds_are_left_out_and_named():
    found = manifest(*(workload(metadata={"name": f"web-{n}"}) for n in range(23)))

    assert len(kubernetes.scenario_of(found, "eks-auto").services) == 20
    note = next(note for note in kubernetes.remarks(found) if note.code == "left_out")
    assert note.where == "Deployment web-20, Deployment web-21, Deployment web-22"


def test_every_reason_comes_at_once():
    with pytest.raises(ScenarioError) as caught:
        made(workload(pod={"hostNetwork": True, "hostPID": True}), on="eks-fargate")
    assert [problem.path for problem in caught.value.problems] == ["host_network", "host_pid"]

    with pytest.raises(ScenarioError) as caught:
        made(workload(spec={"replicas": 9_999}, pod={"terminationGracePeriodSeconds": 9_999}))
    assert [problem.path for problem in caught.value.problems] == ["services.0.desired", "services.0.stop_timeout_s"]

    with pytest.raises(ScenarioError) as caught:
        made(FRONT)
    assert caught.value.problems[0].message == "nothing in it runs"
