"""From what is said of a card at each moment to columns: every sentence is sent once, and by its number after that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine import Run
from pages.parts.words import Voice

LEFT, SINCE = "{left}", "{since}"  # what the browser counts itself: seconds left, seconds since


@dataclass(frozen=True, slots=True)
class Said:
    """What is said from a moment on. text: may hold LEFT and SINCE. since_s, until_s: what these count from and to.

    tone: how a row of the list is marked; "acts" = a card that does something, or holds something back.
    """

    at_s: float
    text: str
    tone: str = ""
    since_s: float = 0.0
    until_s: float | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """One card. sub: what never changes. big: its number; aside: two lines beside it; said: what it thinks; last: what it did last."""

    name: str
    title: str
    sub: str
    big: Sequence[Said]
    unit: str
    aside: tuple[Sequence[Said], Sequence[Said]]
    said: Sequence[Said]
    last: Sequence[Said] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the list below the cards: its name, and what is said of it; an empty text = it is not there."""

    name: str
    said: Sequence[Said]


class _Texts:
    """Every text once, in the order of its first use."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def column(self, said: Sequence[Said]) -> dict[str, list[Any]]:
        """Write what is said as columns; what does not change is said once."""
        kept: list[Said] = []
        for one in said:
            if kept and kept[-1].at_s == one.at_s:
                kept.pop()
            if not kept or _without_time(kept[-1]) != _without_time(one):
                kept.append(one)
        return {
            "t": [round(one.at_s, 2) for one in kept],
            "i": [self.numbers.setdefault(one.text, len(self.numbers)) for one in kept],
            "tone": [one.tone for one in kept],
            "since": [round(one.since_s, 2) for one in kept],
            "until": [None if one.until_s is None else round(one.until_s, 2) for one in kept],
        }


def _without_time(one: Said) -> tuple[str, str, float, float | None]:
    return one.text, one.tone, one.since_s, one.until_s


def payload(
    run: Run, speaker: Voice, kind: str, cards: Sequence[Card], rows: Sequence[Row] = (), **words: str
) -> dict[str, Any]:
    """Pack cards and rows. kind: "loops" (each goes round and round) or "gates" (one answer passes through all).

    words: `label` of the whole; with rows also `title` and `lede` of the list, the latter with {clock}.
    """
    texts = _Texts()
    packed = [
        {
            "name": card.name, "title": card.title, "sub": card.sub, "unit": card.unit, "big": texts.column(card.big),
            "aside": [texts.column(one) for one in card.aside], "said": texts.column(card.said), "last": texts.column(card.last),
        }
        for card in cards
    ]  # fmt: skip
    listed = [{"name": row.name, "said": texts.column(row.said)} for row in rows]
    return {
        "id": run.digest[:16], "end": run.scenario.duration_s, "lang": speaker.lang, "number": speaker.number_signs(),
        "kind": kind, "cards": packed, "rows": listed, "texts": list(texts.numbers), "words": words,
    }  # fmt: skip
