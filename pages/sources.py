"""Says who? Every fact with its source, what changed since the talk, and how far each model can be trusted, and what the words mean."""

from pages.parts.furniture import present
from pages.parts.says_who import facts_room, glossary_room, trust_room

present(
    "sources", "sources_trust", "sources_glossary",
    rooms={"sources": facts_room, "sources_trust": trust_room, "sources_glossary": glossary_room},
)  # fmt: skip
