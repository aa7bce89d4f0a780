"""The score: first answers, certainty against outcome, Wilson's interval."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.parts.progress import Answer
from pages.parts.progress.score import calibration, counted, wilson


def one(what, right, sure=None, kind="quiz"):
    return Answer(kind=kind, what=what, answer="x", right=right, sure=sure)


def test_what_nobody_can_judge_is_not_counted():
    assert counted([one("fleet.a", None)]) == {}
    assert counted([one("fleet.a", True), one("fleet_patch", False, kind="guess")])["fleet"]["guess"].of == 1


def test_a_prophet_scores_nought_and_a_coin_a_quarter():
    prophet = calibration([one(f"fleet.a{n}", True, 100) for n in range(4)])
    coin = calibration([one(f"fleet.a{n}", bool(n % 2), 50) for n in range(4)])

    assert (prophet.brier, coin.brier) == (0, 0.25)
    assert (coin.said, coin.was) == (0.5, 0.5)
    assert calibration([one("fleet.a", True)]) is None


@given(st.lists(st.tuples(st.booleans(), st.integers(50, 100)), min_size=1, max_size=60))
def test_every_answer_is_in_one_bin_and_the_interval_holds_the_share(told):
    found = calibration([one("fleet.a", right, sure) for right, sure in told])

    assert sum(each.n for each in found.bins) == found.n == len(told)
    assert all(0 <= each.least <= each.was <= each.most <= 1 for each in found.bins)
    assert 0 <= found.brier <= 1


@pytest.mark.parametrize("n", [1, 10, 1000])
def test_more_answers_say_more(n):
    wide, narrow = wilson(0.5, n), wilson(0.5, 4 * n)

    assert narrow[1] - narrow[0] < wide[1] - wide[0]
