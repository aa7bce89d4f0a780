"""The EKS chapter's own furniture: the slider, the table acted out, the calendar of versions, pods in nodes, an update told."""

from .pods import pods_room
from .rows import rows_room
from .slider import slider_room
from .update import update_panel
from .versions import versions_room

__all__ = ["pods_room", "rows_room", "slider_room", "update_panel", "versions_room"]
