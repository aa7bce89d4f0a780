"""What is in the box: the memory limit that kills."""

from pages.parts.containers.memory import memory_room

__all__ = ["memory_room"]
