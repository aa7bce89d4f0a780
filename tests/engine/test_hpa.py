"""The HorizontalPodAutoscaler's rules: what a metric asks for, and what windows, rates and bounds leave of it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.kubernetes.hpa import Hpa, Policy, Rules
from engine.scaling.hpa import HorizontalPodAutoscaler, Moment, limit, limit_rate, remember, stabilize, wanted
from engine.scaling.hpa_replicas import Pod, Proposal, by_share, by_total, by_utilization, by_value

RULE = Hpa(cpu_init_s=120, readiness_delay_s=10, metrics_every_s=60)


def pod(used, **more):
    return Pod(request=1000, usage=used, **more)


# --- what a metric asks for ---


#     the third pod               replicas at a target of 30 %, two others using 500 and 700
@pytest.mark.parametrize(("third", "replicas"), [
    (pod(300), 5),                                       # counts: 50 % on three
    (pod(300, is_ready=False), 4),                       # never ready: 60 % on two, then taken to use nothing: 40 % on three
    (pod(300, is_ready=False, age_s=600, changed_s=5), 5),  # was ready for long: counts though it is not ready now
    (pod(300, age_s=30), 4),                             # ready, but younger than one reading's window
    (pod(300, age_s=90), 5),                             # old enough for a whole window
    (pod(None), 4),                                      # no reading: nothing, to grow
    (pod(300, phase="Pending"), 4),                      # not on a node yet
    (pod(300, phase="Failed"), 4),                       # is no pod any more: 60 % on two
    (pod(300, is_terminating=True), 4),
])  # fmt: skip
def test_whose_reading_counts(third, replicas):
    assert by_utilization(RULE, 3, 30, [pod(500), pod(700), third]).replicas == replicas


def test_a_dead_pod_is_left_out_and_a_young_one_is_held_back():
    """Both leave 60 % on two pods: without the third, four are wanted; with it at nothing, the growth is of three pods."""
    old = [pod(900), pod(900)]

    assert by_utilization(RULE, 2, 30, [*old, pod(0, phase="Failed")]).replicas == 6
    assert by_utilization(RULE, 3, 30, [*old, pod(0, is_ready=False)]).replicas == 6
    assert by_utilization(RULE, 2, 50, [*old, pod(0, phase="Failed")]).replicas == 4
    assert by_utilization(RULE, 3, 50, [*old, pod(0, is_ready=False)]).replicas == 4
    assert by_utilization(RULE, 3, 85, [*old, pod(0, is_ready=False)]).replicas == 3  # 60 % < 85 %: it would turn round


def test_missing_readings_slow_both_ways():
    calm = [pod(100), pod(100)]

    assert by_utilization(RULE, 4, 50, calm).replicas == 1
    assert by_utilization(RULE, 4, 50, [*calm, pod(None)]).replicas == 3  # taken to use all that it asked for
    assert by_utilization(RULE, 4, 50, [*calm, pod(None), pod(None)]).replicas == 4  # then it would grow: stay


def test_a_target_beyond_the_request_expects_as_much_of_those_without_a_reading():
    """At a target of 200 %, two use 150 % each; a third that is not read is taken to use 200 %, or only all it asked for."""
    pods = [pod(1500), pod(1500), pod(None)]

    assert by_utilization(RULE, 6, 200, pods).replicas == 3
    assert by_utilization(RULE, 6, 200, [pod(1000)] * 5 + [pod(None)]).replicas == 4
    assert by_utilization(RULE, 6, 200, [pod(1000)] * 5 + [pod(None)], today=False).replicas == 3


@pytest.mark.parametrize(("used", "replicas"), [(1099, 10), (1109, 11), (1110, 12), (900, 10), (890, 9)])
def test_within_a_tenth_of_the_target_nothing_happens(used, replicas):
    assert by_utilization(RULE, 10, 100, [pod(used)] * 10).replicas == replicas


def test_memory_takes_unready_pods_at_their_word_and_cpu_does_not():
    pods = [pod(800), pod(0, is_ready=False)]

    assert by_utilization(RULE, 2, 50, pods, resource="cpu").replicas == 2
    assert by_utilization(RULE, 2, 50, pods, resource="memory").replicas == 2
    assert by_utilization(RULE, 2, 20, pods, resource="cpu").replicas == 4
    assert by_utilization(RULE, 2, 20, pods, resource="memory").metric == 40  # of both, not 80 of one


@pytest.mark.parametrize("pods", [[], [pod(None)], [Pod(request=None, usage=1)], [Pod(request=0, usage=1)]])
def test_where_nothing_is_known_it_says_so_in_words(pods):
    found = by_utilization(RULE, 3, 50, pods)

    assert found.replicas is None
    assert found.because


def test_four_ways_to_ask_for_pods_by_a_number_of_your_own():
    """Three pods, 40,000 in all, a target of 10,000: of each pod, of one thing, or shared out."""
    pods = [Pod(usage=value) for value in (10_000, 10_000, 20_000)]

    assert by_value(RULE, 3, 10_000, pods).replicas == 4  # 13,333 each
    assert by_total(RULE, 3, 10_000, 40_000, pods).replicas == 12  # four times the target, on three ready pods
    assert by_total(RULE, 0, 10_000, 40_000, []).replicas == 4  # from none
    assert by_share(RULE, 3, 10_000, 40_000).replicas == 4
    assert by_share(RULE, 0, 10_000, 40_000).replicas == 4


def test_several_metrics_and_one_that_is_silent():
    silent = Proposal(None)

    assert wanted([Proposal(3), Proposal(7)], 5) == 7
    assert wanted([Proposal(7), silent], 5) == 7  # growing is safe
    assert wanted([Proposal(3), silent], 5) is None  # shrinking is not: the silent one may need what there is
    assert wanted([silent], 5) is None


# --- windows ---


def test_shrinking_waits_for_the_highest_of_the_window():
    autoscaler = HorizontalPodAutoscaler(Hpa(down_window_s=60))
    said = [autoscaler.decide(at_s, 10, [Proposal(wish)], 1, 100).desired for at_s, wish in
            [(0, 10), (15, 2), (30, 6), (45, 2), (61, 2), (91, 2)]]  # fmt: skip

    assert said == [10, 10, 10, 10, 6, 2]  # the first look counts for 60 s, then the six does


def test_the_first_look_shrinks_nothing_and_grows_at_once():
    assert HorizontalPodAutoscaler(Hpa()).decide(0, 5, [Proposal(2)], 1, 100).desired == 5
    assert HorizontalPodAutoscaler(Hpa()).decide(0, 5, [Proposal(8)], 1, 100).desired == 8
    assert HorizontalPodAutoscaler(Hpa(), past=[]).decide(0, 5, [Proposal(2)], 1, 100).desired == 2


PAST = [Moment(240, 10), Moment(270, 2)]


#                 current  wish  windows   today  v1.20
@pytest.mark.parametrize(("current", "wish", "up_s", "down_s", "today", "before"), [
    (4, 3, 0, 300, 4, 10),      # a wish to shrink must not make it grow
    (12, 3, 0, 300, 10, 10),
    (4, 8, 300, 0, 4, 2),       # nor a wish to grow shrink it
    (1, 8, 300, 0, 2, 2),
    (4, 8, 0, 0, 8, 8),
])  # fmt: skip
def test_windows_of_both_directions_make_an_envelope(current, wish, up_s, down_s, today, before):
    assert stabilize(PAST, 300, current, wish, up_s, down_s) == today
    assert stabilize(PAST, 300, current, wish, up_s, down_s, envelope=False) == before


def test_memory_takes_no_more_room_than_the_window_needs():
    past = []
    for at_s in range(0, 3_600, 15):
        past = remember(past, at_s, 3, 300)

    assert len(past) == 21  # within 300 s, both ends in; each new one is written over the oldest


# --- rates and bounds ---


SLOW = Rules(select="Min", policies=(Policy(type="Pods", value=2), Policy(type="Percent", value=50)))
FAST = Rules(select="Max", policies=(Policy(type="Pods", value=2), Policy(type="Percent", value=50)))
NEVER = Rules(select="Disabled")


@pytest.mark.parametrize(
    ("rules", "grown", "shrunk"), [(SLOW, 12, 8), (FAST, 15, 5), (NEVER, 10, 10), (Rules(), 20, 1)]
)
def test_of_two_rates_the_slower_the_faster_or_none(rules, grown, shrunk):
    up, down = rules.up(), rules.down(300)

    assert limit_rate(10, 100, 1, 1_000, up, down).replicas == grown
    assert limit_rate(10, 0, 1, 1_000, up, down).replicas == shrunk


def test_what_changed_within_the_period_counts_against_the_rate():
    up = Rules(policies=(Policy(type="Pods", value=6, period_s=60),)).up()
    down = Rules().down(300)

    assert limit_rate(10, 100, 1, 1_000, up, down, [Moment(0, 4)], now_s=30).replicas == 12
    assert limit_rate(10, 100, 1, 1_000, up, down, [Moment(0, 4)], now_s=60).replicas == 16
    assert limit_rate(10, 100, 1, 1_000, up, down, [Moment(0, 9)], now_s=30).replicas == 10  # never shrinks for it


def test_what_went_gives_room_to_grow_again_today_and_did_not_before():
    """Ten pods went down to four a moment ago: back to ten is no growth."""
    up, down = Rules(policies=(Policy(type="Pods", value=1, period_s=60),)).up(), Rules().down(300)

    assert limit_rate(4, 100, 1, 1_000, up, down, [], [Moment(0, 6)], now_s=30).replicas == 11
    assert limit_rate(4, 100, 1, 1_000, up, down, [], [Moment(0, 6)], now_s=30, both=False).replicas == 5


def test_each_limit_gives_its_name():
    up, down = Rules().up(), Rules(policies=(Policy(type="Pods", value=1),)).down(300)

    assert limit_rate(10, 15, 1, 100, up, down).reason == "DesiredWithinRange"
    assert limit_rate(10, 50, 1, 100, up, down).reason == "ScaleUpLimit"
    assert limit_rate(10, 50, 1, 12, up, down).reason == "TooManyReplicas"
    assert limit_rate(10, 2, 1, 100, up, down).reason == "ScaleDownLimit"
    assert limit_rate(10, 2, 10, 100, up, down).reason == "TooFewReplicas"
    assert limit(10, 2, 3, 100).reason == "TooFewReplicas"


def test_outside_its_bounds_or_at_none_no_metric_is_asked():
    autoscaler = HorizontalPodAutoscaler(Hpa())

    assert autoscaler.decide(0, 0, [Proposal(9)], 1, 5).desired == 0  # somebody switched it off
    assert autoscaler.decide(0, 9, [Proposal(None)], 1, 5).desired == 5
    assert autoscaler.decide(0, 2, [Proposal(None)], 3, 5).desired == 3
    assert autoscaler.decide(0, 4, [Proposal(None)], 3, 5).desired == 4


# --- laws ---


rules = st.builds(
    Rules,
    select=st.sampled_from(["Max", "Min", "Disabled"]),
    stabilization_s=st.sampled_from([None, 0, 30, 90]),
    policies=st.lists(
        st.builds(
            Policy,
            type=st.sampled_from(["Pods", "Percent"]),
            value=st.integers(1, 250),
            period_s=st.sampled_from([15, 60]),
        ),
        max_size=3,
    ).map(tuple),
)


@given(
    up=st.none() | rules,
    down=st.none() | rules,
    wishes=st.lists(st.none() | st.integers(0, 80), min_size=1, max_size=30),
    start=st.integers(1, 50),
    bounds=st.tuples(st.integers(1, 9), st.integers(9, 60)),
)
def test_any_walk_stays_within_bounds_and_rates(up, down, wishes, start, bounds):
    """Whatever the metrics say: the size is within the bounds after one look, and no period sees more than its rate."""
    least, most = bounds
    rule = Hpa(scale_up=up, scale_down=down)
    autoscaler, size, sizes = HorizontalPodAutoscaler(rule), start, []
    for look, wish in enumerate(wishes):
        before, size = size, autoscaler.decide(15.0 * look, size, [Proposal(wish)], least, most).desired
        sizes.append(before)

        assert least <= size <= most
        if least <= before <= most and up is None and down is None:
            assert size <= max(2 * before, 4)
        if (up or down) and least <= before <= most and size > before:
            assert size <= _most(up or Rules(), sizes)
        if (up or down) and least <= before <= most and size < before:
            assert (down or Rules()).select != "Disabled"


def _most(given_rules, sizes):
    """The largest size allowed: from the smallest of each period on, since what shrank meanwhile gives nothing back."""
    if given_rules.select == "Disabled":
        return sizes[-1]
    found = []
    for policy in given_rules.up().policies:
        looks = math.ceil(policy.period_s / 15)
        began = max(sizes[-looks:])
        found.append(began + policy.value if policy.type == "Pods" else math.ceil(began * (1 + policy.value / 100)))
    return max(found) if given_rules.select == "Max" else min(found)


@given(st.lists(st.tuples(st.integers(0, 2000), st.booleans()), min_size=1, max_size=12), st.integers(1, 150))
def test_a_target_that_is_kept_or_a_direction_never_turns(pods, target):
    """The answer never lies on the other side of the present size than the readings do."""
    found = by_utilization(RULE, len(pods), target, [pod(used, is_ready=ready) for used, ready in pods])
    if found.replicas is None:
        assert not any(ready for _, ready in pods)
    elif found.metric > target:
        assert found.replicas >= sum(ready for _, ready in pods)
    else:
        assert found.replicas <= len(pods)
