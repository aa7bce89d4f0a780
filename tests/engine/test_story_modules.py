"""What is said of a fault in a module: the cause that holds for it, and whom it truly hurts."""

import pytest

from engine import Scenario, run, story
from tests.engine.architecture.the_shop import monolith, pieces

ONE, TEN = monolith(duration_s=120), pieces(duration_s=120)


def told(scenario, **fault):
    operation = {"at_s": 20, "for_s": 60, "module": "payment"} | fault
    made = run(Scenario.of(scenario.model_dump(mode="json") | {"operations": [operation]}))
    return made, [line for line in story.captions(made) if line.key.startswith("caption.module")]


@pytest.mark.parametrize(("scenario", "fault", "keys"), [
    (ONE, {"do": "crash-module", "lives_s": 10}, ["crashes", "hurts_dead"]),
    (TEN, {"do": "crash-module", "lives_s": 10}, ["crashes", "hurts_own"]),
    (TEN, {"do": "break-module", "slow_x": 100}, ["slow", "hurts_all"]),
    (TEN, {"do": "break-module", "errors": 1}, ["errors", "hurts_own"]),
    (TEN, {"do": "break-module", "errors": 1, "module": "ads"}, ["errors", "hurts_nobody"]),
    (ONE, {"do": "leak-module", "leak_mib": 12}, ["leaks", "hurts_dead"]),
])  # fmt: skip
def test_the_cause_comes_first_and_then_whom_it_hurts(scenario, fault, keys):
    _, lines = told(scenario, **fault)

    assert [line.key.removeprefix("caption.module_") for line in lines][:2] == keys
    assert [line.at_s for line in lines][:2] == [20, 30]
    assert lines[2].at_s == 80
    assert lines[2].key.startswith("caption.module_mended")


def test_the_end_of_the_fault_and_of_its_harm_are_marked():
    made, _ = told(ONE, do="crash-module", lives_s=10)
    marks = {mark.key: mark for mark in story.marks(made)}

    assert marks["mark.crash-module"].tone == "lost"
    assert marks["mark.module_mended"].at_s == 80


def test_without_a_fault_or_without_modules_nothing_is_said():
    calm = run(Scenario.of({"duration_s": 10}))

    assert not any("module" in line.key for line in story.captions(calm))
