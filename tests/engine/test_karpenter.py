"""Karpenter's rule alone: pods share few new nodes of the cheapest type that holds them; what does not pay is packed together."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kubernetes.autoscaler import Karpenter
from engine.scaling.cluster_autoscaler import estimate
from engine.scaling.consolidation import Scene, budget, command, still_holds
from engine.scaling.karpenter import Limits, batch_ends_s, solve
from engine.scaling.shelves import Zones
from tests.engine.nodes_to_think_of import asks, counts, group, node, offer, offers, pods

PLAIN = Karpenter()
ONE = asks((1024, 2048))
ANYWHERE = Limits(100)
M5 = offers("m5")
ALL = offers("c5", "m5", "r5")


def plan(waiting, nodes=(), on_sale=ALL, asked=ONE, limits=ANYWHERE, usable=(0, 1, 2)):
    return solve(waiting, nodes, on_sale, asked, Zones(counts(nodes, len(asked)), usable), limits)


def bought(found):
    return [(claim.options[0], len(claim.pods)) for claim in found.claims]


def test_the_defaults_are_the_documented_ones():
    assert (PLAIN.batch_idle_s, PLAIN.batch_max_s) == (1, 10)
    assert (PLAIN.policy, PLAIN.budget_percent) == ("WhenEmptyOrUnderutilized", 10)
    assert (PLAIN.poll_s, PLAIN.validate_s) == (10, 15)


# --- buying ------------------------------------------------------------------------------------------------------------


def test_one_big_node_where_a_group_of_small_ones_adds_three():
    waiting = pods(*[0] * 12)

    assert bought(plan(waiting)) == [("c5.4xlarge", 12)]
    assert estimate(waiting, group(0, "m5.xlarge"), ONE, Zones({}, (0, 1, 2))).nodes == 3


#    12 pods of 1 vCPU and: 2 GiB        4 GiB          8 GiB
@pytest.mark.parametrize(("mib", "kind"), [(1900, "c5.4xlarge"), (3900, "m5.4xlarge"), (7900, "r5.4xlarge")])
def test_the_shape_of_the_pods_picks_the_family(mib, kind):
    assert bought(plan(pods(*[0] * 12), asked=asks((1024, mib)))) == [(kind, 12)]


def test_what_fits_a_node_that_is_there_or_coming_is_not_bought():
    coming = node(0, "m5.xlarge", is_ready=False)
    found = plan(pods(*[0] * 6), [coming])

    assert sorted(found.settled) == [1, 2, 3, 4]
    assert bought(found) == [("c5.large", 2)]


def test_pods_kept_even_over_three_zones_take_three_nodes():
    found = plan(pods(*[0] * 12), asked=asks((1024, 2048), skew=1))

    assert [(claim.zone, len(claim.pods)) for claim in found.claims] == [(0, 4), (1, 4), (2, 4)]
    assert {claim.options[0] for claim in found.claims} == {"c5.xlarge"}


def test_a_zone_that_is_behind_is_filled_first():
    there = node(0, "m5.2xlarge", 0, on=pods(0, 0, first=50), asks=ONE)
    found = plan(pods(0, 0, 0), [there], asked=asks((1024, 2048), skew=1))

    assert found.settled == {}
    assert [(claim.zone, len(claim.pods)) for claim in found.claims] == [(1, 2), (2, 1)]


def test_a_batch_larger_than_any_type_takes_as_many_as_it_needs():
    found = plan(pods(*[0] * 200), on_sale=M5)

    assert bought(found) == [("m5.24xlarge", 96), ("m5.24xlarge", 96), ("m5.2xlarge", 8)]


def test_it_says_why_a_pod_gets_no_node():
    huge = plan(pods(0), asked=asks((200_000, 1)))

    assert [why for _, why in huge.left] == ["no-type"]
    assert [why for _, why in plan(pods(0), limits=Limits(0)).left] == ["nodes"]
    assert [why for _, why in plan(pods(0), limits=Limits(9, cpu_units=1024)).left] == ["cpu"]


def test_the_limit_of_cpu_counts_what_was_bought_a_moment_ago():
    apart = asks((1024, 2048), skew=1)
    found = plan(pods(0, 0, 0), asked=apart, on_sale=[offer("m5.large")], limits=Limits(9, cpu_units=4096))

    assert (len(found.claims), [why for _, why in found.left]) == (2, ["cpu"])


@given(came=st.lists(st.floats(0, 30), min_size=1, max_size=40))
def test_a_batch_closes_after_a_quiet_second_or_ten_at_most(came):
    came = sorted(came)
    end = batch_ends_s(came, 1, 10)
    inside = [at_s for at_s in came if at_s <= end]

    assert end <= came[0] + 10
    assert all(b - a <= 1 for a, b in pairwise(inside))
    assert end == min(inside[-1] + 1, came[0] + 10)


SIZES = st.lists(st.tuples(st.integers(1, 120_000), st.integers(64, 900_000)), min_size=1, max_size=5)


@given(sizes=SIZES, waiting=st.lists(st.integers(0, 4), min_size=1, max_size=40), skew=st.integers(0, 1))
def test_everybody_whom_a_type_holds_gets_a_place_and_no_node_is_overfull(sizes, waiting, skew):
    asked = asks(*sizes, skew=skew)
    waiting = pods(*[n % len(sizes) for n in waiting])
    found = plan(waiting, asked=asked)

    placed = [pod for claim in found.claims for pod in claim.pods]
    assert sorted(pod.number for pod in (*placed, *(pod for pod, _ in found.left))) == [pod.number for pod in waiting]
    for pod, why in found.left:
        needs = asked[pod.service].needs
        assert why == "no-type"
        assert not any(needs.cpu_units <= o.cpu_units and needs.memory_mib <= o.memory_mib for o in ALL)
    for claim in found.claims:
        for name in claim.options:
            kind = offer(name)
            assert sum(asked[pod.service].needs.cpu_units for pod in claim.pods) <= kind.cpu_units
            assert sum(asked[pod.service].needs.memory_mib for pod in claim.pods) <= kind.memory_mib
        assert claim.usd_per_hour == min(offer(name).usd_per_hour for name in claim.options)


# --- saving ------------------------------------------------------------------------------------------------------------


def scene(nodes, *, waiting=(), on_sale=ALL, asked=ONE, may_evict=None):
    return Scene(nodes, waiting, on_sale, asked, counts(nodes, len(asked)), (0, 1, 2), may_evict or {})


def best(nodes, allowed=10, policy="WhenEmptyOrUnderutilized", **more):
    found = command(scene(nodes, **more), allowed, policy)
    return None if found is None else (found.action, found.nodes, found.claim and found.claim.options[0])


def test_empty_nodes_go_first_as_many_as_the_budget_lets():
    nodes = [node(n, "m5.large") for n in range(4)]

    assert best(nodes, allowed=3) == ("empty", (0, 1, 2), None)
    assert best(nodes, allowed=0) is None


def test_a_node_whose_pods_fit_elsewhere_is_deleted():
    little = node(0, "m5.large", on=pods(0, first=9), asks=ONE)
    roomy = node(1, "m5.xlarge", on=pods(0, 0, 0), asks=ONE)

    assert best([little, roomy], allowed=1, on_sale=M5) == ("delete", (0,), None)


def test_the_dearest_per_disturbed_pod_is_tried_first():
    # 0.192 $ for two pods against 0.096 $ for one: the larger goes, for one half its price.
    larger = node(0, "m5.xlarge", on=pods(0, 0), asks=ONE)
    little = node(1, "m5.large", on=pods(0, first=9), asks=ONE)

    assert best([larger, little], allowed=1, on_sale=M5) == ("replace", (0,), "m5.large")


def test_a_node_too_large_for_its_pods_is_replaced_by_a_cheaper_one():
    found = command(scene([node(0, "m5.4xlarge", on=pods(0), asks=ONE)]), 1, "WhenEmptyOrUnderutilized")

    assert (found.action, found.claim.options[0]) == ("replace", "c5.large")
    assert found.saves_usd_per_hour == pytest.approx(offer("m5.4xlarge").usd_per_hour - offer("c5.large").usd_per_hour)


def test_a_node_of_the_cheapest_type_is_left_alone():
    assert best([node(0, "c5.large", on=pods(0), asks=ONE)]) is None
    assert best([node(0, "m5.large", on=pods(0), asks=ONE)]) == ("replace", (0,), "c5.large")


def test_several_little_used_nodes_become_one():
    some = [node(n, "c5.xlarge", on=pods(0, first=10 * n + 1), asks=ONE) for n in range(3)]
    full = [node(9, "c5.xlarge", on=pods(0, 0, 0, first=90), asks=ONE)]

    assert best(some + full) == ("replace", (0, 1, 2, 9), "c5.2xlarge")
    assert best(some, allowed=2) == ("delete", (0, 1), None)


def test_two_nodes_are_not_traded_for_one_of_the_same_kind():
    # Two pods on two c5.large: one c5.large would hold both. Deleting one of the two does the same, and moves one pod less.
    two = [node(n, "c5.large", on=pods(0, first=n + 1), asks=ONE) for n in range(2)]

    assert best(two) == ("delete", (0,), None)


def test_only_empty_nodes_go_when_the_policy_says_so():
    assert best([node(0, "m5.4xlarge", on=pods(0), asks=ONE)], policy="WhenEmpty") is None
    assert best([node(0, "m5.4xlarge")], policy="WhenEmpty") == ("empty", (0,), None)


def test_a_budget_that_lets_no_pod_go_keeps_its_node():
    large = [node(0, "m5.4xlarge", on=pods(0), asks=ONE)]

    assert best(large, may_evict={0: 0}) is None
    assert best(large, may_evict={0: 1}) is not None


def test_a_node_that_has_just_changed_neither_goes_nor_takes_pods_in():
    little = node(0, "m5.large", on=pods(0), asks=ONE)
    fresh = node(1, "c5.xlarge", on=pods(0, first=9), asks=ONE, is_fresh=True)

    assert best([little, fresh], on_sale=[offer("m5.large")]) is None


def test_nothing_is_deleted_while_a_pod_that_waits_needs_the_room():
    roomy = node(0, "m5.large", on=pods(0), asks=ONE)
    little = node(1, "m5.large", on=pods(0, first=9), asks=ONE)

    assert best([roomy, little], on_sale=[offer("m5.large")]) == ("delete", (0,), None)
    assert best([roomy, little], on_sale=[offer("m5.large")], waiting=pods(0, first=90)) is None


def test_a_saving_that_is_gone_after_fifteen_seconds_is_dropped():
    nodes = [node(0, "m5.large", on=pods(0, first=9), asks=ONE), node(1, "m5.xlarge", on=pods(0, 0, 0), asks=ONE)]
    found = command(scene(nodes, on_sale=M5), 1, "WhenEmptyOrUnderutilized")
    filled = [nodes[0], node(1, "m5.xlarge", on=pods(0, 0, 0, 0), asks=ONE)]

    assert still_holds(found, scene(nodes, on_sale=M5), 1)
    assert not still_holds(found, scene(nodes, on_sale=M5), 0)
    assert not still_holds(found, scene(filled, on_sale=M5), 1)
    assert not still_holds(found, scene(nodes[:1], on_sale=M5), 1)


FLEETS = st.lists(
    st.tuples(st.sampled_from(["m5.large", "m5.xlarge", "c5.xlarge", "r5.2xlarge"]), st.integers(0, 2)),
    min_size=1,
    max_size=8,
)


@given(fleet=FLEETS, allowed=st.integers(1, 8))
def test_saving_again_and_again_gets_cheaper_each_time_loses_no_pod_and_ends(fleet, allowed):
    number, nodes = 1, []
    for n, (kind, held) in enumerate(fleet):
        nodes.append(node(n, kind, on=pods(*[0] * held, first=number), asks=ONE))
        number += held
    price, all_pods = sum(one.usd_per_hour for one in nodes), sorted(pod.number for one in nodes for pod in one.pods)
    for step in range(40):
        found = command(scene(nodes), allowed, "WhenEmptyOrUnderutilized")
        if found is None:
            break
        assert len(found.nodes) <= allowed
        nodes = carried_out(found, nodes, 100 + step)
        now = sum(one.usd_per_hour for one in nodes)
        assert now == pytest.approx(price - found.saves_usd_per_hour)
        assert found.saves_usd_per_hour > 0
        price = now

    assert found is None, "it settles"
    assert sorted(pod.number for one in nodes for pod in one.pods) == all_pods


def carried_out(found, nodes, number):
    """Do what a command says, as the scheduler would: pods go where the thought put them."""
    leaving = [one for one in nodes if one.number in found.nodes]
    stay = [one for one in nodes if one.number not in found.nodes]
    moving = [pod for one in leaving for pod in one.pods]
    where = solve(moving, stay, ALL, ONE, Zones({}, (0, 1, 2)), ANYWHERE)
    held = {one.number: [*one.pods, *(p for p in moving if where.settled.get(p.number) == one.number)] for one in stay}
    after = [node(one.number, one.kind, one.zone, on=held[one.number], asks=ONE) for one in stay]
    if found.claim is not None:
        after.append(node(number, found.claim.options[0], on=found.claim.pods, asks=ONE))
    return after


def test_the_budget_is_rounded_up():
    assert [budget(n, 0, 10) for n in (1, 9, 10, 11, 20, 21)] == [1, 1, 1, 2, 2, 3]
