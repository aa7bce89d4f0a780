"""What the table of slide S30 hands out: rows of cells, and stories in steps. Keys and amounts, in no language yet.

Every key lies below `eks_table` among the texts: a step's own, and that of each `Word` among its values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from engine.era import Era
from engine.fargate.records import Step, Verdict, Word

__all__ = ["COLUMNS", "ROWS", "Cell", "Column", "Enactment", "Row", "RowName", "Status", "Step", "Verdict", "Word"]

Column = Literal["eks-fargate", "eks-managed", "eks-unmanaged", "eks-auto"]
COLUMNS: tuple[Column, ...] = get_args(Column)
RowName = Literal["work", "charge", "lifecycle", "ami", "pods"]
ROWS: tuple[RowName, ...] = get_args(RowName)
Status = Literal["holds", "half", "changed", "wrong-then-too", "unsaid", "absent"]


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
    status: does the slide hold? "half": what it says is true, and was never all of it. changed_on: the day, month or year
    in which it ceased to hold; "" if it did not.
    """

    row: RowName
    column: Column
    era: Era
    says: tuple[str, ...]
    words: tuple[str, ...]
    status: Status
    changed_on: str
    facts: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the slide. number: its place on it, from 1."""

    name: RowName
    number: int
    cells: tuple[Cell, ...]
