"""The scheduler in a run: a service's settings become a pod, hosts become nodes, and pods go where they should."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from engine import Kind, Scenario, run
from engine.errors import ScenarioError
from engine.kubernetes.scheduling import LabelRule, NodeTaint, PodToleration
from engine.placement import Needs
from engine.placement.compare import compare
from engine.placement.constraints import all_of
from engine.placement.hosts import UDP
from engine.placement.kube.beside import KUBE
from engine.placement.kube.decide import decide
from engine.placement.kube.desk import Desk
from engine.placement.kube.plugins import default_plugins
from engine.placement.stock import empty_fleet
from engine.placement.stream import Batch
from tests.engine.the_log import WHOLE

ZONE = "topology.kubernetes.io/zone"
GPU = {"key": "gpu", "value": "yes"}


def scenario(*services, **more):
    return Scenario.of(
        {"launch_type": "eks-managed", "duration_s": 120, "zones": 3, "traffic": {"rps": 0}}
        | {"services": list(services)} | more
    )  # fmt: skip


def service(name="web", desired=6, asks=None, **more):
    return {"name": name, "desired": desired, "pods": {"scheduling": asks or {}}} | more


def groups(*found):
    return {"groups": [{"name": f"g{n}", "hosts": 3} | group for n, group in enumerate(found)]}


def placed(found):
    """Where each placed pod went: the host's number, by service."""
    events = found.events
    rows = events.where(Kind.TASK_PLACED)
    return [[int(events.host[i]) for i in rows if events.service[i] == s] for s in range(len(found.scenario.services))]


def refused(found):
    return {found.events.verdicts[i].reason for i in found.events.where(Kind.TASK_REFUSED)}


# --- hosts as nodes ---


def test_a_host_tells_what_it_is_as_every_node_does():
    asked = scenario(
        service(), fleet=groups({"instance_type": "m6g.large", "attributes": {"disk": "ssd"}, "taints": [GPU]})
    )
    desk = Desk(asked.services)
    there = desk.snapshot(empty_fleet(asked))

    assert there.nodes[1].name == "b1"
    assert dict(there.nodes[1].labels) == {
        "kubernetes.io/hostname": "b1", "kubernetes.io/arch": "arm64", "kubernetes.io/os": "linux", "disk": "ssd",
        "node.kubernetes.io/instance-type": "m6g.large", ZONE: "us-east-1b", "topology.kubernetes.io/region": "us-east-1",
        "ecs.ami-id": there.nodes[1].labels["ecs.ami-id"],
    }  # fmt: skip
    assert [(t.key, t.value, t.effect) for t in there.nodes[1].taints] == [("gpu", "yes", "NoSchedule")]
    assert there.allocatable["pods"][0] == 29 - 2  # an m6g.large's addresses, less the system's own pods


def test_a_fleet_that_tells_nothing_is_refused():
    hosts = empty_fleet(scenario(service()))

    with pytest.raises(ValueError, match="traits, all_cpu and all_mib"):
        Desk(scenario(service()).services).snapshot(replace(hosts, traits=None))


def test_room_ports_and_places_are_read_off_the_hosts():
    asked = scenario(service(host_ports=[80], udp_ports=[53], network_mode="host"), fleet={"hosts": 4})
    hosts = empty_fleet(asked)
    taken = replace(
        hosts,
        free_cpu=hosts.free_cpu - np.array([3500, 0, 0, 0]),
        free_enis=hosts.free_enis * np.array([1, 0, 1, 1]),
        ports=(frozenset(), frozenset(), frozenset({53 + UDP}), frozenset({53, 80 + UDP, -1})),
    )
    ruling = Desk(asked.services).decide(0, taken)

    assert ruling.refused == {"cpu": 1, "pods": 1, "ports": 1}
    assert ruling.host == 3  # 53 over TCP and 80 over UDP are other ports
    assert ruling.free_cpu.tolist() == taken.free_cpu.tolist()


def test_a_closed_host_is_cordoned_and_one_that_never_joined_is_no_node():
    asked = scenario(service(), fleet={"hosts": 3})
    hosts = replace(empty_fleet(asked), is_open=np.array([False, False, True]))
    ruling = Desk(asked.services).decide(0, hosts, is_there=np.array([False, True, True]))

    assert ruling.refused == {"absent": 1, "closed": 1}
    assert ruling.host == 2


