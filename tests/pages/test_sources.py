"""Says who: every fact can be found, linked and taken away; every model says what it leaves out."""

import csv
import io
import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import catalog
from engine.catalog import LANGUAGES
from engine.flips import flips
from engine.trust import checked, models
from pages.parts.chapter import OPEN
from pages.parts.says_who.facts import SHOWN, as_csv, as_json
from pages.parts.says_who.found import Search, found, is_changed, plain, systems, used
from pages.parts.words import Voice, harmless
from tests.pages.the_page import SMUGGLED, address, body, opened, stands


def test_without_a_search_every_fact_is_there():
    assert {fact.id for fact in found(Search(), "en")} == set(catalog.facts())


@given(st.sampled_from(sorted(catalog.facts())), st.sampled_from(LANGUAGES))
def test_every_fact_is_found_by_its_name_and_by_its_own_words(name, lang):
    fact = catalog.fact(name)

    assert fact in found(Search(name), lang)
    assert fact in found(Search(fact.text(lang)[:40].rsplit(" ", 1)[0], fact.basis, fact.system), lang)


@given(st.text(max_size=12), st.sampled_from(["", "documented", "measured", "assumed"]), st.booleans())
def test_a_filter_never_brings_a_fact_back(words, basis, since):
    wide, narrow = found(Search(words), "es"), found(Search(words, basis, "", since), "es")

    assert {one.id for one in narrow} <= {one.id for one in wide}
    assert all(basis in {"", one.basis} and (not since or is_changed(one)) for one in narrow)


def test_accents_and_capitals_do_not_matter():
    assert found(Search("ÍNDICE áxis"), "es") == found(Search("indice axis"), "es")
    assert plain("Ñandú") == "nandu"


def test_what_flipped_is_what_changed():
    changed = {fact.id for fact in found(Search(since=True), "en")}

    assert {flip.fact for flip in flips()} <= changed
    assert len(changed) < len(catalog.facts())


def test_facts_know_the_chapters_that_rest_on_them():
    assert "az_failure" in used()["elb.alb.hc_interval"]
    assert {page for pages in used().values() for page in pages} <= {*OPEN, "start", "containers"}
    assert set(systems()) == {fact.system for fact in catalog.facts().values()}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_page_shows_some_turns_on_and_links_one(lang):
    at = opened("sources", lang=lang, guess="skip")
    assert body(at).count("<h2>") == SHOWN
    first = body(at)
    stands(next(one for one in at.button if one.key == "sources.after").click().run())
    assert body(at) != first
    assert address(at)["page_no"] == "2"
    only = opened("sources", lang=lang, guess="skip", fact="elb.alb.hc_interval")
    assert body(only).count("<h2>") == 1
    stands(next(one for one in only.button if one.key == "sources.all").click().run())
    assert body(only).count("<h2>") == SHOWN


def test_a_search_is_in_the_link_and_begins_on_its_first_page():
    at = opened("sources", lang="en", guess="skip", q="heartbeat", page_no="3")
    assert "ecs.agent.acs_heartbeat_timeout" in body(at)
    assert at.text_input[0].value == "heartbeat"
    stands(at.text_input[0].set_value("nothing has this").run())
    assert "Nothing fits" in " ".join(one.value for one in at.markdown)
    assert address(at)["q"] == "nothing has this"
    assert "page_no" not in address(at)


@pytest.mark.parametrize("word", [SMUGGLED, "9" * 400, "-1", "\u0000", "%00"])
def test_whatever_a_link_says_the_page_stands(word):
    words = dict.fromkeys(("q", "basis", "system", "since", "fact", "page_no"), word)

    assert "<script>" not in body(opened("sources", lang="en", guess="skip", **words))


def test_the_guess_is_held_against_the_facts_themselves():
    at = opened("sources", lang="en")
    bases = [fact.basis for fact in catalog.facts().values()]
    share = 100 * bases.count("documented") / len(bases)
    answer = next(str(low) for low, high in ((0, 50), (50, 70), (70, 90), (90, 101)) if low <= share < high)
    stands(next(one for one in at.button if one.key == f"sources.guess.{answer}").click().run())

    assert "So it is" in body(at)
    assert at.session_state["progress.held"][0].right


def test_a_table_for_a_spreadsheet_holds_every_fact_and_no_formula():
    rows = list(csv.reader(io.StringIO(as_csv(found(Search(), "en"), Voice("en")))))

    assert len(rows) == len(catalog.facts()) + 1
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@"))]


def as_lists(value):
    """Write a fact's value as JSON knows it: names are texts, rows are lists."""
    if isinstance(value, Mapping):
        return {str(name): as_lists(one) for name, one in value.items()}
    return [as_lists(one) for one in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_list_for_a_program_holds_what_was_found_with_bare_values(lang):
    facts = found(Search("heartbeat"), lang)
    rows = json.loads(as_json(facts, Voice(lang)))

    assert [row["id"] for row in rows] == [fact.id for fact in facts] != []
    for row, fact in zip(rows, facts, strict=True):
        assert row["value"] == as_lists(fact.value)
        assert (row["unit"], row["says"]) == (fact.unit, fact.text(lang))
    assert len(json.loads(as_json(found(Search(), lang), Voice(lang)))) == len(catalog.facts())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_model_says_what_it_leaves_out_and_names_what_is_assumed(lang):
    told = body(opened("sources", lang=lang, x="sources_trust"))

    for model in models():
        assert model.leaves_out.text(lang).split(".")[0].replace("'", "&#x27;") in told, model.id
    assert Voice(lang).say("ask.assumptions.lost_host_s.label") in told or "Assumptions" not in told


def test_every_table_is_part_of_a_model_and_all_that_is_checked_agrees():
    assert all(agree == cases for agree, cases in checked().values())
    assert sum(model.cases for model in models()) == sum(cases for _, cases in checked().values())


def test_what_is_written_down_is_what_the_command_finds(shared):
    from engine import conformance

    report = conformance.check(
        {path.name: path.read_text(encoding="utf-8") for path in (shared / "golden").glob("*.json")}
    )

    assert dict(report.sets) == dict(checked())


@pytest.mark.parametrize("lesson", ["sources", "sources_trust"])
def test_the_hall_sees_one_thing(lesson):
    assert "q-stage-says" in body(opened("sources", lang="es", x=lesson, view="stage"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_link_to_a_fact_that_is_not_there_says_so_and_shows_them_all(lang):
    app = opened("sources", lang=lang, fact="<b>no.such</b>")

    assert [one.value for one in app.info] == [Voice(lang).say("sources.unknown", name=harmless("<b>no.such</b>"))]
    assert Voice(lang).say("sources.count", n=len(catalog.facts())) in body(app)
