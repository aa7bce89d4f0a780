"""Bills: what pieces cost besides the work, and what calls between zones cost."""

import pytest

from engine import catalog
from engine.architecture import ShopAsk, Sizing, bill, bills
from engine.pricing import fargate_usd_per_hour


def test_the_work_stays_and_what_is_bought_grows():
    found = bills(ShopAsk())

    assert [one.services for one in found] == list(range(1, 11))
    assert {round(one.needed_vcpu, 9) for one in found} == {round(found[0].needed_vcpu, 9)}
    assert found[0].vcpu < 1.1 * found[0].needed_vcpu  # the one service fits snugly
    assert found[9].vcpu > 1.9 * found[0].vcpu
    assert found[9].idle_gib == 10 * found[0].idle_gib  # thirty tasks for six, each with a side-car


def test_one_service_calls_nobody_over_the_network():
    one = bill(ShopAsk(), 0)

    assert (one.calls, one.cross_usd) == (0, 0)
    assert one.usd == pytest.approx(6 * fargate_usd_per_hour(1024, 2048))


def test_two_of_three_calls_leave_their_zone_and_each_gb_is_paid_on_both_sides():
    ten = bill(ShopAsk(request_kib=1024, rps=3), 9)  # a thousand calls, a GB

    assert ten.cross_calls_per_s == pytest.approx(3 * ten.calls * 2 / 3)
    assert ten.cross_usd == pytest.approx(ten.cross_calls_per_s * 3600 / 1024 * 2 * catalog.number("az.cross_az_price"))
    assert bill(ShopAsk(zones=1), 9).cross_usd == 0


def test_at_a_hundred_times_the_traffic_the_idle_overhead_is_gone():
    def overhead(rps):
        one, ten = bill(ShopAsk(rps=rps), 0), bill(ShopAsk(rps=rps), 9)
        return ten.usd / one.usd

    assert overhead(250) > 1.9
    assert overhead(20_000) < 1.2
    assert bill(ShopAsk(sizing=Sizing(least_per_zone=2)), 9).usd > bill(ShopAsk(), 9).usd
