"""The definition as a whole: what no launch type could take."""

from __future__ import annotations

from collections.abc import Iterator

from engine.importers.definition import Definition
from engine.importers.findings import Finding, Unknown, listed
from engine.importers.rules.looking import at


def unread(definition: Definition) -> Iterator[Finding]:
    """Refuse what ECS's own model refuses."""
    yield from definition.bad


def some_container(definition: Definition) -> Iterator[Finding]:
    """Refuse a task without containers, or with one that lacks its name or image."""
    if not definition.containers and not isinstance(definition.tree.get("containerDefinitions"), Unknown):
        yield Finding("no_container")
    yield from at(
        "incomplete_container", (c.name for c in definition.containers if not (c.image and c.tree.get("name")))
    )


def some_essential(definition: Definition) -> Iterator[Finding]:
    """Refuse a task in which nothing is essential."""
    if definition.containers and not any(container.is_essential for container in definition.containers):
        yield Finding("no_essential", listed(container.name for container in definition.containers))
