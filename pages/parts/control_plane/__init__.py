"""The rooms of the chapter "Why three?": a store under one's hands, how many and where, what goes on, and who replaces."""

from pages.parts.control_plane.outage import outage_panel
from pages.parts.control_plane.raft import raft_room
from pages.parts.control_plane.who import who_room
from pages.parts.control_plane.why import why_room

__all__ = ["outage_panel", "raft_room", "who_room", "why_room"]