def test_hosts_that_hold_the_image_are_preferred():
    asked = scenario(service(image_mib=1000), fleet={"hosts": 3})
    ruling = Desk(asked.services).decide(0, empty_fleet(asked), holds=np.array([False, True, False]))

    assert ruling.host == 1
    assert ruling.marks["ImageLocality"].normal.tolist() == [0, 31, 0]  # one third of 1000 MiB, less 23, of 977


# --- whole runs ---


def test_a_selector_a_wish_and_a_toleration_each_send_pods_elsewhere():
    in_b = [{"key": ZONE, "operator": "In", "values": ["us-east-1b"]}]
    found = run(scenario(
        service("plain"),
        service("picky", asks={"node_selector": {ZONE: "us-east-1c"}}),
        service("either", asks={"nodes": [{"rules": in_b}, {"rules": [{"key": "gpu"}]}]}),
        service("would", desired=2, asks={"prefers": [{"weight": 10, "rules": in_b}]}),
        service("tough", asks={"tolerations": [GPU], "node_selector": {"gpu": "big"}}),
        fleet=groups({"instance_type": "m5.2xlarge", "hosts": 6}, {"taints": [GPU], "attributes": {"gpu": "big"}}),
    ))  # fmt: skip
    plain, picky, either, would, tough = placed(found)

    assert {host % 3 for host in plain} == {0, 1, 2}
    assert max(plain) < 6  # nobody without the toleration goes to the tainted ones
    assert {host % 3 for host in picky} == {2}
    assert {host % 3 for host in either} == {1}
    assert {host % 3 for host in would} == {1}
    assert min(tough) >= 6


def test_a_pod_that_nothing_tolerates_waits_and_says_why():
    found = run(scenario(service(), fleet=groups({"taints": [GPU]})))

    assert placed(found) == [[]]
    assert refused(found) == {"taints"}


def test_distinct_instances_are_anti_affinity():
    found = run(scenario(service(desired=5, constraints=["distinctInstance"]), fleet={"hosts": 3}))

    assert sorted(placed(found)[0]) == [0, 1, 2]
    assert refused(found) == {"anti-affinity"}


def test_a_daemon_goes_to_each_node_and_its_verdict_names_its_own_one():
    found = run(scenario(service(), service("agent", kind="daemon", cpu_units=128, memory_mib=128), fleet={"hosts": 4}))
    events = found.events
    mine = [i for i in events.where(Kind.TASK_PLACED) if events.service[i] == 1]

    assert sorted(placed(found)[1]) == [0, 1, 2, 3]
    assert {events.verdicts[i].decided_by for i in mine} == {"only"}
    assert events.verdicts[mine[-1]].refused == {"node-affinity": 3}  # by then all four had joined


def test_a_daemon_wants_no_pod_where_its_rules_or_a_taint_keep_it_off():
    """Of six nodes two are what it asks for, one of them tainted: it wants one pod, and none waits for a node that it may not have."""
    fleet = groups(
        {"attributes": {"disk": "ssd"}, "hosts": 1},
        {"attributes": {"disk": "ssd"}, "taints": [GPU], "hosts": 1},
        {"hosts": 4},
    )
    rules = {"node_selector": {"disk": "ssd"}}
    agent = service("agent", asks=rules, kind="daemon", cpu_units=128, memory_mib=128)
    plain, tolerant = (
        run(scenario(service(), agent | {"pods": {"scheduling": rules | {"tolerations": more}}}, fleet=fleet))
        for more in ([], [{"operator": "Exists"}])
    )

    assert (sorted(placed(plain)[1]), sorted(placed(tolerant)[1])) == ([0], [0, 1])
    assert refused(plain) == refused(tolerant) == set()
    wanted = [plain.events.value[i] for i in plain.events.where(Kind.DESIRED_SET)]
    assert wanted == [1]


def test_the_verdicts_in_the_log_add_up():
    found = run(scenario(service(desired=12), fleet={"hosts": 5}, kubernetes=WHOLE))
    weights = {plugin.name: plugin.weight for plugin in default_plugins()}
    verdicts = [found.events.verdicts[i] for i in found.events.where(Kind.TASK_PLACED)]

    assert len(verdicts) == 12
    for ruling in verdicts:
        assert {name: marks.weight for name, marks in ruling.marks.items()}.items() <= weights.items()
        np.testing.assert_array_equal(ruling.total, sum(m.normal * m.weight for m in ruling.marks.values()))
        assert ruling.total[ruling.host] == ruling.total.max()


