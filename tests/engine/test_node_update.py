"""Node updates, their times worked out by hand: who begins, who waits, and what a disruption budget does about it."""

import pytest

from engine import Kind, Scenario, run
from tests.engine.the_log import WHOLE, numbers, reasons, tell, times

# A node boots in 60 s. A pod is told at once, ends in 2 s; its replacement is there a few seconds later.
CALM = {
    "traffic": {"rps": 1}, "fleet": {"hosts": 3, "boot_min_s": 60, "boot_max_s": 60}, "zones": 3, "launch_type": "eks-managed",
    "balancer": {"deregistration_delay_s": 10, "check_every_s": 5, "check_timeout_s": 2},
}  # fmt: skip
UPDATE = {"do": "update-nodes", "at_s": 100}
NOBODY, ONE = {"max_unavailable": "0"}, {"max_unavailable": "1"}


def updated(budget=None, duration_s=4_000, *, force=False, more=(), at_once=1, strategy="default", desired=3, **given):
    service = {"desired": desired, "start_s": 0, "image_mib": 0, "pods": {"disruption": budget}}
    update = {"at_once": at_once, "strategy": strategy}
    return tell(
        **CALM | {"duration_s": duration_s, "services": [service], "operations": [UPDATE | {"by_force": force}, *more]}
        | {"kubernetes": {"update": update} | WHOLE} | given
    )  # fmt: skip


def phases(run_):
    names, nodes = reasons(run_, Kind.UPDATE_PHASE), numbers(run_, "value", Kind.UPDATE_PHASE)
    return list(zip(names, [int(n) for n in nodes], strict=True))


def evicted(run_, reason):
    return reasons(run_, Kind.POD_EVICTED).count(reason)


# --- a managed node group ---


def test_a_group_grows_by_two_nodes_a_zone_closes_the_old_ones_drains_them_one_by_one_and_shrinks():
    run_ = updated()

    assert phases(run_) == [("scale-up", 6), ("close", 3), ("drain", 1), ("scale-down", 3)]
    assert times(run_, Kind.UPDATE_STARTED) == [100]
    assert [t for t in times(run_, Kind.HOST_ASKED) if t] == [100] * 6
    assert times(run_, Kind.HOST_CORDONED) == [160] * 3
    first, second, third = (
        t for t, why in zip(times(run_, Kind.HOST_GONE), reasons(run_, Kind.HOST_GONE), strict=True) if why == "updated"
    )
    assert first == 160 + 2 + 60, "told at 160, gone at 162, and a minute's wait for the load balancers"
    assert (second - first, third - second) == (62, 62)
    assert evicted(run_, "drain") >= 3
    assert len(times(run_, Kind.UPDATE_DONE)) == 1
    assert numbers(run_, "value", Kind.UPDATE_DONE) == [times(run_, Kind.UPDATE_DONE)[0] - 100]


def test_minimal_ends_the_old_node_first_and_never_has_one_more():
    run_ = updated(strategy="minimal")

    assert phases(run_) == [("drain", 1)]
    assert [t for t in times(run_, Kind.HOST_ASKED) if t] == times(run_, Kind.HOST_GONE)
    assert len(times(run_, Kind.UPDATE_DONE)) == 1


@pytest.mark.parametrize(("hosts", "zones", "at_once", "ordered"), [
    (3, 3, 1, 6), (3, 1, 1, 2 + 1), (12, 3, 1, 12), (3, 1, 3, 3), (8, 2, 5, 5 + 3),
])  # fmt: skip
def test_after_the_first_growth_only_what_is_missing_is_ordered(hosts, zones, at_once, ordered):
    run_ = updated(at_once=at_once, zones=zones, fleet=CALM["fleet"] | {"hosts": hosts})

    assert len([t for t in times(run_, Kind.HOST_ASKED) if t]) == ordered
    left = set(numbers(run_, "host", Kind.HOST_READY)) - set(numbers(run_, "host", Kind.HOST_GONE))
    assert len(left) == hosts
    assert min(left) >= hosts, "all of them are new"


