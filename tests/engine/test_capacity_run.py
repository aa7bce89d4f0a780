"""Capacity providers in a run: M and N minute by minute, who waits for ever, why nothing shrinks, and Spot's two minutes."""

import pytest

from engine import Kind, Scenario, catalog, metrics, pricing, run
from engine.idle import idle_reasons, readings
from tests.engine.the_log import numbers, reasons, rows, serving, tell, times

TASK = {
    "cpu_units": 1024,
    "memory_mib": 2048,
    "az_rebalancing": False,
    "image_mib": 0,
    "start_s": 0,
}  # two fill an m5.large
QUICK = {"deregistration_delay_s": 5, "check_every_s": 5, "check_timeout_s": 2}
BOOT = {"hosts": 0, "boot_min_s": 30, "boot_max_s": 30}


def group(**settings):
    return {"name": "group", "instance_types": ["m5.large"], "hosts": 2, "warmup_s": 60} | settings


def story(desired=4, *, operations=(), service=None, duration_s=1_800, rps=2, **settings):
    """One service on one group of m5.large; what is done comes as (moment, desired)."""
    return tell(
        duration_s=duration_s, balancer=QUICK, fleet=BOOT | {"providers": [group(**settings)]}, traffic={"rps": rps},
        services=[TASK | {"desired": desired, "capacity": [{"provider": "group", "weight": 1}]} | (service or {})],
        operations=[o if isinstance(o, dict) else {"do": "set-desired", "at_s": o[0], "desired": o[1]} for o in operations],
    )  # fmt: skip


def looks(run_, first=1, last=99):
    """Give (M, N, step) of each minute."""
    return [(r.needed, r.up, r.step) for at_s, r in readings(run_) if first <= at_s / 60 <= last]


# --- two loops -------------------------------------------------------------------------------------------------------


def test_hosts_follow_the_tasks_minute_by_minute():
    """4 tasks on 2 hosts; at 1:30 nine are wanted: 5 wait, 3 hosts more. At 4:30 two are wanted: 3 hosts are empty."""
    run_ = story(operations=[(90, 9), (270, 2)], protect=True, service={"placement": ["binpack-cpu"]})

    assert looks(run_, 1, 4) == [
        (2, 2, 0),  # two hosts, both full
        (5, 2, 3),  # 2:00: five tasks wait, two to a host: three more
        (5, 5, 0),  # 3:00: booted in 30 s, all placed
        (5, 5, 0),
    ]
    assert looks(run_, 5, 5)[0][1:] == (5, 0)
    empty_from = next(minute for minute, look in enumerate(looks(run_), 1) if look[0] < look[1])
    needed = looks(run_, empty_from, empty_from)[0][0]
    assert {look[2] for look in looks(run_, empty_from, empty_from + 13)} == {0}  # fourteen quiet minutes
    assert looks(run_, empty_from + 14, empty_from + 14) == [(needed, 5, -min(2, 5 - needed))]  # the fifteenth


def test_every_number_is_written_down_and_the_hosts_are_events():
    run_ = story(operations=[(90, 9)])
    row = rows(run_, Kind.RESERVATION_READ)[1]
    reading = run_.events.readings[row]

    assert (run_.events.value[row], run_.events.reason[row]) == (250, "group")
    assert (reading.reservation, reading.target, reading.wanted, reading.step, reading.reason) == (
        250,
        100,
        5,
        3,
        "out",
    )
    assert (reading.seen.waiting, reading.seen.extra, reading.seen.free, reading.seen.warming) == (5, 3, 0, 0)
    assert times(run_, Kind.HOST_ASKED) == [0, 0, 120, 120, 120]
    assert times(run_, Kind.HOST_READY)[2:] == [150, 150, 150]
    assert serving(run_, 119, 179) == [4, 9]


def test_from_zero_two_hosts_first_and_the_rest_after_the_warm_up():
    run_ = story(desired=8, hosts=0, warmup_s=300, duration_s=600)

    assert looks(run_, 1, 7) == [(4, 0, 2), (4, 2, 0), (4, 2, 0), (4, 2, 0), (4, 2, 0), (4, 2, 2), (4, 4, 0)]
    assert readings(run_)[0][1].reservation == 200
    assert {r.reason for at_s, r in readings(run_) if 60 < at_s < 360} == {"warm-up"}


def test_a_warm_up_shorter_than_the_boot_buys_too_much():
    patient, hasty = (story(desired=4, operations=[(90, 12)], warmup_s=warmup_s, period_s=10, duration_s=300).hosts
                      for warmup_s in (60, 0))  # fmt: skip

    assert len(patient) == 6
    assert len(hasty) > 6


