"""The delivery chapter's own furniture: how a change reaches users."""

from pages.parts.delivery.traps import traps_room

__all__ = ["traps_room"]
