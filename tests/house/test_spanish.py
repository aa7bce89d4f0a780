"""No English is left in the Spanish: frequent English words that are no Spanish ones, in everything that a Spanish page says."""

import re
from collections.abc import Mapping

import pytest
from pydantic import BaseModel

from engine import catalog
from engine.course import course
from engine.fields import Both
from engine.trust import models
from pages.parts.stage.deck import deck

# Whole words. None of them is Spanish, and hardly an English sentence does without one.
ENGLISH = re.compile(
    r"\b(the|and|with|of|is|are|this|which|from|that|what|when|your|you|have|was|were|will|until|than|there|here|who|why|its|been|"
    r"an|or|not|does|each|every|only|how|where|they|their|these|about|after|before|because|while|should|must|can)\b",
    re.IGNORECASE,
)
CODE = re.compile(
    r"`[^`]*`|\{[^}]*\}|«[^»]*»|\"[^\"]*\"|“[^”]*”|https?://\S+"
)  # code, holes, and what is quoted in its own words
# Names that hold such a word; each is called so in Spanish too.
NAMES = re.compile(
    r"all-at-once|In y NotIn|memberOf\(.*?\)|Amazon ECS for Kubernetes|rolling: tarea|Well-Architected|at least once|"
    r"sin or|not-ready|API de (?:CAN|OR)|State of DevOps",
)


def english(text):
    return ENGLISH.findall(NAMES.sub(" ", CODE.sub(" ", text)))


def spanish(found):
    """Give every Spanish text of a record, however deep."""
    if isinstance(found, Both):
        yield found.es
    elif isinstance(found, BaseModel):
        for name in type(found).model_fields:
            yield from spanish(getattr(found, name))
    elif isinstance(found, Mapping):
        if set(found) == {"en", "es"}:
            yield str(found["es"])
        else:
            for inner in found.values():
                yield from spanish(inner)
    elif isinstance(found, tuple | list):
        for inner in found:
            yield from spanish(inner)


# These paragraphs quote what ECS and kube-scheduler themselves write, which is English everywhere.
QUOTED = {("delivery_traps", "deadlock"), ("kubernetes_scheduler", "filters")}


# These labels name a language's own words: the operators of ECS's queries, the instructions of a Dockerfile.
KEYWORDS = {"rules.help", "containers.line.base"}


def test_labels_and_paragraphs_are_spanish():
    labels = {
        key: words for key, text in catalog.texts("es").items() if key not in KEYWORDS and (words := english(text))
    }
    prose = {
        (page, section): words
        for page in catalog.prose_pages("es")
        for section, text in catalog.prose("es", page).items()
        if (page, section) not in QUOTED and (words := english(text))
    }

    assert labels == {}
    assert prose == {}


# Operators and states that are called by these words themselves.
SAID_IN_THEIR_OWN_WORDS = {"ecs.query.operators", "k8s.toleration_seconds", "ecs.service.stuck_event", "talk.eks_name"}


def test_facts_are_spanish_all_of_them():
    facts = catalog.facts()

    assert [name for name, fact in facts.items() if not fact.says_es] == []
    assert {
        name: words
        for name, fact in facts.items()
        if name not in SAID_IN_THEIR_OWN_WORDS and (words := english(fact.says_es))
    } == {}


@pytest.mark.parametrize("chapter", catalog.courses())
def test_courses_are_spanish(chapter):
    assert [(text, words) for text in spanish(course(chapter)) if (words := english(text))] == []


def test_beats_flips_and_trust_are_spanish():
    beats = [text for beat in deck().beats.values() for text in (beat.line.es, beat.notes.es)]
    flips = list(spanish(catalog.eras()))
    trust = [getattr(model, key).es for model in models() for key in ("name", "follows", "leaves_out", "held")]

    assert [(text, words) for text in [*beats, *flips, *trust] if (words := english(text))] == []
    assert len(beats) > 100
    assert len(flips) > 40
