"""The chapter "monolith or microservices?": every experiment opens in both languages and views, and no link can break it."""

import re

import numpy as np
import pytest

from engine import Scenario, ScenarioError, run
from engine.architecture import HotAsk, PagerAsk, PiecesAsk, ShopAsk, blast, shop, split
from engine.architecture.blast import sent_to
from pages.parts.architecture.every_call import edit, rows_of, with_calls
from pages.parts.architecture.pieces import NAME as PIECES
from pages.parts.architecture.pieces import Pieces, judge, lost_min
from pages.parts.experiment import read_url, url_of
from pages.parts.lesson import changed, lesson
from pages.parts.words import Voice
from tests.pages.the_page import SMUGGLED, address, body, markup, opened, scenario, stands, told

BLAST = "architecture"
HOT = "architecture_hot"
ROOMS = (HOT, PIECES)
GUESSES = {HOT: ("one", "many", "same"), PIECES: ("0", "5", "20", "60")}


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
    assert sum("ell judged" in one for one in verdicts) == 1


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


def test_a_module_that_the_shop_does_not_have_is_named_and_the_search_goes_on():
    at = opened("architecture", lang="en", x=HOT, guess="skip", module="zzz", goal="60", zones="6", rps="73")

    assert record(at, HOT) == HotAsk(goal_ms=60, zones=6, rps=73)
    assert "module = zzz" in told(at)
    assert "recommendation" in told(at)


@pytest.mark.parametrize("name", ROOMS)
def test_nothing_explains_the_answer_while_the_guess_is_open(name):
    title = Voice("en").say(f"{name}.explain.title")

    assert title not in [one.value for one in opened("architecture", lang="en", x=name).header]
    assert title in [one.value for one in opened("architecture", lang="en", x=name, guess="skip").header]


def test_what_is_turned_later_is_not_held_against_the_guess():
    at = opened("architecture", lang="en", x=HOT, guess="many")
    assert "You said the ten services" in body(at)

    stands(at.slider(key=f"{HOT}.turn.factor").set_value(2).run())

    assert "You said" not in body(at)
    assert "2 times the load on recommendation" in body(at)


def test_the_guess_is_judged_by_the_numbers_of_the_question():
    assert judge("20", (5, 20, 60), Voice("en")).startswith("Well judged")
    assert "43" in judge("60", (5, 20, 60), Voice("en"))


def test_what_is_lost_is_said_as_the_formula_and_the_simulation_have_it():
    theory, mean, low, high = lost_min(PiecesAsk(), 10)

    assert low <= theory <= high
    assert low <= mean <= high


def test_the_page_begins_as_its_records_do():
    assert Pieces() == Pieces(chain=PiecesAsk(), shop=ShopAsk(), pager=PagerAsk())


# --- the blast radius ---


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["", "stage", "compare"])
def test_the_blast_radius_opens_in_each_language_and_view(view, lang):
    at = opened("architecture", lang=lang, **({"view": view} if view else {}))

    assert told(at) == ""
    title = "compare_title" if view == "compare" else "title"
    assert Voice(lang).say(f"{BLAST}.{title}") in body(at)


def test_its_scenario_is_the_shop_as_one_service():
    ours = lesson(BLAST).scenario
    one = split(Scenario.of(ours.model_dump(mode="json") | {"services": [{"name": "shop"}]}), 0)

    assert ours.application == shop().application
    assert ours == one


@pytest.mark.parametrize("guess", ["both", "one", "many", "neither"])
def test_the_guess_is_held_against_both_cuts(guess):
    at = opened("architecture", lang="en", guess=guess)
    said = next(one for one in re.findall(r'<p class="q-verdict">([^<]*)</p>', body(at)))

    assert said.startswith("You said")
    assert ("well judged" in said) == (guess == "one")


def test_what_is_turned_takes_the_shop_apart_and_the_link_is_short():
    at = opened("architecture", lang="en", guess="skip")
    stands(at.slider(key=f"{BLAST}.ask.out").set_value(9).run())
    stands(at.selectbox(key=f"{BLAST}.ask.fault").set_value("slow").run())
    stands(at.toggle(key=f"{BLAST}.ask.timeouts").set_value(True).run())
    stands(at.slider(key=f"{BLAST}.ask.retries").set_value(2).run())
    words = address(at)

    assert (words["out"], words["fault"], words["timeouts"], words["retries"]) == ("9", "slow", "true", "2")
    assert "s" not in words
    again = opened("architecture", **words)
    assert scenario(again, BLAST) == scenario(at, BLAST)
    assert len(scenario(again, BLAST).services) == 10


