"""The delivery chapter's own furniture: how a change reaches users."""

from pages.parts.delivery.rollout import rollout_panel
from pages.parts.delivery.traps import traps_room

__all__ = ["rollout_panel", "traps_room"]
