"""Says who? Every fact with its source, and how far each model can be trusted."""

from pages.parts.says_who.facts import facts_room
from pages.parts.says_who.trust import trust_room

__all__ = ["facts_room", "trust_room"]
