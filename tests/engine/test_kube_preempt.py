"""Pre-emption: each rule, in its turn, picks another node and other victims."""

import pytest

from engine.placement.kube.objects import Selector
from engine.placement.kube.preempt import Budget, preempt
from tests.engine.a_cluster import node, pod

NODES = [node("a", 1000), node("b", 1000)]


def there(at, cpu, priority, name=""):
    return pod(cpu, 0.1, node=at, priority=priority, name=name or f"{at}{cpu}", labels={"app": name or "x"})


def names(found):
    return None if found is None else (found.node, [one.name for one in found.victims])


@pytest.mark.parametrize(("running", "node_and_victims"), [
    # Both are full of one pod: the less important one goes.
    ([there("a", 900, 5), there("b", 900, 4)], (1, ["b900"])),
    # Equally important: fewer priorities in sum, which is also fewer pods.
    ([there("a", 500, 5), there("a", 400, 5), there("b", 900, 5)], (1, ["b900"])),
    ([there("a", 900, 5), there("b", 450, 5), there("b", 450, -9)], (0, ["a900"])),
    # All equal: the one that started last.
    ([there("a", 900, 5), there("b", 900, 5)], (1, ["b900"])),
    # Who can stay stays, the most important first.
    ([there("a", 300, 1), there("a", 300, 3), there("a", 300, 2), there("b", 900, 20)], (0, ["a300"] * 2)),
    # Nobody of higher or of the same priority goes.
    ([there("a", 900, 10), there("b", 900, 20)], None),
])  # fmt: skip
def test_room_is_made_where_it_costs_least(running, node_and_victims):
    found = preempt(pod(600, 0.1, priority=10), NODES, running)

    assert names(found) == node_and_victims


def test_the_most_important_of_the_weaker_ones_stays():
    found = preempt(
        pod(600, 0.1, priority=10),
        NODES[:1],
        [there("a", 300, 1, "x"), there("a", 300, 3, "y"), there("a", 300, 2, "z")],
    )

    assert [one.name for one in found.victims] == ["z", "x"]


def test_a_budget_is_broken_only_where_nothing_else_helps():
    running = [there("a", 900, 1, "kept"), there("b", 900, 5, "other")]
    kept = Budget(Selector({"app": "kept"}), 0)

    assert names(preempt(pod(600, 0.1, priority=10), NODES, running)) == (0, ["kept"])
    assert names(preempt(pod(600, 0.1, priority=10), NODES, running, [kept])) == (1, ["other"])
    forced = preempt(pod(600, 0.1, priority=10), NODES[:1], running, [kept])
    assert (names(forced), forced.broken) == ((0, ["kept"]), 1)
    # A budget that still allows one, one of another namespace, and one that selects everything protect nobody.
    for budget in (
        Budget(Selector({"app": "kept"}), 1),
        Budget(Selector({"app": "kept"}), 0, "z"),
        Budget(Selector(), 0),
    ):
        assert names(preempt(pod(600, 0.1, priority=10), NODES, running, [budget])) == (0, ["kept"])


def test_a_pod_that_a_budget_protects_gets_its_chance_to_stay_first():
    running = [there("a", 450, 5, "strong"), there("a", 450, 1, "kept")]
    kept = Budget(Selector({"app": "kept"}), 0)

    assert names(preempt(pod(500, 0.1, priority=10), NODES[:1], running)) == (0, ["kept"])
    assert names(preempt(pod(500, 0.1, priority=10), NODES[:1], running, [kept])) == (0, ["strong"])


def test_no_eviction_opens_a_cordoned_or_a_tainted_node():
    closed = [node("a", 1000, unschedulable=True), node("b", 1000, taints=["x=1:NoSchedule"])]
    running = [there("a", 900, 1), there("b", 900, 1)]

    assert preempt(pod(600, 0.1, priority=10), closed, running) is None