def test_two_seeds_draw_other_lots():
    asked = scenario(service(desired=9), fleet={"hosts": 9})
    other = asked.model_copy(update={"seed": asked.seed + 1})

    assert placed(run(asked)) == placed(run(asked)) != placed(run(other))


# --- what is asked for ---


@pytest.mark.parametrize(("record", "given", "why"), [
    (LabelRule, {"key": "zone", "operator": "In"}, "In and NotIn take values"),
    (LabelRule, {"key": "cores", "operator": "Gt", "values": ["many"]}, "one whole number"),
    (LabelRule, {"key": "not a key", "operator": "Exists"}, "all are labels"),
    (PodToleration, {"operator": "Equal"}, "without a key has the operator Exists"),
    (PodToleration, {"key": "x", "operator": "Exists", "value": "1"}, "with Exists has no value"),
    (NodeTaint, {"key": "x", "value": "no label!"}, "those of a label"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(record, given, why):
    with pytest.raises(ValidationError, match=why):
        record(**given)


def test_every_problem_of_a_scenario_is_told_at_once():
    wrong = {"node_selector": {"a b": "x"}, "prefers": [{"weight": 0, "rules": [{"key": "z", "operator": "In"}]}]}

    with pytest.raises(ScenarioError) as told:
        scenario(service(asks=wrong))

    words = str(told.value)
    assert "services.0.pods.scheduling.node_selector" in words
    assert "services.0.pods.scheduling.prefers.0.weight" in words
    assert "In and NotIn take values" in words


# --- beside ECS ---


def test_the_same_tasks_under_kubernetes_beside_ecs():
    """Packing fills hosts one by one, ECS's spreading keeps zones equal, Kubernetes weighs zones against room."""
    big_zone = scenario(
        service(), fleet=groups({"hosts": 1, "instance_type": "m5.large"}, {"hosts": 4, "instance_type": "m5.2xlarge"})
    )
    hosts = empty_fleet(big_zone)
    pack, spread, kube = compare(
        hosts, [Batch(Needs(512, 1024), 12)], [("binpack-memory",), ("spread-zones", "spread-hosts"), (KUBE,)], 3
    )  # fmt: skip

    assert pack.hosts_used < spread.hosts_used
    assert [o.placed for o in (pack, spread, kube)] == [12, 12, 12]
    assert kube.strategies == (KUBE,)
    assert kube.tasks.tolist() != spread.tasks.tolist()
    assert kube.tasks[0] < spread.tasks[0]  # the small host: Kubernetes looks at what would be left of it
    assert kube.free_cpu.sum() == hosts.free_cpu.sum() - 12 * 512


def test_constraints_and_ports_bind_under_kubernetes_as_under_ecs():
    asked = scenario(service(), fleet=groups({"attributes": {"disk": "ssd"}}, {}))
    hosts = empty_fleet(asked)

    def where(needs, *rules):
        (found,) = compare(hosts, [Batch(needs, 8, constraints=all_of(rules))], [(KUBE,)], 3)
        return found.tasks.tolist()

    assert where(Needs(100, 100), "distinctInstance") == [1, 1, 1, 1, 1, 1]
    assert where(Needs(100, 100), "memberOf(attribute:disk == ssd)")[3:] == [0, 0, 0]
    assert sum(where(Needs(100, 100), "memberOf(attribute:disk == ssd)")) == 8
    assert where(Needs(100, 100, frozenset({80}))) == [1, 1, 1, 1, 1, 1]


def test_one_batch_goes_as_decide_would_send_it():
    """The comparison's pods are a Deployment's: spread by the scheduler's own defaults."""
    hosts = empty_fleet(scenario(service(), fleet={"hosts": 6}))
    (found,) = compare(hosts, [Batch(Needs(512, 1024), 6)], [(KUBE,)], 3)
    desk = Desk(scenario(service(cpu_units=512, memory_mib=1024)).services)

    assert found.tasks.tolist() == [1] * 6
    assert "PodTopologySpread" in decide(desk.pods[0], desk.snapshot(hosts)).marks
