"""Where a task definition lies in a file: bare, wrapped, several in a list, or among a template's resources."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import DefinitionError, Problem
from engine.importers.cloudformation import TASK_DEFINITION, Template
from engine.importers.files import Document

_CONTAINERS = "containerdefinitions"


@dataclass(frozen=True, slots=True)
class Found:
    """One definition as it stands in the file: where, and the template around it if there is one."""

    where: str
    tree: Mapping[str, Any]
    template: Template | None
    is_template: bool
    document: Document


def found_in(documents: list[Document]) -> list[Found]:
    """Give every task definition of a file, in its order; DefinitionError (`no_task_definition`) where there is none."""
    found = [one for document in documents for one in _in_document(document)]
    if not found:
        raise DefinitionError(
            [_what_it_is(document.tree) for document in documents] or [_NOTHING], "no_task_definition"
        )
    return found


def _in_document(document: Document) -> Iterator[Found]:
    tree = document.tree
    if isinstance(tree, Mapping) and isinstance(resources := tree.get("Resources"), Mapping):
        template = Template(tree)
        for name, resource in resources.items():
            if isinstance(resource, Mapping) and resource.get("Type") == TASK_DEFINITION:
                properties = resource.get("Properties")
                inside = properties if isinstance(properties, Mapping) else {}
                yield Found(str(name), inside, template, True, document)
        return
    # Short forms of CloudFormation may stand in a fragment of a template too.
    template_or_none = None if document.is_json else Template({})
    if _is_container_list(tree):
        yield Found("containerDefinitions", {"containerDefinitions": tree}, template_or_none, False, document)
    elif _is_container(tree):
        yield Found("container", {"containerDefinitions": [tree]}, template_or_none, False, document)
    else:
        for where, inside in _walk(tree):
            yield Found(where, inside, template_or_none, False, document)


def _walk(tree: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Find mappings that hold container definitions, however deep they are wrapped, in the file's order."""
    left: list[tuple[str, Any]] = [("", tree)]
    while left:
        where, node = left.pop()
        if isinstance(node, Mapping):
            if any(str(key).casefold() == _CONTAINERS for key in node):
                yield where, node
                continue
            inner: list[tuple[str, Any]] = [
                (f"{where}.{str(key)[:40]}".lstrip("."), value) for key, value in node.items()
            ]
        elif isinstance(node, list):
            inner = [(f"{where}.{place}".lstrip("."), value) for place, value in enumerate(node)]
        else:
            continue
        left += reversed([(path, value) for path, value in inner if isinstance(value, Mapping | list)])


def _is_container(node: Any) -> bool:
    """Tell a container definition: it has a name and an image, and is no Kubernetes object."""
    if not isinstance(node, Mapping):
        return False
    keys = {str(key).casefold() for key in node}
    return {"name", "image"} <= keys and not keys & {"apiversion", "kind"}


def _is_container_list(tree: Any) -> bool:
    return isinstance(tree, list) and bool(tree) and all(_is_container(node) for node in tree)


_NOTHING = Problem("file", "nothing", "an ECS task definition", "the file is empty")


def _what_it_is(tree: Any) -> Problem:
    """Say what the file seems to be instead."""
    allowed = "containerDefinitions, as for register-task-definition, or a template with an AWS::ECS::TaskDefinition"
    keys = set(tree) if isinstance(tree, Mapping) else set()
    if {"apiVersion", "kind"} <= keys:
        return Problem("file", "a Kubernetes object", allowed, "this is a manifest for Kubernetes, not for ECS")
    if isinstance(tree, Mapping) and isinstance(resources := tree.get("Resources"), Mapping):
        kinds = sorted({str(r.get("Type")) for r in resources.values() if isinstance(r, Mapping)})
        came = ", ".join(kinds[:6]) or "no resources"
        return Problem("Resources", came, "an AWS::ECS::TaskDefinition", "the template defines no task")
    if "services" in keys:
        return Problem("services", "a Compose file", allowed, "services of Compose or ECS name no containers of a task")
    came = ", ".join(sorted(map(str, keys))[:6]) if keys else type(tree).__name__
    return Problem("file", came[:80], allowed, "no task definition is in here")
