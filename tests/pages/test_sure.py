"""A guess made by hand is kept with its judgement, and shown again; what a link brings is no answer of today's."""

from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from pages.parts import sure
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


@pytest.mark.parametrize("forged", ["inf", 55, -1, None])
def test_how_sure_one_is_is_one_of_what_was_offered_or_not_said(forged, monkeypatch):
    monkeypatch.setattr(sure, "st", SimpleNamespace(session_state={"az_failure.sure": forged}))

    assert sure.how_sure("az_failure") is None


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


ROOMS = [  # the page, its link, whose guess it is, the right answer, a wrong one
    ("eks", {"x": "eks_versions"}, "eks_versions", "12000", "0"),
    ("eks", {"x": "eks_pods"}, "eks_pods", "2-9", "1-8"),
    ("serverless", {"x": "serverless_dials"}, "serverless_dials", "0.4", "0.8"),
    ("serverless", {}, "serverless", "60", "0"),
    ("landscape", {}, "landscape", "lambda", "ecs-ec2"),
    ("landscape", {"x": "landscape_choose"}, "landscape_choose", "7", "13"),
    ("architecture", {"x": "architecture_hot"}, "architecture_hot", "many", "same"),
    ("architecture", {"x": "architecture_batch"}, "architecture_batch", "train", "pipelines"),
    ("architecture", {"x": "architecture_pieces"}, "architecture_pieces", "20", "0"),
    ("lab", {}, "lab", "b", "same"),
]


@pytest.mark.parametrize(("page", "words", "name", "right", "wrong"), ROOMS, ids=[room[2] for room in ROOMS])
def test_a_room_keeps_a_guess_as_its_verdict_has_it_and_none_that_a_link_brings(page, words, name, right, wrong):
    for choice, is_right in ((right, True), (wrong, False)):
        at = click(opened(page, lang="en", **words), f"{name}.guess.{choice}")

        assert kept(at) == [("guess", "lab.fewest" if name == "lab" else name, choice, is_right, None)]

    assert kept(opened(page, lang="en", guess=right, **words)) == []


def test_a_guess_is_judged_only_where_it_is_kept():
    def page():
        from pages.parts.sure import SKIP, click, lock

        def judged():
            raise AssertionError

        lock("az_failure", "0", right=judged)  # nobody clicked it
        click("az_failure", SKIP)
        lock("az_failure", SKIP, right=judged)

    assert kept(stands(AppTest.from_function(page).run())) == []


def test_a_guess_of_a_former_visit_is_not_asked_again():
    at = opened("az_failure", lang="en")
    click(at, "az_failure.guess.120")
    del at.session_state["az_failure.guess"]
    at.query_params.pop("guess", None)
    stands(at.run())

    assert not [one for one in at.button if one.key.startswith("az_failure.guess.")]
