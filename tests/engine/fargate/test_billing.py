"""Billing: by the second, a minute at least, from the pull on; a short task pays for time it never used."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.fargate import billed_s, by_length, disk_usd_per_hour, short_tasks, smallest, usd_per_hour

SIZE = smallest(1024, 2048, "today")
HOUR = 0.04048 + 2 * 0.004445


@pytest.mark.parametrize(
    ("ran", "billed"), [(0, 60), (1, 60), (59.9, 60), (60, 60), (60.01, 61), (61, 61), (3600.5, 3601)]
)
def test_seconds_are_rounded_up_and_a_minute_is_the_least(ran, billed):
    assert billed_s(ran) == billed


@given(st.floats(0, 1e6))
def test_never_less_than_it_ran_and_less_than_a_second_more(ran):
    assert billed_s(ran) >= max(60, ran)
    assert billed_s(ran) < max(60, ran) + 1 + 1e-6


@given(st.floats(0, 1e5), st.floats(0, 1e3))
def test_longer_is_never_cheaper(ran, more):
    assert billed_s(ran + more) >= billed_s(ran)


def test_ten_thousand_tasks_of_five_seconds_pay_for_a_minute_each():
    found = short_tasks(10_000, work_s=5, pull_s=15, size=SIZE)

    assert found.billed_s == 60
    assert found.usd == pytest.approx(10_000 * 60 / 3600 * HOUR)
    assert found.work_usd == pytest.approx(10_000 * 5 / 3600 * HOUR)
    assert found.overhead == pytest.approx(1 - 5 / 60)


def test_one_task_that_does_all_of_it_pays_a_twelfth():
    many = short_tasks(720, work_s=5, pull_s=0, size=SIZE)
    one = short_tasks(1, work_s=3600, pull_s=0, size=SIZE)

    assert many.usd / one.usd == pytest.approx(12)


def test_the_pull_is_billed_as_well():
    assert short_tasks(1, work_s=100, pull_s=20, size=SIZE).billed_s == 120
    assert short_tasks(1, work_s=100, pull_s=0, size=SIZE).billed_s == 100


def test_an_hour_of_work_gets_cheaper_as_tasks_get_longer():
    curve = by_length(np.array([5.0, 30.0, 45.0, 300.0, 3600.0]), pull_s=15, size=SIZE)
    by_hand = np.array([60 / 5, 60 / 30, 60 / 45, 315 / 300, 3615 / 3600]) * HOUR

    assert curve.usd_per_work_hour == pytest.approx(by_hand)


@given(st.lists(st.floats(0.5, 1e4), min_size=1, max_size=20), st.floats(0, 600))
def test_work_never_costs_less_than_its_own_seconds(lengths, pull):
    curve = by_length(np.array(lengths), pull, SIZE)

    assert (curve.usd_per_work_hour >= usd_per_hour(SIZE, "x86") - 1e-12).all()


@pytest.mark.parametrize(("gib", "usd"), [(0, 0), (20, 0), (21, 0.000111), (200, 180 * 0.000111)])
def test_disk_beyond_what_comes_with_a_task_costs(gib, usd):
    assert disk_usd_per_hour(gib) == pytest.approx(usd)
