"""Filled: how long a rise of the desired count took, as the log tells it."""

import pytest

from engine import Kind, Scenario, metrics, run

RISE = {"at_s": 30, "do": "set-desired", "desired": 9}


def asked(*operations, **settings):
    service = {"name": "web", "desired": 3, "cpu_units": 256, "memory_mib": 512, "start_s": 5}
    base = {"duration_s": 300, "launch_type": "ecs-fargate", "traffic": {"rps": 30}, "services": [service]}
    return run(Scenario.of(base | {"operations": list(operations)} | settings))


def test_it_ends_when_the_last_of_the_tasks_that_were_asked_for_serves():
    found = asked(RISE)
    serving = found.events.at_s[found.events.where(Kind.TASK_SERVING)]

    assert metrics.filled_s(found) == pytest.approx(serving.max() - 30)


def test_a_larger_image_takes_longer():
    service = {"name": "web", "desired": 3, "cpu_units": 256, "memory_mib": 512, "start_s": 5, "image_mib": 1000}

    assert metrics.filled_s(asked(RISE, services=[service])) > metrics.filled_s(asked(RISE)) + 20


def test_who_asks_for_no_more_waits_for_nothing():
    assert metrics.filled_s(asked()) is None
    assert metrics.filled_s(asked({"at_s": 30, "do": "set-desired", "desired": 1})) is None


def test_a_run_that_ends_too_early_has_no_answer():
    assert metrics.filled_s(asked(RISE, duration_s=45)) is None


def test_the_last_rise_counts():
    twice = asked(RISE, {"at_s": 150, "do": "set-desired", "desired": 12})
    serving = twice.events.at_s[twice.events.where(Kind.TASK_SERVING)]

    assert metrics.filled_s(twice) == pytest.approx(serving.max() - 150)
