"""Who is woken at night? Thirteen layers, ten ways of running containers, and a year of what happens to whoever owns them."""

from engine.duties import LAYERS, OWNERS, Layer, Owner
from engine.responsibility.asks import Rates, YearAsk, check, read
from engine.responsibility.bill import Bought, bill
from engine.responsibility.draws import YEAR_H, Tickets, draw
from engine.responsibility.matrix import Cell, matrix, never_moves, owners
from engine.responsibility.rules import (
    DAY_H,
    KINDS,
    MODELS,
    Happening,
    Hit,
    Kind,
    Loss,
    Model,
    ModelRow,
    happenings,
    models,
    night,
)
from engine.responsibility.year import Done, Outcome, Played, Spread, handle, played, warm_up, years

__all__ = [
    "DAY_H", "KINDS", "LAYERS", "MODELS", "OWNERS", "YEAR_H", "Bought", "Cell", "Done", "Happening", "Hit", "Kind", "Layer", "Loss", "Model",
    "ModelRow", "Outcome", "Owner", "Played", "Rates", "Spread", "Tickets", "YearAsk", "bill", "check", "draw", "handle", "happenings",
    "matrix", "models", "never_moves", "night", "owners", "played", "read", "warm_up", "years",
]  # fmt: skip
