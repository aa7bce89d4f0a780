"""Hosts you bring: who notices a dead one, when, and what comes instead. And launches where nobody sees a host."""

from collections import Counter

import pytest

from engine import Kind, catalog
from tests.engine.the_log import in_zones, numbers, reasons, rows, serving, tell, times

QUICK = {"deregistration_delay_s": 5}


def lost_host(seed=1, **more):
    return tell(
        seed=seed, duration_s=900, services=[{"desired": 6, "az_rebalancing": False}], balancer=QUICK,
        operations=[{"do": "fail-host", "host": "a1", "at_s": 100}], **more,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_a_silent_agent_is_missed_after_one_to_two_minutes(seed):
    run_ = lost_host(seed, fleet={"replace": False})
    (missed,) = times(run_, Kind.AGENT_MISSED)
    at_least = catalog.seconds("ecs.agent.acs_heartbeat_timeout")

    assert times(run_, Kind.HOST_LOST, host=0) == [100]
    assert at_least <= missed - 100 <= at_least + catalog.seconds("ecs.agent.acs_heartbeat_jitter")


def test_the_seeds_do_not_all_miss_it_at_once():
    assert len({times(lost_host(seed, fleet={"replace": False}), Kind.AGENT_MISSED)[0] for seed in range(6)}) == 6


def test_status_checks_fail_and_the_group_asks_for_another_host():
    run_ = lost_host(fleet={"boot_min_s": 50, "boot_max_s": 50})
    (gone,) = times(run_, Kind.HOST_GONE)
    asked = [t for t in times(run_, Kind.HOST_ASKED) if t > 0]
    ready = [t for t in times(run_, Kind.HOST_READY) if t > 0]

    assert 100 + 60 <= gone <= 100 + 120  # two checks, one a minute
    assert asked == [gone]
    assert ready == [pytest.approx(gone + 50)]
    assert run_.hosts[6] == ("a3", 0)  # the zone that is short of one; its name is new


def test_without_replacement_the_host_stays_away():
    run_ = lost_host(fleet={"replace": False})

    assert times(run_, Kind.HOST_GONE) == []
    assert [t for t in times(run_, Kind.HOST_ASKED) if t > 0] == []
    assert len(run_.hosts) == 6


def test_the_dead_hosts_tasks_are_replaced_once_the_checks_or_the_agent_told():
    run_ = lost_host()

    assert times(run_, Kind.TASK_LOST, task=1) == [100]
    assert 35 <= times(run_, Kind.TASK_GIVEN_UP, task=1)[0] - 100 <= 65  # the balancer saw it first
    assert serving(run_, 99, 101, 890) == [6, 5, 6]
    closed = min(times(run_, Kind.AGENT_MISSED, Kind.HOST_GONE, host=0))
    assert [i for i in rows(run_, Kind.TASK_PLACED, host=0) if run_.events.at_s[i] > closed] == []


def test_a_lost_zones_hosts_come_back_in_the_other_zones():
    run_ = tell(
        duration_s=900, services=[{"desired": 6}], fleet={"hosts": 6, "boot_min_s": 50, "boot_max_s": 60}, balancer=QUICK,
        operations=[{"do": "fail-zone", "zone": "b", "at_s": 100}],
    )  # fmt: skip
    new = [zone for _, zone in run_.hosts[6:]]

    assert sorted(new) == [0, 2]
    assert len(times(run_, Kind.HOST_GONE)) == 2
    assert in_zones(run_, 890) == [3, 0, 3]


def test_a_zone_that_returns_soon_boots_its_own_hosts_again():
    run_ = tell(
        duration_s=600, services=[{"desired": 6}], fleet={"hosts": 6, "replace": False, "boot_min_s": 50, "boot_max_s": 60},
        balancer=QUICK,
        operations=[{"do": "fail-zone", "zone": "b", "at_s": 100}, {"do": "restore-zone", "zone": "b", "at_s": 300}],
    )  # fmt: skip
    ready = [(run_.events.host[i], run_.events.at_s[i]) for i in rows(run_, Kind.HOST_READY) if run_.events.at_s[i] > 0]

    assert [int(host) for host, _ in sorted(ready)] == [1, 4]
    assert all(350 <= at_s <= 360 for _, at_s in ready)


@pytest.mark.parametrize("rebalance", [True, False])
def test_the_group_moves_hosts_back_launching_first(rebalance):
    run_ = tell(
        duration_s=1_800, services=[{"desired": 6}], balancer=QUICK,
        fleet={"hosts": 6, "boot_min_s": 50, "boot_max_s": 60, "rebalance": rebalance},
        operations=[{"do": "fail-zone", "zone": "b", "at_s": 100}, {"do": "restore-zone", "zone": "b", "at_s": 600}],
    )  # fmt: skip
    there = Counter(zone for _, zone in run_.hosts)
    for i in rows(run_, Kind.HOST_GONE):
        there[int(run_.events.zone[i])] -= 1
    moves = [t for t in times(run_, Kind.HOST_ASKED) if t >= 600]
    leavers = [t for t in times(run_, Kind.HOST_DRAINING) if t >= 600]

    assert [there[zone] for zone in range(3)] == ([2, 2, 2] if rebalance else [3, 0, 3])
    assert len(moves) == len(leavers) == (2 if rebalance else 0)
    assert all(asked + 50 <= drained for asked, drained in zip(moves, leavers, strict=True))
    assert min(serving(run_, *range(610, 1_800))) == 6


def test_a_host_that_holds_the_image_starts_the_next_task_without_a_pull():
    run_ = tell(
        duration_s=600, warm=False, services=[{"desired": 1, "image_mib": 500, "placement": ["binpack-cpu"]}], balancer=QUICK,
        fleet={"hosts": 2}, zones=1, operations=[{"do": "set-desired", "desired": 5, "at_s": 200}],
    )  # fmt: skip
    pulls = dict(zip(numbers(run_, "task", Kind.TASK_PULLED), numbers(run_, "value", Kind.TASK_PULLED), strict=True))
    host = dict(zip(numbers(run_, "task", Kind.TASK_PULLED), numbers(run_, "host", Kind.TASK_PULLED), strict=True))

    assert 500 / 25 <= pulls[1] <= 500 / 12.5
    assert [pulls[n] for n in (2, 3, 4)] == [0, 0, 0]  # the first host is filled up: it knows the image
    assert host[5] != host[1]
    assert 500 / 25 <= pulls[5] <= 500 / 12.5


def test_a_host_that_fails_while_it_boots_does_not_come_up_as_if_nothing_had_been():
    run_ = tell(
        duration_s=600, services=[{"desired": 2}], fleet={"hosts": 3, "boot_min_s": 100, "boot_max_s": 100, "rebalance": False},
        operations=[{"do": "fail-host", "host": "a1", "at_s": 50}, {"do": "fail-host", "host": "a2", "at_s": 200}],
    )  # fmt: skip
    second = next(n for n, (name, _) in enumerate(run_.hosts) if name == "a2")
    (asked,), (lost,) = times(run_, Kind.HOST_ASKED, host=second), times(run_, Kind.HOST_LOST, host=second)

    assert asked < lost < asked + 100  # it was in the middle of its boot
    assert [t for t in times(run_, Kind.HOST_READY, host=second) if t < lost + 60] == []


def test_tasks_wait_for_room_and_the_refusal_names_what_was_short():
    run_ = tell(duration_s=300, services=[{"desired": 9, "cpu_units": 2048}], fleet={"hosts": 4, "rebalance": False})

    assert serving(run_, 290) == [8]
    assert reasons(run_, Kind.TASK_REFUSED) == ["cpu"]
    (refused,) = rows(run_, Kind.TASK_REFUSED)
    assert run_.events.verdicts[refused].refused == {"cpu": 4}


def test_every_placement_on_a_host_carries_its_verdict():
    run_ = tell(services=[{"desired": 5}])
    for i in rows(run_, Kind.TASK_PLACED):
        assert run_.events.verdicts[i].host == run_.events.host[i]


# --- Fargate ---------------------------------------------------------------------------------------------------------


def test_a_cold_start_of_150_tasks_takes_the_burst_at_once_and_the_rest_at_twenty_a_second():
    run_ = tell(launch_type="ecs-fargate", warm=False, duration_s=120, services=[{"desired": 150}])
    placed = times(run_, Kind.TASK_PLACED)
    burst, per_s = catalog.number("fargate.rate.burst"), catalog.number("fargate.rate.sustained")

    assert (burst, per_s) == (100, 20)
    assert placed[:100] == [1] * 100
    assert placed[100:] == pytest.approx([1 + (n + 1) / 20 for n in range(50)])


def test_the_allowance_comes_back_with_time():
    run_ = tell(
        launch_type="ecs-fargate", warm=False, duration_s=120, services=[{"desired": 100}],
        operations=[{"do": "set-desired", "desired": 160, "at_s": 2}],
    )  # fmt: skip
    second = times(run_, Kind.TASK_PLACED)[100:]

    # Two seconds after the burst 40 launches are back; of 60 wanted, 20 wait.
    assert second[:40] == [3] * 40
    assert second[40:] == pytest.approx([3 + (n + 1) / 20 for n in range(20)])


def test_each_fargate_task_takes_its_time_to_be_provisioned_and_pulls_its_image_anew():
    run_ = tell(launch_type="ecs-fargate", warm=False, duration_s=300, services=[{"desired": 30, "image_mib": 250}])
    low, high = catalog.value("timing.fargate.assumption", "provision_s")
    placed, pending = times(run_, Kind.TASK_PLACED), times(run_, Kind.TASK_PENDING)
    took = [times(run_, Kind.TASK_PENDING, task=n)[0] - times(run_, Kind.TASK_PLACED, task=n)[0] for n in range(1, 31)]
    pulls = numbers(run_, "value", Kind.TASK_PULLED)

    assert len(placed) == len(pending) == len(pulls) == 30
    assert low <= min(took) < (low + high) / 2 < max(took) <= high
    assert 250 / 25 <= min(pulls) < max(pulls) <= 250 / 12.5


def test_fargate_spreads_over_the_zones_and_starts_nothing_where_a_loss_is_known():
    run_ = tell(
        launch_type="ecs-fargate", services=[{"desired": 7}], balancer=QUICK, duration_s=400,
        operations=[{"do": "fail-zone", "zone": "a", "at_s": 100}],
    )  # fmt: skip

    assert sorted(in_zones(run_, 99)) == [2, 2, 3]
    assert in_zones(run_, 390)[0] == 0
    assert serving(run_, 390) == [7]
    assert [i for i in rows(run_, Kind.TASK_PLACED, zone=0) if run_.events.at_s[i] > 130] == []


def test_where_the_platform_brings_hosts_there_are_none_to_see():
    run_ = tell(launch_type="ecs-fargate", fleet={"hosts": 9})

    assert run_.hosts == ()
    assert rows(run_, Kind.HOST_ASKED, Kind.HOST_READY) == []
