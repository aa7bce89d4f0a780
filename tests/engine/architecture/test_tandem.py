"""Hops: queues in a row agree with Erlang's sum, and a process of one worker is a part."""

import math

import numpy as np
import pytest

from engine.architecture import PiecesAsk, by_calls, by_hops
from engine.architecture.tandem import AT_CALLS, AT_PARTS, erlang_quantile, one_queue, part_ms, pooled


def misses(curve):
    known = ~np.isnan(curve.theory)
    return curve.x[known & ~((curve.low <= curve.theory) & (curve.theory <= curve.high))].tolist()


@pytest.fixture(scope="module")
def hops():
    return by_hops(PiecesAsk())


@pytest.mark.parametrize("ask", [{"busy": 0.3, "hop_ms": 5}, {"busy": 0.7, "seed": 3}, {"busy": 0}])
def test_the_sum_of_the_hops_lies_within_the_interval(ask):
    found = by_hops(PiecesAsk(**ask))

    assert misses(found.p50) == misses(found.p99) == []


def test_one_part_is_one_process(hops):
    assert hops.p99.at(1)[1:] == hops.one_p99.at(1)[1:]
    assert misses(hops.one_p99) == []


def test_the_tail_grows_with_the_hops_though_every_part_is_fast(hops):
    assert (np.diff(hops.p99.mean) > 0).all()
    assert (hops.one_p99.mean < hops.p99.low)[AT_PARTS >= 2].all()
    # One pool of workers waits for none of them while another one is idle.
    assert hops.one_p99.at(20)[1] < 0.6 * hops.p99.at(20)[1]


def test_a_hop_costs_what_it_takes(hops):
    slow = by_hops(PiecesAsk(hop_ms=11))

    assert slow.p50.mean - hops.p50.mean == pytest.approx((AT_PARTS - 1) * 10.0)
    assert slow.one_p50.mean == pytest.approx(hops.one_p50.mean)


@pytest.mark.parametrize("stages", [1, 2, 7, 50])
@pytest.mark.parametrize("share", [0.5, 0.99])
def test_erlangs_quantile_is_what_a_sum_of_exponentials_meets(stages, share):
    drawn = np.random.default_rng(stages).exponential(size=(100_000, stages)).sum(axis=1)

    assert (drawn <= erlang_quantile(stages, share)).mean() == pytest.approx(share, abs=0.005)


def test_the_slowest_of_many_decides():
    found = by_calls(PiecesAsk())

    assert misses(found.p50) == misses(found.p99) == misses(found.slow) == []
    # With a hundred calls nearly two answers in three wait longer than 99 of 100 single calls.
    assert found.slow.at(100)[0] == pytest.approx(1 - 0.99**100)
    assert found.p99.at(1)[0] == pytest.approx(part_ms(PiecesAsk()) * math.log(100))
    assert (np.diff(found.p50.mean) > 0).all()
    assert len(AT_CALLS) == len(found.slow.x)


def test_a_pool_is_never_slower_than_its_workers_apart():
    arrive, work = np.array([0.0, 1, 2, 3]), np.array([5.0, 5, 1, 1])

    assert one_queue(arrive, work).tolist() == [5, 10, 11, 12]
    assert pooled(arrive, work, 1).tolist() == [5, 10, 11, 12]
    assert pooled(arrive, work, 2).tolist() == [5, 6, 6, 7]
