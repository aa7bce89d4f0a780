"""Ours: this dashboard as scenarios, read from its own files in deploy/ as anybody's design is."""

from __future__ import annotations

from functools import cache
from typing import Any

from engine import catalog
from engine.importers import kubernetes
from engine.importers.designs import read_design
from engine.importers.kubernetes import Manifest
from engine.importers.service import scenario_of
from engine.scenario import Scenario


def names() -> tuple[str, ...]:
    """Name our deployments, in the file's order.

    >>> names()
    ('ours_ecs', 'ours_eks')
    """
    return tuple(catalog.ours()["deployments"])


@cache
def scenario(name: str) -> Scenario:
    """Make the scenario of one of them: its own files on its launch type, under the load and the failure of data/ours.yaml.

    Raises DefinitionError or ScenarioError where a file of ours is no longer what an importer takes.
    """
    row: Any = catalog.ours()["deployments"][name]
    base = Scenario.of(catalog.ours()["base"])
    design = read_design(catalog.deployment_text(row["file"]))
    if isinstance(design, Manifest):
        found = kubernetes.scenario_of(design, row["launch_type"], base)
        return found.with_(
            f"services.{found.services[0].name}.share", 1
        )  # the same visitors, however many pods there are
    return scenario_of(design[0], row["launch_type"], base)