@pytest.mark.parametrize("strategy", ["default", "minimal"])
@pytest.mark.parametrize("launch_type", ["eks-managed", "eks-unmanaged", "eks-auto"])
def test_an_update_of_no_node_is_done_at_once(launch_type, strategy):
    run_ = updated(launch_type=launch_type, strategy=strategy, desired=0, fleet=CALM["fleet"] | {"hosts": 0})

    assert numbers(run_, "value", Kind.UPDATE_STARTED, Kind.UPDATE_DONE) == [0, 0]
    assert times(run_, Kind.HOST_ASKED) == []


def test_a_budget_that_lets_nobody_go_fails_the_update_after_fifteen_minutes():
    run_ = updated(NOBODY)

    assert times(run_, Kind.DRAIN_EXPIRED) == [160 + 900] == times(run_, Kind.UPDATE_FAILED)
    assert reasons(run_, Kind.UPDATE_FAILED) == ["PodEvictionFailure"]
    assert numbers(run_, "value", Kind.UPDATE_FAILED) == [3]
    assert reasons(run_, Kind.DRAIN_EXPIRED) == ["the disruption budget needs 3 healthy pods and has 3"]
    assert len(times(run_, Kind.HOST_UNCORDONED)) == 3
    assert times(run_, Kind.POD_EVICTED) == []
    assert times(run_, Kind.UPDATE_DONE) == []


def test_force_deletes_what_stays_beyond_the_limit_and_goes_on():
    run_ = updated(NOBODY, force=True)

    assert evicted(run_, "drain") == 0
    assert evicted(run_, "force") == 3
    assert len(times(run_, Kind.DRAIN_EXPIRED)) == 3
    assert numbers(run_, "value", Kind.UPDATE_DONE)[0] > 3 * 900


def test_a_budget_of_one_makes_drains_that_happen_together_wait_for_each_other():
    alone, together = (updated(ONE, at_once=n, desired=6, fleet=CALM["fleet"] | {"hosts": 6}) for n in (1, 6))

    refused = len(times(together, Kind.EVICTION_REFUSED))
    assert refused > len(times(alone, Kind.EVICTION_REFUSED))
    assert times(together, Kind.UPDATE_DONE)[0] < times(alone, Kind.UPDATE_DONE)[0]


def test_a_refusal_is_written_down_once_not_every_five_seconds():
    assert len(times(updated(NOBODY), Kind.EVICTION_REFUSED)) == 1


def test_after_a_failure_the_old_nodes_take_pods_again_and_a_second_try_may_succeed():
    later = {"do": "update-nodes", "at_s": 1_500, "by_force": True}
    run_ = updated(NOBODY, more=[later], duration_s=6_000)

    assert times(run_, Kind.UPDATE_STARTED) == [100, 1_500]
    assert len(times(run_, Kind.UPDATE_DONE)) == 1


def test_a_second_update_has_to_wait_for_the_first():
    run_ = updated(NOBODY, more=[{"do": "update-nodes", "at_s": 300}])

    assert times(run_, Kind.OPERATION_IGNORED) == [300]
    assert "one at a time" in reasons(run_, Kind.OPERATION_IGNORED)[0]


def test_a_zone_that_cannot_start_a_node_fails_the_growth():
    run_ = updated(more=[{"do": "fail-zone", "zone": "c", "at_s": 110}])

    assert reasons(run_, Kind.UPDATE_FAILED) == ["NodeCreationFailure"]


# --- the other launch types ---


@pytest.mark.parametrize("launch_type", ["eks-unmanaged", "k8s-self-run"])
def test_by_hand_nobody_gives_up(launch_type):
    run_ = updated(NOBODY, launch_type=launch_type)

    assert times(run_, Kind.UPDATE_FAILED) == times(run_, Kind.UPDATE_DONE) == times(run_, Kind.DRAIN_EXPIRED) == []
    assert len([t for t in times(run_, Kind.HOST_ASKED) if t]) == 1, "it waits at the first node"


