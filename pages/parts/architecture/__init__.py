"""Architecture's rooms: what a fault takes down, what a rush costs, what pieces cost by themselves, and who releases faster."""

from pages.parts.architecture.batch import batch_room
from pages.parts.architecture.blast import blast_panel
from pages.parts.architecture.hot import hot_room
from pages.parts.architecture.pieces import pieces_room

__all__ = ["batch_room", "blast_panel", "hot_room", "pieces_room"]
