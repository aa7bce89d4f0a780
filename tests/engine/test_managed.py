"""Managed Instances: AWS brings the hosts that tasks need, ends the idle ones, and renews the old ones, to a deadline."""

import pytest

from engine import Kind, Scenario, ScenarioError, catalog, pricing
from engine.launch import of_families
from engine.placement import Needs
from engine.placement.doubts import doubts
from engine.scaling import Offer, cheapest_hosts
from tests.engine.the_log import in_zones, numbers, reasons, rows, serving, tell, times

DAY_S = 86_400
SURE = {"boot_min_s": 60, "boot_max_s": 60}


def managed(fleet=None, **given):
    plain = {
        "launch_type": "ecs-managed-instances", "services": [{"desired": 6, "az_rebalancing": False}],
        "balancer": {"deregistration_delay_s": 5},
    }  # fmt: skip
    return tell(**plain | {"fleet": SURE | (fleet or {})} | given)


def orders(run_):
    """Say what was ordered: moment and type."""
    return list(zip(times(run_, Kind.HOST_ASKED), reasons(run_, Kind.HOST_ASKED), strict=True))


# --- what it brings ----------------------------------------------------------------------------------------------------

OFFERS = [
    Offer("small", 2048, 3_900, 2, 0.085),
    Offer("medium", 4096, 15_800, 3, 0.192),
    Offer("large", 8192, 31_700, 3, 0.384),
]


@pytest.mark.parametrize(("tasks", "chosen"), [
    ([Needs(1024, 2048)], ("small", 1)),
    ([Needs(1024, 2048)] * 2, ("small", 2)),              # $0.170 beats $0.192: memory lets one on each
    ([Needs(1024, 2048)] * 3, ("medium", 1)),             # $0.255 or $0.192
    ([Needs(1024, 2048)] * 8, ("large", 1)),              # two medium cost the same: the fewer hosts
    ([Needs(1024, 2048)] * 9, ("medium", 3)),             # $0.576, two large $0.768
    ([Needs(1024, 20_000)], ("large", 1)),                # by memory
    ([Needs(5_000, 512)], ("large", 1)),                  # by CPU
    ([Needs(256, 512, frozenset({80}))] * 3, ("small", 3)),  # one port, one host each
    ([Needs(256, 512, enis=1)] * 3, ("small", 2)),        # by network interfaces: one small has two
    ([Needs(9_000, 512)], ("", 0)),                       # nothing holds it
])  # fmt: skip
def test_it_brings_the_cheapest_like_hosts_that_hold_all_that_waits(tasks, chosen):
    assert cheapest_hosts(tasks, OFFERS) == chosen


def test_different_tasks_share_a_host():
    both = [Needs(3_000, 4_000), Needs(1_000, 10_000)]

    assert cheapest_hosts(both, OFFERS) == ("medium", 1)
    assert cheapest_hosts([*both, Needs(100, 2_000)], OFFERS) == ("large", 1)  # 4,100 CPU units


def test_a_warm_run_stands_on_hosts_that_fit_it_in_every_zone():
    """Two tasks a zone: a c5.large has too little memory for both, two of them cost more than one m5.large."""
    run_ = managed(services=[{"desired": 12}], duration_s=60)

    assert orders(run_) == [(0, "m5.xlarge")] * 3  # four tasks a zone
    assert in_zones(run_, 1) == [4, 4, 4]
    assert orders(managed(duration_s=60)) == [(0, "m5.large")] * 3


def test_a_cold_run_has_no_host_until_a_task_asks_and_the_boot_is_over():
    run_ = managed(warm=False, duration_s=200)
    asked = [at_s for at_s, _ in orders(run_)]

    assert set(asked) == {6}  # the scheduler looks after a second, and AWS gathers for five
    assert set(times(run_, Kind.HOST_READY)) == {66}
    assert set(times(run_, Kind.TASK_PLACED)) == {66}
    assert reasons(run_, Kind.TASK_REFUSED)[:6] == ["no-hosts"] * 6
    assert serving(run_, 199) == [6]


def test_tasks_fill_hosts_on_their_way_before_more_are_ordered():
    """Twelve at 10 s; one more at 30 s finds the hosts on their way full, and gets one; the twelve get no second one."""
    more = [{"do": "set-desired", "desired": n, "at_s": at_s} for n, at_s in ((12, 10), (13, 30))]
    run_ = managed(services=[{"desired": 0}], operations=more, duration_s=300)

    assert [(t, kind) for t, kind in orders(run_)] == [(16, "m5.xlarge")] * 3 + [(36, "c5.large")]
    assert serving(run_, 299) == [13]


def test_only_the_families_allowed_are_chosen():
    run_ = managed(fleet={"families": ["r5"]}, duration_s=60)

    assert {kind.split(".")[0] for _, kind in orders(run_)} == {"r5"}
    assert next(kind.name for kind in of_families(["r5"])) == "r5.large"


