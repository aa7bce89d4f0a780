"""The Kubernetes scheduler's filters: what keeps a pod off a node, and what does not."""

from dataclasses import replace

import pytest

from engine.placement.kube import filters
from engine.placement.kube.edition import V1_20
from engine.placement.kube.objects import (
    Affinity,
    Container,
    HostPort,
    NodeAffinity,
    NodeTerm,
    Pod,
    Requirement,
    Selector,
)
from engine.placement.kube.requests import ANYWHERE, asked, clash, counted
from engine.placement.kube.selectors import is_valid, selects
from tests.engine.a_cluster import GIB, cluster, node, pod, tolerates


def short(asking, *nodes, running=(), **more):
    found = filters.short_of(asking, cluster(*nodes, running=running), **more)
    return [name for name, is_short in found.items() if is_short[0]]


# --- resources ---


def test_a_node_says_everything_that_it_is_short_of():
    there = [pod(3800, 15.5, node="n")]

    assert short(pod(500, 1), node(pods=1), running=there) == ["pods", "cpu", "memory"]
    assert short(pod(200, 0.5), node(), running=there) == []  # to the last millicore


def test_a_pod_that_asks_for_nothing_still_is_a_pod():
    nothing = pod(None, None)

    assert short(nothing, node(cpu=0, gib=0)) == []
    assert short(nothing, node(pods=0)) == ["pods"]


def test_a_pod_asks_for_its_largest_init_container_or_all_others_and_its_overhead():
    def of(*amounts, **more):
        return tuple(Container({"cpu_m": amount}, **more) for amount in amounts)

    assert asked(Pod(containers=of(300, 400), init_containers=of(600, 650)))["cpu_m"] == 700
    assert asked(Pod(containers=of(300, 400), init_containers=of(800)))["cpu_m"] == 800
    # A sidecar runs beside the containers, and beside the init containers that come after it.
    assert asked(Pod(containers=of(300), init_containers=(*of(50, is_sidecar=True), *of(400))))["cpu_m"] == 450
    assert asked(Pod(containers=of(300), init_containers=(*of(400), *of(50, is_sidecar=True))))["cpu_m"] == 400
    assert asked(Pod(containers=of(300), overhead={"cpu_m": 120}))["cpu_m"] == 420


def test_scores_count_what_nobody_asked_for_filters_do_not():
    half = pod(None, 2)

    assert asked(half) == {"memory": 2 * GIB}
    assert counted(half) == {"memory": 2 * GIB, "cpu_m": 100}


@pytest.mark.parametrize(("name", "is_short"), [
    ("example.com/card", ["example.com/card"]),
    ("hugepages-2Mi", ["hugepages-2Mi"]),
    ("ephemeral-storage", ["ephemeral-storage"]),
    ("storage", []),  # nothing that the scheduler keeps an account of
    ("pods", []),
])  # fmt: skip
def test_only_what_the_scheduler_looks_at_can_be_short(name, is_short):
    asking = Pod(containers=(Container({name: 3}),))

    assert short(asking, node()) == is_short


def test_somebody_else_may_answer_for_an_extended_resource_but_not_for_kubernetes_own():
    def asking(name):
        return Pod(containers=(Container({name: 3}),))

    both = frozenset({"example.com/card", "kubernetes.io/card"})

    assert short(asking("example.com/card"), node(), ignored=both) == []
    assert short(asking("kubernetes.io/card"), node(), ignored=both) == ["kubernetes.io/card"]


def test_an_overcommitted_resource_keeps_off_only_those_who_ask_for_it():
    over = [pod(5000, 1, node="n")]

    assert short(pod(None, 1), node(), running=over) == []
    assert short(pod(None, 1), node(), running=over, edition=V1_20) == ["cpu"]


# --- ports ---


@pytest.mark.parametrize(("mine", "theirs", "both"), [
    (HostPort(80, "TCP", ANYWHERE), HostPort(80, "TCP", "10.0.0.1"), True),
    (HostPort(80, "TCP", "10.0.0.2"), HostPort(80, "TCP", "10.0.0.1"), False),
    (HostPort(80, "UDP", ANYWHERE), HostPort(80, "TCP", ANYWHERE), False),
    (HostPort(81, "TCP", ANYWHERE), HostPort(80, "TCP", ANYWHERE), False),
])  # fmt: skip
def test_a_port_is_a_number_a_protocol_and_an_address(mine, theirs, both):
    assert clash(mine, theirs) is clash(theirs, mine) is both


def test_a_port_of_no_protocol_and_no_address_is_tcp_everywhere_and_number_0_is_none():
    there = cluster(node("a"), node("b"), running=[pod(ports=[80, 0], node="a")])

    assert filters.has_ports(pod(ports=[80]), there).tolist() == [False, True]
    assert filters.has_ports(pod(ports=[0]), there).tolist() == [True, True]


