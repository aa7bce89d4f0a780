"""Spot hosts: two minutes' notice, who drains in time and who does not; and what hosts of several markets cost."""

import pytest

from engine import Kind, Scenario, catalog, metrics, pricing, run
from tests.engine.a_group import TASK, group, story
from tests.engine.the_log import numbers, reasons, rows, serving, tell, times


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


def test_the_scenario_of_the_two_minutes_cuts_requests_off_only_at_a_hundred_percent(root):
    file = Scenario.read((root / "data/scenarios/spot.yaml").read_text())
    full, half, unwarned = (
        metrics.failures(run(scenario))["reset"]
        for scenario in (
            file, file.with_("services.web.min_healthy_percent", 50), file.with_("fleet.providers.spot.drain_on_notice", False)
        )
    )  # fmt: skip

    assert full > 0
    assert half == 0
    assert unwarned > 0
