"""The fleet's page: every experiment opens in every room and language, every guess has its verdict, no link breaks it."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from engine import catalog, run
from engine.launch import launch_type
from pages.parts import show
from pages.parts.lesson import changed, lesson
from pages.parts.loops import WORDS, payload
from pages.parts.predict import QUESTIONS
from pages.parts.words import _CITED, Voice
from tests.pages.the_page import SMUGGLED, address, body, opened, scenario, stands, told, turn

NAMES = ("fleet", "fleet_spot", "fleet_patch")


def page(name: str = "fleet", **words: str) -> AppTest:
    return opened("fleet", **{"lang": "en", "guess": "skip", "x": name} | words)


def button(at: AppTest, name: str, key: str):
    return at.button(key=f"{name}.{key}")


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
    run_ = show.run_of(lesson(name).scenario)
    for guess in QUESTIONS[asked.question].choices(run_, speaker, name, asked.settings):
        said = QUESTIONS[asked.question].verdict(run_, speaker, name, asked.settings, guess).text

        assert re.match("You said|Dijiste", said), guess
        assert "{" not in said, guess


@pytest.mark.parametrize(("name", "what", "guess", "word"), [
    ("fleet", "stuck", "never", "and none went"),
    ("fleet", "stuck", "0", "No host has gone"),
    ("fleet_patch", "stuck", "never", "you were right"),
    ("fleet_patch", "stuck", "7200", "still runs when the run ends"),
])  # fmt: skip
def test_what_never_comes_has_its_verdict_too(name: str, what: str, guess: str, word: str):
    run_ = run(changed(lesson(name).scenario, lesson(name).tries[what]))
    asked = lesson(name).guess

    assert word in QUESTIONS[asked.question].verdict(run_, Voice("en"), name, asked.settings, guess).text


@pytest.mark.parametrize("name", NAMES)
def test_a_guess_is_asked_for_before_the_outcome_is_told(name: str):
    at, outcome = opened("fleet", lang="en", x=name), Voice("en").say(f"{name}.outcome.title")
    assert outcome not in [one.value for one in at.header]
    stands(button(at, name, "guess.never").click().run())

    assert outcome in [one.value for one in at.header]
    assert address(at)["guess"] == "never"


@pytest.mark.parametrize(
    ("name", "spoiler"), [("fleet_spot", "Money against errors"), ("fleet_patch", "three launch types")]
)
def test_what_gives_the_answer_away_waits_for_the_guess(name: str, spoiler: str):
    closed, asked = page(name), opened("fleet", lang="en", x=name)

    assert any(spoiler in one.value for one in closed.header)
    assert not any(spoiler in one.value for one in asked.header)


# --- controls and tries ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "what"), [(name, what) for name in NAMES for what in lesson(name).tries])
def test_each_thing_to_try_can_be_tried_and_mailed(name: str, what: str):
    at = page(name)
    stands(button(at, name, f"try.{what}").click().run())
    tried = scenario(at, name)

    assert told(at) == ""
    assert tried != lesson(name).scenario
    assert scenario(opened("fleet", **address(at)), name) == tried


@pytest.mark.parametrize(("name", "url"), [(name, control.url) for name in NAMES for control in lesson(name).controls])
def test_what_a_control_writes_into_the_url_opens_the_same_scenario(name: str, url: str):
    at = page(name)
    turn(at, name, url)

    assert told(at) == ""
    assert scenario(at, name) != lesson(name).scenario
    assert scenario(opened("fleet", **address(at)), name) == scenario(at, name)


@pytest.mark.parametrize(("policy", "steps", "changes"), [("step", 2, 0), ("scheduled", 0, 2), ("target", 0, 0)])
def test_a_policy_brings_what_it_needs_and_takes_it_away_again(policy: str, steps: int, changes: int):
    at = page()
    for choice in ("scheduled", policy) if policy != "scheduled" else (policy,):
        stands(at.selectbox(key="fleet.ask.policy").set_value(choice).run())
    scaling = scenario(at, "fleet").services[0].scaling

    assert (scaling.policy, len(scaling.steps_out), len(scaling.schedule)) == (policy, steps, changes)


def test_a_metric_brings_a_target_of_its_own():
    at = page()
    stands(at.selectbox(key="fleet.ask.metric").set_value("requests").run())

    assert scenario(at, "fleet").services[0].scaling.target == 975


@pytest.mark.parametrize(("name", "word", "came"), [
    ("fleet", "target", "0"), ("fleet", "policy", "guess"), ("fleet", "types", "m5.gigantic"),
    ("fleet_spot", "base", "-1"), ("fleet_spot", "spot", "banana"), ("fleet_patch", "healthy", "1e999"),
])  # fmt: skip
def test_a_link_that_is_wrong_is_set_aside_and_named(name: str, word: str, came: str):
    at = page(name, **{word: came})

    assert word in told(at)
    assert scenario(at, name) == lesson(name).scenario


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("word", ["guess", "x", "view", "compare", "seed"])
def test_smuggled_markup_stays_text(name: str, word: str):
    at = page(name, **{word: SMUGGLED})

    assert "<script>" not in body(at)
    assert "onerror=" not in body(at)


# --- what is told ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_loops_know_every_look_and_every_host(lang: str):
    speaker, found = Voice(lang), lesson("fleet").scenario
    run_ = show.run_of(found)
    told_ = payload(run_, speaker)

    assert set(WORDS) <= set(told_["words"])
    assert len(told_["hosts"]["looks"]["at_s"]) == len(run_.events.readings)
    assert {move[1] for move in told_["stays"]["moves"]} == set(range(len(run_.hosts)))
    assert all("{" not in one["text"] for one in told_["stays"]["texts"])


def test_every_number_of_the_prose_has_its_fact_among_the_sources():
    for name in NAMES:
        known = {*lesson(name).facts, *launch_type(lesson(name).scenario.launch_type).facts}
        for section, text in catalog.prose("en", name).items():
            assert {cited.split()[0] for cited in _CITED.findall(text)} <= known, (name, section)


@pytest.mark.parametrize("name", NAMES)
def test_every_fact_of_the_sources_is_said_in_spanish(name: str):
    assert [fact for fact in lesson(name).facts if not catalog.fact(fact).says_es] == []


def test_side_by_side_says_who_did_best_and_never_praises_what_is_stuck():
    runs = [
        show.run_of(changed(lesson("fleet_patch").scenario, lesson("fleet_patch").variants[v]))
        for v in ("one", "stuck")
    ]

    assert show.bests(runs, "human_steps") == [True, False]
    assert show.bests(runs, "last_patched") == [True, False]
