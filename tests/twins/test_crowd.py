"""The compiled stream of pods that care who is where, `decide` and a plain loop over nodes: every pod on the same node."""

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.placement.kube.crowd_by_loop import schedule_crowd_by_loop
from engine.placement.kube.crowd_stream import numbered, schedule_crowd_stream
from engine.placement.kube.objects import Affinity, Container, Node, Pod, PodAffinity, PodTerm, Selector, Spread
from engine.placement.kube.one_by_one import schedule_by_decide
from engine.placement.kube.rule_book import RuleBook
from engine.placement.kube.snapshot import Snapshot
from engine.placement.kube.spread_rules import HOSTNAME, ZONE
from engine.placement.kube.stream import schedule_stream
from engine.placement.kube.topology import neighbours_say, pod_affinity, spread_says, topology_spread
from tests.laws.any_crowd import clusters, shapes


def assert_all_agree(cluster, shapes, order, salt):
    fast = schedule_crowd_stream(cluster, shapes, order, salt)
    np.testing.assert_array_equal(fast, schedule_crowd_by_loop(cluster, shapes, order, salt), err_msg="loop")
    np.testing.assert_array_equal(fast, schedule_by_decide(cluster, shapes, order, salt), err_msg="decide")
    return fast


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(clusters(), shapes, st.lists(st.integers(0, 2), max_size=12), st.integers(0, 2**63 - 1))
def test_any_stream_goes_the_same_way_by_all_three(cluster, shapes, order, salt):
    assert_all_agree(cluster, shapes, np.array(order, dtype=np.int64) % len(shapes), salt)


def service(app, *, alone=False, spread=()):
    mine = Selector({"app": app})
    anti = PodAffinity((PodTerm(HOSTNAME, mine),)) if alone else PodAffinity()
    return Pod(
        app, "d", {"app": app}, containers=(Container({"cpu_m": 100, "memory": 1 << 28}),), affinity=Affinity(anti=anti),
        spread=tuple(Spread(skew, key, when, mine) for skew, key, when in spread),
    )  # fmt: skip


def fleet(n, zones):
    size = {"cpu_m": 4000, "memory": 16 << 30, "pods": 20}
    return Snapshot.of([Node(f"n{i}", {HOSTNAME: f"n{i}", ZONE: f"z{i % zones}"}, allocatable=size) for i in range(n)])


def test_a_large_mixed_stream_keeps_every_promise():
    """Forty nodes in three zones of unequal size: the zones even to one pod, and nobody twice on a node who is alone."""
    cluster = fleet(40, 3)
    kinds = [
        service("web", spread=[(1, ZONE, "DoNotSchedule"), (1, HOSTNAME, "ScheduleAnyway")]),
        service("db", alone=True),
    ]
    order = np.arange(120) % 2
    found = assert_all_agree(cluster, kinds, order, 5)

    web, db = found[order == 0], found[order == 1]
    per_zone = np.bincount(web % 3)
    assert per_zone.max() - per_zone.min() <= 1
    assert sorted(db[db >= 0].tolist()) == list(range(40))  # forty found a node of their own, twenty none
    assert (db == -1).sum() == 20


def test_pods_that_care_about_nobody_go_as_in_the_stream_without():
    cluster, kinds = fleet(30, 3), [service("web"), service("api")]
    order = np.arange(90) % 2

    np.testing.assert_array_equal(
        schedule_crowd_stream(cluster, kinds, order, 3), schedule_stream(cluster, kinds, order, 3)
    )


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(clusters(), shapes, st.data())
def test_rules_kept_from_before_say_what_rules_drawn_anew_say(cluster, shapes, data):
    """Pods come and go, nodes are lost and come back: a book that saw it all answers as one that saw nothing."""
    kinds, cluster = numbered(cluster, shapes)
    known = [cluster.shapes[kind] for kind in kinds]
    book, every = RuleBook(), np.arange(len(cluster), dtype=np.int64)
    for _ in range(4):
        count = data.draw(st.lists(st.integers(0, 3), min_size=cluster.count.size, max_size=cluster.count.size))
        there = data.draw(st.lists(st.booleans(), min_size=len(cluster), max_size=len(cluster)))
        now = replace(cluster, count=np.array(count).reshape(cluster.count.shape), is_there=np.array(there))
        for pod in (*known, *shapes):
            with_book = replace(now, book=book)
            assert spread_says(pod, with_book).tolist() == spread_says(pod, now).tolist()
            assert neighbours_say(pod, with_book).tolist() == neighbours_say(pod, now).tolist()
            for score in (topology_spread, pod_affinity):
                kept, anew = score(pod, with_book, every), score(pod, now, every)
                assert (kept is None) == (anew is None)
                assert anew is None or kept.raw.tolist() == anew.raw.tolist()
