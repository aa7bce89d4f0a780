"""Every beat opens in both languages, with its line and without a notice: one visitor for each page steps through what it tells."""

import logging

import pytest
from streamlit.testing.v1 import AppTest

from engine.catalog import LANGUAGES
from pages.parts.experiment import DONE, WHOLE
from pages.parts.stage.deck import deck
from tests.pages.the_page import ROOT, address, body, stands, told

PAGES = sorted({beat.page for beat in deck().beats.values()})


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_beat_of_a_page_opens_with_its_line_and_without_a_notice(caplog, page: str, lang: str):
    caplog.set_level(logging.ERROR, logger="quayside")
    at = AppTest.from_file(str(ROOT / "pages" / "tour.py"), default_timeout=60)
    at.query_params["stage"], at.query_params["lang"] = "1", lang
    for beat in deck().beats.values():
        if beat.page != page:
            continue
        at.query_params["beat"] = beat.id
        stands(at.run())  # entered: what the beat before it turned is forgotten, and the address is the beat's own
        broken = [one.exc_text or one.getMessage() for one in caplog.records if one.name == "quayside"]

        assert broken == [], beat.id
        assert 'class="q-still"' not in body(at), beat.id
        assert told(at) == "", "the state of a beat says nothing that its page has to set aside"
        here = address(at)
        assert (here["beat"], here["lang"]) == (beat.id, lang)
        words = {"stage": "1", "beat": beat.id, "lang": lang, "view": "stage", **beat.state}
        found = {name: word for name, word in here.items() if name not in (WHOLE, DONE)}
        assert found.items() <= words.items(), beat.id  # what is as the page comes anyway is not written
        if "show" not in beat.state or beat.state["show"] != "title":
            assert beat.line.text(lang) in body(at), beat.id
