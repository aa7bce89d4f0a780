"""Two minutes' notice: who had which tasks, what became of them, and what giving way early costs."""

import pytest

from engine import loops, metrics, notices, pricing, run, story
from pages.parts.lesson import changed, lesson

SPOT = lesson("fleet_spot")


@pytest.fixture(scope="module")
def ways():
    return {name: run(changed(SPOT.scenario, settings)) for name, settings in SPOT.variants.items()}


def test_the_base_is_served_first_and_the_weights_share_the_rest(ways):
    bought, spot = notices.shares(ways["plain"])

    assert (bought.base, bought.weight, spot.base, spot.weight) == (4, 1, 0, 3)
    assert (bought.tasks, spot.tasks) == (4 + 16 / 4, 16 * 3 / 4)
    assert spot.usd_per_hour / spot.hosts == pytest.approx(0.3 * bought.usd_per_hour / bought.hosts)


def test_each_host_that_is_taken_back_has_its_fate(ways):
    found = notices.fates(ways["plain"])

    assert len(found) == 4
    assert {fate.notice_s for fate in found} == {240}
    assert sum(fate.killed for fate in found) == loops.tasks_killed(ways["plain"]) == 8
    assert all(fate.tasks == fate.killed + fate.in_time for fate in found)
    assert notices.fates(run(SPOT.scenario.with_("operations", []))) == ()


def test_a_drain_gains_the_two_minutes_and_no_more(ways):
    plain, drained = (notices.fates(ways[name])[0].replaced_s for name in ("plain", "drain"))

    assert 0 < plain - drained <= 120
    assert metrics.error_seconds(ways["plain"]) > metrics.error_seconds(ways["drain"]) > 0


def test_half_healthy_gives_the_capacity_away_before_spot_takes_it(ways):
    errors = {name: metrics.error_seconds(found) for name, found in ways.items()}

    assert errors["drain50"] > errors["plain"] > errors["drain"] > errors["spare"] == errors["bought"] == 0


def test_room_costs_less_on_spot_than_bought(ways):
    cost = {name: pricing.calm_usd_per_hour(found) for name, found in ways.items()}

    assert cost["plain"] == cost["drain"] < cost["spare"] < cost["half"] < cost["bought"]


def test_tasks_stop_in_time_where_they_are_let_go_sooner_than_the_notice():
    quick = changed(SPOT.scenario, SPOT.variants["spare"] | {"balancer.deregistration_delay_s": 20})

    assert sum(fate.in_time for fate in notices.fates(run(quick))) > sum(
        fate.in_time for fate in notices.fates(run(changed(SPOT.scenario, SPOT.variants["spare"])))
    )


def test_the_story_tells_the_notice_and_its_end(ways):
    plain = {line.key: line for line in story.captions(ways["plain"])}
    drained = [line.key for line in story.captions(ways["drain"])]

    assert plain["caption.spot_hosts"].values["tasks"] == 8
    assert plain["caption.spot_hosts_gone"].values == {"n": 4, "killed": 8}
    assert "caption.spot_hosts_drain" in drained
    assert "caption.hosts_out" in drained
