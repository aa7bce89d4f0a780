"""Drains that ask first: a budget lets pods go one after the other, or not at all; what is no drain asks nobody."""

import pytest

from engine import Kind
from engine.rollouts import ready
from tests.engine.the_log import numbers, reasons, tell, times

# Twelve pods on four nodes of two zones, three on each; a pod is back 1 + 2 s after it went, and ready at once.
CALM = {
    "launch_type": "eks-managed", "zones": 2, "duration_s": 300, "fleet": {"hosts": 4},
    "assumptions": {"scheduler_s": 1, "container_s": 2},
}  # fmt: skip
DRAIN = {"do": "drain-host", "host": "a1", "at_s": 100}


def drained(budget, *operations, given=None):
    service = {
        "desired": 12,
        "cpu_units": 512,
        "memory_mib": 512,
        "image_mib": 0,
        "start_s": 0,
        "pods": {"disruption": budget},
    } | (given or {})
    return tell(**CALM | {"services": [service], "operations": [*operations] or [DRAIN]})


def fewest(run_):
    spans = ready(run_)
    return min(
        int(((spans.start_s <= t) & (spans.end_s > t)).sum()) for t in [1, *spans.start_s, *spans.end_s] if 0 < t < 300
    )


#     budget                   pods evicted at              fewest ready
@pytest.mark.parametrize(("budget", "evicted", "least"), [
    (None, [100, 100, 100], 9),
    ({"min_available": 10}, [100, 100, 105], 10),     # the third when asked again, 5 s later
    ({"max_unavailable": 1}, [100, 105, 110], 11),
    ({"min_available": "90%"}, [100, 105, 110], 11),  # 10.8 is 11
    ({"max_unavailable": "5%"}, [100, 105, 110], 11),  # 0.6 is 1
    ({"max_unavailable": 0}, [], 12),
])  # fmt: skip
def test_a_budget_sets_the_pace_of_a_drain(budget, evicted, least):
    run_ = drained(budget)

    assert times(run_, Kind.POD_EVICTED) == evicted
    assert fewest(run_) == least


def test_a_refusal_says_why_and_when_it_asks_again():
    run_ = drained({"max_unavailable": 0})

    assert set(reasons(run_, Kind.EVICTION_REFUSED)) == {"the disruption budget needs 12 healthy pods and has 12"}
    assert numbers(run_, "value", Kind.EVICTION_REFUSED) == [5, 5, 5]  # said once for each pod, asked again and again


def test_two_drains_share_one_budget():
    run_ = drained({"max_unavailable": 2}, DRAIN, DRAIN | {"host": "b1"})

    assert len(times(run_, Kind.POD_EVICTED)) == 6
    assert fewest(run_) == 10


def test_a_node_that_dies_asks_nobody():
    run_ = drained({"max_unavailable": 0}, {"do": "fail-host", "host": "a1", "at_s": 100})

    assert times(run_, Kind.EVICTION_REFUSED) == []
    assert fewest(run_) == 9


def test_nor_does_a_rollout():
    run_ = drained(
        {"max_unavailable": 0}, {"do": "deploy", "at_s": 100},
        given={"pods": {"disruption": {"max_unavailable": 0}, "rollout": {"max_surge": "0", "max_unavailable": "3"}}},
    )  # fmt: skip

    assert fewest(run_) == 9
    assert len(times(run_, Kind.ROLLOUT_DONE)) == 1


@pytest.mark.parametrize(("policy", "evicted"), [("IfHealthyBudget", 0), ("AlwaysAllow", 2)])
def test_pods_that_never_became_ready_hold_a_drain_up_unless_they_may_always_go(policy, evicted):
    """A bad version has taken the place of two pods of twelve; the budget wants twelve. Both nodes of zone a drain."""
    run_ = drained(
        None, {"do": "deploy", "at_s": 50, "fails": True}, DRAIN, DRAIN | {"host": "a2"}, DRAIN | {"host": "b1"},
        DRAIN | {"host": "b2"},
        given={"pods": {"disruption": {"min_available": 12, "unhealthy": policy},
                        "rollout": {"max_surge": "0", "max_unavailable": "2"}}},
    )  # fmt: skip

    assert len(times(run_, Kind.POD_EVICTED)) == evicted


def test_a_patch_that_a_budget_holds_up_says_what_holds_it():
    held = tell(**CALM | {"duration_s": 2_000, "operations": [{"do": "patch", "at_s": 50, "launch_first": False}],
                          "services": [{"desired": 4, "image_mib": 0, "start_s": 0,
                                        "pods": {"disruption": {"max_unavailable": 0}}}]})  # fmt: skip

    assert times(held, Kind.POD_EVICTED) == []
    assert set(reasons(held, Kind.PATCH_STUCK)) == {"disruption-budget"}


def test_ecs_knows_no_budget():
    run_ = tell(**CALM | {"launch_type": "ecs-ec2", "operations": [DRAIN],
                          "balancer": {"deregistration_delay_s": 0},
                          "services": [{"desired": 12, "cpu_units": 512, "az_rebalancing": False, "pods": {"disruption": {"max_unavailable": 0}}}]})  # fmt: skip

    assert times(run_, Kind.EVICTION_REFUSED) == []
    assert len(times(run_, Kind.TASK_STOPPED)) == 3
