"""The talk's table about EKS (slide S30): its rows and columns. Its words lie below `eks_table` among the texts."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from engine import enacted
from engine.enacted import Step, Verdict, Word

__all__ = ["COLUMNS", "ROWS", "Cell", "Column", "Enactment", "Row", "RowName", "Status", "Step", "Verdict", "Word"]

Column = Literal["eks-fargate", "eks-managed", "eks-unmanaged", "eks-auto"]
COLUMNS: tuple[Column, ...] = get_args(Column)
RowName = Literal["work", "charge", "lifecycle", "ami", "pods"]
ROWS: tuple[RowName, ...] = get_args(RowName)
Status = Literal["holds", "half", "changed", "wrong-then-too", "unsaid", "absent"]
Enactment: TypeAlias = enacted.Enactment[RowName, Column]
Cell: TypeAlias = enacted.Cell[RowName, Column, Status]
Row: TypeAlias = enacted.Row[RowName, Column, Status]
