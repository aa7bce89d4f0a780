"""The table: the talk's seven rows, each guessed, then acted out; then and today."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from engine.era import Era
from engine.fargate import COLUMNS, ROWS, Asks, RowName, cell, enact, host_called
from pages.parts.fargate.scenes import scene
from pages.parts.fargate.sidecar import sidecar_figure
from pages.parts.slide_table import SlideTable
from pages.parts.words import Voice


class Shown(BaseModel):
    """What the page shows of the table: the row and the era chosen, and everything that may be turned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: RowName = "storage"
    era: Era = "talk"
    asks: Asks = Asks()


def _hosts_are_known(shown: Shown) -> None:
    """Refuse an instance type that nobody knows, before anything is computed with it."""
    host_called(shown.asks.network.instance_type, "asks.network.instance_type")
    host_called(shown.asks.agent.instance_type, "asks.agent.instance_type")


def _more(shown: Shown, speaker: Voice) -> None:
    if shown.row == "sidecars":
        sidecar_figure(shown.asks.agent, shown.era, speaker)


TABLE = SlideTable(
    name="fargate", texts="fargate_table", notes="fargate", rows=ROWS, columns=COLUMNS,
    choices=("holds", "changed", "wrong-then-too"),
    asked={ "storage": "storage", "sidecars": "agent", "network": "network", "daemons": "daemon", "shell": "shell", "privileged": "privileged" },
    first=Shown(), cell=cell, enact=enact, scene=scene, check=_hosts_are_known, more=_more,
    column_title=lambda speaker, column: speaker.say(f"common.launch_type.{column}.name"),
)  # fmt: skip
table_room = TABLE.room
