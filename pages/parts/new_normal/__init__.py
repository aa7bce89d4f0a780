"""Why hurry: the room of the three numbers, and the room of pace against stability."""

from pages.parts.new_normal.claims import claims_room
from pages.parts.new_normal.pace import pace_room

__all__ = ["claims_room", "pace_room"]
