"""Looking things up in a definition's tree: what is open, empty or absent is as good as not there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from engine import catalog
from engine.importers.definition import Container, Definition, each, said
from engine.importers.findings import Finding, Unknown, listed

Rule: TypeAlias = Callable[[Definition], Iterator[Finding]]


def at(code: str, places: Iterable[str], allowed: str = "") -> Iterator[Finding]:
    """Make one finding of all places, or none."""
    if found := list(places):
        yield Finding(code, listed(found), allowed)


def has(definition: Definition, name: str) -> bool:
    """Say whether the task itself gives something, be it open."""
    return definition.tree.get(name) not in {None, ""}


def words(fact: str) -> tuple[str, ...]:
    """Give a fact's list."""
    found = catalog.value(fact)
    return tuple(map(str, found)) if isinstance(found, tuple) else ()


def inner(tree: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Give a member's mapping: an empty one where it is absent or open."""
    found = tree.get(name)
    return found if isinstance(found, Mapping) else {}


def linux(container: Container) -> Mapping[str, Any]:
    """Give a container's Linux parameters."""
    return inner(container.tree, "linuxParameters")


def known(found: Any) -> list[Any]:
    """Give a list's members that are known."""
    return [one for one in found if one and not isinstance(one, Unknown)] if isinstance(found, list) else []


def volumes(definition: Definition, kind: str) -> Iterator[str]:
    """Name the volumes of one kind."""
    return (said(v.get("name")) or kind for v in each(definition.tree, "volumes") if isinstance(v.get(kind), Mapping))


def needs(container: Container, kind: str) -> bool:
    """Say whether a container asks for a resource such as a GPU."""
    return any(need.get("type") == kind for need in each(container.tree, "resourceRequirements"))


def given(definition: Definition, *names: str) -> Iterator[str]:
    """Name the places of these parameters, at whatever level they stand; off, empty and open ones are not given."""
    levels = [("", definition.tree)]
    for container in definition.containers:
        levels += [(f"{container.name}: ", container.tree), (f"{container.name}: ", linux(container))]
    for before, tree in levels:
        for name in names:
            found = tree.get(name)
            if not (found is None or found is False or found in ("", [], {}) or isinstance(found, Unknown)):
                yield f"{before}{name}"
