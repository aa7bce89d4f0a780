"""What the experiments of the chapter about Kubernetes show beside their map, and below their outcome."""

from .scheduler import scheduler_beside, scheduler_panel
from .who_brings import who_brings

__all__ = ["scheduler_beside", "scheduler_panel", "who_brings"]
