"""The first page opens in both languages and leads on."""

import pytest

from pages.parts.chapter import CHAPTERS, OPEN
from tests.pages.the_page import address, opened, stands


@pytest.mark.parametrize(("lang", "first"), [("en", "Begin here"), ("es", "Empieza aquí")])
def test_it_opens_in_both_languages_and_says_so_in_the_url(lang: str, first: str):
    at = opened("start", lang=lang)

    assert first in [one.value for one in at.header]
    assert address(at)["lang"] == lang
    assert [one.key for one in at.button] == ["to_experiment", "to_quiz"]


def test_every_chapter_is_named_with_its_question():
    at = opened("start", lang="en")
    body = "".join(one.proto.body for one in at.get("html"))

    assert body.count("<li><strong>") == len(CHAPTERS) - len(OPEN)


@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_open_chapter_is_a_way_in_that_keeps_the_language(lang: str):
    at = opened("start", lang=lang)
    ways = [one.proto for one in at.get("page_link")]

    assert [way.page for way in ways] == list(OPEN)
    assert {way.query_string for way in ways} == {f"lang={lang}"}


def test_its_button_leads_to_the_experiment():
    at = opened("start", lang="es")
    stands(at.button(key="to_experiment").click().run())

    assert "az_failure.scenario" in at.session_state
    assert address(at)["lang"] == "es"


def test_an_unknown_language_is_set_aside_and_named_once():
    at = opened("start", lang="<b>fr")

    assert [one.value for one in at.info] != []
    assert "fr" in at.info[0].value
    assert "<b>" not in at.info[0].value
    assert address(at)["lang"] == "en"
    assert list(at.run().info) == []
