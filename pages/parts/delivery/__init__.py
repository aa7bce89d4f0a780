"""The delivery chapter's own furniture: how a change reaches users."""

from pages.parts.delivery.alive import alive_room
from pages.parts.delivery.rollout import rollout_panel
from pages.parts.delivery.traps import traps_room

__all__ = ["alive_room", "rollout_panel", "traps_room"]
