"""Means, intervals and paired differences: against tables, against hands, and against what is known."""

import math
import statistics

import numpy as np
import pytest

from engine.sweep import MEASURED, Results, Spread, differences, replications_for, spread_of, summary, t_value
from tests.engine.sweep.a_sweep import plan

# Student's own example, 1908: hours of sleep gained by ten patients under two drugs.
ONE = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
OTHER = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])


def filled(replications, **columns):
    """Results whose measures are made up. columns: measure -> an array for each variant."""
    found = Results.empty(plan(replications, grid=("launch_type=ecs-ec2,ecs-fargate",)))
    for name, variants in columns.items():
        found.values[:, :, list(MEASURED).index(name)] = variants
    found.is_done[:] = True
    return found


@pytest.mark.parametrize(("degrees", "level", "t"), [
    (1, 0.95, 12.706), (2, 0.95, 4.303), (3, 0.95, 3.182), (4, 0.95, 2.776), (5, 0.9, 2.015), (9, 0.95, 2.262),
    (10, 0.99, 3.169), (30, 0.95, 2.042), (60, 0.99, 2.660), (120, 0.95, 1.980), (120, 0.99, 2.617),
    (10_000_000, 0.95, 1.960),
])  # fmt: skip
def test_t_is_that_of_the_printed_tables(degrees, level, t):
    assert round(t_value(degrees, level), 3) == t


def test_the_series_and_the_expansion_for_many_degrees_meet():
    from engine.sweep import spread

    assert t_value(2_000) == pytest.approx(spread._of_many(2_000, 0.95), rel=1e-11)
    assert t_value(1_999) > t_value(2_000) > t_value(2_001) > t_value(2_002)


def test_a_level_or_a_degree_that_is_none_is_refused():
    for degrees, level in ((0, 0.95), (5, 0), (5, 1), (5, math.nan)):
        with pytest.raises(ValueError, match="degree of freedom"):
            t_value(degrees, level)


def test_a_mean_and_its_interval_by_hand():
    found = spread_of(np.array([2.0, 4.0, math.nan, 6.0]))

    # sd = 2, t(2) = 4.3027, half = 4.3027 * 2 / sqrt(3)
    assert (found.n, found.mean, found.sd) == (3, 4, 2)
    assert found.half_width == pytest.approx(4.968, abs=5e-4)
    assert (found.low + found.high) / 2 == pytest.approx(4)


def test_the_same_as_python_says():
    values = np.random.default_rng(3).lognormal(size=500)
    found = spread_of(values)

    assert found.mean == pytest.approx(statistics.fmean(values), rel=1e-14)
    assert found.sd == pytest.approx(statistics.stdev(values), rel=1e-12)


def test_equal_values_have_no_spread_to_the_bit():
    found = spread_of(np.full(7, 0.1))

    assert (found.mean, found.sd, found.low, found.high) == (0.1, 0, 0.1, 0.1)


@pytest.mark.parametrize(("values", "n"), [([], 0), ([math.nan], 0), ([3.0, math.nan], 1)])
def test_too_few_values_have_no_interval(values, n):
    found = spread_of(np.array(values, dtype=float))

    assert found.n == n
    assert math.isnan(found.low)
    assert math.isnan(found.high)
    assert math.isnan(found.mean) == (n == 0)


def test_paired_differences_are_students_own():
    (found,) = differences(filled(10, failed=[ONE, OTHER]))

    assert (found.variant, found.against, found.along) == (1, 0, "launch_type")
    assert (found.value, found.instead_of, found.where) == ("ecs-fargate", "ecs-ec2", "")
    assert found.spread.mean == pytest.approx(1.58)
    assert found.spread.sd == pytest.approx(1.229995, abs=5e-7)
    assert (found.spread.low, found.spread.high) == pytest.approx((0.7001142, 2.4598858), abs=1e-6)
    assert found.excludes_zero


def test_a_pair_counts_only_where_both_have_a_value():
    one, other = np.array([1.0, math.nan, 3.0, 9.0]), np.array([2.0, 5.0, 5.0, math.nan])
    results = filled(4, recovered=[one, other])
    (found,) = differences(results)

    assert (found.spread.n, found.spread.mean) == (2, 1.5)
    assert [(row.measure, row.missing, row.spread.n) for row in summary(results)] == [("recovered", 1, 3)] * 2


