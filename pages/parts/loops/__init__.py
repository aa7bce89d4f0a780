"""The two loops: tasks follow the traffic, hosts follow the tasks. `loops(data, key=…)`, on the page's clock."""

from .loops import loops
from .payload import payload
from .words import WORDS

__all__ = ["WORDS", "loops", "payload"]
