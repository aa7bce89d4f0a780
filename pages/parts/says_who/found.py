"""Found: the facts that a search leaves, and where each is used. Pure: no session, no browser."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from engine import catalog
from engine.catalog import Basis, Fact, Language
from engine.flips import flips
from engine.launch import launch_type


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for. words: all of them have to be there, in the id, the sentence, the system or the source.

    basis, system: "" for any. since: only what was different in early 2020.
    """

    words: str = ""
    basis: Basis | str = ""
    system: str = ""
    since: bool = False


def found(search: Search, lang: Language) -> tuple[Fact, ...]:
    """Give the facts that fit, by their ids."""
    words = plain(search.words).split()
    return tuple(
        fact
        for name, fact in sorted(catalog.facts().items())
        if search.basis in {"", fact.basis}
        and search.system in {"", fact.system}
        and (not search.since or is_changed(fact))
        and all(word in _haystack(name, lang) for word in words)
    )


def plain(text: str) -> str:
    """Write a text so that a search finds it: small letters, no accents.

    >>> plain("Atención: EKS")
    'atencion: eks'
    """
    bare = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in bare if not unicodedata.combining(sign)).lower()


@cache
def _haystack(name: str, lang: Language) -> str:
    fact = catalog.fact(name)
    return plain(" ".join((name, fact.says, fact.text(lang), fact.system, fact.source, fact.slide or "")))


@cache
def _flipped() -> frozenset[str]:
    return frozenset(name for flip in flips() for name in flip.about)


def is_changed(fact: Fact) -> bool:
    """Say whether it was different in early 2020, as far as anybody here knows."""
    return bool(fact.changed_since_talk) or fact.id in _flipped()


def systems() -> tuple[str, ...]:
    """Name the systems that facts are about, those with most facts first."""
    counts: dict[str, int] = {}
    for fact in catalog.facts().values():
        counts[fact.system] = counts.get(fact.system, 0) + 1
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))


@cache
def used() -> Mapping[str, tuple[str, ...]]:
    """Say which chapters cite each fact: in their lessons, or through a launch type that they offer."""
    cited: dict[str, set[str]] = {}
    for name in catalog.lessons():
        row = catalog.lesson(name)
        page = str(row.get("page", name))
        patterns = {*row.get("facts", ())} | {
            fact for kind in row.get("launch_types", ()) for fact in launch_type(kind).facts
        }
        for pattern in patterns:
            for fact in catalog.facts():
                if fact == pattern or fnmatchcase(fact, pattern):
                    cited.setdefault(fact, set()).add(page)
    return {fact: tuple(sorted(pages)) for fact, pages in cited.items()}
