"""The memory limit: who is killed and when, what falls on the others, and how large a limit has to be."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import ScenarioError, catalog, reading
from engine.containers.memory import draws, simulate
from engine.containers.memory_one_by_one import play
from engine.containers.memory_rules import PLACES, MemoryAsk, away_s, back_s, limit_mib, may_restart, paused
from engine.containers.memory_sizing import (
    chance_over,
    enlarged,
    enough_mib,
    fewest,
    full_after_s,
    in_flight,
    more_than,
    on_fargate,
    one_away,
    rest_mib,
)

COPIES = tuple(place for place in PLACES if place != "lambda-size")


@st.composite
def asks(draw, places=PLACES):
    """Any copies, small enough to be played by hand."""
    return MemoryAsk(
        place=draw(st.sampled_from(places)),
        limit_mib=draw(st.integers(128, 2_048)),
        host_mib=draw(st.integers(256, 6_000)),
        base_mib=draw(st.integers(0, 900)),
        per_request_mib=draw(st.sampled_from([0, 1, 7.5, 16, 64])),
        sidecar_mib=draw(st.sampled_from([0, 100])),
        rps=draw(st.floats(0.5, 25)),
        request_s=draw(st.floats(0.05, 8)),
        tasks=draw(st.integers(1, 5)),
        leak_kib=draw(st.sampled_from([0, 200, 4_000, 40_000])),
        restarts=draw(st.booleans()),
        duration_s=draw(st.floats(10, 90)),
        seed=draw(st.integers(0, 9_999)),
    )


# --- the story ---------------------------------------------------------------------------------------------------------


def test_at_three_quarters_of_the_limit_one_dies_and_then_all():
    ask = MemoryAsk()
    found = simulate(ask)

    assert 0.75 <= rest_mib(ask, 4) / limit_mib(ask) <= 0.8
    first = found.kills.t_s[0]
    assert first > 60, "it looks fine for a while"
    assert sorted(found.kills.copy[:4]) == [0, 1, 2, 3]
    assert found.kills.t_s[3] - first < 10, "the others follow within seconds"
    assert found.dark_from_s == found.kills.t_s[3]
    assert len(found.kills.t_s) > 40, "and who comes back alone dies alone"
    assert found.availability < 0.5


def test_nobody_is_over_the_limit_without_being_killed_at_that_moment():
    ask = MemoryAsk()
    found = simulate(ask)

    assert (found.kills.used_mib > limit_mib(ask)).all()
    assert (found.kills.used_mib <= limit_mib(ask) + ask.per_request_mib).all()
    assert (found.memory_mib <= limit_mib(ask)).all()
    assert found.killed == found.kills.lost.sum()


def test_a_little_more_memory_ends_it_and_costs_a_few_dollars():
    ask = MemoryAsk()
    more = enlarged(ask, one_away(ask))

    assert len(simulate(more).kills.t_s) == 0
    assert 10 < on_fargate(more).usd_per_month - on_fargate(ask).usd_per_month < 20


def test_a_fifth_copy_ends_it_too_and_half_of_all_seeds_never_see_it():
    fifth = [len(simulate(MemoryAsk(tasks=5, seed=seed)).kills.t_s) for seed in range(1, 9)]
    calm = sum(not len(simulate(MemoryAsk(seed=seed)).kills.t_s) for seed in range(1, 25))

    assert fifth == [0] * 8
    assert 6 <= calm <= 18, "it is chance: whoever looks at one such spell learns nothing"


@pytest.mark.parametrize(("place", "kills"), [
    ("ecs-limit", True), ("fargate-size", True), ("k8s-limit", True),
    ("ecs-reservation", False),    # the four share what one of them does not need
    ("lambda-size", False),        # each request has a box of its own
])  # fmt: skip
def test_the_same_requests_end_otherwise_in_other_places(place, kills):
    assert bool(len(simulate(MemoryAsk(place=place)).kills.t_s)) == kills


def test_with_a_reservation_only_the_hosts_kernel_picks_whoever_uses_most():
    found = simulate(MemoryAsk(place="ecs-reservation", leak_kib=300))

    first = int(found.kills.t_s[0])
    assert found.kills.copy[0] == found.highest_mib[:, first].argmax()
    assert found.kills.used_mib[0] > 4096 / 4, "it is over its reservation"


def test_a_side_car_counts_against_a_fargate_task_and_not_against_a_containers_own_limit():
    asks = {place: MemoryAsk(place=place, sidecar_mib=128, seed=4) for place in ("ecs-limit", "fargate-size")}

    assert len(simulate(asks["ecs-limit"]).kills.t_s) == 0
    assert len(simulate(asks["fargate-size"]).kills.t_s) > 0


def test_a_function_over_its_memory_loses_one_request_a_kill_and_nothing_else():
    found = simulate(MemoryAsk(place="lambda-size", base_mib=400, per_request_mib=700, rps=5))

    assert found.killed == found.arrived == len(found.kills.t_s)
    assert set(found.kills.lost) == {1}
    assert found.boxes == 1, "the environment is free again at once"


def test_a_function_is_throttled_where_the_account_ends():
    found = simulate(MemoryAsk(place="lambda-size", rps=100, request_s=30, duration_s=60, limit_mib=512))

    assert found.boxes == catalog.number("lambda.concurrency_default")
    assert found.refused > 0
    assert len(found.kills.t_s) == 0


def test_a_leak_alone_fills_it_and_the_sum_says_when():
    ask = MemoryAsk(rps=4, request_s=0.5, tasks=1, leak_kib=500, per_request_mib=0)
    found = simulate(ask)

    assert found.kills.t_s[0] == pytest.approx(full_after_s(ask), rel=0.1)


def test_a_copy_that_does_not_fit_at_rest_dies_at_once_and_again_after_each_return():
    found = simulate(MemoryAsk(base_mib=2000, tasks=1, rps=1))

    assert found.kills.t_s[0] == 0
    assert len(found.kills.t_s) > 600 / 45
    assert found.dark_s == pytest.approx(600)
    assert found.ok == found.killed == 0


# --- who brings it back ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", COPIES)
def test_a_copy_is_away_as_long_as_the_parts_say(place):
    low, high = away_s(MemoryAsk(place=place))
    drawn = [back_s(MemoryAsk(place=place, seed=seed), 1, 2, 50) for seed in range(200)]

    assert low <= min(drawn)
    assert max(drawn) <= high
    assert max(drawn) - min(drawn) > 0.7 * (high - low)


def test_kubernetes_waits_longer_each_time_and_forgets():
    pauses, after = [], 0.0
    for _ in range(8):
        now, after = paused(after, 60)
        pauses.append(now)

    assert pauses == [0, 10, 20, 40, 80, 160, 300, 300]
    assert paused(after, 601) == (0, 10)


def test_a_restart_policy_helps_only_who_ran_long_enough_and_was_unknown_at_the_talk():
    long, short = (back_s(MemoryAsk(restarts=True, seed=3), 0, 1, ran_s) for ran_s in (300, 299))

    assert long == 13
    assert short == back_s(MemoryAsk(seed=3), 0, 1, 299)
    assert may_restart("today")
    assert not may_restart("talk")
    assert back_s(MemoryAsk(restarts=True, era="talk", seed=3), 0, 1, 300) == short


# --- laws --------------------------------------------------------------------------------------------------------------


@given(asks())
def test_every_request_ends_in_one_way(ask):
    found = simulate(ask)

    assert found.arrived == draws(ask)[0].size
    assert found.ok + found.killed + found.refused + found.working == found.arrived
    assert 0 <= found.availability <= 1
    windows = found.ok_per_s + found.killed_per_s + found.refused_per_s
    assert round(float(windows.sum()) * 5) == found.arrived
    assert found.kills.lost.sum() == found.killed
    assert 0 <= found.dark_s <= ask.duration_s + 1e-9
    assert (found.highest_mib >= found.memory_mib).all()


@given(asks())
def test_nobody_is_killed_where_all_requests_together_fit(ask):
    n = draws(ask)[0].size
    all_mib = ask.base_mib + ask.sidecar_mib + (ask.per_request_mib + ask.leak_kib / 1024) * n
    roomy = ask.model_copy(
        update={"limit_mib": math.ceil(all_mib) + 1, "host_mib": ask.tasks * (math.ceil(all_mib) + 1)}
    )

    found = simulate(roomy)

    assert len(found.kills.t_s) == 0
    assert found.ok + found.working == n or ask.place == "lambda-size"


@given(asks(places=("ecs-limit", "k8s-limit")), st.integers(1, 500))
def test_the_first_kill_never_comes_later_with_less_memory(ask, less_mib):
    """Only the first: whoever is killed sooner is also back sooner, and may then live longer."""
    one = ask.model_copy(update={"tasks": 1, "limit_mib": ask.limit_mib + less_mib})
    small, large = simulate(one.model_copy(update={"limit_mib": ask.limit_mib})), simulate(one)

    assert next(iter(small.kills.t_s), np.inf) <= next(iter(large.kills.t_s), np.inf)


# --- the twin ----------------------------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(asks())
def test_simpy_kills_the_same_copies_at_the_same_moments(ask):
    fast, slow = simulate(ask), play(ask)

    assert list(zip(fast.kills.t_s, fast.kills.copy, fast.kills.lost, strict=True)) == slow.kills
    assert (fast.ok, fast.killed, fast.refused) == (slow.ok, slow.killed, slow.refused)


@pytest.mark.parametrize("place", PLACES)
def test_the_pages_own_run_is_the_twins_too(place):
    ask = MemoryAsk(place=place, leak_kib=40, duration_s=400)
    fast, slow = simulate(ask), play(ask)

    assert list(zip(fast.kills.t_s, fast.kills.copy, fast.kills.lost, strict=True)) == slow.kills
    assert (fast.ok, fast.killed, fast.refused) == (slow.ok, slow.killed, slow.refused)


# --- sizing ------------------------------------------------------------------------------------------------------------


def by_fractions(most, mean):
    """Sum a Poisson's tail as exactly as can be: the series in fractions, and e to the mean from its own series."""
    mean = Fraction(mean)
    term = whole = Fraction(1)
    head = Fraction(1) if most >= 0 else Fraction(0)
    for k in range(1, 120):
        term = term * mean / k
        whole += term
        head += term if k <= most else 0
    return float((whole - head) / whole)


