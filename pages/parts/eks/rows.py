"""The rows: the talk's five, each guessed, then acted out; then and today."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from engine.eks import COLUMNS, ROWS, RowName, TableAsks, cell, enact
from engine.era import Era
from pages.parts.eks.scenes import scene
from pages.parts.slide_table import SlideTable


class Shown(BaseModel):
    """What the page shows of the table: the row and the era chosen, and everything that may be turned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: RowName = "lifecycle"
    era: Era = "talk"
    asks: TableAsks = TableAsks()


def _can_be_told(shown: Shown) -> None:
    """Refuse what no story can be made of, before anything is shown."""
    for row in ROWS:
        for column in COLUMNS:
            enact(row, column, "today", shown.asks)


TABLE = SlideTable(
    name="eks_rows", texts="eks_table", notes="eks", rows=ROWS, columns=COLUMNS,
    choices=("holds", "half", "changed", "wrong-then-too"),
    asked={"work": "charge", "charge": "charge", "lifecycle": "update", "pods": "node"},
    first=Shown(), cell=cell, enact=enact, scene=scene, check=_can_be_told,
    column_title=lambda speaker, column: speaker.say(f"eks_rows.column.{column}"),
)  # fmt: skip
rows_room = TABLE.room
