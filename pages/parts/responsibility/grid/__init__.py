"""The grid: thirteen layers by as many models as one likes, filled in by the learner, then compared."""

from pages.parts.responsibility.grid.component import grid

__all__ = ["grid"]