@pytest.mark.parametrize("name", lesson(BLAST).tries)
def test_everything_to_try_hurts_somebody(name):
    of = lesson(BLAST)

    assert blast(run(changed(of.scenario, of.tries[name]))).failed > 0.01


def test_the_storm_has_the_numbers_that_its_explanation_names():
    storm = dict(lesson(BLAST).tries["storm"])
    runs = [
        run(changed(lesson(BLAST).scenario, storm | more))
        for more in ({"cut.retries": 0}, {}, {"cut.fault": "errors", "cut.module": "payment"})
    ]
    during = slice(*(int(second / runs[0].requests.step_s) for second in (60, 180)))
    calls = [
        np.nanmean(sent_to(one, module)[during]) for one, module in zip(runs[1:], ("shipping", "payment"), strict=True)
    ]
    said = Voice("en").prose(BLAST, "retries")

    for number in (*(f"{blast(one).failed:.0%}" for one in runs[:2]), f"{calls[0]:.1f}"):
        assert number in said
    assert round(calls[1]) == 4


def test_what_to_try_is_one_click_away():
    at = opened("architecture", lang="en", guess="skip")
    stands(at.button(key=f"{BLAST}.try.storm").click().run())

    assert told(at) == ""
    assert scenario(at, BLAST) == changed(lesson(BLAST).scenario, lesson(BLAST).tries["storm"])


def test_a_link_with_nonsense_says_all_of_it():
    at = opened("architecture", lang="en", guess="skip", out="many", fault="fire", module=SMUGGLED, retries="77")

    assert scenario(at, BLAST) == lesson(BLAST).scenario
    for word in ("out", "fault", "module", "retries"):
        assert word in told(at)
    assert not {tag for tag, _ in markup(at)} & {"script", "img"}


# --- every call by itself ---


def test_the_table_is_the_graph_and_back():
    ours = lesson(BLAST).scenario
    assert with_calls(ours, rows_of(ours.application)) == ours


def test_calls_are_changed_added_and_taken_away():
    ours = lesson(BLAST).scenario
    rows = rows_of(ours.application)
    edits = {
        "edited_rows": {4: {"needed": False, "timeout_s": 0.2, "breaker": True}},
        "added_rows": [{"caller": "cart", "to": "catalogue", "retries": 2.0}],
        "deleted_rows": [5],
    }
    made = with_calls(ours, edit(rows, edits))
    front, cart = made.application.modules[0], next(m for m in made.application.modules if m.name == "cart")

    assert (front.calls[4].to, front.calls[4].needed, front.calls[4].timeout_s) == ("recommendation", False, 0.2)
    assert front.calls[4].breaker is not None
    assert [call.to for call in front.calls].count("ads") == 0
    assert (cart.calls[0].to, cart.calls[0].retries, cart.calls[0].needed) == ("catalogue", 2, True)


def test_a_cycle_a_call_to_nobody_and_a_chance_above_one_are_told_at_once_and_nothing_is_lost():
    ours = lesson(BLAST).scenario
    wrong = [
        *rows_of(ours.application),
        {"caller": "cart", "to": "front"},
        {"caller": "ads", "to": "bank"},
        {"caller": "email", "to": "cart", "share": 1.5},
        {"caller": "nobody", "to": "cart"},
    ]
    with pytest.raises(ScenarioError) as refused:
        with_calls(ours, wrong)
    told_ = " ".join(f"{one.path} {one.message} {one.came}" for one in refused.value.problems)

    for word in ("ring", "bank", "1.5", "nobody"):
        assert word in told_


def test_an_edited_graph_goes_whole_into_the_link():
    of = lesson(BLAST)
    made = with_calls(of.scenario, edit(rows_of(of.scenario.application), {"edited_rows": {4: {"needed": False}}}))
    words = url_of(of, made)

    assert set(words) == {"s"}
    assert read_url(of, words) == (made, ())
