"""What comes next is worked out before the hall wants it: in nobody's session, once, and what breaks there is told."""

import logging
import threading
from concurrent.futures import Future

import pytest
import streamlit as st
from starlette.requests import Request

from pages.parts.stage import rehearsal
from pages.parts.stage.deck import deck
from pages.parts.stage.rehearsal import AHEAD, MOST_WAITING, after

TALK = deck().of("talk")
ZONE_B = deck().beats["az_failure.zone_b"]
PATIENCE_S = 120


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(rehearsal, "_known", set())
    monkeypatch.setattr(rehearsal, "_waiting", {})


def ask(**words):
    query = "&".join(f"{name}={word}" for name, word in words.items()).encode()
    return rehearsal._answer(
        Request({"type": "http", "method": "GET", "headers": [], "query_string": query})
    ).status_code


def test_the_next_beats_are_those_of_the_cut():
    assert after(TALK[0].id, "talk") == TALK[1 : 1 + AHEAD]
    assert after(TALK[-1].id, "talk") == ()
    assert after("nobody.knows", "short") == deck().of("short")[:AHEAD]


def test_a_beat_is_rehearsed_as_it_will_be_shown_in_a_session_of_its_own(monkeypatch):
    found = []
    monkeypatch.setattr(rehearsal, "perform", lambda page: found.append((page.name, st.query_params.to_dict())))

    rehearsal.plan(ZONE_B, "talk", "es").result(PATIENCE_S)

    (page, words), *_ = found
    assert page == "az_failure.py"
    assert words.items() >= {"beat": ZONE_B.id, "lang": "es", "view": "stage", **ZONE_B.state}.items()


def test_a_beat_is_rehearsed_once_in_each_language_and_few_wait(monkeypatch):
    monkeypatch.setattr(rehearsal, "perform", lambda _: None)

    rehearsal.plan(ZONE_B, "talk", "en").result(PATIENCE_S)
    assert rehearsal.plan(ZONE_B, "talk", "en") is None
    rehearsal.plan(ZONE_B, "talk", "es").result(PATIENCE_S)
    monkeypatch.setattr(rehearsal, "_waiting", {(str(n), "en"): Future() for n in range(MOST_WAITING)})
    assert rehearsal.plan(TALK[0], "talk", "en") is None


def test_what_waits_and_has_been_passed_is_given_up_and_may_be_rehearsed_later(monkeypatch):
    monkeypatch.setattr(rehearsal, "perform", lambda _: None)
    held = threading.Event()
    rehearsal._stage.submit(held.wait, PATIENCE_S)
    passed, coming = (rehearsal.plan(beat, "talk", "en") for beat in TALK[:2])

    rehearsal.give_up({(TALK[1].id, "en")})
    held.set()

    assert passed.cancelled()
    coming.result(PATIENCE_S)
    rehearsal.plan(TALK[0], "talk", "en").result(PATIENCE_S)


def test_what_breaks_in_rehearsal_is_a_line_in_the_log(monkeypatch, caplog):
    monkeypatch.setattr(rehearsal, "perform", lambda _: 1 / 0)
    with caplog.at_level(logging.WARNING, logger="quayside"):
        planned = rehearsal.plan(ZONE_B, "talk", "en")
        assert isinstance(planned.exception(PATIENCE_S), ZeroDivisionError)
        rehearsal._stage.submit(lambda: None).result(PATIENCE_S)  # what follows a rehearsal has been done by then

    assert [record.args for record in caplog.records if record.name == "quayside"] == [(ZONE_B.id,)]


def test_the_browser_says_where_the_stage_is_and_is_answered_at_once(monkeypatch):
    planned = []
    monkeypatch.setattr(rehearsal, "plan", lambda beat, cut, lang: planned.append((beat.id, cut, lang)))

    assert ask(beat=TALK[2].id, cut="talk", lang="es") == 204
    assert planned == [(beat.id, "talk", "es") for beat in TALK[3 : 3 + AHEAD]]
    assert [
        ask(beat="no.such", cut="talk", lang="es"),
        ask(beat=TALK[2].id, cut="all", lang="es"),
        ask(beat=TALK[2].id),
    ] == [400] * 3