@pytest.mark.parametrize("mean", [0.25, 1, 8, 24])
@pytest.mark.parametrize("most", [-1, 0, 1, 7, 24, 39, 50])
def test_the_tail_of_a_poisson_is_what_an_exact_sum_gives(mean, most):
    assert more_than(most, mean) == pytest.approx(by_fractions(most, mean), rel=1e-9)


@given(st.floats(0.01, 400), st.floats(1e-9, 0.4))
def test_the_fewest_is_rare_enough_and_one_less_is_not(mean, chance):
    k = fewest(mean, chance)

    assert more_than(k, mean) <= chance
    assert k == 0 or more_than(k - 1, mean) > chance


def test_one_copys_requests_are_poisson_as_the_theory_says():
    ask = MemoryAsk(tasks=1, rps=12, request_s=2, base_mib=0, per_request_mib=1, limit_mib=10_000, duration_s=1_200)
    counts = np.concatenate([simulate(ask.model_copy(update={"seed": seed})).memory_mib[0, 20:] for seed in range(12)])

    assert counts.mean() == pytest.approx(24, rel=0.03)
    assert counts.var() == pytest.approx(24, rel=0.1)
    assert (counts > 30).mean() == pytest.approx(more_than(30, 24), rel=0.15)


def test_going_round_several_copies_is_steadier_than_the_theory():
    ask = MemoryAsk(base_mib=0, per_request_mib=1, limit_mib=10_000, duration_s=1_200)
    counts = np.concatenate(
        [simulate(ask.model_copy(update={"seed": seed})).memory_mib[:, 20:].ravel() for seed in range(4)]
    )

    assert counts.mean() == pytest.approx(24, rel=0.03)
    assert (counts > 34).mean() < more_than(34, 24)


