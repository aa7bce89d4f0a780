"""What is in the box: the rooms of the containers chapter."""

from pages.parts.containers.places import places_room

__all__ = ["places_room"]
