"""The transport: `transport(data, key=…)` and the WORDS its data must bring."""

from .transport import transport
from .words import WORDS

__all__ = ["WORDS", "transport"]
