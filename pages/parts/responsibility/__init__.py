"""Who is woken at night: the matrix, the year, and how much one wants to manage."""

from pages.parts.responsibility.fill import matrix_room
from pages.parts.responsibility.slider import slider_room
from pages.parts.responsibility.year import year_room

__all__ = ["matrix_room", "slider_room", "year_room"]
