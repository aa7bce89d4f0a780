"""Topology spread and pod affinity: small clusters in which every wrong rule gives another answer."""

from dataclasses import replace

import numpy as np
import pytest

from engine import Scenario, ScenarioError, run
from engine.events import Kind
from engine.placement.kube import topology
from engine.placement.kube.decide import decide
from engine.placement.kube.edition import TODAY, V1_20
from engine.placement.kube.objects import (
    Affinity,
    Container,
    Node,
    NodeAffinity,
    NodeTerm,
    Pod,
    PodAffinity,
    PodTerm,
    Requirement,
    Selector,
    Spread,
    Taint,
    Toleration,
    WeightedPodTerm,
)
from engine.placement.kube.plugins import INTER_POD, SPREAD
from engine.placement.kube.snapshot import Snapshot
from engine.placement.kube.spread_rules import HOSTNAME, ZONE
from engine.placement.kube.topology_kernel import NO_FRIEND, NO_KEY, OK, OWN_FOE, THEIR_FOE, TOO_SKEWED

WEB = Selector({"app": "web"})
SIZE = {"cpu_m": 4000, "memory": 8 << 30, "pods": 10}


def node(name, zone=None, taints=(), **labels):
    where = {} if zone is None else {ZONE: zone}
    return Node(name, {HOSTNAME: name, **where, **labels}, taints, allocatable=SIZE)


def pod(app="web", on="", **more):
    return Pod(app, "d", {"app": app}, on, (Container({"cpu_m": 100, "memory": 1 << 28}),), **more)


def cluster(nodes, **counts):
    """Show nodes with so many pods of `web` on each, by name."""
    return Snapshot.of(nodes, [pod(on=name) for name, n in counts.items() for _ in range(n)])


#                 zone a: 3 pods         zone b: 1       zone c: 0
ZONES = [node("a1", "a"), node("a2", "a"), node("b1", "b"), node("c1", "c"), node("x")]
HERE = {"a1": 2, "a2": 1, "b1": 1}


@pytest.mark.parametrize(("rule", "said"), [
    ({"max_skew": 1}, [TOO_SKEWED, TOO_SKEWED, TOO_SKEWED, OK, NO_KEY]),
    ({"max_skew": 2}, [TOO_SKEWED, TOO_SKEWED, OK, OK, NO_KEY]),
    ({"max_skew": 4}, [OK, OK, OK, OK, NO_KEY]),
    ({"max_skew": 1, "topology_key": HOSTNAME}, [TOO_SKEWED, TOO_SKEWED, TOO_SKEWED, OK, OK]),
    ({"max_skew": 1, "selector": None}, [OK, OK, OK, OK, NO_KEY]),
    ({"max_skew": 1, "when": "ScheduleAnyway"}, [OK] * 5),
])  # fmt: skip
def test_what_a_constraint_says_of_each_node(rule, said):
    asks = pod(spread=(Spread(**{"topology_key": ZONE, "selector": WEB} | rule),))

    assert topology.spread_says(asks, cluster(ZONES, **HERE)).tolist() == said


def test_too_few_zones_count_as_an_empty_one():
    """Two zones with one pod each: with three wanted, one more is one too many everywhere."""
    two = cluster([node("a1", "a"), node("b1", "b")], a1=1, b1=1)
    rule = Spread(1, ZONE, selector=WEB)

    assert topology.spread_says(pod(spread=(rule,)), two).tolist() == [OK, OK]
    assert topology.spread_says(pod(spread=(replace(rule, min_domains=3),)), two).tolist() == [TOO_SKEWED, TOO_SKEWED]


def test_a_zone_that_is_silent_holds_the_others_back_until_its_nodes_are_gone():
    """As long as dead nodes are listed they are the emptiest zone; deleted, they are no zone any more."""
    asks = pod(spread=(Spread(1, ZONE, selector=WEB),))
    listed = cluster(ZONES[:4], a1=1, b1=1)
    gone = replace(listed, is_there=np.array([True, True, True, False]))

    assert topology.spread_says(asks, listed).tolist()[:3] == [TOO_SKEWED] * 3
    assert topology.spread_says(asks, gone).tolist()[:3] == [OK] * 3