# --- labels ---

SSD = node("a", labels={"disk": "ssd", "cores": "16"})
BARE = node("b")


@pytest.mark.parametrize(("rule", "ssd", "bare"), [
    (("disk", "In", ("ssd", "nvme")), True, False),
    (("disk", "NotIn", ("ssd",)), False, True),  # not there is not in the list
    (("disk", "Exists", ()), True, False),
    (("disk", "DoesNotExist", ()), False, True),
    (("cores", "Gt", ("15",)), True, False),
    (("cores", "Gt", ("16",)), False, False),
    (("cores", "Lt", ("017",)), True, False),
    (("disk", "Gt", ("1",)), False, False),  # no number
    (("disk", "In", ()), False, False),  # the rest are no expressions: their term chooses nothing
    (("disk", "Exists", ("ssd",)), False, False),
    (("disk", "NotIn", ("no label: ___@#$%^",)), False, False),
    (("disk", "Like", ("ssd",)), False, False),
])  # fmt: skip
def test_each_operator_chooses_other_nodes(rule, ssd, bare):
    only = Pod(affinity=Affinity(NodeAffinity((NodeTerm((Requirement(*rule),)),))))

    assert filters.is_wanted(only, cluster(SSD, BARE)).tolist() == [ssd, bare]


def test_terms_are_alternatives_expressions_are_not_and_no_term_is_no_node():
    disk, cores = Requirement("disk", "Exists"), Requirement("cores", "Gt", ("20",))

    def allowed(*terms, **more):
        return filters.is_wanted(Pod(affinity=Affinity(NodeAffinity(terms)), **more), cluster(SSD, BARE)).tolist()

    assert allowed(NodeTerm((disk,)), NodeTerm((cores,))) == [True, False]
    assert allowed(NodeTerm((disk, cores))) == [False, False]
    assert allowed() == [False, False]
    assert allowed(NodeTerm()) == [False, False]
    assert allowed(NodeTerm((disk,)), node_selector={"disk": "hdd"}) == [False, False]  # and the selector as well
    assert filters.is_wanted(Pod(), cluster(SSD, BARE)).tolist() == [True, True]


def test_a_term_may_name_a_node():
    def only(operator, *names):
        return Pod(affinity=Affinity(NodeAffinity((NodeTerm((), (Requirement("metadata.name", operator, names),)),))))

    assert filters.is_wanted(only("In", "b"), cluster(SSD, BARE)).tolist() == [False, True]
    assert filters.is_wanted(only("NotIn", "b"), cluster(SSD, BARE)).tolist() == [True, False]
    assert filters.is_wanted(only("In", "a", "b"), cluster(SSD, BARE)).tolist() == [False, False]  # one name, no more


def test_no_selector_chooses_nothing_and_an_empty_one_everything():
    assert not selects(None, {"app": "web"})
    assert selects(Selector(), {})
    assert selects(Selector({"app": "web"}, (Requirement("tier", "DoesNotExist"),)), {"app": "web"})
    assert not selects(Selector({"app": "web"}), {"app": "api"})
    assert not is_valid(Requirement("Not A Key", "Exists"))


# --- taints and cordons ---


@pytest.mark.parametrize(("toleration", "taints", "may"), [
    ((), ["gpu=yes:NoSchedule"], False),
    ((), ["gpu=yes:NoExecute"], False),
    ((), ["gpu=yes:PreferNoSchedule"], True),
    (tolerates("gpu", "Equal", "yes"), ["gpu=yes:NoSchedule"], True),
    (tolerates("gpu", "Equal", "no"), ["gpu=yes:NoSchedule"], False),
    (tolerates("gpu", "Exists"), ["gpu=yes:NoSchedule", "gpu=no:NoExecute"], True),
    (tolerates("gpu", "Exists", "", "NoExecute"), ["gpu=yes:NoSchedule"], False),
    (tolerates("", "Exists"), ["gpu=yes:NoSchedule", "team=a:NoExecute"], True),
    (tolerates("gpu", "Exists"), ["gpu=yes:NoSchedule", "team=a:NoExecute"], False),  # every taint needs one
])  # fmt: skip
def test_a_taint_keeps_off_who_does_not_tolerate_it(toleration, taints, may):
    assert filters.tolerates_taints(pod(tolerations=toleration), cluster(node(taints=taints)))[0] == may


def test_a_cordoned_node_takes_only_who_tolerates_its_taint():
    there = cluster(node("a"), replace(node("b"), unschedulable=True))
    daemon = pod(tolerations=tolerates("node.kubernetes.io/unschedulable", "Exists", "", "NoSchedule"))

    assert filters.is_schedulable(pod(), there).tolist() == [True, False]
    assert filters.is_schedulable(daemon, there).tolist() == [True, True]
