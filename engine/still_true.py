"""Is this row still true? The talk's two tables, row by row, answered by the rules behind their cells.

A row is true while every cell of it holds; partly true where a cell never told all of it; and not true any more once what a
cell says has changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from engine.eks import slide as eks
from engine.enacted import Cell, Step
from engine.era import last_day
from engine.fargate import slide as fargate

Table = Literal["fargate", "eks"]
Truth = Literal["true", "partly", "false"]
TABLES: tuple[Table, ...] = get_args(Table)
TRUTHS: tuple[Truth, ...] = get_args(Truth)
SLIDES: dict[Table, str] = {"fargate": "S22", "eks": "S30"}
_RULES: dict[Table, Any] = {"fargate": fargate, "eks": eks}
_CHANGED = {"changed"}
_HALF = {"half", "wrong-then-too"}


@dataclass(frozen=True)
class Standing:
    """How a row of the slide stands today.

    cells: the slide's own columns. telling: the cell that decides, and `why`: the sentence that its story ends in.
    changed_on: since when the row is no longer true; "" if it is, or never was.
    """

    table: Table
    row: str
    number: int
    truth: Truth
    cells: tuple[Cell[Any, Any, Any], ...]
    telling: Cell[Any, Any, Any]
    why: Step
    changed_on: str

    @property
    def id(self) -> str:
        """Name the row among both tables, as an answer to it is kept.

        >>> standings("eks")[0].id
        'eks.work'
        """
        return f"{self.table}.{self.row}"


def standings(table: Table) -> tuple[Standing, ...]:
    """Judge every row of a table by today's rules, in the slide's order.

    >>> [one.row for one in standings("fargate") if one.truth == "false"]
    ['storage']
    """
    return tuple(_standing(table, row.name, row.number, row.cells) for row in _RULES[table].table("today"))


def truth_of(cells: tuple[Cell[Any, Any, Any], ...]) -> Truth:
    """Judge a row by its cells: what changed counts before what was never whole."""
    found = {cell.status for cell in cells}
    if found & _CHANGED or any(cell.status in _HALF and not set(cell.says) <= set(cell.words) for cell in cells):
        return "false"
    return "partly" if found & _HALF else "true"


def _standing(table: Table, row: str, number: int, all_cells: tuple[Cell[Any, Any, Any], ...]) -> Standing:
    cells = tuple(cell for cell in all_cells if cell.says)  # a column that came later says nothing on the slide
    order = (*_CHANGED, *sorted(_HALF), "holds")
    # Of several that hold, the one whose need was met by another way tells most; else the last, which the talk argues for.
    telling = min(reversed(cells), key=lambda cell: (order.index(cell.status), not cell.eased_on))
    days = sorted((cell.changed_on for cell in cells if cell.changed_on), key=last_day)
    why = _RULES[table].enact(row, telling.column, "today").reason
    return Standing(table, row, number, truth_of(cells), cells, telling, why, days[0] if days else "")
