"""A decision of the Kubernetes scheduler: a table of nodes and plugins from which everybody can add up the winner."""

import numpy as np

from engine.placement.choose import FEASIBLE
from engine.placement.kube.decide import decide
from engine.placement.kube.objects import Affinity, NodeAffinity, NodeTerm, Requirement, WeightedNodeTerm
from tests.engine.a_cluster import cluster, node, pod, tolerates

ZONE_A = NodeTerm((Requirement("zone", "In", ("a",)),))


def test_the_total_is_what_the_table_adds_up_to():
    there = cluster(
        node("a", labels={"zone": "a"}), node("b", 8000, 32, taints=["x=1:PreferNoSchedule"]), node("c", 1000, 2),
    )  # fmt: skip
    ruling = decide(pod(affinity=Affinity(NodeAffinity(preferred=(WeightedNodeTerm(5, ZONE_A),)))), there)

    added = sum(marks.normal * marks.weight for marks in ruling.marks.values())
    np.testing.assert_array_equal(ruling.total, added)
    assert ruling.host == 0
    assert {name: marks.normal.tolist() for name, marks in ruling.marks.items()} == {
        "TaintToleration": [100, 0, 100],
        "NodeAffinity": [100, 0, 0],
        "NodeResourcesFit": [90, 94, 50],
        "NodeResourcesBalancedAllocation": [96, 98, 100],
        "ImageLocality": [0, 0, 0],
    }
    assert ruling.total.tolist() == [3 * 100 + 2 * 100 + 90 + 96, 94 + 98, 3 * 100 + 50 + 100]


def test_each_filter_gives_its_reason_and_all_that_is_short_is_told():
    full = pod(3900, 15.9, node="full")
    there = cluster(
        node("full"), node("tainted", taints=["x=1:NoSchedule"]), node("elsewhere"), node("ported", labels={"zone": "a"}),
        node("good", labels={"zone": "a"}), running=[full, pod(10, 0, ports=[80], node="ported")],
    )  # fmt: skip
    ruling = decide(pod(ports=[80], affinity=Affinity(NodeAffinity((ZONE_A,)))), there)

    assert ruling.host == 4
    assert ruling.decided_by == "only"
    assert ruling.scores == {}
    assert ruling.refused == {"taints": 1, "node-affinity": 2, "ports": 1}
    assert [ruling.filters[n] if n != FEASIBLE else "" for n in ruling.stopped_by] == [
        "node-affinity", "taints", "node-affinity", "ports", "",
    ]  # fmt: skip
    # What struck a node out first is not all that speaks against it.
    assert [name for name, is_short in ruling.short.items() if is_short[0]] == ["cpu", "memory"]
    assert ruling.says_yes["NodeResourcesFit"].tolist() == [False, True, True, True, True]
    assert ruling.plugin_of["memory"] == "NodeResourcesFit"


def test_a_pod_that_finds_no_node_is_told_what_most_of_them_lack():
    ruling = decide(pod(3000), cluster(node("a", 2000), node("b", 2000), node("c", taints=["x=1:NoSchedule"])))

    assert ruling.host is None
    assert ruling.reason == "cpu"
    assert ruling.refused == {"cpu": 2, "taints": 1}
    assert ruling.total.tolist() == [-1, -1, -1]
    assert decide(pod(), cluster()).reason == "no-hosts"


def test_the_message_is_kubernetes_own_and_counts_everything_that_is_short():
    there = cluster(node("a", 2000, 1), node("b", 2000), node("c", taints=["x=1:NoSchedule"]))

    assert decide(pod(3000, 2), there).message == (
        "0/3 nodes are available: 1 Insufficient memory, 1 node(s) had untolerated taint(s), 2 Insufficient cpu."
    )
    assert decide(pod(3000, 2), cluster()).message == "0/0 nodes are available."
    assert decide(pod(), there).message == ""


def test_equals_draw_lots_and_without_a_lottery_the_first_wins():
    there = cluster(node("a"), node("b"), node("c", 2000))
    by_lot = decide(pod(), there, np.array([0.2, 0.7, 0.9]))

    assert by_lot.host == 1  # c draws highest, but is fuller
    assert by_lot.decided_by == "random"
    assert decide(pod(), there).host == 0
    assert decide(pod(), there).decided_by == "first"
    assert decide(pod(), cluster(node("a", 2000), node("b"))).decided_by == "total"


def test_what_is_normalised_is_normalised_over_the_nodes_that_are_left():
    """The node with the most taints is too small: the next one has the most, and so no points at all."""

    def nodes(cpu):
        soft = ["x=1:PreferNoSchedule", "y=1:PreferNoSchedule"]
        return cluster(node("a"), node("b", taints=soft[:1]), node("c", cpu, taints=soft))

    assert decide(pod(), nodes(4000)).marks["TaintToleration"].normal.tolist() == [100, 50, 0]
    assert decide(pod(), nodes(100)).marks["TaintToleration"].normal.tolist() == [100, 0, 0]


def test_a_toleration_opens_the_node_that_only_it_may_use():
    there = cluster(node("a", 1000, 2), node("gpu", 32000, 128, taints=["gpu=yes:NoSchedule"]))

    assert decide(pod(), there).host == 0
    assert decide(pod(tolerations=tolerates("gpu", "Exists")), there).host == 1


def test_each_node_says_in_kubernetes_own_words_why_it_was_struck_out():
    there = cluster(
        node("full"), node("tainted", taints=["x=1:NoSchedule"]), node("good"), running=[pod(3900, 15.9, node="full")],
    )  # fmt: skip
    ruling = decide(pod(1000, 1), there)

    assert ruling.words_of(0) == ("Insufficient cpu", "Insufficient memory")
    assert ruling.words_of(1) == ("node(s) had untolerated taint(s)",)
    assert ruling.words_of(2) == ()
