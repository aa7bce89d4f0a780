"""Placement: filters say no, strategies say how good, `choose` decides and says why."""

from engine.placement.choose import Verdict, choose, choose_zone
from engine.placement.filters import FILTERS
from engine.placement.hosts import Hosts, Needs
from engine.placement.scale_in import victim
from engine.placement.strategies import STRATEGIES

__all__ = ["FILTERS", "STRATEGIES", "Hosts", "Needs", "Verdict", "choose", "choose_zone", "victim"]
