"""The course on the page: answered, kept, told; challenges tried with what stands above; the score card that comes of it."""

import re
from collections.abc import Mapping

import pytest
from pydantic import BaseModel
from streamlit.testing.v1 import AppTest

from engine import catalog
from engine.catalog import LANGUAGES
from engine.consensus import Consensus
from engine.course import course, truth
from engine.fields import Both
from pages.parts.chapter import OPEN
from pages.parts.course.amounts import amount
from pages.parts.course.challenges import _kept
from pages.parts.new_normal import pace
from pages.parts.words import Voice
from tests.engine.test_course import FIRST, can_be_turned
from tests.pages.the_page import body, opened, stands

CHAPTER = "az_failure"


def asked(lang="en"):
    def script(lang):
        from engine.course import course
        from pages.parts.course.course import _ask
        from pages.parts.words import Voice

        _ask("az_failure", course("az_failure"), Voice(lang))

    return stands(AppTest.from_function(script, kwargs={"lang": lang}, default_timeout=60).run())


def answer(at, choice, sure=None):
    at.radio[0].set_value(choice)
    if sure:
        at.selectbox[0].set_value(sure)
    stands(at.run())
    stands(next(one for one in at.button if one.key.endswith(".lock")).click().run())


def kept_answers(at):
    # An AppTest's session is no mapping: it has no `get`.
    return at.session_state["progress.held"] if "progress.held" in at.session_state else []  # noqa: SIM401


def go_on(at):
    stands(next(one for one in at.button if one.key.endswith("course.next")).click().run())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_whole_course_is_answered_one_question_at_a_time(lang):
    at, found = asked(lang), course(CHAPTER)
    for number, one in enumerate(found.predictions):
        why = one.why.text(lang)
        assert why not in body(at)
        answer(at, truth(CHAPTER, one.id).answer, sure=80)
        assert 'class="q-told right"' in body(at)
        assert number + 1 == body(at).count('class="prediction right"')
        go_on(at)
    for number, one in enumerate(found.quiz):
        answer(at, str((one.right + 1) % len(one.options)))
        told = body(at)
        # Every option has its reason, the chosen one and the right one are marked.
        assert told.count("<p>") >= len(one.options)
        assert told.count('<li class="wrong">') == told.count('<li class="right">') == 1
        if number + 1 < len(found.quiz):
            go_on(at)
    kept = at.session_state["progress.held"]
    assert [(one.kind, one.right, one.sure) for one in kept] == [("prediction", True, 80)] * 4 + [
        ("quiz", False, None)
    ] * 5


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("chapter", catalog.courses())
def test_every_text_of_a_course_can_be_said(chapter, lang):
    def texts(found):
        if isinstance(found, Both):
            yield found.text(lang)
        elif isinstance(found, BaseModel):
            for name in type(found).model_fields:
                yield from texts(getattr(found, name))
        elif isinstance(found, Mapping):
            for inner in found.values():
                yield from texts(inner)
        elif isinstance(found, tuple):
            for inner in found:
                yield from texts(inner)

    for text in texts(course(chapter)):
        assert "{" not in Voice(lang).cited(text), text


def test_nothing_is_locked_before_something_is_chosen():
    at = asked()

    assert next(one for one in at.button if one.key.endswith(".lock")).disabled


def test_a_wrong_prediction_is_told_with_the_number_that_came_out():
    at = asked()
    answer(at, "300")

    assert 'class="q-told wrong"' in body(at)
    assert re.search(r"It came to 1\W*min", body(at))


def test_a_challenge_is_tried_with_the_scenario_that_stands_there():
    def script(settings):
        import streamlit as st

        from engine import Scenario, catalog
        from engine.changes import changed
        from engine.course import course
        from pages.parts.course.challenges import _challenge
        from pages.parts.words import Voice

        scenario = changed(Scenario.read(catalog.scenario_text("az_failure")), settings)
        st.session_state["az_failure.scenario"] = scenario
        one = next(one for one in course("az_failure").challenges if one.id == "short_errors")
        _challenge("az_failure", one, scenario, Voice("en"), is_met=False)

    for settings, told, kept in (
        ({}, "Not yet", 0),
        ({"traffic.rps": 100}, "has to stay", 0),
        ({"launch_type": "ecs-fargate", "services.web.desired": 34}, "The goal is met", 1),
    ):
        at = stands(AppTest.from_function(script, kwargs={"settings": settings}, default_timeout=60).run())
        stands(next(one for one in at.button if one.key.endswith(".try")).click().run())

        assert told in body(at), settings
        assert len(kept_answers(at)) == kept


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_course_is_offered_in_study_and_nowhere_else(lang):
    study = opened(CHAPTER, lang=lang, guess="skip")
    label = Voice(lang).say("course.title", n=4, quiz=5)

    assert label in [one.label for one in study.expander]
    assert label not in [one.label for one in opened(CHAPTER, lang=lang, view="stage").expander]


