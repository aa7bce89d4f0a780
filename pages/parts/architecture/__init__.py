"""Architecture's rooms: what a fault takes down, what a rush costs, and what pieces cost by themselves."""

from pages.parts.architecture.pieces import pieces_room

__all__ = ["pieces_room"]
