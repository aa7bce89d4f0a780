"""What the experiments of the chapter about Kubernetes show below their outcome."""

from .who_brings import who_brings

__all__ = ["who_brings"]