def test_a_task_launched_without_a_strategy_makes_nobody_grow():
    with_, without = (
        story(desired=8, duration_s=300, service={"capacity": capacity})
        for capacity in ([{"provider": "group", "weight": 1}], [])
    )

    assert len(with_.hosts) == 4
    assert len(without.hosts) == 2
    assert {r.needed for _, r in readings(without)} == {2}  # it may lie on the group's hosts, but waits alone
    assert len(set(numbers(without, "task", Kind.TASK_REFUSED))) == 4


@pytest.mark.parametrize(("types", "hosts"), [(["m5.xlarge", "m5.large"], 1), (["m5.xlarge"], 2)])
def test_a_task_too_large_for_the_smallest_type_waits_for_ever(types, hosts):
    """3 vCPU: the first type, the one that is launched, would hold it. The rule asks the smallest."""
    run_ = story(desired=2, instance_types=types, hosts=1, service={"cpu_units": 3072}, duration_s=3_600)

    assert len(run_.hosts) == hosts
    if hosts == 1:
        assert {(r.seen.waiting, r.seen.too_large, r.reservation) for _, r in readings(run_)} == {(0, 1, 100)}
        assert serving(run_, 3_500) == [1]
        assert reasons(run_, Kind.TASK_REFUSED) == ["cpu"]


def test_spread_keeps_every_host_busy_so_nothing_shrinks():
    """Four small tasks on four hosts; one host would hold them all. Later sixteen, and four again: still one on each."""
    small = {"cpu_units": 512, "memory_mib": 1024}
    spread, packed = (
        story(4, hosts=4, protect=True, service=small | {"placement": [rule]})
        for rule in ("spread-hosts", "binpack-cpu")
    )

    assert set(looks(spread)) == {(4, 4, 0)}  # 100 %, for ever
    assert {stay.why for stay in idle_reasons(spread, 1_700)} == {"protected"}
    assert looks(packed, 14, 17) == [(1, 4, 0), (1, 4, -1), (1, 3, -1), (1, 2, -1)]

    wave = story(16, operations=[(60, 4)], hosts=4, protect=True, service=small | {"placement": ["spread-hosts"]})
    assert set(looks(wave, 3)) == {(4, 4, 0)}
    assert [len(stay.tasks) for stay in idle_reasons(wave, 1_700)] == [1, 1, 1, 1]


def test_a_target_of_ninety_keeps_a_host_spare_and_a_hundred_none():
    full, spare = (story(desired=12, hosts=6, duration_s=2_400, target_percent=target) for target in (100, 90))

    assert len(full.hosts) == 6
    assert len(spare.hosts) == 7  # 6 / 0.9 = 6.7
    assert looks(spare)[-1] == (6, 7, 0)
    assert readings(spare)[-1][1].reason == "spare"


def test_unprotected_a_busy_host_may_go_and_its_tasks_move():
    """One task on each of three hosts; two of them would do. Protected, nobody goes; else a host is drained, its task moves."""
    settings = {
        "desired": 3,
        "hosts": 4,
        "duration_s": 1_500,
        "service": {"placement": ["spread-hosts"], "cpu_units": 600},
    }
    safe, rough = (story(**settings, protect=protect, quiet_points=3) for protect in (True, False))
    went = {(run_.hosts[host][0]) for run_ in (rough,) for host in numbers(run_, "host", Kind.HOST_GONE)}

    assert numbers(safe, "host", Kind.HOST_GONE) == [3]  # the empty one
    assert went == {"a1"}  # the oldest in the fullest zone, though it ran a task
    assert serving(rough, 1_400) == [3]
    assert metrics.totals(rough).failed == 0


def test_without_managed_draining_the_tasks_die_with_their_host():
    settings = {
        "desired": 3,
        "hosts": 4,
        "quiet_points": 3,
        "rps": 60,
        "service": {"placement": ["spread-hosts"], "work_ms": 900},
    }
    drained, dropped = (story(**settings, managed_draining=draining) for draining in (True, False))

    assert metrics.failures(drained)["reset"] == 0
    assert metrics.failures(dropped)["reset"] > 0
    assert len(rows(dropped, Kind.TASK_LOST)) == 1


def test_an_unmanaged_group_keeps_its_size_and_nobody_reads_it():
    run_ = story(desired=9, managed_scaling=False)

    assert len(run_.hosts) == 2
    assert readings(run_) == []
    assert {stay.why for stay in idle_reasons(run_, 900)} == {"not-managed"}


def test_a_dead_host_of_a_group_is_replaced_in_the_group():
    run_ = story(operations=[{"do": "fail-host", "host": "a1", "at_s": 100}], duration_s=900)

    (gone,) = times(run_, Kind.HOST_GONE)
    assert gone in times(run_, Kind.HOST_ASKED)
    assert {kind.provider for kind in run_.kinds} == {"group"}
    assert serving(run_, 890) == [4]


