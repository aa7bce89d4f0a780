"""Why three? A store under one's hands, how many members and where, what goes on without them, and who replaces them."""

from pages.parts.control_plane import outage_panel, raft_room, who_room, why_room
from pages.parts.furniture import present

present(
    "control_plane", "control_plane_why", "control_plane_outage", "control_plane_who",
    panels={"control_plane_outage": outage_panel},
    rooms={"control_plane": raft_room, "control_plane_why": why_room, "control_plane_who": who_room},
)  # fmt: skip
