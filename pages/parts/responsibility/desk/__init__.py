"""The desk: a year of events, each on its layer, falling on whoever owns it; several models side by side on one clock."""

from pages.parts.responsibility.desk.component import desk
from pages.parts.responsibility.desk.payload import DAY_S, YEAR_S, desk_data, moment

__all__ = ["DAY_S", "YEAR_S", "desk", "desk_data", "moment"]
