"""What is in the box: layers and pulls, how a container is stopped."""

from pages.parts.containers.layers import layers_room
from pages.parts.containers.stop import stop_room

__all__ = ["layers_room", "stop_room"]
