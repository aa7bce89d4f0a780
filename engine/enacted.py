"""A table of a slide, acted out: rows of cells held against an era, and stories in steps. Keys and amounts, in no language yet.

Every key lies below the table's own name among the texts: a step's, and that of each `Word` among its values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, Literal, TypeAlias, TypeVar

from engine.era import Era
from engine.sentence import Amount, Tone

# (A generic class that is frozen cannot have slots: Python 3.11 writes the type's parameters onto each record.)
R = TypeVar("R", bound=str)  # a row's name
C = TypeVar("C", bound=str)  # a column's
S = TypeVar("S", bound=str)  # how a cell may stand
Verdict = Literal["yes", "no", "partly", "absent"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word that the page says in its own language."""

    key: str


Values: TypeAlias = "dict[str, int | str | Amount | Word]"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens: when (seconds from the story's beginning), the sentence's key, and what to fill in."""

    at_s: float
    key: str
    values: Values = field(default_factory=dict)
    tone: Tone = "plain"


@dataclass(frozen=True)
class Enactment(Generic[R, C]):
    """A cell, acted out. steps: in the order of time; reason: the sentence that sums up; notes: ids in the table's own sources."""

    row: R
    column: C
    era: Era
    verdict: Verdict
    steps: tuple[Step, ...]
    reason: Step
    facts: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Cell(Generic[R, C, S]):
    """A cell of the slide, held against an era.

    says: the slide's words (none where it has no such column); words: what the rules answer.
    status: does the slide hold? "half": what it says is true, and was never all of it. changed_on: the day, month or year in
    which it ceased to hold; "" if it did not. eased_on: when the need behind a "no" was first met by another way; "" if it was
    not, or not yet.
    """

    row: R
    column: C
    era: Era
    says: tuple[str, ...]
    words: tuple[str, ...]
    status: S
    changed_on: str
    eased_on: str
    facts: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Row(Generic[R, C, S]):
    """A row of the slide. number: its place on it, from 1."""

    name: R
    number: int
    cells: tuple[Cell[R, C, S], ...]
