"""The Cluster Autoscaler's rule alone: groups grow for pods that wait, nodes that nobody needs go after ten minutes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kubernetes.autoscaler import ClusterAutoscaler
from engine.scaling.cluster_autoscaler import Scanner, choose_group, estimate
from engine.scaling.shelves import Zones
from tests.engine.nodes_to_think_of import asks, counts, group, node, pods, seen

PLAIN = ClusterAutoscaler()
ONE = asks((1024, 2048))  # a vCPU and 2 GiB: four to an m5.xlarge, eight to an m5.2xlarge
NO_ZONES = Zones({}, (0, 1, 2))


def scanner(settings=PLAIN):
    return Scanner(settings, lambda _: 0)


def test_the_defaults_are_the_documented_ones():
    assert (PLAIN.scan_s, PLAIN.unneeded_s, PLAIN.delay_after_add_s, PLAIN.threshold) == (10, 600, 600, 0.5)
    assert (PLAIN.expander, PLAIN.max_provision_s) == ("least-waste", 900)
    assert (PLAIN.removed_at_once, PLAIN.drained_at_once) == (10, 1)


# --- more nodes --------------------------------------------------------------------------------------------------------


def test_nine_pods_take_three_nodes_of_four():
    option = estimate(pods(*[0] * 9), group(0, "m5.xlarge"), ONE, NO_ZONES)

    assert (option.nodes, option.pods) == (3, 9)


def test_a_group_offers_no_more_than_it_may_have():
    option = estimate(pods(*[0] * 9), group(0, "m5.xlarge", size=8, most=10), ONE, NO_ZONES)

    assert (option.nodes, option.pods) == (2, 8)


def test_a_pod_that_no_node_of_the_group_holds_is_no_reason_to_grow():
    assert estimate(pods(0), group(0, "m5.xlarge"), asks((8192, 2048)), NO_ZONES) is None


def test_pods_that_a_node_on_its_way_will_hold_ask_for_nothing():
    coming = node(0, "m5.xlarge", is_ready=False)
    scan = scanner().look(seen(0, ONE, pods=pods(0, 0, 0, 0), nodes=[coming], groups=[group(0, "m5.xlarge", size=1)]))

    assert (scan.grows, scan.short, scan.reason) == (None, 0, "coming")


def test_only_what_the_coming_node_does_not_hold_is_asked_for():
    coming = node(0, "m5.xlarge", is_ready=False)
    scan = scanner().look(seen(0, ONE, pods=pods(*[0] * 9), nodes=[coming], groups=[group(0, "m5.xlarge", size=1)]))

    assert (scan.short, scan.grows.nodes, scan.reason) == (5, 2, "grow")


#                         nodes  pods  idle CPU + idle memory
# g0 m5.xlarge    5 pods:   2     5    3/8  + 22/32  = 1.06
# g1 m5.2xlarge   5 pods:   1     5    3/8  + 22/32  = 1.06      the same share of a node twice as large
# g2 c5.2xlarge   5 pods:   1     5    3/8  +  6/16  = 0.75      half the memory: least left idle
# g3 r5.large, full but for one: 1 node, 2 pods
@pytest.mark.parametrize(
    ("expander", "grows"), [("least-waste", "g2"), ("least-nodes", "g1"), ("most-pods", "g0"), ("priority", "g3")]
)
def test_each_expander_has_another_opinion(expander, grows):
    groups = [
        group(0, "m5.xlarge"),
        group(1, "m5.2xlarge"),
        group(2, "c5.2xlarge"),
        group(3, "r5.large", size=9, most=10, priority=50),
    ]
    options = [estimate(pods(*[0] * 5), one, ONE, NO_ZONES) for one in groups]

    assert choose_group(options, expander, lambda _: 0).name == grows


def test_equals_are_decided_by_lot():
    options = [estimate(pods(0), group(n, "m5.xlarge"), ONE, NO_ZONES) for n in range(3)]

    assert [choose_group(options, "random", lambda _, pick=pick: pick).name for pick in range(3)] == ["g0", "g1", "g2"]


def test_it_says_why_it_does_not_grow():
    full = [group(0, "m5.xlarge", size=3, most=3)]
    late = scanner()
    late.failed_to_come(0, 0)

    assert scanner().look(seen(0, ONE, pods=pods(0), groups=full)).stuck == "most"
    assert scanner().look(seen(0, asks((8192, 1)), pods=pods(0), groups=full)).stuck == "no-group"
    assert late.look(seen(100, ONE, pods=pods(0), groups=[group(0, "m5.xlarge")])).stuck == "backoff"
    assert late.look(seen(300, ONE, pods=pods(0), groups=[group(0, "m5.xlarge")])).reason == "grow"


def test_pods_kept_even_over_the_zones_take_nodes_in_several():
    option = estimate(
        pods(0, 0, 0), group(0, "m5.xlarge"), asks((1024, 2048), skew=1), Zones({0: [0, 0, 0]}, (0, 1, 2))
    )

    assert (option.nodes, option.pods) == (3, 3)


# --- fewer nodes -------------------------------------------------------------------------------------------------------


def half_empty():
    """Two nodes: one pod on the one, two on the other; either could take the other's."""
    one, two = pods(0), pods(0, 0, first=2)
    return [node(0, "m5.xlarge", on=one, asks=ONE), node(1, "m5.xlarge", on=two, asks=ONE)]


