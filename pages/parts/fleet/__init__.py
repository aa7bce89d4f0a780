"""What the fleet's three experiments show below their outcome."""

from .notice import notice
from .treadmill import treadmill
from .two_loops import two_loops

__all__ = ["notice", "treadmill", "two_loops"]
