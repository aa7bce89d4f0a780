"""What the experiments of the chapter about Kubernetes show beside their map, and below their outcome."""

from .desired_actual import desired_actual
from .rollout import rollout_panel
from .scheduler import scheduler_beside, scheduler_panel
from .six_gates import six_gates
from .who_brings import who_brings

__all__ = ["desired_actual", "rollout_panel", "scheduler_beside", "scheduler_panel", "six_gates", "who_brings"]
