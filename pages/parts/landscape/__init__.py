"""Which boxes are there: the map of three layers, and the helper that chooses."""

from pages.parts.landscape.choose import choose_room
from pages.parts.landscape.map import map_room

__all__ = ["choose_room", "map_room"]