def test_amounts_are_written_in_their_units():
    english, spanish = Voice("en"), Voice("es")

    assert amount(0.9412, "share", english) == "94%"
    assert amount(0.9995, "share", english) == "99.95%"
    assert amount(1.17, "usd_h", spanish).startswith("US$1,17")
    assert amount(3, "tasks", spanish) == "3 tareas"


# --- the score card ----------------------------------------------------------------------------------------------------------


def carded(answers, lang="en"):
    def script(answers, lang):
        import streamlit as st

        from pages.parts import progress
        from pages.parts.progress.card import card
        from pages.parts.words import Voice

        if "given" not in st.session_state:
            st.session_state["given"] = True
            for kind, what, right, sure in answers:
                progress.answered(kind, what, "x", right=right, sure=sure)
        card(Voice(lang))

    return stands(AppTest.from_function(script, kwargs={"answers": answers, "lang": lang}, default_timeout=60).run())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_an_empty_card_invites(lang):
    at = carded([], lang)

    assert Voice(lang).say("progress.card.empty") in [one.value for one in at.markdown]
    assert "<table" not in body(at)


def test_the_card_counts_first_answers_by_chapter_and_says_whether_one_knew():
    given = [
        ("quiz", "az_failure.a", True, 90),
        ("quiz", "az_failure.a", False, 90),
        ("guess", "control_plane_why", False, 90),
    ]
    at = carded([*given, ("prediction", "fleet.b", None, None)])
    said = " ".join(one.value for one in at.markdown)

    assert "1 of 2 right at the first try, in 2 chapters" in said
    assert "You thought you knew more than you did" in said
    assert "Brier score is 0.41" in said
    assert "With 2 answers this says little yet" in said
    assert body(at).count("1 of 1") == 2  # in its column, and in all


def test_whoever_is_forgotten_has_no_answers():
    def script():
        import streamlit as st

        from pages.parts import progress

        progress.answered("quiz", "az_failure.a", "x", right=True)
        before = len(progress.answers())
        progress.forget()
        st.markdown(f"{before} {len(progress.answers())}")

    assert stands(AppTest.from_function(script, default_timeout=60).run()).markdown[0].value == "1 0"


RECORD_ROOMS = {one.lesson: (page, one) for page in OPEN for one in course(page).challenges if one.is_of_record}


@pytest.mark.parametrize("name", sorted(FIRST))
def test_a_room_without_a_run_begins_with_the_record_that_its_challenge_is_held_against(name):
    page, _ = RECORD_ROOMS[name]
    at = opened(page, lang="en", x=name, guess="skip")

    assert at.session_state[f"{name}.turned.first"] == FIRST[name]
    assert set(FIRST) == set(RECORD_ROOMS)
    assert Voice("en").say("course.challenges", n=1) in [one.label for one in at.expander]


STILL = sorted(name for name in catalog.lessons() if not can_be_turned(catalog.lesson(name)))


@pytest.mark.parametrize("name", STILL)
def test_a_room_without_a_challenge_has_nothing_that_could_be_turned(name):
    at = opened(str(catalog.lesson(name)["page"]), lang="en", x=name, guess="skip")

    assert f"{name}.scenario" not in at.session_state
    assert f"{name}.turned.record" not in at.session_state
    assert [one.label for one in at.expander if "hallenge" in one.label] == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_lab_has_its_course_and_its_challenge_is_tried_with_what_stands_in_a(lang):
    at, say = opened("lab", lang=lang, guess="skip"), Voice(lang).say
    labels = [one.label for one in at.expander]

    assert say("course.title", n=3, quiz=5) in labels
    assert say("course.challenges", n=1) in labels
    at.session_state["lab.lab.challenges"] = True
    stands(at.run())
    stands(next(one for one in at.button if one.key == "lab.challenge.three_nines.try").click().run())

    assert say("course.goal_missed") in body(at)


def test_what_has_to_stand_is_called_as_the_page_calls_it():
    english, spanish = Voice("en"), Voice("es")

    assert _kept("traffic", Consensus, english) == "the traffic"
    assert _kept("disk_ms", Consensus, english) == f"“{english.say('ask.consensus.disk_ms.label')}”"
    assert _kept("ask.fail_share", pace.Shown, spanish) == f"«{spanish.say('ask.paceask.fail_share.label')}»"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("order", ["code-first", "packages-first"])
def test_a_challenge_without_a_run_is_tried_with_what_stands_there(lang, order):
    def script(lang, order):
        import streamlit as st

        from engine.containers.asks import ImageAsk
        from engine.course import course
        from pages.parts.course.challenges import _challenge
        from pages.parts.words import Voice

        st.session_state["containers.turned.first"] = ImageAsk()
        one = next(one for one in course("containers").challenges if one.id == "small_start")
        _challenge("containers", one, ImageAsk(order=order), Voice(lang), is_met=False)

    at = stands(AppTest.from_function(script, kwargs={"lang": lang, "order": order}, default_timeout=60).run())
    at.button[0].click().run()

    say = Voice(lang).say
    assert not at.exception
    assert say("course.goal_met_once" if order == "packages-first" else "course.goal_missed_once") in body(at)
    assert say("course.once") in body(at)
