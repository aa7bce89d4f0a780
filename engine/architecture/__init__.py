"""Monolith or microservices? One application, cut into as many services as one likes; what a fault, a rush and a hop then cost."""

from engine.application_flow import held_ms, mean_visits, visits
from engine.architecture.as_run import by_out
from engine.architecture.asks import MOST_CALLS, MOST_PARTS, PagerAsk, PiecesAsk
from engine.architecture.bills import HOURS_A_MONTH, Bill, ShopAsk, bill, bills, calls_between
from engine.architecture.blast import Blast, Harm, amplified, blast, crossed_per_s, failing, fault_of, sent_to
from engine.architecture.curves import Curve
from engine.architecture.cut import Cut, Fault, Guards, cut, cut_of
from engine.architecture.hot import Heat, HotAsk, heat, usd_by_factor
from engine.architecture.pager import Pager, pager
from engine.architecture.sizing import Size, Sizing, sized
from engine.architecture.split import Shop, out_of, shop, split
from engine.architecture.tandem import FanOut, Hops, by_calls, by_hops
from engine.architecture.uptime import allowed_min, answered, by_parts, storm

__all__ = [
    "HOURS_A_MONTH",
    "MOST_CALLS",
    "MOST_PARTS",
    "Bill",
    "Blast",
    "Curve",
    "Cut",
    "FanOut",
    "Fault",
    "Guards",
    "Harm",
    "Heat",
    "Hops",
    "HotAsk",
    "Pager",
    "PagerAsk",
    "PiecesAsk",
    "Shop",
    "ShopAsk",
    "Size",
    "Sizing",
    "allowed_min",
    "amplified",
    "answered",
    "bill",
    "bills",
    "blast",
    "by_calls",
    "by_hops", "by_out",
    "by_parts",
    "calls_between",
    "crossed_per_s",
    "cut",
    "cut_of",
    "failing",
    "fault_of",
    "heat",
    "held_ms",
    "mean_visits",
    "out_of",
    "pager",
    "sent_to",
    "shop",
    "sized",
    "split",
    "storm",
    "usd_by_factor",
    "visits",
]  # fmt: skip