def test_a_family_nobody_sells_is_refused_in_words():
    with pytest.raises(ScenarioError) as unknown:
        Scenario.of({"launch_type": "ecs-managed-instances", "fleet": {"families": ["c5", "z9"]}})

    assert "got z9" in str(unknown.value)


def test_a_task_that_no_family_holds_waits_alone_and_is_doubted_in_words():
    services = [{"name": "huge", "desired": 1, "cpu_units": 99_000}, {"name": "web", "desired": 3}]
    run_ = managed(services=services, duration_s=300)
    (doubt,) = doubts(run_.scenario)

    assert serving(run_, 299) == [3]
    assert {kind for _, kind in orders(run_)} == {"c5.large"}  # one small task a zone
    assert doubt.path == "services.0.cpu_units"
    assert "c5, m5, r5" in doubt.allowed


def test_tasks_that_want_no_other_beside_them_get_a_host_each():
    run_ = managed(services=[{"desired": 6, "constraints": ["distinctInstance"]}], duration_s=200)

    assert orders(run_) == [(0, "c5.large")] * 6
    assert len(set(numbers(run_, "host", Kind.TASK_SERVING))) == 6


def test_a_rule_about_hosts_that_aws_chooses_is_refused():
    rule = "memberOf(attribute:ecs.instance-type == m5.large)"
    with pytest.raises(ScenarioError) as refused:
        Scenario.of({"launch_type": "ecs-managed-instances", "services": [{"constraints": ["distinctInstance", rule]}]})

    assert refused.value.problems[0].path == "services.0.constraints.1"
    assert "fleet.families" in refused.value.problems[0].message


DAEMON = {"name": "logs", "kind": "daemon", "cpu_units": 512, "memory_mib": 512}


def test_each_host_has_room_for_its_daemon_and_carries_it():
    """Four tasks and half a vCPU of daemon in a zone: an m5.xlarge holds three beside it, two cost more than a c5.2xlarge."""
    run_ = managed(services=[{"desired": 12}, DAEMON], duration_s=60)

    assert orders(run_) == [(0, "c5.2xlarge")] * 3
    assert sorted(numbers(run_, "host", Kind.TASK_SERVING, service=1)) == [0, 1, 2]
    assert serving(run_, 59) == [12 + 3]


def test_a_host_with_nothing_but_its_daemon_is_idle():
    services = [{"desired": 6, "min_healthy_percent": 0}, DAEMON]
    run_ = managed(services=services, operations=NOTHING, duration_s=900, fleet={"scale_in_after_s": 120})

    assert set(times(run_, Kind.HOST_DRAINING)) == {228}
    assert len(times(run_, Kind.HOST_GONE)) == len(run_.hosts)


def test_a_task_run_by_hand_waits_for_a_host_and_gets_one():
    hand = [{"do": "run-tasks", "count": 1, "at_s": 50}]
    run_ = managed(services=[{"desired": 0}], operations=hand, duration_s=300)

    assert [t for t, _ in orders(run_)] == [55]
    assert times(run_, Kind.TASK_PLACED) == [115]


def test_it_asks_nothing_of_the_hosts_you_would_bring():
    here, there = managed(fleet={"hosts": 0}, duration_s=60), managed(fleet={"hosts": 50}, duration_s=60)

    assert here.digest == there.digest


# --- what it ends ------------------------------------------------------------------------------------------------------

NOTHING = [{"do": "set-desired", "desired": 0, "at_s": 100}]


def gone_with(scale_in_after_s):
    return managed(
        fleet={"scale_in_after_s": scale_in_after_s}, operations=NOTHING, duration_s=900,
        services=[{"desired": 6, "min_healthy_percent": 0}],
    )  # fmt: skip


def test_a_host_that_stands_empty_is_ended_after_the_time_you_set():
    """Scaled in at 100, looked at 101, deregistered 106, ended 108, and 120 s idle."""
    run_ = gone_with(120)

    assert set(times(run_, Kind.TASK_STOPPED)) == {108}
    assert times(run_, Kind.HOST_GONE) == [228] * 3
    assert set(reasons(run_, Kind.HOST_GONE)) == {"idle"}
    assert times(gone_with(0), Kind.HOST_GONE) == [108] * 3


def test_minus_one_keeps_them():
    assert times(gone_with(-1), Kind.HOST_GONE) == []


def test_a_task_that_comes_and_goes_begins_the_wait_anew():
    """Empty at 108; one task from about 150 to 300: its host goes 120 s after it, the others at 228."""
    operations = [
        *NOTHING,
        {"do": "set-desired", "desired": 1, "at_s": 150},
        {"do": "set-desired", "desired": 0, "at_s": 300},
    ]
    run_ = managed(
        fleet={"scale_in_after_s": 120}, operations=operations, duration_s=900,
        services=[{"desired": 6, "min_healthy_percent": 0}],
    )  # fmt: skip
    stopped = times(run_, Kind.TASK_STOPPED)[-1]

    assert times(run_, Kind.HOST_GONE) == [228] * 2 + [stopped + 120]


