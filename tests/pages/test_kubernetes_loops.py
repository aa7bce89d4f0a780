"""Loops and gates on the page about Kubernetes: they open everywhere, hold a guess against what happened, and say what was seen."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from engine import catalog, reconcile, sights
from engine.launch import launch_type
from pages.parts import show
from pages.parts.kubernetes.desired_actual import _packed as loops_of
from pages.parts.kubernetes.six_gates import _packed as gates_of
from pages.parts.lesson import changed, lesson
from pages.parts.predict import QUESTIONS
from pages.parts.words import _CITED, Voice
from tests.pages.the_page import SMUGGLED, address, body, opened, scenario, stands, told

NAMES = ("kubernetes", "kubernetes_hpa")


def page(name: str, **words: str) -> AppTest:
    return opened("kubernetes", **{"lang": "en", "guess": "skip", "x": name} | words)


def run_of(name: str, which: str):
    return show.run_of(changed(lesson(name).scenario, lesson(name).variants[which]))


def verdict(name: str, which: str, guess: str, lang: str = "en") -> str:
    asked, run = lesson(name).guess, run_of(name, which)
    speaker = Voice(lang).about(run.scenario)
    return QUESTIONS[asked.question].verdict(run, speaker, name, asked.settings, guess).text


def at_(column, texts, when_s):
    """Read what a column of the cards says at a moment."""
    place = max((i for i, t in enumerate(column["t"]) if t <= when_s), default=None)
    return "" if place is None else texts[column["i"][place]]


# --- it opens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["study", "compare", "stage"])
def test_every_room_opens_in_both_languages(name: str, lang: str, view: str):
    at = page(name, lang=lang, view=view)

    assert scenario(at, name) == lesson(name).scenario
    assert told(at) == ""


def test_the_page_opens_with_its_loops():
    assert Voice("en").say("kubernetes.title") in body(opened("kubernetes", lang="en"))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_guess_gets_its_verdict_whatever_happened(name: str, lang: str):
    for which in lesson(name).variants:
        for guess in Voice(lang).table(f"{name}.guess"):
            said = verdict(name, which, guess, lang)

            assert re.match("You said|Dijiste", said), (which, guess)
            assert "{" not in said, (which, guess)


def test_where_nothing_had_to_be_replaced_no_guess_is_scolded():
    assert {
        verdict("kubernetes", "ecs_cut", guess).split(". ", 1)[1] for guess in Voice("en").table("kubernetes.guess")
    } == {"No pod had to be replaced here."}


@pytest.mark.parametrize(("name", "which", "right"), [
    ("kubernetes", "node", "six"), ("kubernetes", "pod", "minute"), ("kubernetes", "most", "never"), ("kubernetes", "zone", "six"),
    ("kubernetes_hpa", "hpa", "slow_in"), ("kubernetes_hpa", "ecs", "both_slow"), ("kubernetes_hpa", "no_window", "both_quick"),
])  # fmt: skip
def test_just_one_guess_is_right(name: str, which: str, right: str):
    rights = [guess for guess in Voice("en").table(f"{name}.guess") if "so it" in verdict(name, which, guess)]

    assert rights == [right]


@pytest.mark.parametrize("name", NAMES)
def test_what_gives_the_answer_away_waits_for_the_guess(name: str):
    title = Voice("en").say(f"{name}.panel.title")

    assert title not in [one.value for one in opened("kubernetes", lang="en", x=name).header]
    assert title in [one.value for one in page(name).header]


@pytest.mark.parametrize(("which", "said"), [
    ("node", "node b1 dies"), ("most", "nodes b1, b2, b3 die"), ("zone", "zone b goes dark"), ("drain", "drains node b1"),
    ("pod", "deletes pod 5"), ("cut", "the kubelet of node b1 is cut off"),
])  # fmt: skip
def test_the_line_below_the_question_says_what_will_happen(which: str, said: str):
    at = page("kubernetes")
    if which != "node":
        at.session_state["kubernetes.scenario"] = changed(
            lesson("kubernetes").scenario, lesson("kubernetes").variants[which]
        )
        stands(at.run())

    assert said in body(at)


# --- controls, tries, links ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "what"), [(name, what) for name in NAMES for what in lesson(name).tries])
def test_each_thing_to_try_can_be_tried_and_mailed(name: str, what: str):
    at = page(name)
    stands(at.button(key=f"{name}.try.{what}").click().run())
    tried = scenario(at, name)

    assert told(at) == ""
    assert tried != lesson(name).scenario
    assert scenario(opened("kubernetes", **address(at)), name) == tried


def test_each_orchestrator_has_its_own_controls():
    shown = [
        {one.key.rpartition(".")[2] for one in page("kubernetes_hpa", launch_type=kind).slider}
        for kind in ("eks-managed", "ecs-ec2")
    ]

    assert {"tolerance", "window"} <= shown[0]
    assert {"tolerance", "window"}.isdisjoint(shown[1])
    assert {"out", "in", "rest"} <= shown[1]
    assert {"out", "in", "rest"}.isdisjoint(shown[0])


@pytest.mark.parametrize(("name", "word", "came"), [
    ("kubernetes", "stay", "-1"), ("kubernetes", "pods", "banana"), ("kubernetes", "share", "1e999"),
    ("kubernetes_hpa", "target", "0"), ("kubernetes_hpa", "shape", "cube"), ("kubernetes_hpa", "look", "0"),
])  # fmt: skip
def test_a_link_that_is_wrong_is_set_aside_and_named(name: str, word: str, came: str):
    at = page(name, **{word: came})

    assert word in told(at)
    assert scenario(at, name) == lesson(name).scenario


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("word", ["guess", "x", "view", "compare", "seed", "do"])
def test_smuggled_markup_stays_text(name: str, word: str):
    at = page(name, **{word: SMUGGLED})

    assert "<script>" not in body(at)
    assert "onerror=" not in body(at)


# --- what is told ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("which", list(lesson("kubernetes").variants))
def test_every_card_and_row_says_something_whole(lang: str, which: str):
    run = run_of("kubernetes", which)
    if not reconcile.loops(run):
        return
    packed = loops_of(run, Voice(lang).about(run.scenario), "kubernetes")
    counted = re.compile(r"\{(left|since)\}")

    assert len(packed["cards"]) == 5
    assert len(packed["rows"]) == len(run.hosts)
    assert all("{" not in counted.sub("", text) for text in packed["texts"])


def test_the_cards_say_at_two_minutes_that_the_deployment_is_content():
    run = run_of("kubernetes", "node")
    packed = loops_of(run, Voice("en").about(run.scenario), "kubernetes")
    cards = {card["name"]: card for card in packed["cards"]}
    said = {name: at_(card["said"], packed["texts"], 120) for name, card in cards.items()}

    assert said["deployment"] == "Counts 24 pods. 2 of them are dead, and nobody has told it."
    assert said["nodes"] == "1 node is not Ready."
    assert at_(cards["deployment"]["big"], packed["texts"], 120) == "0"
    assert at_(cards["kubelet"]["big"], packed["texts"], 120) == "-2"
    assert at_(cards["deployment"]["last"], packed["texts"], 420) == "At 6:48 it created 2."


@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("which", list(lesson("kubernetes_hpa").variants))
def test_every_look_is_told_at_every_gate(lang: str, which: str):
    run = run_of("kubernetes_hpa", which)
    packed = gates_of(run, Voice(lang).about(run.scenario), "kubernetes_hpa")
    names = [card["name"] for card in packed["cards"]]

    assert names == (
        ["sees", "formula", "tolerance", "window", "pace", "asks"]
        if sights.turns(run)
        else ["reads", "points", "rest", "asks"]
    )
    assert all("{" not in text for text in packed["texts"])


def test_the_gates_hold_back_what_the_formula_asks_for():
    run = run_of("kubernetes_hpa", "hpa")
    packed = gates_of(run, Voice("en").about(run.scenario), "kubernetes_hpa")
    bigs = [at_(card["big"], packed["texts"], 316) for card in packed["cards"]]
    tones = {
        card["name"]: card["big"]["tone"][max(i for i, t in enumerate(card["big"]["t"]) if t <= 316)]
        for card in packed["cards"]
    }

    assert bigs == ["99%", "15", "15", "15", "12", "12"]
    assert (tones["pace"], tones["asks"], tones["window"]) == ("held", "acts", "")


def test_side_by_side_the_window_costs_hours_and_a_pace_costs_errors():
    runs = [run_of("kubernetes_hpa", which) for which in ("hpa", "no_window", "paced")]

    assert show.bests(runs, "pod_hours") == [False, True, False]
    assert show.bests(runs, "failed") == [True, True, False]


@pytest.mark.parametrize("name", NAMES)
def test_every_number_of_the_prose_has_its_fact_among_the_sources(name: str):
    known = {*lesson(name).facts, *launch_type(lesson(name).scenario.launch_type).facts}
    for section, text in catalog.prose("en", name).items():
        assert {cited.split()[0] for cited in _CITED.findall(text)} <= known, section


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_of_the_sources_is_said_in_spanish(name: str):
    assert [fact for fact in lesson(name).facts if not catalog.fact(fact).says_es] == []
