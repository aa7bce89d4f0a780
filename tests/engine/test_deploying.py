"""The rules of roll-outs alone: a threshold, two roundings, weights, and pods that stand for weights."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import Scenario, ScenarioError
from engine.deployment import DeploymentSettings
from engine.scaling.deploying import goes_off, moves, percent_failed, pods_for, steps, threshold


@pytest.mark.parametrize(("kind", "value", "desired", "failed"), [
    ("BOUNDED_PERCENT", 50, 1, 3),  # half of one task, and at least three
    ("BOUNDED_PERCENT", 50, 7, 4),  # rounded up
    ("BOUNDED_PERCENT", 50, 5_000, 200),
    ("BOUNDED_PERCENT", 10, 100, 10),
    ("UNBOUNDED_PERCENT", 50, 1, 1),
    ("UNBOUNDED_PERCENT", 50, 5_000, 2_500),
    ("UNBOUNDED_PERCENT", 1, 0, 1),  # nobody is wanted: one failure is still one
    ("COUNT", 7, 1, 7),
])  # fmt: skip
def test_the_circuit_breaker_opens_at_its_threshold(kind, value, desired, failed):
    assert threshold(kind, value, desired) == failed


@pytest.mark.parametrize(("desired", "low", "high", "stuck"), [
    (1, 100, 100, True), (1, 100, 150, True), (1, 100, 200, False), (1, 50, 150, True), (1, 0, 100, False),
    (2, 75, 125, True), (2, 50, 100, False), (2, 100, 150, False),
    (3, 100, 125, True), (3, 67, 100, True), (3, 66, 100, False), (3, 100, 134, False),
    (100, 100, 100, True), (4, 100, 125, False),
])  # fmt: skip
def test_two_roundings_can_hold_a_roll_out_for_ever(desired, low, high, stuck):
    found = moves(desired, desired, desired, low, high)

    assert found.is_stuck == stuck
    assert f"{high} % of {desired} rounded down is {found.most}" in found.why(desired, low, high)


def settings(strategy, **more):
    return DeploymentSettings(strategy=strategy, **more)


def test_traffic_moves_in_the_steps_that_were_asked_for():
    linear = steps(settings("linear", step_percent=30, step_bake_s=60, bake_s=120))
    canary = steps(settings("canary"))

    assert [(round(step.share, 3), step.wait_s) for step in linear] == [(0.3, 60), (0.6, 60), (0.9, 60), (1, 120)]
    assert [(step.share, step.wait_s, step.stage) for step in canary] == [(0.05, 600, "canary"), (1, 300, "bake")]
    assert [step.share for step in steps(settings("blue-green"))] == [1]
    assert [step.share for step in steps(settings("canary", canary_percent=100))] == [1]


@given(st.floats(3, 100), st.sampled_from(["blue-green", "canary", "linear"]))
def test_weights_rise_to_all_of_the_traffic(percent, strategy):
    shares = [step.share for step in steps(settings(strategy, step_percent=percent, canary_percent=percent))]

    assert shares == sorted(set(shares))
    assert shares[-1] == 1
    assert shares[0] > 0


@given(st.floats(0.001, 1), st.integers(2, 200))
def test_pods_come_as_near_to_a_share_as_whole_pods_can(share, desired):
    pods = pods_for(share, desired)

    assert 1 <= pods <= desired
    assert (pods == desired) == (share == 1)
    assert abs(pods / desired - share) <= 1 / desired


def test_an_alarm_needs_its_points_in_a_row_and_no_request_is_no_failure():
    assert goes_off([0, 2, 2], 1, 2)
    assert not goes_off([2, 0, 2], 1, 2)
    assert not goes_off([1, 1], 1, 2)  # at the limit is not above it
    assert percent_failed(0, 0) == 0
    assert percent_failed(1, 4) == 25


def test_every_problem_of_a_deployment_is_told_at_once():
    bad = {
        "strategy": "yolo",
        "canary_percent": 0,
        "bake_s": -1,
        "breaker_value": 0,
        "step_percent": 2,
        "alarm_points": 0,
    }
    with pytest.raises(ScenarioError) as caught:
        Scenario.of({"services": [{"deployment": bad}]})

    assert {problem.path.rsplit(".", 1)[1] for problem in caught.value.problems} == set(bad)
    assert "0.1 to 100 %" in str(caught.value)