def test_nodes_that_the_pod_may_not_enter_count_or_do_not():
    """Zone c is empty and closed to the pod: by affinity it is left out at once, by taint only if it is told so."""
    only_ab = NodeAffinity((NodeTerm((Requirement(ZONE, "In", ("a", "b")),)),))
    tainted = [*ZONES[:3], node("c1", "c", (Taint("gpu"),))]
    rule = Spread(1, ZONE, selector=WEB)

    def said(asks, nodes):
        return topology.spread_says(asks, cluster(nodes, a1=1, b1=1)).tolist()[:3]

    assert said(pod(spread=(rule,), affinity=Affinity(only_ab)), ZONES[:4]) == [OK] * 3
    assert (
        said(pod(spread=(replace(rule, affinity_policy="Ignore"),), affinity=Affinity(only_ab)), ZONES[:4])
        == [TOO_SKEWED] * 3
    )
    assert said(pod(spread=(rule,)), tainted) == [TOO_SKEWED] * 3
    assert said(pod(spread=(replace(rule, taints_policy="Honor"),)), tainted) == [OK] * 3


def test_a_zone_of_lost_nodes_is_none_to_be_even_with_where_taints_are_honoured():
    rule = Spread(1, ZONE, selector=WEB)
    lost = replace(cluster(ZONES[:4], a1=1, b1=1), is_closed=np.array([False, False, False, True]))
    honours = pod(spread=(replace(rule, taints_policy="Honor"),))
    puts_up = replace(honours, tolerations=(Toleration("", "Exists"),))

    assert topology.spread_says(pod(spread=(rule,)), lost).tolist() == [TOO_SKEWED] * 3 + [OK]
    assert topology.spread_says(honours, lost).tolist()[:3] == [OK] * 3
    assert topology.spread_says(puts_up, lost).tolist()[:3] == [TOO_SKEWED] * 3  # to this pod nothing is closed


def test_pods_of_a_lost_zone_start_in_the_others_where_taints_are_honoured():
    def placed(**rule):
        scenario = Scenario.of(
            {
                "launch_type": "eks-managed",
                "duration_s": 600,
                "traffic": {"rps": 0},
                "services": [
                    {"desired": 3, "pods": {"scheduling": {"neighbours": {"spread": [{"over": "zone", **rule}]}}}}
                ],
                "fleet": {"hosts": 3, "replace": False},
                "operations": [{"at_s": 60, "do": "fail-zone", "zone": "b"}],
            }
        )
        events = run(scenario).events
        return int(((events.kind == Kind.TASK_PLACED) & (events.at_s > 60)).sum())

    assert placed() == 0
    assert placed(node_taints="Honor") == 1


def test_each_version_is_spread_for_itself_if_it_asks_for_that():
    new = replace(pod(), labels={"app": "web", "hash": "2"})
    rule = Spread(1, ZONE, selector=WEB)
    there = cluster([node("a1", "a"), node("b1", "b")], a1=2)

    apart = replace(new, spread=(replace(rule, match_label_keys=("hash",)),))
    together = replace(new, spread=(rule,))
    assert topology.spread_says(together, there).tolist() == [TOO_SKEWED, OK]
    assert topology.spread_says(apart, there).tolist() == [OK, OK]


def test_pods_on_their_way_out_and_those_of_other_namespaces_are_not_counted():
    leaving, foreign = replace(pod(on="a1"), terminating=True), replace(pod(on="a1"), namespace="e")
    there = Snapshot.of([node("a1", "a"), node("b1", "b")], [leaving, foreign, pod(on="b1")])
    asks = pod(spread=(Spread(1, ZONE, selector=WEB),))

    assert topology.spread_says(asks, there).tolist() == [OK, TOO_SKEWED]


def points(asks, there, nodes=None, edition=TODAY):
    every = np.arange(len(there), dtype=np.int64) if nodes is None else np.array(nodes, dtype=np.int64)
    return topology.topology_spread(asks, there, every, edition).normal.tolist()


def test_an_edition_rounds_or_cuts_off():
    """log(4) = 1.386: counts 0, 1, 2, 3 are 0, 1.39, 2.77, 4.16 and so 0, 1, 3, 4 rounded, 0, 1, 2, 4 cut off."""
    there = cluster([node("a1", "a"), node("b1", "b")], a1=2, b1=4)
    asks = pod(spread=(Spread(1, ZONE, "ScheduleAnyway", WEB),))

    assert points(asks, there) == [100, 50]  # 3 and 6 of 2 x 1.386 and 4 x 1.386
    assert points(asks, there, edition=V1_20) == [100, 40]  # 2 and 5


def test_a_pod_without_wishes_is_spread_by_what_owns_it_even_where_a_node_has_no_zone():
    there = cluster(ZONES, **HERE)
    asks = pod(owner=WEB)
    own = pod(spread=(Spread(3, HOSTNAME, "ScheduleAnyway", WEB), Spread(5, ZONE, "ScheduleAnyway", WEB)))

    soft = points(asks, there)
    assert soft[4] == max(soft)  # no zone, no pod there: the emptiest
    assert points(own, there)[4] == 0  # asked for in so many words, a node without a zone gets nothing
    assert topology.topology_spread(pod(), there, np.arange(5)) is None
    assert points(pod(), there, edition=V1_20) == [100] * 5


