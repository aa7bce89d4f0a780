"""The store's picture: members in their zones, who leads, what is said between them, who can write and read."""

from pages.parts.control_plane.store.component import store

__all__ = ["store"]
