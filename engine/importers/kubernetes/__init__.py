"""The door for manifests of your own: read one, ask who would run it, make a scenario of it."""

from engine.importers.kubernetes.broken import broken
from engine.importers.kubernetes.manifest import Manifest, manifest_of, read
from engine.importers.kubernetes.objects import is_kubernetes, looks_like_kubernetes
from engine.importers.kubernetes.pods import Workload, size_of
from engine.importers.kubernetes.report import as_data, as_text, refused_as_data, remarks, verdict
from engine.importers.kubernetes.rules import RULES, refusals
from engine.importers.kubernetes.scaling import Budget
from engine.importers.kubernetes.scenario import MOST_SERVICES, scenario_of

__all__ = [
    "MOST_SERVICES",
    "RULES",
    "Budget",
    "Manifest",
    "Workload",
    "as_data",
    "as_text",
    "broken",
    "is_kubernetes",
    "looks_like_kubernetes",
    "manifest_of",
    "read",
    "refusals",
    "refused_as_data",
    "remarks",
    "scenario_of",
    "size_of",
    "verdict",
]
