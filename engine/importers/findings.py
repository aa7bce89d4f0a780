"""What there is to say about a file: a code, and where. The words are in data/texts/<language>/import.yaml and manifest.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from engine import catalog
from engine.catalog import Language

_SHOWN = 4  # places that are named one by one; the rest are counted


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the file leaves open: `says` is how it stands there, such as ${ClusterName}."""

    says: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One refusal or one remark. `where` names the places; `allowed` says what would do; `book` holds its words."""

    code: str
    where: str = ""
    allowed: str = ""
    book: Literal["import", "manifest"] = "import"

    def label(self, lang: Language = "en") -> str:
        """Say what is wrong, in the reader's language."""
        book = f"manifest.refusal.{self.code}.label" if self.book == "manifest" else f"import.refusal.{self.code}.label"
        return _said(book, lang, self)

    def mend(self, lang: Language = "en") -> str:
        """Say what to do about it."""
        book = f"manifest.refusal.{self.code}.mend" if self.book == "manifest" else f"import.refusal.{self.code}.mend"
        return _said(book, lang, self)

    def note(self, lang: Language = "en") -> str:
        """Say a remark that refuses nothing."""
        book = f"manifest.note.{self.code}" if self.book == "manifest" else f"import.note.{self.code}"
        return _said(book, lang, self)


def _said(key: str, lang: Language, finding: Finding) -> str:
    return catalog.texts(lang)[key].format(where=finding.where, allowed=finding.allowed)


def listed(places: Iterable[str]) -> str:
    """Name some places and count the others.

    >>> listed(["a", "b", "b", "c", "d", "e", "f"])
    'a, b, c, d (+2)'
    """
    found = list(dict.fromkeys(places))
    rest = len(found) - _SHOWN
    return ", ".join(found[:_SHOWN]) + (f" (+{rest})" if rest > 0 else "")


def short(value: object, most: int = 60) -> str:
    r"""Show what came, in few words and on one line.

    >>> short("a\nb"), short([1, 2])
    ("'a\\nb'", '[1, 2]')
    """
    text = value.says if isinstance(value, Unknown) else ascii(value)
    return text if len(text) <= most else text[: most - 3] + "..."


def printable(text: str) -> str:
    """Keep a file's odd signs from moving the cursor, and from signs that no terminal can write."""
    return "".join(sign if sign.isprintable() else "?" for sign in text)
