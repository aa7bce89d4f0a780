"""The treadmill: what a release costs altogether, and how what runs the old one dwindles to nothing."""

import pytest

from engine import run, story, treadmill
from engine.patch_work import patches
from pages.parts.lesson import changed, lesson

PATCH = lesson("fleet_patch")


@pytest.fixture(scope="module")
def ways():
    return {name: run(changed(PATCH.scenario, settings)) for name, settings in PATCH.variants.items()}


@pytest.mark.parametrize("name", [name for name in PATCH.variants if name != "stuck"])
def test_what_runs_the_old_release_only_dwindles_and_ends_at_nothing(ways, name):
    found = treadmill.left(ways[name])
    first = int(found.value.argmax())

    assert found.value.max() == patches(ways[name])[0].left
    assert all(later <= earlier for earlier, later in zip(found.value[first:], found.value[first + 1 :], strict=False))
    assert found.value[-1] == 0
    waits_for_new = name == "drain_first"  # the old hosts are gone before the new ones have come
    assert (found.at_s[-1] < patches(ways[name])[0].done_s - 1) == waits_for_new


def test_a_batch_of_three_is_a_third_of_the_steps_and_about_a_third_of_the_hours(ways):
    one, three, ten = (ways[name] for name in ("one", "three", "ten"))

    assert [treadmill.steps(found) for found in (one, three, ten)] == [62, 22, 8]
    assert treadmill.longest_s(one) > 2.5 * treadmill.longest_s(three) > 2.5 * treadmill.longest_s(ten)


def test_letting_go_sooner_is_worth_more_than_half_the_hours(ways):
    assert treadmill.longest_s(ways["quick"]) < treadmill.longest_s(ways["three"]) / 2
    assert treadmill.steps(ways["quick"]) == treadmill.steps(ways["three"])


def test_launching_first_pays_twice_and_draining_first_does_without(ways):
    assert (treadmill.extra_h(ways["ten"]) > 1, treadmill.missing_h(ways["ten"])) == (True, 0)
    assert (treadmill.extra_h(ways["drain_first"]), treadmill.missing_h(ways["drain_first"]) > 0.5) == (0, True)


def test_a_hundred_and_a_hundred_never_end(ways):
    stuck = ways["stuck"]

    assert treadmill.longest_s(stuck) is None
    assert treadmill.left(stuck).value[-1] == 30
    assert treadmill.by_kind(patches(stuck)[0])["free-stuck-drain"] == 3
    assert "mark.patch_stuck" in [mark.key for mark in story.marks(stuck)]


def test_aws_needs_days_and_nobody(ways):
    assert treadmill.steps(ways["managed"]) == treadmill.steps(ways["fargate"]) == 0
    assert 14 <= treadmill.longest_s(ways["managed"]) / 86_400 <= 21
    assert 7 <= treadmill.longest_s(ways["fargate"]) / 86_400 < 7.1
    assert treadmill.longest_s(ways["one"]) < 86_400 / 4


def test_an_agent_is_new_in_minutes_and_no_task_moves(ways):
    assert treadmill.longest_s(ways["agent"]) < 600
    assert treadmill.moved(ways["agent"]) == 0
    assert treadmill.moved(ways["three"]) == 60


def test_before_a_release_nothing_is_old():
    calm = run(PATCH.scenario.with_("operations", []))

    assert (treadmill.longest_s(calm), treadmill.steps(calm), treadmill.left(calm).value.tolist()) == (None, 0, [0])


def test_each_batch_says_how_many_are_left(ways):
    batches = [line for line in story.captions(ways["three"]) if line.key == "caption.patch_batch"]

    assert [line.values["left"] for line in batches] == list(range(27, 0, -3))
    assert [mark.key for mark in story.marks(ways["three"])][-1] == "mark.patch_done"
