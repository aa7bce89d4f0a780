"""The lab: any scenario against any other."""

from pages.parts.lab.room import lab

__all__ = ["lab"]
