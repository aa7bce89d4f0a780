"""The page about Kubernetes: every experiment opens in every room and language, every guess has its verdict, no link breaks it."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from engine import Scenario, autoscaled, catalog, run
from engine.launch import launch_type
from pages.parts import nodes, show
from pages.parts.lesson import changed, lesson
from pages.parts.predict import QUESTIONS
from pages.parts.words import _CITED, Voice
from tests.pages.the_page import SMUGGLED, address, body, opened, scenario, stands, told, turn

NAMES = ("kubernetes_nodes",)


def page(name: str = "kubernetes_nodes", **words: str) -> AppTest:
    return opened("kubernetes", **{"lang": "en", "guess": "skip", "x": name} | words)


def variant(name: str, which: str) -> Scenario:
    return changed(lesson(name).scenario, lesson(name).variants[which])


# --- it opens --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", ["en", "es"])
@pytest.mark.parametrize("view", ["study", "compare", "stage"])
def test_every_room_opens_in_both_languages(name: str, lang: str, view: str):
    at = page(name, lang=lang, view=view)

    assert scenario(at, name) == lesson(name).scenario
    assert told(at) == ""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lang", ["en", "es"])
def test_every_guess_gets_its_verdict(name: str, lang: str):
    speaker, asked = Voice(lang), lesson(name).guess
    for which in ("cluster", "karpenter", "none"):
        run_ = show.run_of(variant(name, which))
        for guess in QUESTIONS[asked.question].choices(run_, speaker, name, asked.settings):
            said = QUESTIONS[asked.question].verdict(run_, speaker, name, asked.settings, guess).text

            assert re.match("You said|Dijiste", said), guess
            assert "{" not in said, guess


def test_what_gives_the_answer_away_waits_for_the_guess():
    title = Voice("en").say("kubernetes_nodes.lives.title")
    open_, told_ = opened("kubernetes", lang="en", x="kubernetes_nodes"), page()

    assert title not in [one.value for one in open_.header]
    assert title in [one.value for one in told_.header]


# --- controls and tries ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "what"), [(name, what) for name in NAMES for what in lesson(name).tries])
def test_each_thing_to_try_can_be_tried_and_mailed(name: str, what: str):
    at = page(name)
    stands(at.button(key=f"{name}.try.{what}").click().run())
    tried = scenario(at, name)

    assert told(at) == ""
    assert tried != lesson(name).scenario
    assert scenario(opened("kubernetes", **address(at)), name) == tried


@pytest.mark.parametrize(("name", "url"), [(name, control.url) for name in NAMES for control in lesson(name).controls])
def test_what_a_control_writes_into_the_url_opens_the_same_scenario(name: str, url: str):
    at = page(name)
    turn(at, name, url)

    assert told(at) == ""
    assert scenario(at, name) != lesson(name).scenario
    assert scenario(opened("kubernetes", **address(at)), name) == scenario(at, name)


@pytest.mark.parametrize(
    ("word", "came"), [("who", "kubelet"), ("type", "m5.gigantic"), ("unneeded", "-1"), ("budget", "1e999")]
)
def test_a_link_that_is_wrong_is_set_aside_and_named(word: str, came: str):
    at = page(**{word: came})

    assert word in told(at)
    assert scenario(at, "kubernetes_nodes") == lesson("kubernetes_nodes").scenario


def test_an_experiment_that_is_none_is_named_and_the_first_one_opens():
    at = opened("kubernetes", x="nonsense")

    assert "x = nonsense (allowed: kubernetes, kubernetes_scheduler" in told(at)
    assert scenario(at, "kubernetes") == lesson("kubernetes").scenario
    assert told(opened("kubernetes", x="kubernetes_hpa")) == ""


def test_a_guess_that_is_none_is_named_and_stays_open_until_there_is_one():
    at = opened("kubernetes", x="kubernetes_hpa", guess="zzz")
    assert "guess = zzz (allowed: both_quick, slow_in, slow_out, both_slow, skip)" in told(at)

    assert told(opened("kubernetes", x="kubernetes_hpa", guess="slow_in")) == ""


def test_a_launch_type_that_is_none_is_told_those_of_this_experiment():
    assert "launch_type = app-runner (allowed: k8s-self-run, eks-managed, eks-auto, ecs-ec2)" in told(
        opened("kubernetes", x="kubernetes_hpa", launch_type="app-runner")
    )


@pytest.mark.parametrize("word", ["guess", "x", "view", "compare", "seed", "who"])
def test_smuggled_markup_stays_text(word: str):
    at = page(**{word: SMUGGLED})

    assert "<script>" not in body(at)
    assert "onerror=" not in body(at)


# --- what is told ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_ledger_has_a_row_for_each_decision_and_its_price(lang: str):
    at = page(lang=lang)
    found = autoscaled.decisions(show.run_of(lesson("kubernetes_nodes").scenario))
    table = re.search(r"q-ledger.*?</table>", body(at), re.DOTALL).group()

    assert table.count("<tr>") == len(found) + 1
    assert table.count("m5.large") == 3
    assert "{" not in table


def test_without_an_autoscaler_the_page_says_that_nobody_acts():
    assert Voice("en").say("kubernetes_nodes.ledger.none")[:30] in body(page(who="none"))


def test_every_node_has_its_row_and_those_beyond_are_counted():
    many = changed(lesson("kubernetes_nodes").scenario, {"fleet.hosts": 34})
    few, more = (nodes.lives(run(one), Voice("en")) for one in (lesson("kubernetes_nodes").scenario, many))

    assert len(few.figure.layout.yaxis.ticktext) == 13
    assert not few.figure.layout.annotations
    assert more.figure.layout.annotations[0].text.startswith("and ")


def test_saving_has_its_price():
    name = "kubernetes_nodes"
    runs = [show.run_of(variant(name, which)) for which in ("cluster", "karpenter")]

    assert show.bests(runs, "nodes_usd") == [False, True]
    assert show.bests(runs, "pods_moved") == [True, False]
    assert show.bests(runs, "failed") == [True, False]


def test_every_number_of_the_prose_has_its_fact_among_the_sources():
    for name in NAMES:
        known = {*lesson(name).facts, *launch_type(lesson(name).scenario.launch_type).facts}
        for section, text in catalog.prose("en", name).items():
            assert {cited.split()[0] for cited in _CITED.findall(text)} <= known, (name, section)


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_of_the_sources_is_said_in_spanish(name: str):
    assert [fact for fact in lesson(name).facts if not catalog.fact(fact).says_es] == []