# --- neighbours ------------------------------------------------------------------------------------------------------


def near(*apps, key=HOSTNAME, **more):
    return PodAffinity(tuple(PodTerm(key, Selector({"app": app}), **more) for app in apps))


@pytest.mark.parametrize(("affinity", "said"), [
    (Affinity(pod=near("web")), [OK, NO_FRIEND, NO_FRIEND]),
    (Affinity(pod=near("web", key=ZONE)), [OK, OK, NO_FRIEND]),
    (Affinity(pod=near("web", "db")), [NO_FRIEND] * 3),  # no pod is both
    (Affinity(pod=near("web", key="rack")), [NO_FRIEND] * 3),
    (Affinity(anti=near("web", key=ZONE)), [OWN_FOE, OWN_FOE, OK]),
    (Affinity(anti=near("web", key="rack")), [OK, OK, OK]),
    (Affinity(anti=near("web", namespaces=("e",))), [OK, OK, OK]),
])  # fmt: skip
def test_what_neighbours_say(affinity, said):
    there = Snapshot.of([node("a1", "a"), node("a2", "a"), node("b1", "b")], [pod(on="a1")])

    assert topology.neighbours_say(pod("db", affinity=affinity), there).tolist() == said


def test_the_first_of_pods_that_want_to_be_together_may_go_anywhere():
    nodes = [node("a1", "a"), node("b1", "b"), Node("x", {}, allocatable=SIZE)]
    asks = pod(affinity=Affinity(pod=near("web", key=ZONE)))

    assert topology.neighbours_say(asks, cluster(nodes)).tolist() == [OK, OK, NO_FRIEND]
    assert topology.neighbours_say(asks, cluster(nodes, b1=1)).tolist() == [NO_FRIEND, OK, NO_FRIEND]
    assert topology.neighbours_say(pod("db", affinity=asks.affinity), cluster(nodes)).tolist() == [NO_FRIEND] * 3


def test_a_pod_that_is_there_keeps_others_off_and_what_cannot_be_read_goes_nowhere():
    hermit = pod("db", on="a1", affinity=Affinity(anti=near("web", key=ZONE)))
    there = Snapshot.of(ZONES[:3], [hermit])
    bad = Affinity(anti=PodAffinity((PodTerm(ZONE, Selector(exprs=(Requirement("app", "In", ("{{.}}",)),))),)))

    assert topology.neighbours_say(pod(), there).tolist() == [THEIR_FOE, THEIR_FOE, OK]
    assert topology.neighbours_say(pod(affinity=bad), there).tolist() == [NO_FRIEND] * 3
    assert topology.neighbours_say(pod(), Snapshot.of(ZONES[:3], [replace(hermit, affinity=bad)])).tolist() == [OK] * 3


def wish(weight, app, key=ZONE):
    return (WeightedPodTerm(weight, PodTerm(key, Selector({"app": app}))),)


def test_wishes_count_both_ways_and_begin_at_the_lowest_node():
    """a: one web (+6 of mine). b: one db that wants web near (its 4, and 1 for what it requires). c: nobody."""
    fan = pod("db", on="b1", affinity=Affinity(pod=PodAffinity(near("web", key=ZONE).required, wish(4, "web"))))
    there = Snapshot.of(ZONES[:4], [pod(on="a1"), fan])
    asks = pod(affinity=Affinity(pod=PodAffinity(preferred=wish(6, "web")), anti=PodAffinity(preferred=wish(2, "db"))))
    every = np.arange(4)

    def scored(**more):
        return topology.pod_affinity(asks, there, every, **more)

    assert scored().raw.tolist() == [6, 6, 3, 0]  # 4 + 1 - 2
    assert scored(hard_weight=0).raw.tolist() == [6, 6, 2, 0]
    assert scored().normal.tolist() == [100, 100, 50, 0]
    left = np.array([0, 2])
    assert topology.pod_affinity(asks, there, left).normal.tolist() == [100, 0]
    assert topology.pod_affinity(asks, there, left, V1_20).normal.tolist() == [100, 50]


