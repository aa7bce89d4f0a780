"""Says who? Every fact with its source, and how far each model can be trusted, and what the words mean."""

from pages.parts.says_who.facts import facts_room
from pages.parts.says_who.glossary import glossary_room
from pages.parts.says_who.trust import trust_room

__all__ = ["facts_room", "glossary_room", "trust_room"]
