"""The call map, an application at work: `call_map(data, key=…)`, fed with `call_map_data(payload, size)`."""

from .call_map import call_map, call_map_data
from .words import WORDS

__all__ = ["WORDS", "call_map", "call_map_data"]
