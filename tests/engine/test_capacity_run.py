"""Capacity providers in a run: M and N minute by minute, who waits for ever, why nothing shrinks, who gets which task."""

import pytest

from engine import Kind, Scenario, frames, metrics, run
from engine.idle import idle_reasons, readings
from tests.engine.a_group import BOOT, TASK, group, looks, story
from tests.engine.the_log import numbers, reasons, rows, serving, tell, times

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


def test_the_looks_can_be_taken_home_as_a_table():
    run_ = story(operations=[(90, 9)])
    table = frames.readings(run_)

    assert table[["at_s", "needed", "up", "reservation", "step"]].iloc[1].tolist() == [120, 5, 2, 250, 3]
    assert list(table["provider"].unique()) == ["group"]
    assert table["waiting"].tolist()[:3] == [0, 5, 0]


def test_the_chapters_own_scenario_shows_both_loops_and_the_fifteen_minutes(root):
    run_ = run(Scenario.read((root / "data/scenarios/fleet.yaml").read_text()))
    seen = [reading for _, reading in readings(run_)]
    went = next(n for n, reading in enumerate(seen) if reading.step < 0)

    assert max(reading.reservation for reading in seen) > 150  # more tasks first,
    assert sum(reading.step for reading in seen if reading.step > 0) >= 4  # then more hosts,
    assert [reading.quiet for reading in seen[went - 15 : went + 1]] == list(range(16))  # and long after, fewer
    assert min(numbers(run_, "value", Kind.DESIRED_SET)) < 10 < max(numbers(run_, "value", Kind.DESIRED_SET))
