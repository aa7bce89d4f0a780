"""What pods ask of nodes, as an autoscaler reads it: it brings a node where the scheduler will put the pod, or none."""

import pytest

from engine import Kind, Scenario
from engine.control.node_asks import asks_of
from tests.engine.the_log import WHOLE, host_types, numbers, reasons, rows, tell

TYPE = "node.kubernetes.io/instance-type"
ZONE = "topology.kubernetes.io/zone"


def asks(*schedulings, skew=1, **more):
    services = [{"name": f"s{n}", "pods": {"scheduling": one}} for n, one in enumerate(schedulings)]
    return asks_of(
        Scenario.of({"launch_type": "eks-managed", "services": services} | more), ["m5.xlarge", "c5.large"], skew
    )


def spread(over="zone", when="DoNotSchedule", max_skew=1, min_domains=None):
    rule = {"over": over, "when": when, "max_skew": max_skew, "min_domains": min_domains}
    return {"neighbours": {"spread": [rule]}}


def test_who_says_nothing_is_kept_even_if_the_autoscaler_is_told_so():
    assert (asks({})[0].skew, asks({}, skew=0)[0].skew) == (1, 0)
    assert asks(spread(max_skew=3))[0].skew == 3
    assert asks(spread(when="ScheduleAnyway"))[0].skew == 0
    assert asks(spread("hostname", max_skew=2))[0].per_node == 2


def test_a_node_selector_leaves_some_types_and_zones():
    chosen = asks({"node_selector": {TYPE: "c5.large"}}, {"node_selector": {ZONE: "us-east-1b"}}, {})

    assert chosen[0].labels == {"c5.large"}
    assert chosen[1].zones == {1}
    assert chosen[2].labels is None


def test_a_tainted_group_is_for_those_who_tolerate_it():
    groups = [{"name": "general", "hosts": 1}, {"name": "gpu", "hosts": 1, "taints": [{"key": "gpu"}]}]
    tolerant = {"tolerations": [{"key": "gpu", "operator": "Exists"}]}
    chosen = asks({}, tolerant, fleet={"groups": groups})

    assert "m5.xlarge#1" not in chosen[0].labels
    assert chosen[1].labels is None


def test_who_keeps_away_is_kept_away_from():
    chosen = asks({"neighbours": {"apart": [{"service": "s1"}]}}, {}, {"neighbours": {"apart": [{"over": "zone"}]}})

    assert chosen[0].shuns_node == {1}
    assert chosen[1].shuns_node == {0}
    assert chosen[2].shuns_zone == {2}
    assert chosen[2].is_counted


def auto(**service):
    """Four pods that EKS Auto Mode brings nodes for, cold."""
    given = {"desired": 4, "cpu_units": 500, "memory_mib": 500} | service
    return tell(duration_s=900, launch_type="eks-auto", warm=False, services=[given], kubernetes=WHOLE)


@pytest.mark.parametrize(
    ("rule", "nodes", "in_vain"),
    [
        # One in each zone, but nothing binds the scheduler: the first one that is there takes all four.
        ({}, 3, 2),
        (spread("hostname"), 4, 3),  # while there is one node alone, it is even by itself
        (spread("zone"), 3, 2),  # and so is one zone
        (spread("zone", min_domains=3), 3, 0),
        ({"neighbours": {"apart": [{"over": "hostname"}]}}, 4, 0),  # no two on a node
        ({"neighbours": {"near": [{"over": "hostname"}]}}, 1, 0),  # all on one
        ({"neighbours": {"near": [{"over": "zone"}]}}, 1, 0),
        ({"node_selector": {ZONE: "us-east-1c"}}, 1, 0),
    ],
)
def test_as_many_nodes_as_the_rule_needs_and_every_pod_gets_its_place(rule, nodes, in_vain):
    run_ = auto(pods={"scheduling": rule})

    assert len(rows(run_, Kind.NODE_ORDERED)) == nodes
    assert len(rows(run_, Kind.TASK_PLACED)) == 4
    assert reasons(run_, Kind.NODE_REMOVED) == ["empty"] * in_vain


def test_one_pod_a_zone_leaves_the_fourth_without_a_node_and_buys_none_in_vain():
    run_ = auto(pods={"scheduling": {"neighbours": {"apart": [{"over": "zone"}]}}})

    assert sorted(numbers(run_, "zone", Kind.NODE_ORDERED)) == [0, 1, 2]
    assert (reasons(run_, Kind.PODS_STRANDED), numbers(run_, "value", Kind.PODS_STRANDED)) == (["rule"], [1])


def test_a_chosen_type_is_bought_though_it_is_not_the_cheapest():
    run_ = auto(pods={"scheduling": {"node_selector": {TYPE: "r5.2xlarge"}}})

    assert set(host_types(run_)) == {"r5.2xlarge"}


def test_the_cluster_autoscaler_grows_the_group_that_the_pods_tolerate():
    groups = [{"name": "general", "hosts": 1}, {"name": "gpu", "hosts": 0, "taints": [{"key": "gpu"}]}]
    rule = {"tolerations": [{"key": "gpu", "operator": "Exists"}], "node_selector": {}}
    choosy = rule | {"nodes": [{"rules": [{"key": "pool", "operator": "In", "values": ["gpu"]}]}]}
    groups[1]["attributes"] = {"pool": "gpu"}
    run_ = tell(
        duration_s=600, launch_type="eks-managed", fleet={"groups": groups},
        services=[{"desired": 2, "pods": {"scheduling": choosy}}], kubernetes={"autoscaler": {"kind": "cluster-autoscaler"}},
    )  # fmt: skip

    look = run_.events.looks[rows(run_, Kind.AUTOSCALER_LOOKED)[0]]
    assert look.grows.name == "gpu"
    assert len(rows(run_, Kind.TASK_PLACED)) == 2
