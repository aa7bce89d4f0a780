"""Two loops in a row: what each look saw, how long the second one waits, and which hosts are left."""

import pytest

from engine import catalog, loops, metrics, readings, run
from engine import story as story_of
from engine.events import Kind
from engine.idle import idle_reasons, stays
from pages.parts.lesson import changed, lesson
from tests.engine.a_group import story

FLEET = lesson("fleet").scenario


@pytest.fixture(scope="module")
def spread():
    return run(FLEET)


@pytest.fixture(scope="module")
def packed():
    return run(FLEET.with_("services.web.placement", ["binpack-memory"]))


def test_a_look_that_acts_was_past_its_alarm_for_as_long_as_the_alarm_wants(spread):
    scaling = FLEET.services[0].scaling
    out, *_, in_ = [look for look in loops.looks(spread) if look.step]

    assert (out.because, out.above, out.below) == ("out", scaling.points_out, 0)
    assert (in_.because, in_.above, in_.below) == ("in", 0, scaling.points_in)
    assert out.metric > scaling.target > scaling.target * scaling.low_share > in_.metric
    assert out.out_again_s == out.at_s + scaling.cooldown_out_s


def test_every_step_of_the_log_is_a_look_and_nothing_else_is(spread):
    events = spread.events
    sets = [(events.at_s[i], events.value[i]) for i in events.where(Kind.DESIRED_SET)]

    assert [(look.at_s, look.desired) for look in loops.looks(spread) if look.step] == sets
    assert len(loops.looks(spread)) == len(events.where(Kind.METRIC_READ)) == FLEET.duration_s / 60 - 1


def test_a_look_while_it_rests_says_so_and_a_bound_says_so_too():
    resting = run(FLEET.with_("services.web.scaling.cooldown_out_s", 1800))
    bound = run(changed(FLEET, {"services.web.scaling.max_tasks": 10}))

    assert {look.because for look in loops.looks(resting) if 700 < look.at_s < 1000} == {"cooling"}
    assert "most" in {look.because for look in loops.looks(bound)}


def test_without_a_policy_nobody_looks():
    assert loops.looks(story()) == ()
    assert loops.looks(run(changed(FLEET, lesson("fleet").variants["scheduled"]))) == ()


def test_a_schedule_moves_the_bounds_and_looks_at_nothing():
    scheduled = run(changed(FLEET, lesson("fleet").variants["scheduled"]))

    assert loops.bounds(scheduled) == ((0, 4, 24), (300, 18, 24), (1080, 4, 8))
    assert loops.bounds(story()) == ()


def test_the_first_host_goes_after_two_quarters_of_an_hour_and_the_drain_between_them(spread):
    quarter = catalog.seconds("ecs.sas.alarm_in")
    delay = catalog.seconds("elb.dereg_delay")
    hosts_wait = catalog.seconds("ecs.cas.scale_in_delay")

    assert loops.first_host_gone_s(spread) == pytest.approx(quarter + delay + hosts_wait, abs=60)


def test_spread_keeps_a_host_for_each_task_and_packing_half_of_them(spread, packed):
    assert (loops.hosts_at_end(spread), loops.hosts_at_end(packed)) == (8, 4)
    assert {stay.why for stay in idle_reasons(spread, FLEET.duration_s)} == {"protected"}
    assert loops.most_hosts(spread) == loops.most_hosts(packed) == 9
    assert loops.host_hours(spread) > loops.host_hours(packed)
    assert loops.usd(spread) > loops.usd(packed)


def test_m_and_n_meet_at_the_target(spread):
    needed, there = loops.needed_and_there(spread)
    last = readings(spread)[-1][1]

    assert (needed.value[-1], there.value[-1]) == (last.needed, last.up)
    assert needed.value[0] == there.value[0] == 4
    assert there.value.max() == loops.most_hosts(spread)


@pytest.mark.parametrize(("what", "peak", "end"), [("zero", 11, 8), ("stuck", 4, 4), ("target90", 10, 9)])
def test_what_there_is_to_try_comes_out_otherwise(what, peak, end):
    tried = run(changed(FLEET, lesson("fleet").tries[what]))

    assert (loops.most_hosts(tried), loops.hosts_at_end(tried)) == (peak, end)


def test_from_nothing_the_reservation_is_fixed_and_two_hosts_are_asked_for():
    tried = run(changed(FLEET, lesson("fleet").tries["zero"]))
    first = readings(tried)[0][1]

    assert (first.up, first.reservation, first.step) == (0, catalog.number("ecs.cas.special_n0", "N0_M>0"), 2)


def test_a_task_larger_than_the_smallest_type_waits_for_ever_and_is_not_counted():
    tried = run(changed(FLEET, lesson("fleet").tries["stuck"]))

    assert all(reading.seen.too_large and reading.step == 0 for _, reading in readings(tried))
    assert metrics.capacity(tried)[2][-1] < metrics.capacity(tried)[1][-1]


def test_the_reasons_followed_through_a_run_are_those_of_each_moment(spread):
    followed = dict(stays(spread))
    for at_s in list(followed)[::17]:
        assert followed[at_s] == idle_reasons(spread, at_s)


def test_the_story_says_when_the_hosts_that_were_asked_for_are_there(spread):
    told = [line for line in story_of.captions(spread) if line.key in {"caption.hosts_out", "caption.hosts_enough"}]

    assert [line.key.removeprefix("caption.hosts_") for line in told] == ["out", "enough"] * 2
    for line in told:
        assert (line.values["n"] >= line.values["m"]) == (line.key == "caption.hosts_enough")


def test_nothing_fell_so_no_host_went():
    assert loops.first_host_gone_s(story(hosts=4, operations=[(60, 2)])) is None
    assert loops.first_host_gone_s(run(changed(FLEET, lesson("fleet").tries["stuck"]))) is None
