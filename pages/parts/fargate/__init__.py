"""The Fargate chapter's own furniture: the table acted out, the bucket of launches, the bill."""

from .launch import launch_panel
from .size import size_room
from .table import table_room

__all__ = ["launch_panel", "size_room", "table_room"]
