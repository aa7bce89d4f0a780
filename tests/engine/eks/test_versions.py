"""Versions: who skips upgrades pays six times as much, and is upgraded all the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.eks import VersionsAsk, calendar, month_usd

ASKS = st.builds(
    VersionsAsk,
    every_months=st.integers(0, 60), policy=st.sampled_from(["extended", "standard"]), months=st.integers(12, 120),
    cadence_months=st.integers(2, 12), clusters=st.integers(1, 5),
)  # fmt: skip


def told(found):
    return [(event.month, event.what, event.version) for event in found.events if event.what != "released"]


def test_doing_nothing_costs_six_times_as_much_from_the_fifteenth_month_and_the_forced_upgrade_does_not_end_it():
    found = calendar(VersionsAsk(months=36))

    assert told(found) == [(14, "extended", 0), (26, "forced", 1), (30, "forced", 2), (34, "forced", 3)]
    assert found.usd[:14] == pytest.approx([73] * 14)
    assert found.usd[14:] == pytest.approx([438] * 22), (
        "the oldest version with extended support is in extended support"
    )
    assert found.total_usd == pytest.approx(14 * 73 + 22 * 438)
    assert found.extra_usd == pytest.approx(22 * 365)


@pytest.mark.parametrize(("ask", "dear", "forced", "planned"), [
    ({}, 34, 6, 0),                         # never: dear from month 14 on, pushed along by every version that ends
    ({"policy": "standard"}, 0, 9, 0),      # refused: cheap, and forced every four months from month 14 on
    ({"every_months": 4}, 0, 0, 11),        # each version
    ({"every_months": 12}, 0, 0, 3),        # once a year is enough
    ({"every_months": 14}, 2, 0, 3),        # the newest one is two months old itself when it is taken
    ({"every_months": 16}, 6, 0, 2),        # two months too late, each time
    ({"every_months": 24}, 20, 0, 1),       # ten dear months, then ten more
])  # fmt: skip
def test_each_habit_has_its_price(ask, dear, forced, planned):
    found = calendar(VersionsAsk(**ask))

    assert int(found.is_extended.sum()) == dear
    assert (found.count("forced"), found.count("upgraded")) == (forced, planned)


def test_work_counts_every_version_that_is_passed_and_a_forced_one_more():
    ask = {"upgrade_h": 2, "forced_h": 10}

    assert calendar(VersionsAsk(every_months=12, **ask)).hours == 3 * 3 * 2
    assert calendar(VersionsAsk(every_months=4, **ask)).hours == 11 * 2
    assert calendar(VersionsAsk(**ask)).hours == 6 * 10


@given(ASKS)
def test_no_cluster_is_ever_on_a_version_that_nobody_supports(ask):
    found = calendar(ask)

    for month, number in enumerate(found.version):
        version = found.versions[number]
        until = version.extended_until if ask.policy == "extended" else version.standard_until
        assert version.released <= month < until


@given(ASKS)
def test_versions_only_rise_and_money_follows_the_tier(ask):
    found = calendar(ask)

    assert (found.version[1:] >= found.version[:-1]).all()
    assert (found.behind >= 0).all()
    dear = int(found.is_extended.sum())
    whole = (dear * month_usd("extended") + (ask.months - dear) * month_usd("standard")) * ask.clusters
    assert found.total_usd == pytest.approx(whole)
    assert found.extra_usd == pytest.approx(whole - ask.months * month_usd("standard") * ask.clusters)
    assert not (ask.policy == "standard" and dear)


@given(st.integers(1, 14), st.integers(2, 12))
def test_who_upgrades_within_standard_support_never_pays_more(every, cadence):
    found = calendar(VersionsAsk(every_months=every, cadence_months=cadence, months=60))

    # The newest version may itself be nearly a cadence old on the day of an upgrade.
    if every + cadence - 1 <= 14:
        assert not found.is_extended.any()
        assert found.count("forced") == 0