def test_the_decisions_table_has_both_plugins_and_names_each_no():
    hermit = pod("db", on="b1", affinity=Affinity(anti=near("web")))
    there = Snapshot.of([*ZONES, node("c2", "c")], [pod(on="a1"), pod(on="c2"), hermit])
    asks = pod(
        spread=(Spread(1, ZONE, selector=WEB), Spread(1, HOSTNAME, "ScheduleAnyway", WEB)),
        affinity=Affinity(anti=PodAffinity(preferred=wish(10, "web", HOSTNAME))),
    )  # fmt: skip
    ruling = decide(asks, there)

    assert ruling.refused == {"skew": 4, "no-domain": 1, "avoided": 1}
    assert [ruling.plugin_of[reason] for reason in ruling.refused] == [SPREAD, SPREAD, INTER_POD]
    assert ruling.host is None

    freed = Snapshot.of([*ZONES, node("c2", "c"), node("b2", "b")], [pod(on="a1"), pod(on="c2"), hermit])
    assert freed.nodes[decide(asks, freed).host].name == "b2"
    easy = decide(replace(asks, spread=asks.spread[1:]), freed)
    assert {SPREAD, INTER_POD} <= set(easy.marks)
    assert easy.marks[SPREAD].normal.tolist()[:4] == [0, 100, 0, 100]  # a1 holds one; b1 was struck out
    assert easy.marks[INTER_POD].weight == easy.marks[SPREAD].weight == 2


# --- in a run --------------------------------------------------------------------------------------------------------


def seven_pods(**neighbours):
    return Scenario.of({
        "launch_type": "eks-managed", "zones": 3, "duration_s": 300, "traffic": {"rps": 2}, "fleet": {"hosts": 6},
        "services": [{"name": "web", "desired": 7, "pods": {"scheduling": {"neighbours": neighbours}}}],
    })  # fmt: skip


def kinds(found):
    return [Kind(kind) for kind in found.events.kind.tolist()]


def test_of_seven_pods_that_keep_apart_the_seventh_waits_on_six_nodes():
    together, apart = run(seven_pods()), run(seven_pods(apart=[{"over": "hostname"}]))

    assert kinds(together).count(Kind.TASK_PLACED) == 7
    assert kinds(apart).count(Kind.TASK_PLACED) == 6
    assert Kind.TASK_REFUSED in kinds(apart)


def test_a_rule_about_a_service_that_does_not_exist_is_refused_in_words():
    with pytest.raises(ScenarioError) as caught:
        seven_pods(near=[{"service": "db"}], rather_apart=[{"service": "cache"}])

    assert [problem.path for problem in caught.value.problems] == [
        "services.0.pods.scheduling.neighbours.near.0.service",
        "services.0.pods.scheduling.neighbours.rather_apart.0.service",
    ]
    assert {problem.came for problem in caught.value.problems} == {"db", "cache"}


def test_a_pod_on_its_way_out_still_keeps_its_likes_off_its_node():
    """Three pods that keep apart on three nodes: the one that replaces the first waits until that is gone."""

    def placed_s(**neighbours):
        plain = seven_pods(**neighbours).model_dump(mode="json")
        plain["fleet"]["hosts"], plain["services"][0]["desired"] = 3, 3
        found = run(Scenario.of(plain | {"operations": [{"do": "stop-task", "at_s": 100, "task": 1}]}))
        at_s = found.events.at_s
        return at_s[found.events.where(Kind.TASK_PLACED)].max(), at_s[found.events.where(Kind.TASK_STOPPED)].min()

    replaced, gone = placed_s()
    assert replaced < gone
    replaced, gone = placed_s(apart=[{"over": "hostname"}])
    assert replaced >= gone


def test_rules_of_other_services_and_by_label_hold_in_a_run():
    """`db` keeps away from whatever is labelled tier: web; `cache` goes where a db is. Three nodes, one web."""
    asks = {"services": [
        {"name": "web", "desired": 1, "pods": {"scheduling": {"neighbours": {"labels": {"tier": "web"}}}}},
        {"name": "db", "desired": 4, "pods": {"scheduling": {"neighbours": {"apart": [{"labels": {"tier": "web"}}]}}}},
        {"name": "cache", "desired": 4, "pods": {"scheduling": {"neighbours": {"near": [{"service": "db"}]}}}},
    ]}  # fmt: skip
    plain = seven_pods().model_dump(mode="json") | asks
    plain["fleet"]["hosts"] = 3
    plain["kubernetes"]["nodes"]["reserves"] = False
    found = run(Scenario.of(plain))
    log, rows = found.events, found.events.where(Kind.TASK_PLACED)
    host = {name: set() for name in ("web", "db", "cache")}
    for service, number in zip(log.service[rows].tolist(), log.host[rows].tolist(), strict=True):
        host[("web", "db", "cache")[service]].add(number)

    assert host["db"].isdisjoint(host["web"])
    assert host["cache"] <= host["db"]
    assert len(rows) == 9
