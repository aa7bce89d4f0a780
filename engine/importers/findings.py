"""What there is to say about a file: a code, and where. The words are in data/texts/<language>/import.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine import catalog
from engine.catalog import Language

_SHOWN = 4  # places that are named one by one; the rest are counted


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that the file leaves open: `says` is how it stands there, such as ${ClusterName}."""

    says: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One refusal or one remark. `where` names the places; `allowed` says what would do."""

    code: str
    where: str = ""
    allowed: str = ""

    def label(self, lang: Language = "en") -> str:
        """Say what is wrong, in the reader's language."""
        return _said(f"import.refusal.{self.code}.label", lang, self)

    def mend(self, lang: Language = "en") -> str:
        """Say what to do about it."""
        return _said(f"import.refusal.{self.code}.mend", lang, self)

    def note(self, lang: Language = "en") -> str:
        """Say a remark that refuses nothing."""
        return _said(f"import.note.{self.code}", lang, self)


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
