"""Which boxes are there? Management, hosting, registry: what may stand with what, what it costs, and a reason for every no."""

from engine.landscape.bill import Bill, Bought, Item, bill
from engine.landscape.choose import NEEDS, Answer, Need, Needs, Reason, answers, choose, priced_for
from engine.landscape.compare import Compared, cheapest, compare
from engine.landscape.ways import (
    HOSTINGS,
    MANAGEMENTS,
    REGISTRIES,
    WAYS,
    Hosting,
    LayerName,
    Management,
    No,
    Option,
    Registry,
    Way,
    WayName,
    no_between,
    no_from,
    option,
    options,
    owners,
    way_of,
    ways,
)
from engine.landscape.workload import Workload

__all__ = [
    "HOSTINGS", "MANAGEMENTS", "NEEDS", "REGISTRIES", "WAYS", "Answer", "Bill", "Bought", "Compared", "Hosting", "Item", "LayerName",
    "Management", "Need", "Needs", "No", "Option", "Reason", "Registry", "Way", "WayName", "Workload", "answers", "bill", "cheapest", "choose",
    "compare", "no_between", "no_from", "option", "options", "owners", "priced_for", "way_of", "ways",
]  # fmt: skip
