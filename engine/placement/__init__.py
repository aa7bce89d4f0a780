"""Placement: filters and constraints say no, strategies say how good, `choose` decides and says why."""

from engine.placement.accounting import HostRoom, Refusal, TaskRoom, registered_mib
from engine.placement.allocatable import NodeRoom, allocatable, node_room
from engine.placement.choose import Verdict, choose, choose_zone
from engine.placement.constraints import Constraint
from engine.placement.filters import FILTERS
from engine.placement.hosts import UDP, Column, Hosts, Needs, Traits
from engine.placement.pods import eks_fargate_size, max_pods
from engine.placement.scale_in import Dismissal, Leaver, dismiss, victim
from engine.placement.strategies import STRATEGIES

__all__ = [
    "FILTERS", "STRATEGIES", "UDP", "Column", "Constraint", "Dismissal", "HostRoom", "Hosts", "Leaver", "Needs", "NodeRoom", "Refusal", "TaskRoom",
    "Traits", "Verdict", "allocatable", "choose", "choose_zone", "dismiss", "eks_fargate_size", "max_pods", "node_room", "registered_mib", "victim",
]  # fmt: skip
