"""The talk's table about Fargate (slide S22): its rows and columns. Its words lie below `fargate_table` among the texts."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from engine import enacted
from engine.enacted import Step, Values, Verdict, Word

__all__ = [
    "COLUMNS",
    "ROWS",
    "Cell",
    "Column",
    "Enactment",
    "Row",
    "RowName",
    "Status",
    "Step",
    "Values",
    "Verdict",
    "Word",
]

Column = Literal["ecs-ec2", "ecs-fargate", "ecs-managed-instances"]
COLUMNS: tuple[Column, ...] = get_args(Column)
RowName = Literal["managed", "storage", "sidecars", "network", "daemons", "shell", "privileged"]
ROWS: tuple[RowName, ...] = get_args(RowName)
Status = Literal["holds", "changed", "wrong-then-too", "unsaid", "absent"]
Enactment: TypeAlias = enacted.Enactment[RowName, Column]
Cell: TypeAlias = enacted.Cell[RowName, Column, Status]
Row: TypeAlias = enacted.Row[RowName, Column, Status]
