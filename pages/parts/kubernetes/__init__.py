"""What the experiments of the chapter about Kubernetes show below their outcome."""

from .desired_actual import desired_actual
from .six_gates import six_gates
from .who_brings import who_brings

__all__ = ["desired_actual", "six_gates", "who_brings"]
