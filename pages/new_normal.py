"""Why hurry? The talk's three numbers with who asked whom, and when; then pace against stability, as DORA measured it."""

from pages.parts.furniture import present
from pages.parts.new_normal import claims_room, pace_room

present("new_normal", "new_normal_pace", rooms={"new_normal": claims_room, "new_normal_pace": pace_room})