def looks(rule, times, nodes, **more):
    groups = more.pop("groups", [group(0, "m5.xlarge", size=len(nodes))])
    return [rule.look(seen(now_s, ONE, nodes=nodes, groups=groups, **more)) for now_s in times]


def test_a_node_goes_once_it_was_unneeded_for_ten_minutes():
    scans = looks(scanner(), range(0, 620, 10), half_empty())

    assert [scan.reason for scan in scans[:60]] == ["unneeded"] * 60
    assert (scans[60].reason, scans[60].gone) == ("shrink", (0,))


def test_half_full_is_needed_just_below_is_not():
    other = node(1, "m5.2xlarge", on=pods(*[0] * 4, first=9), asks=ONE)
    at_half = node(0, "m5.xlarge", on=pods(0, 0), asks=ONE)
    below = node(0, "m5.xlarge", on=pods(0), asks=ONE)

    assert looks(scanner(), [0], [at_half, other])[0].unneeded == ()
    assert [one.node for one in looks(scanner(), [0], [below, other])[0].unneeded] == [0]


def test_memory_alone_can_make_a_node_needed():
    heavy = asks((256, 9000))
    nodes = [node(0, "m5.xlarge", on=pods(0), asks=heavy), node(1, "m5.xlarge")]
    scan = scanner().look(seen(0, heavy, nodes=nodes, groups=[group(0, "m5.xlarge", size=2)]))

    assert [one.node for one in scan.unneeded] == [1]


def test_a_node_whose_pods_find_no_room_stays_and_is_looked_at_again_later():
    full = node(1, "m5.xlarge", on=pods(0, 0, 0, 0, first=9), asks=ONE)
    alone = node(0, "m5.xlarge", on=pods(0), asks=ONE)
    rule = scanner()

    assert looks(rule, [0], [alone, full])[0].unneeded == ()
    roomy = [alone, node(1, "m5.xlarge", on=pods(0, 0, first=9), asks=ONE)]
    assert [len(scan.unneeded) for scan in looks(rule, [10, 290, 300], roomy)] == [0, 0, 1]


def test_a_moment_of_need_begins_the_ten_minutes_again():
    rule, nodes = scanner(), half_empty()
    looks(rule, range(0, 600, 10), nodes)
    busy = [node(0, "m5.xlarge", on=pods(0, 0, 0), asks=ONE), nodes[1]]
    looks(rule, [600], busy)

    assert looks(rule, [610], nodes)[0].unneeded[0].since_s == 610


def test_nothing_goes_for_ten_minutes_after_a_node_was_added_but_the_time_runs():
    rule = scanner()
    rule.look(seen(0, ONE, pods=pods(0), groups=[group(0, "m5.xlarge")]))
    scans = looks(rule, range(10, 640, 10), half_empty())
    went = [scan for scan in scans if scan.gone]

    assert scans[0].reason == "delay"
    assert [10 + 10 * scans.index(scan) for scan in went] == [610]


def test_nothing_goes_for_three_minutes_after_a_drain_failed():
    rule, nodes = scanner(), [node(0, "m5.xlarge"), node(1, "m5.xlarge", on=pods(0, 0), asks=ONE)]
    looks(rule, range(0, 590, 10), nodes)
    rule.failed_to_drain(1, 590)
    scans = looks(rule, range(600, 800, 10), nodes)

    assert [600 + 10 * n for n, scan in enumerate(scans) if scan.gone] == [770]
    assert scans[0].reason == "failed"


