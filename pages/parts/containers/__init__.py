"""What is in the box: layers and pulls, how a container stops, the memory limit that kills it, and five places for one image."""

from pages.parts.containers.layers import layers_room
from pages.parts.containers.memory import memory_room
from pages.parts.containers.places import places_room
from pages.parts.containers.stop import stop_room

__all__ = ["layers_room", "memory_room", "places_room", "stop_room"]
