"""Placement: filters and constraints say no, strategies say how good, `choose` decides and says why."""

from engine.placement.choose import Verdict, choose, choose_zone
from engine.placement.constraints import Constraint
from engine.placement.filters import FILTERS
from engine.placement.hosts import UDP, Column, Hosts, Needs, Traits
from engine.placement.scale_in import Dismissal, Leaver, dismiss, victim
from engine.placement.strategies import STRATEGIES

__all__ = [
    "FILTERS",
    "STRATEGIES",
    "UDP",
    "Column",
    "Constraint",
    "Dismissal",
    "Hosts",
    "Leaver",
    "Needs",
    "Traits",
    "Verdict",
    "choose",
    "choose_zone",
    "dismiss",
    "victim",
]
