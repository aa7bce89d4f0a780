"""What the table hands out: rows of cells, and stories in steps. Keys and amounts, in no language yet.

Every key lies below `fargate_table` among the texts: a step's own, and that of each `Word` among its values.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias, get_args

from engine.era import Era
from engine.sentence import Amount
from engine.story import Tone

Column = Literal["ecs-ec2", "ecs-fargate", "ecs-managed-instances"]
COLUMNS: tuple[Column, ...] = get_args(Column)
RowName = Literal["managed", "storage", "sidecars", "network", "daemons", "shell", "privileged"]
ROWS: tuple[RowName, ...] = get_args(RowName)
Status = Literal["holds", "changed", "wrong-then-too", "unsaid", "absent"]
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


@dataclass(frozen=True, slots=True)
class Enactment:
    """A cell, acted out. steps: in the order of time; reason: the sentence that sums up; notes: ids in the table's own list."""

    row: RowName
    column: Column
    era: Era
    verdict: Verdict
    steps: tuple[Step, ...]
    reason: Step
    facts: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the slide, held against an era.

    says: the slide's words (none where it has no such column); words: what the rules answer.
    status: does the slide hold? changed_on: the day, month or year in which it ceased to; "" if it did not.
    eased_on: when the need behind a "no" was first met by another way; "" if it was not, or not yet.
    """

    row: RowName
    column: Column
    era: Era
    says: tuple[str, ...]
    words: tuple[str, ...]
    status: Status
    changed_on: str
    eased_on: str
    facts: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the slide. number: its place on it, from 1."""

    name: RowName
    number: int
    cells: tuple[Cell, ...]
