"""Managed scaling, the rule alone: M and N, the reservation, steps, fifteen quiet minutes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import catalog
from engine.placement import Needs
from engine.scaling import ManagedScaling, Seen, Size, hosts_for, leavers, smallest
from engine.scenario import CapacityProvider

LARGE = Size(2048, 7680, 2)


def seen(in_use, up, *, extra=0, warming=0, asked=None):
    return Seen(
        in_use=in_use, up=up, asked=up if asked is None else asked, warming=warming, free=up - in_use, extra=extra
    )


def steps(looks, **settings):
    """Show a provider one look a minute; say what it did each time, and why."""
    loop = ManagedScaling(CapacityProvider(**settings))
    return [(reading.step, reading.reason) for reading in (loop.decide(look) for look in looks)]


# --- M, N and the reservation ----------------------------------------------------------------------------------------


def test_the_defaults_are_the_documented_ones():
    plain = CapacityProvider()

    assert (plain.target_percent, plain.warmup_s, plain.min_step, plain.max_step) == (100, 300, 1, 10_000)
    assert (plain.period_s, plain.quiet_points) == (60, 15)
    assert (plain.protect, plain.managed_draining, plain.drain_on_notice) == (False, True, False)
    assert catalog.fact("ecs.cas.scale_in_delay").value == plain.quiet_points


#    in use, up, extra      M   N   percent
@pytest.mark.parametrize(("look", "needed", "percent"), [
    (seen(4, 4), 4, 100),
    (seen(4, 4, extra=4), 8, 200),
    (seen(3, 4), 3, 75),
    (seen(0, 4), 0, 0),
    (seen(0, 0, extra=7), 7, 200),  # from nothing it is 200, whatever is needed
    (seen(0, 0), 0, 100),
])  # fmt: skip
def test_the_reservation_is_m_over_n(look, needed, percent):
    reading = ManagedScaling(CapacityProvider()).decide(look)

    assert (reading.needed, reading.up, reading.reservation) == (needed, look.up, percent)


def test_waiting_tasks_are_packed_by_the_room_that_runs_out_first():
    assert hosts_for([Needs(1024, 1024)] * 5, LARGE) == (3, 0)  # CPU: two to a host
    assert hosts_for([Needs(256, 3000)] * 5, LARGE) == (3, 0)  # memory: two to a host
    assert hosts_for([Needs(128, 128, frozenset({80}))] * 3, LARGE) == (3, 0)  # the port: one to a host
    assert hosts_for([Needs(1536, 1024)] * 2 + [Needs(512, 1024)] * 2, LARGE) == (2, 0)  # the small fill the gaps
    assert hosts_for([Needs(128, 128, frozenset({80})), Needs(128, 128, frozenset({81}))], LARGE) == (1, 0)
    assert hosts_for([Needs(128, 128, enis=1)] * 5, LARGE) == (3, 0)  # interfaces: two to a host
    assert hosts_for([Needs(128, 128, enis=1)] * 2 + [Needs(128, 128)] * 3, LARGE) == (
        1,
        0,
    )  # who wants none needs none
    assert hosts_for([], LARGE) == (0, 0)


def test_a_task_that_does_not_fit_the_smallest_type_is_not_counted():
    group = smallest([Size(4096, 15_000, 3), Size(2048, 7_680, 2)])

    assert hosts_for([Needs(3072, 1024)] * 4, group) == (0, 4)
    assert hosts_for([Needs(3072, 1024)] * 4, Size(4096, 15_000, 3)) == (4, 0)  # the larger type alone would do


@given(st.lists(st.sampled_from([Needs(256, 512), Needs(1024, 900), Needs(700, 4000), Needs(128, 128, frozenset({80}))]), max_size=40))  # fmt: skip
def test_packing_lies_between_the_room_needed_and_a_host_a_task(waiting):
    hosts, too_large = hosts_for(waiting, LARGE)
    cpu, mib = sum(n.cpu_units for n in waiting), sum(n.memory_mib for n in waiting)

    assert too_large == 0
    assert max(-(-cpu // LARGE.cpu_units), -(-mib // LARGE.memory_mib)) <= hosts <= len(waiting)


# --- out -------------------------------------------------------------------------------------------------------------


def test_out_at_once_to_what_is_needed():
    assert steps([seen(4, 4, extra=3)]) == [(3, "out")]


def test_from_zero_two_hosts_whatever_is_needed_then_the_warm_up_then_the_rest():
    looks = [seen(0, 0, extra=7), seen(2, 2, extra=5, warming=2), seen(2, 2, extra=5)]

    assert steps(looks) == [(2, "out"), (0, "warm-up"), (5, "out")]


def test_a_target_of_ninety_keeps_a_tenth_spare():
    assert steps([seen(9, 9)], target_percent=90) == [(1, "out")]
    assert steps([seen(9, 10)], target_percent=90) == [(0, "steady")]
    assert steps([seen(9, 9)], target_percent=100) == [(0, "steady")]


def test_steps_have_a_least_a_most_and_the_groups_own_limit():
    assert steps([seen(4, 4, extra=1)], min_step=3) == [(3, "out")]
    assert steps([seen(4, 4, extra=9)], max_step=2) == [(2, "out")]
    assert steps([seen(4, 4, extra=9)], max_hosts=7) == [(3, "out")]
    assert steps([seen(4, 4, extra=9, asked=7)], max_hosts=7) == [(0, "max")]
    assert steps([seen(4, 4, extra=1)], min_step=9, max_hosts=7) == [(3, "out")]


def test_a_warm_up_shorter_than_the_boot_orders_the_same_hosts_twice():
    """Three hosts still boot, but count as warm: the reservation does not know them."""
    assert steps([seen(4, 4, extra=3, asked=7)]) == [(3, "out")]
    assert steps([seen(4, 4, extra=3, asked=7, warming=3)]) == [(0, "warm-up")]


# --- in --------------------------------------------------------------------------------------------------------------


def test_the_fifteenth_quiet_minute_lets_the_first_host_go_and_not_sooner():
    assert steps([seen(3, 4)] * 15) == [(0, "quiet")] * 14 + [(-1, "in")]


def test_one_busy_minute_begins_the_count_again():
    assert steps([seen(3, 4)] * 14 + [seen(4, 4)] + [seen(3, 4)] * 2)[13:] == [
        (0, "quiet"), (0, "steady"), (0, "quiet"), (0, "quiet"),
    ]  # fmt: skip


@pytest.mark.parametrize(("up", "in_use", "goes"), [(10, 2, 4), (9, 2, 4), (4, 0, 1), (3, 1, 1), (2, 0, 1), (10, 8, 2)])
def test_each_minute_one_or_more_but_less_than_half(up, in_use, goes):
    assert steps([seen(in_use, up)] * 15)[-1] == (-goes, "in")


def test_scale_in_ignores_the_least_step_but_not_the_least_size():
    assert steps([seen(3, 4)] * 15, min_step=3)[-1] == (-1, "in")
    assert steps([seen(1, 6)] * 15, min_hosts=5, hosts=6)[-1] == (-1, "in")
    assert steps([seen(1, 5)] * 15, min_hosts=5, hosts=5)[-1] == (0, "min")


def test_protection_leaves_only_empty_hosts():
    """With a target of 100 the excess is the empty ones; below, even a busy host may be too much."""
    look = Seen(in_use=4, up=6, asked=6, warming=0, free=0, extra=0)

    assert steps([look] * 15, protect=True)[-1] == (0, "protected")
    assert steps([look] * 15)[-1] == (-2, "in")


def test_the_spare_host_of_a_low_target_stays_however_quiet_it_is():
    assert steps([seen(6, 7)] * 20, target_percent=90)[-1] == (0, "spare")  # 6 / 0.9 = 6.7: seven
    assert steps([seen(6, 7)] * 20, target_percent=100)[14:16] == [(-1, "in"), (-1, "in")]


def test_who_goes_is_the_oldest_in_the_fullest_zone():
    hosts = [(0, 0), (1, 1), (2, 2), (3, 0), (4, 1), (5, 0)]

    assert leavers(hosts, [3, 2, 1], 3) == [0, 1, 3]
    assert leavers(hosts[3:], [3, 2, 1], 2) == [3, 4]
    assert leavers(hosts, [3, 2, 1], 99) == [0, 1, 3, 2, 4, 5]


looks = st.builds(
    lambda in_use, free, extra, boots, warming: seen(in_use, in_use + free, extra=extra, asked=in_use + free + boots, warming=warming),
    st.integers(0, 9), st.integers(0, 9), st.integers(0, 9), st.integers(0, 2), st.integers(0, 2),
)  # fmt: skip


@given(st.lists(looks, max_size=40), st.integers(0, 4), st.integers(5, 24), st.booleans(), st.integers(1, 100))
def test_no_look_leads_past_the_bounds_or_to_a_protected_host(seen_, least, most, protect, target):
    settings = CapacityProvider(
        hosts=5, min_hosts=least, max_hosts=most, protect=protect, target_percent=target, quiet_points=2
    )
    loop = ManagedScaling(settings)
    for look in seen_:
        reading = loop.decide(look)
        assert look.asked + reading.step <= max(most, look.asked)
        assert reading.step >= 0 or look.up + reading.step >= least
        assert reading.step >= 0 or not protect or -reading.step <= look.free
        assert reading.step >= 0 or -reading.step <= max(1, (look.up - 1) // 2)
        assert (reading.step > 0) == (reading.reason == "out")
        assert (reading.step < 0) == (reading.reason == "in")
