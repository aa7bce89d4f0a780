"""The hot part: what a rush costs is found by runs, and what grows is what the calls lead to."""

import pytest

from engine.architecture import HotAsk, heat, mean_visits, usd_by_factor
from engine.architecture.hot import HOT, application_of, rps_of


def test_the_hot_module_gets_so_many_times_its_load_and_nobody_else_but_whom_it_asks():
    ask = HotAsk()
    usual, hot = (application_of(ask, 9, factor) for factor in (1, 10))
    before, after = mean_visits(usual), mean_visits(hot)

    def load(application, times, name):
        return rps_of(ask, application) * times[name]

    assert load(hot, after, "recommendation") == pytest.approx(10 * load(usual, before, "recommendation"))
    assert load(hot, after, "payment") == pytest.approx(load(usual, before, "payment"))
    assert load(hot, after, "catalogue") > 5 * load(usual, before, "catalogue")
    assert HOT not in {action.name for action in usual.actions}


@pytest.fixture(scope="module")
def both():
    return tuple(heat(HotAsk(), out) for out in (0, 9))


def test_the_goal_holds_before_the_rush_and_in_it(both):
    for found in both:
        assert found.holds
        assert max(found.usual.p99_ms, found.hot.p99_ms) <= HotAsk().goal_ms
        assert found.usual.busy == found.hot.busy


def test_pieces_pay_more_for_the_rush_since_the_hot_part_drags_the_catalogue_along(both):
    one, many = both

    assert many.more_usd > 1.2 * one.more_usd
    assert set(many.grown) == {"recommendation", "catalogue"}
    assert set(one.grown) == {"shop"}
    assert one.usual.busy >= many.usual.busy  # one pool may be driven harder


def test_with_a_model_in_memory_the_one_service_pays_more():
    heavy = HotAsk(module="catalogue", heavy_mib=14_336)
    one, many = (heat(heavy, out) for out in (0, 9))

    assert one.more_usd > 1.5 * many.more_usd


def test_a_goal_that_the_work_alone_breaks_is_held_by_nothing():
    found = heat(HotAsk(goal_ms=60, factor=2), 0)

    assert not found.holds
    assert found.usual.busy == 0.1  # the roomiest that was tried


def test_the_line_between_the_runs_passes_through_them(both):
    for found in both:
        usd = usd_by_factor(HotAsk(), found, [1.0, 10.0])

        assert usd == pytest.approx([found.usual.usd, found.hot.usd])
