"""The map, the heart of every page: `stage_map(payload, key=…)` and the WORDS its payload must bring."""

from .stage_map import joined, map_data, stage_map
from .words import WORDS

__all__ = ["WORDS", "joined", "map_data", "stage_map"]
