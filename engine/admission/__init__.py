"""Admission: which runs are light enough to be played at once, and the line in which the others wait for a process of their own."""

from engine.admission.hand import Hand
from engine.admission.line import Ask, Line, Place
from engine.admission.weight import expected_s, is_light
from engine.admission.worker import UnwantedError, Worker

__all__ = ["Ask", "Hand", "Line", "Place", "UnwantedError", "Worker", "expected_s", "is_light"]
