"""The fast stream, the simulation's own `choose` and a plain loop over hosts: every task on the same host."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.placement import Column, Hosts, Needs, Traits
from engine.placement.constraints import all_of
from engine.placement.one_by_one import place_by_choose, place_by_loop
from engine.placement.stream import Batch, place_stream
from tests.laws.any_fleet import CONSTRAINTS, STRATEGIES, fleets, streams


def assert_all_agree(fleet, stream, salt=0):
    fast = place_stream(fleet, stream, salt)
    np.testing.assert_array_equal(fast.host, place_by_choose(fleet, stream, salt), err_msg="choose")
    np.testing.assert_array_equal(fast.host, place_by_loop(fleet, stream, salt), err_msg="loop")
    return fast


@settings(max_examples=400)
@given(fleets(), streams, st.integers(0, 2**63 - 1))
def test_any_stream_goes_the_same_way_by_all_three(fleet, stream, salt):
    assert_all_agree(fleet, stream, salt)


def large(n=60, seed=5):
    draws = np.random.default_rng(seed)
    rack = [f"r{k}" for k in draws.integers(0, 7, n)]
    nothing = np.zeros(n, dtype=np.int64)
    return Hosts(
        zone=draws.integers(0, 3, n), is_open=draws.random(n) < 0.9, free_cpu=draws.integers(0, 9, n) * 1024,
        free_mib=draws.integers(0, 17, n) * 1024, peers=nothing, ports=tuple(frozenset() for _ in range(n)),
        free_enis=draws.integers(0, 6, n),
        traits=Traits({"rack": Column.of(rack)}, Column.of([f"i-{k}" for k in range(n)]), nothing == 0, nothing, {}),
    )  # fmt: skip


@pytest.mark.parametrize("chain", list(itertools.permutations(STRATEGIES[:6], 2)), ids="+".join)
def test_every_pair_of_strategies_until_nothing_fits(chain):
    stream = [
        Batch(Needs(700, 1500, enis=1), 260, chain),
        Batch(Needs(300, 500), 400, chain[::-1], group="service:api"),
    ]
    fast = assert_all_agree(large(), stream, salt=9)

    assert (fast.host[:260] == -1).any()  # it was tight
    assert (fast.host >= 0).sum() > 150


@pytest.mark.parametrize("text", CONSTRAINTS)
def test_every_constraint_with_the_default_strategies(text):
    stream = [
        Batch(Needs(512, 512), 30, group="service:web"),
        Batch(Needs(512, 512), 120, constraints=all_of((text,)), group="service:api"),
        Batch(Needs(256, 256), 40, constraints=all_of((text,)), group="service:web"),
    ]

    assert_all_agree(large(), stream)


def test_chance_is_the_tasks_and_the_hosts_own_whatever_came_before():
    """The same task meets the same draws, alone or as the last of many."""
    fleet, one = large(), Batch(Needs(1, 1), 1, ("random",))
    firsts = place_stream(fleet, [Batch(Needs(1, 1), 50, ("random",))], 7).host

    assert len(set(firsts.tolist())) > 20  # it does scatter
    assert place_stream(fleet, [one], 7).host[0] == firsts[0]
    assert (place_stream(fleet, [Batch(Needs(1, 1), 50, ("random",))], 8).host != firsts).any()


def test_the_fleet_afterwards_is_what_was_taken():
    fleet = large()
    stream = [Batch(Needs(700, 1500, frozenset({80}), 1), 40), Batch(Needs(300, 500), 50, ("binpack-cpu",))]
    fast = place_stream(fleet, stream)
    first, second = (np.bincount(part[part >= 0], minlength=len(fleet)) for part in np.split(fast.host, [40]))

    np.testing.assert_array_equal(fast.hosts.free_cpu, fleet.free_cpu - 700 * first - 300 * second)
    np.testing.assert_array_equal(fast.hosts.free_mib, fleet.free_mib - 1500 * first - 500 * second)
    np.testing.assert_array_equal(fast.hosts.free_enis, fleet.free_enis - first)
    np.testing.assert_array_equal(fast.here, first + second)
    np.testing.assert_array_equal(fast.hosts.peers, first + second)  # one group
    assert [bool(taken) for taken in fast.hosts.ports] == (first > 0).tolist()
    assert first.max() == 1  # the port
