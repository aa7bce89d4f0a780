"""The glossary: data that holds together, terms marked where they stand and nowhere else, and a list that can be searched."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import catalog
from engine.catalog import LANGUAGES
from pages.parts.chapter import OPEN
from pages.parts.glossary.terms import ANCHOR, marked, marked_html, terms
from pages.parts.says_who.glossary import fitting, plain
from pages.parts.words import Voice
from tests.pages.the_page import body, opened, told

LINK = re.compile(rf"\[([^\]]*)\]\({ANCHOR}(\w+)\)")


def prose(lang):
    for page in catalog.prose_pages(lang):
        chapter = str(catalog.lesson(page).get("page", page)) if page in catalog.lessons() else page
        for section, text in catalog.prose(lang, page).items():
            yield chapter, f"{page}.{section}", text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_term_stands_in_some_text_and_is_marked_there(lang):
    courses = "\n".join(str(catalog.course(name)) for name in catalog.courses())
    found = {name for chapter, _, text in prose(lang) for _, name in LINK.findall(marked(text, lang, chapter))}
    found |= {name for chapter in OPEN for _, name in LINK.findall(marked(courses, lang, chapter))}
    found |= {
        name
        for chapter in OPEN
        for text in catalog.texts(lang).values()
        for _, name in LINK.findall(marked(text, lang, chapter))
    }

    assert found == set(terms())


@pytest.mark.parametrize("lang", LANGUAGES)
def test_marking_changes_no_word_of_any_text(lang):
    for chapter, where, text in prose(lang):
        with_marks = marked(text, lang, chapter)
        names = [name for _, name in LINK.findall(with_marks)]

        assert LINK.sub(r"\1", with_marks) == text, where
        assert len(names) == len(set(names)), where


@pytest.mark.parametrize(("text", "want"), [
    ("A task definition and a task.", "A [task definition](#term-task_definition) and a [task](#term-task)."),
    ("Pods and a pod.", "[Pods](#term-pod) and a pod."),
    ("`pod` and [a pod](/eks) and <b>pod</b>.", "`pod` and [a pod](/eks) and <b>[pod](#term-pod)</b>."),
    ("spot is no Spot.", "spot is no [Spot](#term-spot)."),
    ("multitasking, nodepool", "multitasking, nodepool"),
])  # fmt: skip
def test_a_term_is_marked_once_by_its_longest_form_and_never_inside_code(text, want):
    assert marked(text, "en", "kubernetes") == want


def test_a_word_that_means_something_else_elsewhere_is_marked_at_home_only():
    assert ANCHOR in marked("thirteen layers", "en", "containers")
    assert ANCHOR not in marked("thirteen layers", "en", "responsibility")


@given(st.text(alphabet="pod <>&`[]()*_\n\"'", max_size=60))
def test_html_is_escaped_whatever_comes(text):
    found = marked_html(text, "en", "kubernetes")

    assert not re.findall(r"<(?!a href=\"#term-\w+\">|/a>)", found)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_term_is_short_and_lived_in_an_open_chapter(lang):
    for name, term in terms().items():
        assert len(term.says.text(lang)) <= 240, name
        assert term.chapter in OPEN, name


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_list_is_searched_by_any_form_without_accents(lang):
    speaker = Voice(lang)
    for name, term in terms().items():
        for form in term.forms(lang):
            assert name in dict(fitting(plain(form).upper(), speaker))
    assert fitting("xyzzy", speaker) == []
    assert [name for name, _ in fitting("", speaker)] == [name for name, _ in fitting("  ", speaker)]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_list_opens_and_a_link_brings_a_search(lang):
    at = opened("sources", lang=lang, x="sources_glossary")
    assert told(at) == ""
    assert body(at).count("<dt>") == len(terms())

    at = opened("sources", lang=lang, x="sources_glossary", term="binpack")
    assert "binpack" in body(at)
    assert 1 <= body(at).count("<dt>") < 5

    at.text_input[0].set_value("xyzzy").run()
    assert "<dt>" not in body(at)
    assert Voice(lang).say("sources_glossary.none") in body(at)
