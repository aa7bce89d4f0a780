"""A design of anybody's: task definitions for ECS or objects of Kubernetes, told apart by what is in the file."""

from __future__ import annotations

from engine.errors import DefinitionError
from engine.importers import definition, kubernetes
from engine.importers.definition import Definition
from engine.importers.files import documents
from engine.importers.kubernetes import Manifest


def read_design(data: bytes | str) -> tuple[Definition, ...] | Manifest:
    """Read a file, whatever it holds.

    Raises ManifestError where it means to be a manifest and is none, DefinitionError where it is neither.
    """
    try:
        found = documents(data)
    except DefinitionError as error:
        if kubernetes.looks_like_kubernetes(data):
            raise kubernetes.broken(data, error) from None
        raise
    if kubernetes.is_kubernetes(found):
        return kubernetes.manifest_of(found)
    return definition.read_documents(found)
