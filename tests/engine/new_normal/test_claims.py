"""What is known of the slide's three numbers, and how old they were."""

import pytest

from engine import catalog
from engine.new_normal import Age, age, ages_at_talk, claims


def test_each_claim_says_what_its_fact_says():
    assert [(claim.percent, claim.verdict) for claim in claims()] == [(47, "found"), (79, "likely"), (67, "not-found")]
    for claim in claims():
        assert str(claim.percent) in claim.fact.says
        if claim.asked:
            assert f"{claim.asked:,}" in claim.fact.says
        assert (claim.verdict == "not-found") == (not claim.published)
        assert (claim.verdict == "found") == (claim.fact.basis == "documented")


def test_a_write_up_that_gives_another_number_is_kept_beside_the_slides():
    assert [claim.elsewhere_percent for claim in claims()] == [None, 78, None]


@pytest.mark.parametrize(
    ("published", "day", "months"),
    [
        ("2017-04", "2017-04-30", (0, 0)),
        ("2017-04", "2018-03-31", (10, 11)),
        ("2017-04", "2018-04-01", (11, 12)),
        ("2017-12", "2018-01-01", (0, 1)),
    ],
)
def test_a_month_is_known_to_the_day_by_nobody(published, day, months):
    assert age(published, day) == Age(*months)


def test_the_talk_is_a_span_of_days_and_so_is_the_age():
    assert ages_at_talk("2017-04") == Age(31, 36)
    assert ages_at_talk("2017-10") == Age(25, 30)
    assert ages_at_talk("") is None
    assert age("2017-04", "2026-11-26").years == pytest.approx(9.54, abs=0.01)


def test_the_talk_lies_between_the_days_of_its_fact():
    first, last = catalog.value("talk.date")

    assert first < last
    assert ages_at_talk("2017-04") == age("2017-04", first, last)