def test_variants_are_held_against_each_other_along_one_path_at_a_time():
    results = Results.empty(plan(2))
    results.is_done[:] = True
    results.values[:, :, list(MEASURED).index("failed")] = [[1, 2], [10, 12], [100, 103], [1000, 1004]]
    found = [(d.against, d.variant, d.along, d.where, d.spread.mean) for d in differences(results)]

    assert found == [
        (0, 1, "traffic.rps", "launch_type=ecs-ec2", 9.5), (0, 2, "launch_type", "traffic.rps=40", 100),
        (1, 3, "launch_type", "traffic.rps=60", 991), (2, 3, "traffic.rps", "launch_type=ecs-fargate", 900.5),
    ]  # fmt: skip


def test_half_done_counts_what_is_done_and_leaves_the_rest_out():
    results = filled(6, failed=[np.arange(6.0), np.arange(6.0) ** 2])
    results.is_done[0, 4:] = False
    seen = results.copy()

    assert [(row.spread.n, row.missing) for row in summary(seen)] == [(4, 0), (6, 0)]
    assert [d.spread.n for d in differences(seen)] == [4]


@pytest.mark.parametrize(("n", "draw", "mean"), [
    (2, "normal", 5.0), (5, "normal", 5.0), (30, "normal", 5.0), (200, "exponential", 1.0),
])  # fmt: skip
def test_intervals_cover_the_true_mean_as_often_as_they_say(n, draw, mean):
    generator, times = np.random.default_rng(11), 2_000
    values = generator.normal(5.0, 3.0, (times, n)) if draw == "normal" else generator.exponential(1.0, (times, n))
    covered = sum(found.low <= mean <= found.high for found in map(spread_of, values)) / times

    # 95 % of 2,000 is 1,900, give or take 10; a skewed distribution costs a little with few values.
    assert abs(covered - 0.95) < (0.016 if draw == "normal" else 0.025)


def test_common_random_numbers_narrow_a_difference():
    """Both variants meet the same luck: what they share is no part of their difference."""
    generator = np.random.default_rng(5)
    luck = generator.normal(0, 10, 50)
    results = filled(50, failed=[100 + luck, 101 + luck + generator.normal(0, 0.5, 50)])
    (paired,) = differences(results)
    alone = [row.spread.half_width for row in summary(results)]

    assert paired.excludes_zero
    assert paired.spread.half_width < 0.1 * min(alone)


# --- how many more ---


def test_so_many_replications_do_and_one_fewer_does_not():
    for sd, within in ((1.0, 0.1), (30.0, 0.01), (7.0, 0.3), (50.0, 0.2)):
        n = replications_for(within, Spread(10, 50.0, sd, 0, 0))
        half = [t_value(n - 1) * sd / math.sqrt(n), t_value(n - 2) * sd / math.sqrt(n - 1) if n > 2 else math.inf]

        assert half[0] <= within * 50 < half[1], (sd, within)


def test_what_is_narrow_enough_needs_two():
    assert replications_for(0.1, spread_of(np.full(5, 3.0))) == 2


@pytest.mark.parametrize("spread", [
    Spread(1, 5.0, math.nan, math.nan, math.nan), Spread(9, 0.0, 1.0, -1, 1), Spread(9, 1e-9, 1e9, 0, 0),
])  # fmt: skip
def test_where_nothing_can_be_said_nothing_is(spread):
    assert replications_for(0.01, spread) is None


def test_a_share_that_is_none_is_refused():
    with pytest.raises(ValueError, match="above 0"):
        replications_for(0, Spread(9, 1.0, 1.0, 0, 2))


def test_the_estimate_comes_true():
    """Ten runs tell how many are needed; so many then have an interval about as narrow as was asked."""
    generator = np.random.default_rng(8)
    widths = []
    for _ in range(200):
        n = replications_for(0.05, spread_of(generator.normal(100, 20, 40)))
        found = spread_of(generator.normal(100, 20, n))
        widths.append(found.half_width / found.mean)

    assert statistics.median(widths) == pytest.approx(0.05, rel=0.05)
