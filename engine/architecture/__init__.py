"""Monolith or microservices? One application, cut into as many services as one likes; what a fault, a rush and a hop then cost."""

from engine.architecture.asks import MOST_CALLS, MOST_PARTS, PagerAsk, PiecesAsk
from engine.architecture.curves import Curve
from engine.architecture.pager import Pager, pager
from engine.architecture.tandem import FanOut, Hops, by_calls, by_hops
from engine.architecture.uptime import allowed_min, answered, by_parts, storm

__all__ = [
    "MOST_CALLS", "MOST_PARTS", "Curve", "FanOut", "Hops", "Pager", "PagerAsk", "PiecesAsk", "allowed_min", "answered",
    "by_calls", "by_hops", "by_parts", "pager", "storm",
]  # fmt: skip
