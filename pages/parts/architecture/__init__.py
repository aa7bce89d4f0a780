"""Architecture's rooms: what a fault takes down, what a rush costs, and what pieces cost by themselves."""

from pages.parts.architecture.blast import blast_panel
from pages.parts.architecture.pieces import pieces_room

__all__ = ["blast_panel", "pieces_room"]
