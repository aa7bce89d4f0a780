"""The spike race on its page: it opens everywhere, keeps the answer for after the guess, and holds it against all who run."""

import pytest

from pages.parts import racing, show
from pages.parts.lesson import changed, lesson
from pages.parts.predict import QUESTIONS
from pages.parts.words import Voice
from tests.pages.the_page import body, opened, scenario

NAME = "serverless_race"


def page(**words):
    return opened("serverless", **{"lang": "en", "guess": "skip", "x": NAME} | words)


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["study", "compare", "stage"])
def test_every_room_opens_in_both_languages(lang, view):
    at = page(lang=lang, view=view)

    assert not at.exception
    assert not at.error


def test_the_bars_wait_for_the_guess():
    says = Voice("en").say(f"{NAME}.waits.title")

    assert says not in [head.value for head in page(guess="").header]
    assert says in [head.value for head in page().header]


@pytest.mark.parametrize("launch_type", lesson(NAME).launch_types)
def test_every_runner_can_be_watched(launch_type):
    at = page(launch_type=launch_type)

    assert not at.exception
    assert scenario(at, NAME).launch_type == launch_type
    assert "Until somebody asked" in body(at)
    assert "Cold starts" in body(at)


@pytest.mark.parametrize("name", lesson(NAME).tries)
def test_everything_to_try_can_be_run(name):
    made = changed(lesson(NAME).scenario, dict(lesson(NAME).tries[name]))

    assert racing.runners(made, NAME)


@pytest.mark.parametrize("guess", ["lambda", "ec2"])
def test_the_guess_is_held_against_all_who_run(guess):
    run, speaker = show.run_of(lesson(NAME).scenario), Voice("en")

    told = QUESTIONS["race"].verdict(run, speaker, NAME, {}, guess).text

    assert ("and so it was" in told) == (guess == "lambda")
    assert "ECS on EC2 came last" in told


def test_who_never_has_enough_is_drawn_open():
    made = changed(lesson(NAME).scenario, {"services.web.scaling.max_tasks": 10})

    assert 'class="open"' in body(page(s=made.token()))