def test_a_drained_host_is_ended_at_once():
    run_ = managed(operations=[{"do": "drain-host", "host": "a1", "at_s": 100}], duration_s=600)
    left = times(run_, Kind.TASK_STOPPED, host=0)[-1]

    assert times(run_, Kind.HOST_GONE, host=0) == [left]
    assert reasons(run_, Kind.HOST_GONE, host=0) == ["drained"]


# --- what dies ---------------------------------------------------------------------------------------------------------


def test_a_lost_zones_tasks_get_new_hosts_in_the_others():
    run_ = managed(operations=[{"do": "fail-zone", "zone": "b", "at_s": 100}], duration_s=900)
    new = [zone for name, zone in run_.hosts[3:]]

    assert new
    assert 1 not in new
    assert in_zones(run_, 899) == [3, 0, 3]
    assert len(times(run_, Kind.HOST_GONE)) == 1  # AWS ends the dead one, by EC2's status checks


def test_while_no_zone_is_up_nothing_is_ordered_and_afterwards_it_is():
    operations = [
        {"do": "fail-zone", "zone": "a", "at_s": 100}, {"do": "set-desired", "desired": 12, "at_s": 150},
        {"do": "restore-zone", "zone": "a", "at_s": 400},
    ]  # fmt: skip
    run_ = managed(zones=1, operations=operations, duration_s=900)

    assert [t for t, _ in orders(run_) if 0 < t < 400] == []
    assert serving(run_, 899) == [12]


# --- what it renews ----------------------------------------------------------------------------------------------------


def renewed(age_days, low=100, high=200, **more):
    fleet = {"age_days": age_days, "drain_spread_h": 0, "scale_in_after_s": -1} | more.pop("fleet", {})
    services = [{"desired": 6, "min_healthy_percent": low, "max_percent": high, "az_rebalancing": False}]
    return managed(fleet=fleet, services=services, **{"duration_s": 3_000} | more)


def test_a_host_begins_to_drain_on_its_fourteenth_day():
    day = catalog.number("ecs.mi.lifetime", "drain_start_day")
    run_ = renewed(day - 0.01)

    assert times(run_, Kind.HOST_DRAINING) == [pytest.approx(864)] * 3
    assert set(reasons(run_, Kind.HOST_GONE)) == {"drained"}
    assert min(serving(run_, *range(860, 3_000, 10))) == 6
    assert times(renewed(day - 1), Kind.HOST_DRAINING) == []


def test_hosts_of_one_age_do_not_all_drain_at_once_unless_you_say_so():
    spread = times(renewed(13.99, fleet={"drain_spread_h": 0.5}), Kind.HOST_DRAINING)

    assert len(set(spread)) == 3
    assert all(864 <= at_s <= 864 + 1_800 for at_s in spread)


def test_what_cannot_be_drained_is_ended_on_the_twenty_first_day_with_its_tasks():
    by = catalog.number("ecs.mi.lifetime", "terminate_by_day")
    run_ = renewed(by - 0.02, 100, 100)

    assert times(run_, Kind.HOST_DRAINING) == [0] * 3
    assert set(reasons(run_, Kind.PATCH_STUCK)) == {"healthy-percent"}
    assert times(run_, Kind.HOST_GONE)[:3] == [pytest.approx(0.02 * DAY_S)] * 3
    assert reasons(run_, Kind.HOST_GONE)[:3] == ["lifetime"] * 3
    assert len(rows(run_, Kind.TASK_LOST)) == 6


def test_a_release_is_on_every_host_once_the_old_ones_have_had_their_days():
    run_ = renewed(13.99, operations=[{"do": "patch", "at_s": 100}])

    assert numbers(run_, "value", Kind.PATCH_STARTED) == [3]
    assert times(run_, Kind.PATCH_DONE) == [max(times(run_, Kind.HOST_GONE))]
    assert times(run_, Kind.PATCH_BATCH_STARTED) == []  # nobody rolls it out


# --- what it costs -----------------------------------------------------------------------------------------------------


def test_you_pay_each_hosts_own_price_and_a_fee_on_it():
    run_ = managed(services=[{"desired": 12}], duration_s=3_600)
    bill = {item.name: item for item in pricing.bill(run_)}
    hosts_usd = 3 * catalog.instance_type("m5.xlarge").usd_per_hour

    assert bill["hosts"].usd == pytest.approx(hosts_usd)
    assert bill["managed_fee"].usd == pytest.approx(hosts_usd * 0.12)
    assert pricing.calm_usd_per_hour(run_) == pytest.approx(hosts_usd * 1.12 + catalog.number("elb.price", "hour"))
    free = managed(services=[{"desired": 12}], duration_s=3_600, assumptions={"managed_fee_percent": 0})
    assert [item.name for item in pricing.bill(free)] == ["hosts", "load_balancer"]
