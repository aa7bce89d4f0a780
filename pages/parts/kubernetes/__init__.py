"""What the experiments of the chapter about Kubernetes show beside their map, and below their outcome."""

from .rollout import rollout_panel
from .scheduler import scheduler_beside, scheduler_panel
from .who_brings import who_brings

__all__ = ["rollout_panel", "scheduler_beside", "scheduler_panel", "who_brings"]