# --- shares between providers ----------------------------------------------------------------------------------------


def test_a_strategy_divides_the_tasks_and_each_stays_with_its_providers_hosts():
    shares = [{"provider": "bought", "base": 2, "weight": 1}, {"provider": "spot", "weight": 4}]
    providers = [group(name="bought", hosts=4), group(name="spot", hosts=6, market="spot")]
    run_ = tell(
        duration_s=300, fleet=BOOT | {"providers": providers}, services=[TASK | {"desired": 12, "capacity": shares}],
    )  # fmt: skip
    where = [run_.kinds[host].provider for host in numbers(run_, "host", Kind.TASK_PLACED)]

    assert (where.count("bought"), where.count("spot")) == (4, 8)  # 2 first, then 1 : 4 of ten


def test_a_task_does_not_fall_back_on_another_providers_room():
    providers = [group(name="full", hosts=0, max_hosts=0), group(name="empty", hosts=3)]
    run_ = tell(
        duration_s=300, fleet=BOOT | {"providers": providers},
        services=[TASK | {"desired": 2, "capacity": [{"provider": "full", "weight": 1}]}],
    )  # fmt: skip

    assert serving(run_, 290) == [0]
    assert set(reasons(run_, Kind.TASK_REFUSED)) == {"provider"}
    assert {r.reason for _, r in readings(run_, "full")} == {"max"}


# --- Spot ------------------------------------------------------------------------------------------------------------


def on_spot(min_healthy=100, *, drain=True, spare=0, **more):
    """Four full Spot hosts; two are taken back at 5:00. A new one boots in 100 s."""
    return tell(
        duration_s=900, traffic={"rps": 40}, balancer={"check_every_s": 5, "check_timeout_s": 2},
        fleet={"hosts": 0, "boot_min_s": 100, "boot_max_s": 100,
               "providers": [group(market="spot", hosts=4 + spare, drain_on_notice=drain, target_percent=100)]},
        services=[TASK | {"desired": 8, "min_healthy_percent": min_healthy, "work_ms": 400, "placement": ["binpack-cpu"],
                          "capacity": [{"provider": "group", "weight": 1}]}],
        operations=[{"do": "interrupt-spot", "hosts": 2, "at_s": 300} | more],
    )  # fmt: skip


def test_the_notice_comes_two_minutes_before_the_end():
    run_ = on_spot()
    taken = numbers(run_, "host", Kind.SPOT_NOTICE)

    assert times(run_, Kind.SPOT_NOTICE) == [300, 300]
    assert numbers(run_, "value", Kind.SPOT_NOTICE) == [catalog.seconds("ec2.spot.notice")] * 2
    assert times(run_, Kind.HOST_GONE) == [420, 420]
    assert sorted(numbers(run_, "host", Kind.HOST_GONE)) == sorted(taken)
    assert set(reasons(run_, Kind.HOST_GONE)) == {"spot"}


def test_at_a_hundred_percent_healthy_two_minutes_are_not_enough():
    """No task may stop before its replacement serves, and that waits for a host: the tasks are cut off at work."""
    slow, quick = on_spot(100), on_spot(50)

    assert serving(slow, 299, 419, 421) == [8, 8, 4]
    assert len(rows(slow, Kind.TASK_LOST)) == 4
    assert metrics.failures(slow)["reset"] > 0
    # At 50 % they leave the load balancer at once; what they held is answered long before the end.
    assert serving(quick, 310) == [4]
    assert metrics.failures(quick)["reset"] == 0


def test_without_the_agents_flag_the_notice_changes_nothing():
    run_ = on_spot(50, drain=False)

    assert len(rows(run_, Kind.HOST_DRAINING)) == 0
    assert serving(run_, 419, 421) == [8, 4]
    assert metrics.failures(run_)["reset"] > 0


def test_with_room_to_spare_even_a_hundred_percent_gets_away():
    run_ = on_spot(100, spare=2)

    assert metrics.failures(run_)["reset"] == 0
    assert serving(run_, 310, 415, 425) == [8, 8, 8]


def test_whom_it_takes_can_be_named_counted_or_shared_out():
    assert len(times(on_spot(hosts=None, share=0.75), Kind.SPOT_NOTICE)) == 3
    assert len(times(on_spot(hosts=None), Kind.SPOT_NOTICE)) == 1
    assert numbers(on_spot(hosts=None, host="b1"), "host", Kind.SPOT_NOTICE) == [1]
    assert len(times(on_spot(hosts=99), Kind.SPOT_NOTICE)) == 4
    lots = {tuple(numbers(run(on_spot().scenario.with_("seed", seed)), "host", Kind.SPOT_NOTICE)) for seed in range(8)}
    assert len(lots) > 3


