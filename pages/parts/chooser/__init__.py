"""The chooser: one of several, answered ahead of the page."""

from pages.parts.chooser.chooser import Choice, chooser

__all__ = ["Choice", "chooser"]
