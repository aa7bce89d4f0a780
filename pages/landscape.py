"""Which boxes are there? A map of three layers to choose from, and a helper that gives a reason for every no."""

from pages.parts.furniture import present
from pages.parts.landscape import choose_room, map_room

present("landscape", "landscape_choose", rooms={"landscape": map_room, "landscape_choose": choose_room})
