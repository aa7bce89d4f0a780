"""The chapter "monolith or microservices?": every experiment opens in both languages and views, and no link can break it."""

import re

import pytest

from engine.architecture import PagerAsk, PiecesAsk, ShopAsk
from pages.parts.architecture.pieces import NAME as PIECES
from pages.parts.architecture.pieces import Pieces, judge, lost_min
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, body, markup, opened, stands, told

ROOMS = (PIECES,)
GUESSES = {PIECES: ("0", "5", "20", "60")}


def record(at, name):
    return at.session_state[f"{name}.turned.record"]


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["", "stage"])
@pytest.mark.parametrize("name", ROOMS)
def test_every_room_opens_in_each_language_and_view(name, view, lang):
    at = opened("architecture", lang=lang, x=name, **({"view": view} if view else {}))

    assert told(at) == ""
    assert Voice(lang).say(f"{name}.title") in body(at)


@pytest.mark.parametrize("name", ROOMS)
def test_every_guess_has_its_verdict_and_only_one_of_them_is_right(name):
    verdicts = []
    for guess in GUESSES[name]:
        at = opened("architecture", lang="en", x=name, guess=guess)
        verdicts += re.findall(r'<p class="q-verdict">((?:You said|Well judged)[^<]*)</p>', body(at))

    assert len(verdicts) == len(GUESSES[name])
    assert sum(one.startswith("Well judged") for one in verdicts) == 1


def test_what_is_turned_stands_in_the_link_and_is_read_again():
    at = opened("architecture", lang="en", x=PIECES, guess="skip")
    stands(at.slider(key=f"{PIECES}.turn.parts").set_value(25).run())
    stands(at.slider(key=f"{PIECES}.turn.out").set_value(3).run())

    assert (address(at)["parts"], address(at)["out"]) == ("25", "3")
    again = opened("architecture", **{name: word for name, word in address(at).items() if name != "view"})
    assert record(again, PIECES).chain.parts == 25
    assert record(again, PIECES).shop.out == 3
    assert "25 parts must answer" in body(again)


def test_nothing_in_a_link_can_break_it():
    at = opened("architecture", lang="en", x=PIECES, guess=SMUGGLED, parts="0", each="200", zones=SMUGGLED, out="7")

    assert record(at, PIECES).chain == PiecesAsk()
    assert record(at, PIECES).shop == ShopAsk(out=7)
    for word in ("parts", "each", "zones"):
        assert word in told(at)
    assert not {tag for tag, _ in markup(at)} & {"script", "img"}


def test_the_guess_is_judged_by_the_numbers_of_the_question():
    assert judge("20", (5, 20, 60), Voice("en")).startswith("Well judged")
    assert "43" in judge("60", (5, 20, 60), Voice("en"))


def test_what_is_lost_is_said_as_the_formula_and_the_simulation_have_it():
    theory, mean, low, high = lost_min(PiecesAsk(), 10)

    assert low <= theory <= high
    assert low <= mean <= high


def test_the_page_begins_as_its_records_do():
    assert Pieces() == Pieces(chain=PiecesAsk(), shop=ShopAsk(), pager=PagerAsk())