def test_by_hand_there_is_no_minute_and_no_growth():
    run_ = updated(launch_type="eks-unmanaged")

    assert [t for t in times(run_, Kind.HOST_ASKED) if t] == [100, 162, 224]
    assert (
        times(run_, Kind.HOST_GONE)
        == [162, 224, 286]
        == [*times(run_, Kind.HOST_GONE)[:2], times(run_, Kind.UPDATE_DONE)[0]]
    )


def test_by_hand_force_asks_no_budget_at_all():
    run_ = updated(NOBODY, force=True, launch_type="eks-unmanaged")

    assert evicted(run_, "force") == 3
    assert times(run_, Kind.UPDATE_DONE) == [286]


def test_auto_mode_gives_the_pods_that_a_budget_keeps_a_day_and_then_takes_them():
    run_ = updated(NOBODY, launch_type="eks-auto", duration_s=400_000)

    assert reasons(run_, Kind.UPDATE_HELD)[0] == "the disruption budget needs 3 healthy pods and has 3"
    # Deleted after a day, whatever the budget says; a pod takes its 2 s to end, and its node goes with it.
    began = times(run_, Kind.HOST_DRAINING)[0]
    assert times(run_, Kind.POD_EVICTED)[0] == began + 86_400
    assert times(run_, Kind.HOST_GONE)[0] == began + 86_400 + 2
    assert (evicted(run_, "drain"), evicted(run_, "force")) == (0, 3)
    assert len(times(run_, Kind.UPDATE_DONE)) == 1


def test_auto_mode_replaces_by_itself_the_new_node_first():
    run_ = updated(ONE, launch_type="eks-auto")

    assert numbers(run_, "value", Kind.UPDATE_STARTED)[0] >= 1
    assert times(run_, Kind.HOST_ASKED)[-1] < times(run_, Kind.HOST_GONE)[-1]
    assert len(times(run_, Kind.UPDATE_DONE)) == 1


def test_fargate_evicts_zone_by_zone_and_without_a_budget_a_zone_goes_at_once():
    run_ = updated(launch_type="eks-fargate", desired=6)

    assert times(run_, Kind.POD_EVICTED) == [100, 100, 105, 105, 110, 110]
    assert reasons(run_, Kind.POD_EVICTED) == ["patch"] * 6


def test_fargate_deletes_what_would_not_go_days_later():
    update = {"update": {"delete_after_days": 0.5}}
    run_ = updated(NOBODY, launch_type="eks-fargate", kubernetes=update, duration_s=60_000)

    assert len(times(run_, Kind.UPDATE_HELD)) == 1
    assert times(run_, Kind.POD_EVICTED) == [100 + 43_200] * 3
    assert reasons(run_, Kind.POD_EVICTED) == ["force"] * 3
    assert len(times(run_, Kind.UPDATE_DONE)) == 1


def test_ecs_has_no_nodes_to_update():
    run_ = updated(launch_type="ecs-ec2")

    assert "say `patch`" in reasons(run_, Kind.OPERATION_IGNORED)[0]


def test_force_costs_requests_where_patience_costs_nothing():
    """One pod only, and a budget that keeps it: whoever ends it has an outage."""

    def failed(**more):
        given = CALM | {"duration_s": 3_000, "traffic": {"rps": 20}, "operations": [UPDATE | more], "launch_type": "eks-unmanaged",
                        "services": [{"desired": 1, "start_s": 10, "image_mib": 0, "pods": {"disruption": NOBODY}}]}  # fmt: skip
        return int(run(Scenario.model_validate(given)).requests.services[0].failed.sum())

    assert failed() == 0
    assert failed(by_force=True) > 20
