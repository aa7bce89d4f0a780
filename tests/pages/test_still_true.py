"""Is this row still true? Twelve rows, answered by the rules, each once."""

import pytest

from engine.catalog import LANGUAGES
from engine.still_true import TABLES, standings
from pages.parts.words import Voice
from tests.pages.the_page import body, opened, stands

PAGES = {"fargate": "fargate", "eks": "eks"}


def quiz(table, lang="en", **words):
    return opened(PAGES[table], lang=lang, x=f"{table}_true", **words)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("table", TABLES)
def test_every_row_is_asked_as_the_slide_had_it_and_nothing_is_told_yet(table, lang):
    at = quiz(table, lang)
    found, speaker = body(at), Voice(lang)

    assert found.count('<section class="q-true">') == len(standings(table))
    assert "q-true-said" not in found.split("</style>")[-1]
    for one in standings(table):
        assert speaker.say(f"{table}_table.row.{one.row}") in found


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("guess", ["true", "false"])
def test_an_answer_is_held_against_the_rules_and_the_reason_and_date_are_told(table, guess):
    at, speaker = quiz(table), Voice("en")
    one = next(row for row in standings(table) if row.truth == "false")
    stands(at.button(key=f"still_true.{one.id}.{guess}").click().run())

    key = "right" if guess == one.truth else "wrong"
    assert f'class="q-true-said {key}"' in body(at)
    assert speaker.say("still_true.since", date=speaker.date(one.changed_on)) in body(at)
    (kept,) = at.session_state["progress.waiting"] or at.session_state["progress.held"]
    assert (kept.kind, kept.what, kept.answer, kept.right) == ("row", one.id, guess, guess == one.truth)
    assert f"still_true.{one.id}.true" not in [button.key for button in at.button]


def test_the_score_counts_and_one_table_is_forgotten_alone():
    at = quiz("eks")
    for one in standings("eks"):
        stands(at.button(key=f"still_true.{one.id}.{one.truth}").click().run())
    assert Voice("en").say("still_true.done", of=5, right=5, n=5) in body(at)

    stands(at.button(key="eks_true.again").click().run())
    assert Voice("en").say("still_true.begin", of=5, right=0, n=0) in body(at)
    assert at.session_state["still_true.begun"] == {"eks": 5}
    one = standings("eks")[0]
    stands(at.button(key=f"still_true.{one.id}.false").click().run())
    assert Voice("en").say("still_true.score", n=1, of=5, right=0) in body(at)


@pytest.mark.parametrize("table", TABLES)
def test_it_has_a_stage_and_leads_to_the_story_of_a_row(table):
    assert "q-true-stage" in body(quiz(table, view="stage"))
    at = quiz(table)
    one = standings(table)[0]
    stands(at.button(key=f"still_true.{one.id}.true").click().run())
    links = {link.proto.query_string for link in at.get("page_link")}
    assert any(f"row={one.row}" in link for link in links)


def test_the_first_page_leads_to_it():
    at = opened("start", lang="es")
    stands(at.button(key="to_quiz").click().run())

    assert '<section class="q-true">' in body(at)