@given(asks(), st.integers(1, 5))
def test_a_limit_that_is_said_to_do_is_crossed_as_rarely_as_was_asked_and_no_less_would(ask, running):
    found = enough_mib(ask, running)
    own = "host_mib" if ask.place == "ecs-reservation" else "limit_mib"
    plain = (
        ask.model_copy(update={"place": "ecs-limit", "base_mib": ask.base_mib + ask.sidecar_mib})
        if ask.place == "fargate-size"
        else ask
    )

    assert chance_over(plain.model_copy(update={own: found}), running) <= 1 / ask.one_in
    if ask.per_request_mib and in_flight(ask, running) > 0.1:
        assert chance_over(plain.model_copy(update={own: found - 1}), running) > 1 / ask.one_in or ask.one_in == 1


def test_what_no_limit_can_hold_is_said():
    ask = MemoryAsk(rps=200, request_s=30, per_request_mib=4_096, tasks=1)

    assert enough_mib(ask, 1) is None
    assert enlarged(ask, 1) is None


def test_the_price_follows_the_next_size_and_counts_side_cars_once():
    sizes = {place: on_fargate(MemoryAsk(place=place, limit_mib=1000, sidecar_mib=100)) for place in PLACES}

    assert [size and size.memory_mib for size in sizes.values()] == [2048, 1024, 1024, 2048, None]
    assert on_fargate(MemoryAsk(limit_mib=122_880, sidecar_mib=200_000 // 16, era="talk")) is None


def test_an_unknown_place_is_refused_in_words():
    with pytest.raises(ScenarioError, match="ecs-limit"):
        reading.check(MemoryAsk, {"place": "moon"}, lambda _: [])


def test_what_the_paragraphs_say_of_the_page_as_it_comes():
    ask = MemoryAsk()

    assert in_flight(ask, 4) == 24
    assert (limit_mib(ask) - ask.base_mib) / ask.per_request_mib == 39
    assert 1 / chance_over(ask, 4) == pytest.approx(580, abs=10)
    assert rest_mib(ask, 3) / limit_mib(ask) == pytest.approx(0.9, abs=0.02)
    assert enough_mib(ask, one_away(ask)) / ask.limit_mib == pytest.approx(4 / 3, abs=0.04)