def test_empty_nodes_go_ten_at_once_those_with_pods_one_by_one():
    empty = [node(n, "m5.xlarge") for n in range(14)]
    used = [node(20 + n, "m5.xlarge", on=pods(0, first=50 + n), asks=ONE) for n in range(3)]
    roomy = node(40, "m5.2xlarge", on=pods(*[0] * 4, first=90), asks=ONE)
    groups = [group(0, "m5.xlarge", size=18)]
    rule = scanner()
    looks(rule, [0], [*empty, *used, roomy], groups=groups)

    assert len(looks(rule, [600], [*empty, *used, roomy], groups=groups)[0].gone) == 10
    rule = scanner()
    looks(rule, [0], [*used, roomy], groups=groups)
    assert looks(rule, [600], [*used, roomy], groups=groups)[0].gone == (20,)
    rule = scanner()
    looks(rule, [0], [*used, roomy], groups=groups)
    assert looks(rule, [600], [*used, roomy], groups=groups, draining=1)[0].gone == ()


def test_a_group_keeps_its_least():
    groups = [group(0, "m5.xlarge", size=2, least=2)]
    rule = scanner()
    looks(rule, [0], half_empty(), groups=groups)
    scan = looks(rule, [600], half_empty(), groups=groups)[0]

    assert (scan.gone, scan.reason) == ((), "least")


def test_a_budget_that_lets_nobody_go_keeps_the_node():
    assert looks(scanner(), [0], half_empty(), may_evict={0: 0})[0].unneeded == ()
    assert [one.node for one in looks(scanner(), [0], half_empty(), may_evict={0: 1})[0].unneeded] == [0]


def test_what_moves_in_one_nodes_thought_takes_the_room_from_the_next():
    # Three nodes with a pod each, and room for two more on the fourth: two of them can go, not three.
    small = [node(n, "m5.xlarge", on=pods(0, first=n + 1), asks=ONE) for n in range(3)]
    last = node(3, "m5.xlarge", on=pods(0, 0, first=9), asks=ONE)

    assert [one.node for one in looks(scanner(), [0], [*small, last])[0].unneeded] == [0, 1, 2]
    full = node(3, "m5.xlarge", on=pods(0, 0, 0, first=9), asks=ONE)
    tight = [node(n, "m5.large", on=pods(0, first=n + 1), asks=ONE, is_kept=n == 2) for n in range(3)]
    loose = ClusterAutoscaler(threshold=0.6)
    assert [one.node for one in looks(scanner(loose), [0], [*tight, full])[0].unneeded] == [0, 1]


# --- laws --------------------------------------------------------------------------------------------------------------

CLUSTERS = st.lists(st.integers(0, 4), min_size=1, max_size=8)


@given(filled=CLUSTERS, allowed=st.integers(0, 5), least=st.integers(0, 4))
def test_what_goes_finds_room_elsewhere_and_no_budget_or_minimum_is_broken(filled, allowed, least):
    number, nodes = 1, []
    for n, held in enumerate(filled):
        nodes.append(node(n, "m5.xlarge", n % 3, on=pods(*[0] * held, first=number), asks=ONE))
        number += held
    groups = [group(0, "m5.xlarge", size=len(nodes), least=min(least, len(nodes)))]
    rule = scanner()
    looks(rule, [0], nodes, groups=groups, may_evict={0: allowed})
    gone = looks(rule, [600], nodes, groups=groups, may_evict={0: allowed})[0].gone

    leaving = sum(filled[n] for n in gone)
    room = sum(4 - filled[n] for n in range(len(nodes)) if n not in gone)
    assert leaving <= room
    assert leaving <= allowed
    assert len(nodes) - len(gone) >= groups[0].least
    assert sum(1 for n in gone if filled[n]) <= 1


@given(waiting=st.lists(st.integers(0, 2), min_size=1, max_size=40), most=st.integers(0, 12))
def test_growing_again_and_again_houses_everybody_or_fills_every_group(waiting, most):
    some = asks((512, 1024), (1024, 2048), (3000, 1000))
    left, size = list(pods(*waiting)), 0
    rule = scanner()
    for step in range(50):
        one = group(0, "m5.xlarge", size=size, most=most)
        scan = rule.look(seen(10 * step, some, pods=left, groups=[one]))
        if scan.grows is None:
            break
        size += scan.grows.nodes
        left = left[: len(left) - scan.grows.pods]

    assert size <= most
    assert not left or size == most


def test_counting_zones_reads_the_nodes():
    assert counts([node(0, "m5.xlarge", 1, on=pods(0, 0), asks=ONE)], 1) == {0: [0, 2, 0]}
