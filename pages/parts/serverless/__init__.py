"""The rooms of the chapter "What do the four promises cost?": the order pipeline, and the break-even dials."""

from pages.parts.serverless.dials import dials_room
from pages.parts.serverless.pipeline import pipeline_room

__all__ = ["dials_room", "pipeline_room"]
