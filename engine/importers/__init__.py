"""The door for designs of your own: read a task definition, ask who would run it, make a scenario of it.

Manifests for Kubernetes have a door of their own, `engine.importers.kubernetes`; `read_design` tells the two apart.
"""

from engine.importers.definition import Container, Definition, Port, read
from engine.importers.designs import read_design
from engine.importers.files import MAX_BYTES, text_of
from engine.importers.findings import Finding, Unknown
from engine.importers.report import as_data, as_text, refused_as_data, remarks
from engine.importers.rules import RULES, refusals
from engine.importers.service import scenario_of, service_of

__all__ = [
    "MAX_BYTES",
    "RULES",
    "Container",
    "Definition",
    "Finding",
    "Port",
    "Unknown",
    "as_data",
    "as_text",
    "read",
    "read_design",
    "refusals",
    "refused_as_data",
    "remarks",
    "scenario_of",
    "service_of",
    "text_of",
]
