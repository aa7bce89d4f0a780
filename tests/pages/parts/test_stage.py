"""The stage without a browser: a beat looks the same however it was come to, and what breaks is a picture and a line in the log."""

import json
import logging

import pytest
from streamlit.testing.v1 import AppTest

from engine import catalog
from pages.parts.stage import frame, stills
from pages.parts.stage.deck import deck
from pages.parts.stage.frame import LINE_PX, line_px
from pages.parts.stage.machine import path_of
from pages.parts.stage.words import MACHINE, SPEAKER
from tests.pages.the_page import ROOT, address, body, scenario, stands

ZONE_B, SPARE, SPREAD = "az_failure.zone_b", "az_failure.spare", "placement.spread"


def entered(beat: str, page: str = "", **words: str) -> AppTest:
    """Open a beat's link in a fresh session."""
    at = AppTest.from_file(str(ROOT / "pages" / "tour.py"), default_timeout=60)
    for name, word in {"stage": "1", "beat": beat, "lang": "en", **words}.items():
        at.query_params[name] = word
    at.switch_page(f"{page or beat.partition('.')[0]}.py")
    return stands(at.run())


def stepped(at: AppTest, beat: str) -> AppTest:
    """Step to a beat, as the browser's back button would: the URL asks for another one."""
    at.query_params["beat"] = beat
    return stands(at.run())


def test_a_beat_is_entered_cold_with_its_line_and_its_state():
    at = entered(SPARE)

    assert deck().beats[SPARE].line.en in body(at)
    assert scenario(at).fleet.hosts == 9
    assert address(at) == {
        "stage": "1", "beat": SPARE, "lang": "en", "view": "stage", "hosts": "9", "guess": "skip",
    }  # fmt: skip


@pytest.mark.parametrize("words", [{}, {"cut": "short"}])
def test_the_stage_without_a_beat_or_with_an_unknown_one_begins_its_deck(words):
    first = deck().of("short" if words else "talk")[0]

    assert address(entered("", "start", **words))["beat"] == first.id
    assert address(entered("nobody.knows", "start", **words))["beat"] == first.id


def test_a_beat_looks_the_same_entered_cold_or_stepped_into_from_another_chapter():
    cold = entered(SPREAD)
    way = stepped(stepped(entered(ZONE_B), SPARE), SPREAD)

    assert body(way) == body(cold)
    assert address(way) == address(cold)
    assert scenario(way, "placement") == scenario(cold, "placement")


def test_what_was_turned_in_a_beat_is_forgotten_when_it_is_entered_again():
    at = entered(ZONE_B)
    at.session_state["az_failure.scenario"] = scenario(at).with_("launch_type", "ecs-fargate")
    stands(at.run())
    assert scenario(at).launch_type == "ecs-fargate", "within a beat it stands"

    stepped(stepped(at, SPREAD), ZONE_B)

    assert scenario(at).launch_type == "ecs-ec2"
    assert address(at) == address(entered(ZONE_B))


def test_a_time_in_the_link_stays_for_the_whole_talk():
    at = stepped(entered(ZONE_B, era="talk"), SPREAD)

    assert address(at)["era"] == "talk"


def test_a_beat_of_the_talks_time_lends_it_to_no_other_beat():
    then = next(beat.id for beat in deck().beats.values() if beat.state.get("era") == "talk")
    at = entered(then)
    assert address(at)["era"] == "talk"

    assert address(stepped(at, SPREAD)) == address(entered(SPREAD))


def test_the_stage_has_no_chrome():
    at = entered(ZONE_B)

    assert not at.get("segmented_control")
    assert not at.get("button_group")


@pytest.mark.parametrize("picture", ["", "taken"])
def test_a_page_that_breaks_is_a_still_picture_and_a_line_in_the_log(monkeypatch, caplog, picture):
    def breaks(page):
        import streamlit as st

        st.html("<p>half a page</p>")
        raise ZeroDivisionError(page.name)

    monkeypatch.setattr(frame, "perform", breaks)
    taken = frozenset({f"{ZONE_B}.en.webp"}) if picture else frozenset()
    monkeypatch.setattr(stills, "_taken", lambda: taken)
    with caplog.at_level(logging.ERROR, logger="quayside"):
        shown = body(entered(ZONE_B))

    assert f"<h1>{deck().beats[ZONE_B].line.en}</h1>" in shown
    assert ".st-key-q-beat { display: none }" in shown, "nothing of the half page is seen"
    assert ("/app/static/stills/az_failure.zone_b.en.webp" in shown) == bool(picture)
    (line,) = [record for record in caplog.records if record.name == "quayside"]
    assert ZONE_B in line.getMessage()
    assert line.exc_info
    assert line.exc_info[0] is ZeroDivisionError


def test_after_a_page_that_broke_the_talk_goes_on(monkeypatch):
    with monkeypatch.context() as broken:
        broken.setattr(frame, "perform", lambda _: 1 / 0)
        at = entered(ZONE_B)
    stepped(at, SPREAD)

    assert 'class="q-still"' not in body(at)
    assert body(at) == body(entered(SPREAD))


def test_a_chapter_that_is_not_built_is_its_line(monkeypatch):
    monkeypatch.setattr(frame, "_code", lambda page: (page.parent / "never.py").read_text())

    assert 'class="q-still"' in body(entered(ZONE_B))


def test_the_longest_line_is_a_line():
    assert [line_px("x" * n) <= LINE_PX for n in (1, 40, 80)] == [True] * 3
    assert line_px("x" * 80) * 80 * 0.47 < 1_600


@pytest.mark.parametrize("lang", catalog.LANGUAGES)
def test_the_machine_has_all_its_words(lang):
    assert {f"stage.machine.{word}" for word in MACHINE} == {
        key for key in catalog.texts(lang) if key.startswith("stage.machine.")
    }


# --- the speaker's window, and the doors ---


@pytest.mark.parametrize("lang", catalog.LANGUAGES)
def test_the_speakers_window_has_all_its_words_and_the_whole_deck(lang):
    assert {f"stage.speaker.{word}" for word in SPEAKER} == {
        key for key in catalog.texts(lang) if key.startswith("stage.speaker.")
    }
    at = entered("", "start", stage="0", notes="1", lang=lang)
    (window,) = at.get("bidi_component")

    given = json.loads(window.proto.json)
    assert {beat["id"]: beat["notes"] for beat in given["beats"]} == {
        beat.id: beat.notes.text(lang) for beat in deck().beats.values()
    }
    assert given["orders"] == {cut: list(order) for cut, order in deck().cuts.items()}


def test_the_first_page_opens_the_talk_its_cut_and_the_speakers_window():
    links = [one.proto.url for one in entered("", "start", stage="0").get("link_button")]

    assert [link.partition("?")[2].split("&")[0] for link in links] == ["stage=1", "stage=1", "notes=1"]
    assert "cut=short" in links[1]
    assert all("lang=en" in link for link in links)


def test_the_first_page_is_at_the_root_and_the_others_at_their_names():
    assert (path_of("start"), path_of("az_failure")) == ("/", "/az_failure")
