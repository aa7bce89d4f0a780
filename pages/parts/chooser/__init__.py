"""The chooser: one of several, answered ahead of the page."""

from pages.parts.chooser.chooser import chooser

__all__ = ["chooser"]
