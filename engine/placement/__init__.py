"""Placement: filters say no, strategies say how good, `choose` decides and says why."""

from engine.placement.accounting import HostRoom, Refusal, TaskRoom, registered_mib
from engine.placement.choose import Verdict, choose, choose_zone
from engine.placement.filters import FILTERS
from engine.placement.hosts import Hosts, Needs
from engine.placement.pods import eks_fargate_size, max_pods
from engine.placement.scale_in import victim
from engine.placement.strategies import STRATEGIES

__all__ = [
    "FILTERS", "STRATEGIES", "HostRoom", "Hosts", "Needs", "Refusal", "TaskRoom", "Verdict", "choose", "choose_zone",
    "eks_fargate_size", "max_pods", "registered_mib", "victim",
]  # fmt: skip
