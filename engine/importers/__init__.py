"""The door for designs of your own: read a task definition, ask who would run it, make a scenario of it."""

from engine.importers.definition import Container, Definition, Port, read
from engine.importers.findings import Finding, Unknown
from engine.importers.report import as_data, as_text, refused_as_data, remarks
from engine.importers.rules import RULES, refusals
from engine.importers.service import scenario_of, service_of

__all__ = [
    "RULES",
    "Container",
    "Definition",
    "Finding",
    "Port",
    "Unknown",
    "as_data",
    "as_text",
    "read",
    "refusals",
    "refused_as_data",
    "remarks",
    "scenario_of",
    "service_of",
]
