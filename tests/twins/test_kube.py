"""The fast schedule, the simulation's own `decide` and a plain loop over nodes: every pod on the same node."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.placement.kube.objects import (
    Affinity,
    Container,
    HostPort,
    Node,
    NodeAffinity,
    NodeTerm,
    Pod,
    PodAffinity,
    PodTerm,
    Requirement,
    Selector,
    Taint,
    Toleration,
    WeightedNodeTerm,
)
from engine.placement.kube.one_by_one import schedule_by_decide, schedule_by_loop
from engine.placement.kube.snapshot import Snapshot
from engine.placement.kube.stream import schedule_stream
from engine.rng import stream

MIB = 1024 * 1024
EFFECTS = ("NoSchedule", "PreferNoSchedule", "NoExecute")

taints = st.builds(Taint, st.sampled_from("xyz"), st.sampled_from(["", "1"]), st.sampled_from(EFFECTS))
soft = st.builds(Taint, st.sampled_from("xyz"), st.just(""), st.just("PreferNoSchedule"))
tolerations = st.builds(
    Toleration,
    st.sampled_from("xyz"),
    st.sampled_from(["Equal", "Exists"]),
    st.just(""),
    st.sampled_from(["", *EFFECTS]),
)
amounts = st.fixed_dictionaries(
    {},
    optional={
        "cpu_m": st.integers(0, 12).map(lambda n: n * 100),
        "memory": st.integers(0, 12).map(lambda n: n * 128 * MIB),
        "example.com/card": st.integers(0, 2),
    },
)
rules = st.sampled_from([
    Requirement("zone", "In", ("a",)), Requirement("zone", "NotIn", ("b", "c")), Requirement("zone", "Exists"),
    Requirement("cores", "Gt", ("2",)), Requirement("zone", "In", ()),
])  # fmt: skip
terms = st.lists(rules, min_size=0, max_size=2).map(lambda found: NodeTerm(tuple(found)))
wishes = st.lists(st.builds(WeightedNodeTerm, st.integers(0, 9), terms), max_size=3).map(tuple)
containers = st.builds(
    Container, amounts, st.sampled_from([(), (), (HostPort(80),), (HostPort(80, "TCP", "10.0.0.1"),), (HostPort(80, "UDP"),)]),
    st.sampled_from(["", "web", "api:2"]),
)  # fmt: skip
pods = st.builds(
    Pod,
    containers=st.lists(containers, min_size=1, max_size=2).map(tuple),
    init_containers=st.lists(containers, max_size=1).map(tuple),
    tolerations=st.lists(tolerations, max_size=2).map(tuple),
    node_selector=st.sampled_from([{}, {}, {"zone": "a"}]),
    affinity=st.builds(
        Affinity,
        st.builds(NodeAffinity, st.none() | st.lists(terms, min_size=1, max_size=2).map(tuple), wishes),
    ),
)


@st.composite
def clusters(draw):
    """A few nodes of any kind, with some pods on them."""
    nodes = [
        Node(
            f"n{n}",
            draw(st.sampled_from([{}, {"zone": "a"}, {"zone": "b", "cores": "4"}, {"cores": "2"}])),
            tuple(draw(st.lists(soft, max_size=2) | st.lists(taints, max_size=2))),
            draw(st.integers(0, 9)) == 0,
            draw(amounts.map(lambda found: {name: n * 5 for name, n in found.items()}))
            | {"pods": draw(st.integers(0, 6))},
            draw(st.sampled_from([{}, {"web:latest": 400 * MIB}, {"api:2": 900 * MIB, "web:latest": 400 * MIB}])),
        )
        for n in range(draw(st.integers(1, 6)))
    ]
    running = draw(st.lists(st.builds(Pod, node=st.sampled_from([n.name for n in nodes]),
                                      containers=st.lists(containers, max_size=1).map(tuple)), max_size=4))  # fmt: skip
    return Snapshot.of(nodes, running)


@st.composite
def streams(draw):
    """Some shapes, and pods of them in any order."""
    shapes = draw(st.lists(pods, min_size=1, max_size=3))
    order = draw(st.lists(st.integers(0, len(shapes) - 1), max_size=16))
    return shapes, np.array(order, dtype=np.int64)


def assert_all_agree(cluster, shapes, order, salt=0):
    fast = schedule_stream(cluster, shapes, order, salt)
    np.testing.assert_array_equal(fast, schedule_by_decide(cluster, shapes, order, salt), err_msg="decide")
    np.testing.assert_array_equal(fast, schedule_by_loop(cluster, shapes, order, salt), err_msg="loop")
    return fast


@settings(max_examples=400, deadline=None)
@given(clusters(), streams(), st.integers(0, 2**63 - 1))
def test_any_stream_goes_the_same_way_by_all_three(cluster, asked, salt):
    assert_all_agree(cluster, *asked, salt)


def large(n=40, seed=7):
    draws = np.random.default_rng(seed)
    return Snapshot.of([
        Node(f"n{k}", {"zone": "abc"[k % 3]}, (Taint("x", "", "PreferNoSchedule"),) * int(draws.integers(0, 3)),
             allocatable={"cpu_m": int(draws.integers(2, 9)) * 1000, "memory": int(draws.integers(4, 33)) * 1024 * MIB,
                          "pods": int(draws.integers(3, 20))})
        for k in range(n)
    ])  # fmt: skip


def shape(cpu, mib, **more):
    return Pod(containers=(Container({"cpu_m": cpu, "memory": mib * MIB}),), **more)


@pytest.mark.parametrize("how", ["mixed", "in batches", "one by one in turn"])
def test_a_fleet_fills_up_until_nothing_fits(how):
    """Maxima of what is normalised fall on the way, as the nodes that have them fill."""
    wish = WeightedNodeTerm(3, NodeTerm((Requirement("zone", "In", ("a",)),)))
    shapes = [shape(250, 512), shape(500, 2048, affinity=Affinity(NodeAffinity(preferred=(wish,)))), shape(900, 256)]
    order = stream(1, "test").integers(0, 3, 600)
    order = {"mixed": order, "in batches": np.sort(order), "one by one in turn": np.arange(600) % 3}[how]
    found = assert_all_agree(large(), shapes, order, salt=3)

    assert (found == -1).sum() > 20
    assert (found >= 0).sum() > 250


def test_equal_nodes_take_turns_by_lot_and_each_seed_draws_other_lots():
    same = Snapshot.of([Node(f"n{k}", allocatable={"cpu_m": 4000, "memory": 8192 * MIB, "pods": 9}) for k in range(12)])
    order = np.zeros(24, dtype=np.int64)
    one, other = (schedule_stream(same, [shape(100, 100)], order, salt) for salt in (1, 2))

    assert sorted(one[:12].tolist()) == list(range(12))  # none is asked twice before all were asked
    assert one.tolist() != other.tolist()
    assert one[:12].tolist() != one[12:].tolist()  # lots are drawn anew


def test_a_pod_that_waits_does_not_hinder_those_after_it():
    one = Snapshot.of([Node("a", allocatable={"cpu_m": 1000, "memory": 8192 * MIB, "pods": 9})])
    found = assert_all_agree(one, [shape(800, 1), shape(100, 1)], np.array([0, 0, 1, 1, 1]))

    assert found.tolist() == [0, -1, 0, 0, -1]


def test_pods_that_look_around_are_not_for_this_kernel():
    far = Affinity(anti=PodAffinity((PodTerm("zone", Selector()),)))

    with pytest.raises(ValueError, match="look at their neighbours"):
        schedule_stream(large(), [shape(1, 1, affinity=far)], np.zeros(1, dtype=np.int64))
