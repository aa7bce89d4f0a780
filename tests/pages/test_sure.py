"""A guess made by hand is kept with its judgement, and shown again; what a link brings is no answer of today's."""

import pytest

from tests.pages.the_page import opened, stands


def kept(at):
    found = at.session_state["progress.held"] if "progress.held" in at.session_state else []  # noqa: SIM401 - no mapping
    return [(one.kind, one.what, one.answer, one.right, one.sure) for one in found]


def click(at, key):
    return stands(next(one for one in at.button if one.key == key).click().run())


@pytest.mark.parametrize(("choice", "right"), [("120", True), ("0", False)])
def test_a_guess_is_kept_with_how_sure_it_was_and_whether_it_was_right(choice, right):
    at = opened("az_failure", lang="en")
    next(one for one in at.selectbox if one.key == "az_failure.sure").set_value(70)
    click(at, f"az_failure.guess.{choice}")

    assert kept(at) == [("guess", "az_failure", choice, right, 70)]
    assert len(kept(stands(at.run()))) == 1  # once, however often the page runs


def test_a_link_with_a_guess_and_a_skipped_guess_are_no_answers():
    assert kept(opened("az_failure", lang="en", guess="0")) == []
    at = opened("az_failure", lang="en")
    assert kept(click(at, "az_failure.guess.skip")) == []


@pytest.mark.parametrize(
    ("page", "words", "name", "choice"),
    [
        ("control_plane", {"x": "control_plane_why"}, "control_plane_why", "both"),
        ("new_normal", {}, "new_normal", None),
        ("eks", {}, "eks", None),
        ("responsibility", {"x": "responsibility_slider"}, "responsibility_slider", None),
        ("delivery", {"x": "delivery_traps"}, "delivery_traps", None),
    ],
)
def test_rooms_without_a_run_keep_their_guesses_too(page, words, name, choice):
    at = opened(page, lang="en", **words)
    mine = [one.key for one in at.button if one.key.startswith(f"{name}.guess.") and not one.key.endswith("skip")]
    key = f"{name}.guess.{choice}" if choice else mine[0]
    click(at, key)

    (found,) = kept(at)
    assert found[:2] == ("guess", name)
    assert found[3] in {True, False}


def test_a_guess_of_a_former_visit_is_not_asked_again():
    at = opened("az_failure", lang="en")
    click(at, "az_failure.guess.120")
    del at.session_state["az_failure.guess"]
    at.query_params.pop("guess", None)
    stands(at.run())

    assert not [one for one in at.button if one.key.startswith("az_failure.guess.")]
