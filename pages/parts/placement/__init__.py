"""The parts that only the chapter on placement has: what stands beside its maps, and below them."""

from pages.parts.placement.rooms import beside, panels

__all__ = ["beside", "panels"]
