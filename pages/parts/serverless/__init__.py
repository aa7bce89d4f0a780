"""The rooms of the chapter "What do the four promises cost?": the order pipeline, the spike race, and the break-even dials."""

from pages.parts.serverless.dials import dials_room
from pages.parts.serverless.pipeline import pipeline_room
from pages.parts.serverless.race import race_panel

__all__ = ["dials_room", "pipeline_room", "race_panel"]
