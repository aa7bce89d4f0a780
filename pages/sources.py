"""Says who? Every fact with its source, what changed since the talk, and how far each model can be trusted."""

from pages.parts.furniture import present
from pages.parts.says_who import facts_room, trust_room

present("sources", "sources_trust", rooms={"sources": facts_room, "sources_trust": trust_room})