def test_a_host_that_was_bought_is_not_taken_back():
    run_ = story(operations=[{"do": "interrupt-spot", "at_s": 10}, {"do": "interrupt-spot", "host": "a1", "at_s": 20}])

    assert reasons(run_, Kind.OPERATION_IGNORED) == [
        "there is no Spot host to take back", "a1 is no Spot host that could be taken back",
    ]  # fmt: skip


def test_chance_takes_hosts_back_at_the_rate_asked_for():
    def noticed(rate, seed=1):
        run_ = story(hosts=10, desired=0, market="spot", interruptions_per_hour=rate, managed_scaling=False, duration_s=7_200,
                     service={"desired": 0})  # fmt: skip
        return len(rows(run(run_.scenario.with_("seed", seed)), Kind.SPOT_NOTICE))

    assert noticed(0) == 0
    # Ten hosts, two hours, twice an hour: 40, less the 150 s that each replacement takes: about 37.
    assert sum(noticed(2, seed) for seed in range(5)) == pytest.approx(5 * 37, rel=0.2)


# --- money -----------------------------------------------------------------------------------------------------------


def test_every_host_is_billed_at_its_types_and_its_markets_price():
    providers = [
        group(name="bought", instance_types=["m5.xlarge"], hosts=1, managed_scaling=False),
        group(name="spot", hosts=2, market="spot", spot_price_share=0.25, managed_scaling=False),
    ]
    run_ = tell(duration_s=3_600, fleet={"hosts": 3, "instance_type": "c5.large", "providers": providers},
                services=[{"desired": 1, "cpu_units": 256}])  # fmt: skip
    large, xlarge, c5 = (catalog.instance_type(name).usd_per_hour for name in ("m5.large", "m5.xlarge", "c5.large"))
    items = {item.name: item.usd for item in pricing.bill(run_)}

    assert items["hosts"] == pytest.approx(xlarge + 3 * c5)
    assert items["spot_hosts"] == pytest.approx(2 * large / 4)
    assert pricing.calm_usd_per_hour(run_) == pytest.approx(sum(items.values()))


# --- why it did not shrink -------------------------------------------------------------------------------------------


def test_each_host_says_why_it_stays():
    run_ = story(
        6, operations=[(60, 2)], hosts=4, max_hosts=8, protect=True, service={"placement": ["spread-hosts"]}, min_hosts=2,
        duration_s=1_500,
    )  # fmt: skip
    early, late = idle_reasons(run_, 500), idle_reasons(run_, 1_450)

    assert [stay.why for stay in early].count("quiet") == 2
    assert [stay.why for stay in early].count("protected") == 2
    quiet = next(stay for stay in early if stay.why == "quiet")
    assert quiet.reading.quiet == sum(r.reservation < 100 for at_s, r in readings(run_) if at_s <= 500)
    assert quiet.reading.quiet_needed == 15
    assert next(stay for stay in early if stay.why == "protected").services == ("web",)
    assert [stay.why for stay in late] == ["protected", "protected"]


@pytest.mark.parametrize(("why", "at_s", "settings"), [
    ("unread", 30, {"desired": 0}),
    ("minimum", 1_700, {"desired": 0, "min_hosts": 2}),
    ("booting", 130, {"desired": 4, "operations": ((90, 6),)}),
    ("leaving", 100, {"desired": 4, "operations": ({"do": "drain-host", "host": "a1", "at_s": 60},)}),
    ("notice", 100, {"desired": 4, "market": "spot", "operations": ({"do": "interrupt-spot", "at_s": 60},)}),
    ("lost", 100, {"desired": 4, "operations": ({"do": "fail-host", "host": "a1", "at_s": 60},)}),
    ("spare", 1_700, {"desired": 2, "hosts": 2, "target_percent": 60, "service": {"placement": ["binpack-cpu"]}}),
    ("rate", 190, {"desired": 0, "hosts": 9, "quiet_points": 3}),
    ("busy", 100, {"desired": 4}),
])  # fmt: skip
def test_the_reasons_are_told_apart(why, at_s, settings):
    stays = idle_reasons(story(**settings), at_s)

    assert why in [stay.why for stay in stays]


def test_hosts_outside_every_group_and_hosts_that_are_gone():
    run_ = Scenario.of({"duration_s": 60, "traffic": {"rps": 1}, "fleet": {"hosts": 1}, "services": [{"desired": 1}]})
    (stay,) = idle_reasons(run(run_), 30)

    assert (stay.why, stay.tasks, stay.provider) == ("no-provider", (1,), "")
    gone = story(desired=0, quiet_points=1, duration_s=300)
    assert idle_reasons(gone, 299) == ()
