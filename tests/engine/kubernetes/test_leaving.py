"""Which pod a ReplicaSet deletes first: each rule decides where the ones before it are silent."""

from dataclasses import replace

import pytest

from engine.kubernetes.leaving import Going, first_to_go

GOOD = Going(task=0, zone=0, host=0, is_assigned=True, is_running=True, is_ready=True, ready_s=100, restarts=0)


def pods(*changes):
    """Ready pods, each on a node of its own, but for what is said; a pod's number is its place, from 1."""
    return [replace(GOOD, task=n, host=n) if not more else replace(GOOD, task=n, **{"host": n} | more)
            for n, more in enumerate(changes, 1)]  # fmt: skip


@pytest.mark.parametrize(("changes", "task", "rule"), [
    (({}, {"is_assigned": False, "is_running": False, "is_ready": False}, {"is_running": False, "is_ready": False}), 2,
     "not-placed"),
    (({}, {"is_running": False, "is_ready": False}, {"is_ready": False}), 2, "not-running"),
    (({"is_ready": False}, {}, {"ready_s": 900}), 1, "not-ready"),
    (({"host": 7}, {"host": 7, "ready_s": 50}, {"ready_s": 900}), 1, "ready-last"),  # two share node 7: the younger of them
    (({"ready_s": 300}, {"ready_s": 200}, {"ready_s": 100}), 1, "ready-last"),
    (({}, {"restarts": 2}, {"restarts": 1}), 2, "restarted"),
    (({}, {}, {}), 3, "newest"),
])  # fmt: skip
def test_the_pod_that_is_worth_least_goes(changes, task, rule):
    (found,) = first_to_go(pods(*changes))

    assert (found.task, found.decided_by) == (task, rule)


def test_a_crowded_node_gives_before_a_younger_pod_does():
    (found,) = first_to_go(pods({"host": 7, "ready_s": 10}, {"host": 7, "ready_s": 10}, {"ready_s": 900}))

    assert found.task == 2


def test_nobody_is_nobody():
    assert first_to_go([], many=3) == []
    assert [found.decided_by for found in first_to_go(pods({}), many=3)] == ["only"]


def test_pods_that_go_together_are_picked_from_one_ranking():
    """Nodes with three and two pods: all three of the first go before any of the other, as no node is counted anew."""
    gone = first_to_go(pods({"host": 7}, {"host": 7}, {"host": 7}, {"host": 8}, {"host": 8, "ready_s": 900}), many=4)

    assert [found.task for found in gone] == [3, 2, 1, 5]
    assert [len(found.tasks) for found in gone] == [5, 4, 3, 2]
    assert [found.decided_by for found in gone] == ["newest", "newest", "spread-hosts", "ready-last"]


def test_the_other_versions_pods_crowd_a_node_too():
    alone, crowded = first_to_go(pods({}, {}))[0], first_to_go(pods({}, {}), {1: 3, 2: 1})[0]

    assert (alone.task, crowded.task, crowded.decided_by) == (2, 1, "spread-hosts")
