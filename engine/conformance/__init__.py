"""Conformance: expected numbers that nobody in this project wrote, held against what the simulation itself uses."""

from engine.conformance.report import Disagreement, Report, as_json, as_text, as_yaml, check
from engine.conformance.sets import SETS

__all__ = ["SETS", "Disagreement", "Report", "as_json", "as_text", "as_yaml", "check"]
