"""Stopping: the order of signals and doors, what each loses, and the formula (Little's law) that the draws are held against."""

import heapq

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.containers.asks import StopAsk
from engine.containers.stopping import OUTCOMES, expected_lost, order_of, requests, stop

ASKS = st.builds(
    StopAsk, place=st.sampled_from(["ecs", "ecs-spot", "kubernetes"]), on_term=st.sampled_from(["finishes", "exits", "ignores"]),
    rps=st.floats(0, 60), long_share=st.floats(0, 0.2), long_s=st.floats(1, 90), usual_ms=st.floats(10, 2_000),
    deregistration_delay_s=st.floats(0, 300), stop_timeout_s=st.floats(2, 120), grace_s=st.floats(0, 120), pre_stop_s=st.floats(0, 130),
    routed_s=st.floats(0, 20), seed=st.integers(0, 1_000),
)  # fmt: skip


@pytest.mark.parametrize(("settings", "term", "kill"), [
    ({"place": "ecs"}, 300, 330),
    ({"place": "ecs", "deregistration_delay_s": 5, "stop_timeout_s": 60}, 5, 65),
    ({"place": "ecs-spot"}, 0, 30),
    ({"place": "ecs-spot", "stop_timeout_s": 600}, 0, 120),
    ({}, 0, 30),
    ({"pre_stop_s": 10}, 10, 30),
    ({"pre_stop_s": 60}, 30, 32),       # the hook is broken off at the grace's end, and gets two seconds
])  # fmt: skip
def test_who_sends_sigterm_when(settings, term, kill):
    order = order_of(StopAsk(**settings))

    assert (order.term_s, order.kill_s) == (term, kill)


def test_ecs_waits_and_loses_nothing_kubernetes_is_quick_and_loses_what_still_comes():
    ecs, kubernetes = stop(StopAsk(place="ecs")), stop(StopAsk())

    assert (ecs.lost, kubernetes.count("refused")) == (0, kubernetes.lost)
    assert 60 < kubernetes.lost < 140  # 20 a second for 5 s
    assert ecs.ended_s > 300
    assert kubernetes.ended_s < 5


def test_a_sleep_before_sigterm_mends_it_and_ignoring_it_works_as_long_as_requests_are_short():
    assert stop(StopAsk(pre_stop_s=10)).lost == 0
    assert stop(StopAsk(on_term="ignores")).lost == 0
    assert stop(StopAsk(on_term="ignores", long_share=0.05)).count("killed") > 5
    assert stop(StopAsk(on_term="ignores")).ended_s == 30


@pytest.mark.parametrize("settings", [
    {}, {"on_term": "exits"}, {"on_term": "ignores", "long_share": 0.05}, {"pre_stop_s": 3, "long_share": 0.02},
    {"place": "ecs", "deregistration_delay_s": 20, "long_share": 0.05}, {"place": "ecs-spot", "long_share": 0.02},
    {"place": "ecs", "deregistration_delay_s": 2, "on_term": "exits"}, {"pre_stop_s": 40, "long_share": 0.1},
])  # fmt: skip
def test_many_stops_lose_what_the_formula_says(settings):
    lost = np.array([stop(StopAsk(seed=seed, **settings)).lost for seed in range(300)])
    want = expected_lost(StopAsk(**settings))

    assert abs(lost.mean() - want) < 4 * np.sqrt(want / 300) + 1e-9  # a Poisson number: its variance is its mean
    assert lost.var() == pytest.approx(want, rel=0.35)


@given(ASKS)
def test_every_request_ends_once_and_none_after_the_container(ask):
    found = stop(ask)

    assert sum(found.count(outcome) for outcome in OUTCOMES) == len(found.came_s)
    assert (found.over_s >= found.came_s).all()
    assert (found.over_s[found.outcome == 0] <= found.order.kill_s).all()
    assert found.ended_s <= found.order.kill_s
    assert (found.came_s <= ask.routed_s).all()


@given(ASKS)
def test_against_one_moment_after_the_other(ask):
    """Walk through the moments in order, as a process would live them: the same requests meet the same ends."""
    found, order = stop(ask), order_of(ask)
    came, takes = requests(ask)
    ends, comes, blows = 0, 4, {"cut": 1, "killed": 2, "exited": 3}
    events = [(at, comes, n) for n, at in enumerate(came)]
    events += [(order.cut_s, blows["cut"], "cut"), (order.kill_s, blows["killed"], "killed")]
    if ask.on_term == "exits":
        events.append((order.term_s, blows["exited"], "exited"))
    heapq.heapify(events)
    working, over = {}, {}
    while events:
        at, kind, what = heapq.heappop(events)
        if kind == comes and at >= order.closed_s:
            over[what] = "refused"
        elif kind == comes:
            working[what] = True
            heapq.heappush(events, (at + takes[what], ends, what))
        elif kind == ends:
            if working.pop(what, False):
                over[what] = "ok"
        else:
            over |= dict.fromkeys(working, what)
            working.clear()

    seen = [n for n, at in enumerate(came) if at in set(found.came_s)]
    assert [over[n] for n in seen] == [OUTCOMES[outcome] for outcome in found.outcome]


@given(ASKS)
def test_a_longer_memory_draws_no_other_future(ask):
    short = stop(ask)
    longer = stop(ask.model_copy(update={"long_s": ask.long_s * 2, "long_share": 0.0}))
    usual = stop(ask.model_copy(update={"long_share": 0.0}))

    assert np.array_equal(longer.came_s, usual.came_s)
    assert np.array_equal(short.came_s[short.came_s > 0], usual.came_s[usual.came_s > 0])
