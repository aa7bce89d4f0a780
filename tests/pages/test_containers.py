"""The containers chapter: both rooms open in every view, links say what they say, and no link can break it."""

import pytest

from engine import catalog
from engine.catalog import LANGUAGES
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, body, markup, opened, told

ROOMS = ("containers", "containers_stop")


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    "words", [{}, {"view": "stage", "guess": "skip"}, {"view": "stage", "guess": "ask"}, {"era": "talk", "guess": "skip"}],
    ids=["study", "stage", "asks", "talk"],
)  # fmt: skip
@pytest.mark.parametrize("name", ROOMS)
def test_every_room_opens_in_each_language_view_and_time(name, words, lang):
    at = opened("containers", lang=lang, x=name, **words)

    assert told(at) == ""
    assert address(at)["lang"] == lang
    assert Voice(lang).say(f"{name}.title") in body(at)


@pytest.mark.parametrize(("words", "says"), [
    ({"guess": "100"}, "You said it: 184 MiB."),
    ({"guess": "0"}, "It is more than you said: 184 MiB."),
    ({"guess": "300"}, "It is less than you said: 184 MiB."),
    ({"guess": "100", "order": "packages-first"}, "Fetched: 4 of 304 MiB"),       # the guess is held against what was asked
    ({"guess": "skip", "lands": "fargate"}, "Fetched: the whole image, 304 MiB"),
    ({"guess": "skip", "lands": "fargate", "lazy": "true"}, "the rest comes later"),
    ({"guess": "skip", "lands": "fargate", "lazy": "true", "era": "talk"}, "not there yet"),
    ({"guess": "skip", "same_tag": "true", "behaviour": "once"}, "The old version runs. Its tag is on the host"),
    ({"guess": "skip", "same_tag": "true", "way": "no-s3"}, "The old version runs, and nobody is told."),
    ({"guess": "skip", "way": "no-s3"}, "The task does not start."),
    ({"x": "containers_stop", "guess": "60"}, "You said it: 97 are lost."),
    ({"x": "containers_stop", "guess": "1"}, "It is more than you said: 97."),
    ({"x": "containers_stop", "guess": "skip", "hook": "10"}, "No request is lost."),
    ({"x": "containers_stop", "guess": "skip", "place": "ecs"}, "The stop takes 5\u2009min"),
    ({"x": "containers_stop", "guess": "skip", "term": "exits"}, "cut by the process that ended, "),
    ({"x": "containers_stop", "guess": "skip", "hook": "10", "long_share": "0.05"}, "SIGKILL cut them off."),
    ({"x": "containers_stop", "guess": "skip", "place": "ecs", "long_share": "0.05", "delay": "15"}, "the load balancer cut them off"),
])  # fmt: skip
def test_a_link_opens_what_it_says(words, says):
    at = opened("containers", lang="en", **words)

    assert told(at) == ""
    assert says in body(at)


def test_a_question_hides_its_answer():
    assert "fetched" not in body(opened("containers", lang="en")).split("</style>")[-1]
    assert "are lost" not in body(opened("containers", lang="en", x="containers_stop")).split("</style>")[-1]


@pytest.mark.parametrize("name", ROOMS)
def test_a_link_cannot_break_a_room_or_smuggle_anything_in(name):
    words = {row["url"]: SMUGGLED for row in catalog.lesson(name)["ask"]}
    at = opened("containers", lang="en", x=name, guess=SMUGGLED, **words)

    assert "script" not in {tag for tag, _ in markup(at)}
    assert told(at)


@pytest.mark.parametrize("name", ROOMS)
def test_what_to_try_changes_what_came_of_it(name):
    seen = set()
    for what in catalog.lesson(name)["try"]:
        at = opened("containers", lang="en", x=name, guess="skip")
        before = next(one for one in markup_texts(at) if "q-verdict" in one)
        at.button(key=f"{name}-try-{what}").click().run()
        after = next(one for one in markup_texts(at) if "q-verdict" in one)
        assert not at.exception
        assert after != before, what
        seen.add(after)
    assert len(seen) == len(catalog.lesson(name)["try"])


def markup_texts(at):
    return [one.proto.body for one in at.get("html")]
