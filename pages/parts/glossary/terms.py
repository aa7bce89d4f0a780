"""Terms: data/glossary.yaml as records, and where they stand in a text. A term is marked once a text, by a link to `#term-…`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from html import escape

from pydantic import Field, ValidationError

from engine import catalog
from engine.catalog import Language
from engine.errors import CatalogError
from engine.fields import Both, Record
from pages.parts.chapter import CHAPTERS

FILE = "glossary.yaml"
ANCHOR = "#term-"
_LETTERS = r"\w"
# What stands in code, in a link or in a tag stays as it is.
_APART = r"`[^`]*`|\[[^\]]*\]\([^)]*\)|<[^>]*>|\{[^}]*\}"


class Term(Record):
    """One term. en, es: the word as it is listed, then its other forms; only: where it is marked, none = everywhere."""

    en: tuple[str, ...] = Field(min_length=1)
    es: tuple[str, ...] = Field(min_length=1)
    says: Both
    only: tuple[str, ...] = ()
    chapter: str
    fact: str = ""

    def forms(self, lang: Language) -> tuple[str, ...]:
        """Give the forms in which a language's texts have it."""
        return self.es if lang == "es" else self.en


@cache
def terms() -> Mapping[str, Term]:
    """Read the glossary. Raises CatalogError with all that is wrong with it."""
    found: dict[str, Term] = {}
    problems: list[str] = []
    for name, row in catalog.glossary().items():
        try:
            term = Term.model_validate(row)
        except ValidationError as error:
            problems += [f"{name}.{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()]
            continue
        found[str(name)] = term
        problems += [f"{name}: no chapter is called {one}" for one in (term.chapter, *term.only) if one not in CHAPTERS]
        if term.fact and term.fact not in catalog.facts():
            problems.append(f"{name}: no fact is called {term.fact}")
    for lang in catalog.LANGUAGES:
        seen: dict[str, str] = {}
        for name, term in found.items():
            for form in term.forms(lang):
                if (other := seen.setdefault(form, name)) != name:
                    problems.append(f"{name}: {form!r} is {other}'s already")
    if problems:
        raise CatalogError(f"data/{FILE}: " + "; ".join(problems))
    return found


def marked(text: str, lang: Language, chapter: str) -> str:
    """Mark the terms of a Markdown text, each where it stands first.

    >>> marked("A pod, a second pod, `pod`.", "en", "kubernetes")
    'A [pod](#term-pod), a second pod, `pod`.'
    """
    return _mark(text, lang, chapter, lambda name, word: f"[{word}]({ANCHOR}{name})")


def marked_html(text: str, lang: Language, chapter: str) -> str:
    """Escape a plain text for HTML, with its terms marked."""
    return _mark(escape(text, quote=False), lang, chapter, lambda name, word: f'<a href="{ANCHOR}{name}">{word}</a>')


def _mark(text: str, lang: Language, chapter: str, write: Callable[[str, str], str]) -> str:
    pattern, names = _pattern(lang, chapter)
    done: set[str] = set()

    def link(found: re.Match[str]) -> str:
        word = found["term"]
        name = names.get(word) or names.get(word.lower()) if word else None
        if name is None or name in done:
            return found[0]
        done.add(name)
        return write(name, word)

    return pattern.sub(link, text)


@cache
def _pattern(lang: Language, chapter: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    """Look for every form, the longest first: "task definition" before "task". Forms in lower case match any case."""
    names = {
        form: name
        for name, term in terms().items()
        if not term.only or chapter in term.only
        for form in term.forms(lang)
    }
    forms = sorted(names, key=len, reverse=True)
    words = "|".join(f"(?i:{re.escape(form)})" if form == form.lower() else re.escape(form) for form in forms)
    return re.compile(rf"{_APART}|(?<!{_LETTERS})(?P<term>{words})(?!{_LETTERS})"), names
