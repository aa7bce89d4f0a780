"""Monolith or microservices? One application, cut into as many services as one likes; what a fault, a rush and a hop then cost."""

from engine.application_flow import held_ms, mean_visits, visits
from engine.architecture.asks import MOST_CALLS, MOST_PARTS, PagerAsk, PiecesAsk
from engine.architecture.bills import HOURS_A_MONTH, Bill, ShopAsk, bill, bills, calls_between
from engine.architecture.curves import Curve
from engine.architecture.cut import Cut, Guards, cut, cut_of
from engine.architecture.pager import Pager, pager
from engine.architecture.sizing import Size, Sizing, sized
from engine.architecture.split import Shop, out_of, shop, split
from engine.architecture.tandem import FanOut, Hops, by_calls, by_hops
from engine.architecture.uptime import allowed_min, answered, by_parts, storm

__all__ = [
    "HOURS_A_MONTH", "MOST_CALLS", "MOST_PARTS", "Bill", "Curve", "Cut", "FanOut", "Guards", "Hops", "Pager", "PagerAsk", "PiecesAsk",
    "Shop", "ShopAsk", "Size", "Sizing", "allowed_min", "answered", "bill", "bills", "by_calls", "by_hops", "by_parts",
    "calls_between", "cut", "cut_of", "held_ms", "mean_visits", "out_of", "pager", "shop", "sized", "split", "storm",
    "visits",
]  # fmt: skip
