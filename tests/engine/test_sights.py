"""An autoscaler's looks taken apart: what it saw, what the formula said, and which rule held it back."""

import math
from itertools import pairwise

import pytest

from engine import Scenario, catalog, run, sights, story
from engine.scaling.hpa import Decision, Sight

BASE = Scenario.read(catalog.scenario_text("kubernetes_hpa"))
HPA = "services.web.pods.hpa"
PACED = {"policies": [{"type": "Pods", "value": 2, "period_s": 60}]}


@pytest.fixture(scope="module")
def spike():
    return run(BASE)


def looked(recommended, stabilized, desired, reason="DesiredWithinRange", **seen):
    about = {"metric": 100.0, "current": 6, "ready": 6, "unready": 0, "missing": 0} | seen
    sight = Sight("cpu", about["metric"], 40.0, about["current"], about["ready"], about["unready"], about["missing"],
                  Decision(desired, recommended, stabilized, reason), 1, 40)  # fmt: skip
    return sights._turn(15.0, sight, 0.1)


@pytest.mark.parametrize(("turn", "formula", "held"), [
    (looked(15, 15, 15), 15, ""),
    (looked(15, 15, 12, "ScaleUpLimit"), 15, "rate"),
    (looked(15, 15, 10, "TooManyReplicas"), 15, "bound"),
    (looked(3, 15, 15, metric=20.0, current=15), 3, "window"),
    (looked(6, 6, 6, metric=43.0), 7, "tolerance"),
    (looked(8, 8, 8, unready=4), 15, "careful"),
    (looked(6, 6, 6, metric=math.nan), None, "blind"),
    (looked(6, 6, 6, metric=40.0), 6, ""),
])  # fmt: skip
def test_the_last_rule_that_kept_the_formula_back_is_named(turn, formula, held):
    assert (turn.formula, turn.held) == (formula, held)


def test_the_formula_is_what_counts_times_metric_over_target_rounded_up(spike):
    told = [turn for turn in sights.turns(spike) if turn.ratio is not None]

    assert len(told) > 150
    assert all(turn.formula == math.ceil(turn.sight.ready * turn.sight.metric / 40) for turn in told)


def test_the_first_look_at_the_spike_wants_fifteen_and_may_have_twelve(spike):
    first = next(turn for turn in sights.turns(spike) if turn.step > 0)

    assert (first.at_s, first.sight.current, first.formula, first.desired, first.held) == (315, 6, 15, 12, "rate")


def test_it_grows_at_the_next_look_and_shrinks_when_the_window_is_over(spike):
    assert sights.scaled_out_s(spike) < 2 * catalog.seconds("k8s.hpa.sync")
    assert 300 <= sights.scaled_in_s(spike) < 330
    held = [turn.held for turn in sights.turns(spike) if 915 <= turn.at_s < 1190]
    assert set(held) == {"window"}


def test_ecs_is_slower_either_way_and_its_wish_is_what_it_asked_for():
    found = run(BASE.with_("launch_type", "ecs-ec2"))
    formula, asked = sights.wish(found)

    assert sights.turns(found) == ()
    assert sights.scaled_out_s(found) > 100
    assert sights.scaled_in_s(found) > 800
    assert formula.value.tolist() == asked.value.tolist()


def test_without_its_window_it_shrinks_as_quickly_as_it_grows(spike):
    found = run(BASE.with_(f"{HPA}.down_window_s", 0))

    assert sights.scaled_in_s(found) < 60
    assert sights.pod_hours(found) < sights.pod_hours(spike) - 2


def test_a_pace_of_its_own_grows_by_two_a_minute():
    found = run(BASE.with_(f"{HPA}.scale_up", PACED))
    steps = [(turn.at_s, turn.step) for turn in sights.turns(found) if turn.step > 0]

    assert {step for _, step in steps} <= {1, 2}
    assert all(later - earlier >= 60 for (earlier, _), (later, _) in pairwise(steps))


def test_without_tolerance_it_follows_every_ripple(spike):
    found = run(BASE.with_(f"{HPA}.tolerance", 0))

    assert "tolerance" not in {turn.held for turn in sights.turns(found)}
    assert sum(turn.step != 0 for turn in sights.turns(found)) > sum(turn.step != 0 for turn in sights.turns(spike))


def test_what_falls_or_rises_nowhere_has_no_wait():
    found = run(BASE.with_("traffic.shape", "steady"))

    assert (sights.scaled_out_s(found), sights.scaled_in_s(found)) == (None, None)


def test_the_story_tells_each_step_with_its_reading_and_the_wait_once(spike):
    lines = [
        line
        for line in story.captions(spike)
        if line.key in ("caption.scaled", "caption.pods_paced", "caption.pods_wait")
    ]
    keys = [line.key for line in lines]

    assert keys[0] == "caption.pods_paced"
    assert lines[0].values["value"].value == pytest.approx(0.99, abs=0.02)
    waits = [line.values["wish"] for line in lines if line.key == "caption.pods_wait" and line.at_s < 1_200]
    assert waits == sorted(set(waits), reverse=True)
    assert waits[-1] == 6
    steps = sum(turn.step != 0 for turn in sights.turns(spike))
    assert keys.count("caption.scaled") + keys.count("caption.pods_paced") == steps
    assert [mark.key for mark in story.marks(spike)][:4] == [
        "mark.traffic_rises",
        "mark.grows",
        "mark.traffic_falls",
        "mark.shrinks",
    ]
