"""How much do I want to manage? The slider of S27, the years of a version, and slide S30's table acted out."""

from engine.eks.asks import (
    ChargeAsk,
    NodeAsk,
    PodAsk,
    SliderAsk,
    SupportPolicy,
    TableAsks,
    UpdateAsk,
    VersionsAsk,
)
from engine.eks.packing import Blast, NodePacking, blast, pack, pod_cap
from engine.eks.records import COLUMNS, ROWS, Cell, Column, Enactment, Row, RowName, Status, Step, Word
from engine.eks.rounding import Rounded, Staircase, by_memory, rounded, usd_per_month
from engine.eks.slide import cell, enact, table
from engine.eks.slider import LAYERS, STOPS, LayerName, Share, Stop, StopName, slider
from engine.eks.updating import Timetable, by_hand, managed
from engine.eks.versions import Calendar, Event, Version, calendar, month_usd

__all__ = [
    "COLUMNS", "LAYERS", "ROWS", "STOPS", "Blast", "Calendar", "Cell", "ChargeAsk", "Column", "Enactment", "Event", "LayerName", "NodeAsk",
    "NodePacking", "PodAsk", "Rounded", "Row", "RowName", "Share", "SliderAsk", "Staircase", "Status", "Step", "Stop", "StopName",
    "SupportPolicy", "TableAsks", "Timetable", "UpdateAsk", "Version", "VersionsAsk", "Word", "blast", "by_hand", "by_memory", "calendar",
    "cell", "enact", "managed", "month_usd", "pack", "pod_cap", "rounded", "slider", "table", "usd_per_month",
]  # fmt: skip
