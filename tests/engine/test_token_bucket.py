"""The token bucket: a burst at once, then one every refill; never more than the brim."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.token_bucket import take


def waits(asked_s, burst, per_s):
    """Let takers through one bucket; how long does each wait?"""
    tokens, at_s, found = burst, 0.0, []
    for now_s in asked_s:
        tokens, wait_s = take(tokens, at_s, now_s, burst, per_s)
        at_s = now_s
        found.append(wait_s)
    return found


def test_the_burst_goes_at_once_and_the_rest_at_the_rate():
    assert waits([0.0] * 6, burst=3, per_s=2) == [0, 0, 0, 0.5, 1.0, 1.5]


def test_a_pause_fills_the_bucket_no_further_than_its_brim():
    assert waits([0, 0, 0, 100, 100, 100, 100], burst=3, per_s=2) == [0, 0, 0, 0, 0, 0, 0.5]


def test_what_is_owed_is_paid_back_first():
    assert waits([0, 0, 0, 0.25], burst=1, per_s=2) == [0, 0.5, 1.0, 1.25]  # without the debt it would be 0.25


@given(
    gaps=st.lists(st.floats(0, 5), min_size=1, max_size=60),
    burst=st.integers(1, 20),
    per_s=st.sampled_from([0.25, 0.5, 1.0, 2.0, 20.0]),
)
def test_no_window_lets_more_through_than_the_burst_and_the_refill(gaps, burst, per_s):
    asked, now = [], 0.0
    for gap in gaps:
        now += gap
        asked.append(now)
    let = [at + wait for at, wait in zip(asked, waits(asked, float(burst), per_s), strict=True)]

    assert let == sorted(let)
    for first in range(len(let)):
        for last in range(first, len(let)):
            assert last - first + 1 <= burst + (let[last] - let[first]) * per_s + 1e-6


@given(n=st.integers(1, 200), burst=st.integers(1, 50), per_s=st.integers(1, 30))
def test_nobody_waits_longer_than_those_before_make_it(n, burst, per_s):
    assert waits([0.0] * n, float(burst), float(per_s)) == pytest.approx(
        [max(0, k + 1 - burst) / per_s for k in range(n)]
    )
