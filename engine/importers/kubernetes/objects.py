"""The objects of a file: every document, lists unrolled, and each document that is none named at once with the others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.errors import ManifestError, Problem
from engine.importers.files import MAX_BYTES, Document
from engine.importers.findings import Finding, short
from engine.importers.kubernetes import trees

MAX_OBJECTS = 1_000  # more than a file of anybody's hand: checking each takes a millisecond
_LONGEST_NAME = 253
_LOOKS_LIKE = re.compile(r"(?:^|[{,])[ \t]*[\"']?(?:apiVersion|kind)[\"']?[ \t]*:", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Object:
    """One object as it stands in the file, without what is null. where: its kind and name, for people."""

    api_version: str
    kind: str
    name: str
    namespace: str
    tree: trees.Tree
    where: str = field(compare=False)

    @property
    def labels(self) -> dict[str, str]:
        """Give its own labels."""
        return trees.pairs(trees.inner(self.tree, "metadata"), "labels")


def is_kubernetes(documents: list[Document]) -> bool:
    """Say whether a file holds objects of Kubernetes: some document names its kind or API version as they do."""
    return any(_is_object(tree) for document in documents for tree in _heads(document.tree))


def looks_like_kubernetes(data: bytes | str) -> bool:
    """Say the same of a file that cannot be read: some line begins as an object does."""
    text = data[:MAX_BYTES].decode("utf-8", "replace") if isinstance(data, bytes) else data[:MAX_BYTES]
    return len(_LOOKS_LIKE.findall(text)) >= 2


def _heads(tree: Any) -> list[Any]:
    return tree[:MAX_OBJECTS] if isinstance(tree, list) else [tree]


def _is_object(tree: Any) -> bool:
    if not isinstance(tree, Mapping) or {"containerDefinitions", "Resources", "services"} & set(tree):
        return False
    return {"apiVersion", "kind"} <= set(tree) or (
        bool({"apiVersion", "kind"} & set(tree)) and bool({"metadata", "spec", "items"} & set(tree))
    )


def objects_of(documents: Sequence[tuple[str, Document]]) -> tuple[tuple[Object, ...], tuple[Problem, ...]]:
    """Give every object in the file's order, and a problem for each document that is none; each document has a name.

    Raises ManifestError where there are too many.
    """
    found: list[Object] = []
    problems: list[Problem] = []
    for called, document in documents:
        for where, tree in _unrolled(called, document.tree):
            missing = _what_is_missing(where, tree)
            if missing:
                problems += missing
            else:
                found.append(_object(where, tree))
            if len(found) + len(problems) > MAX_OBJECTS:
                came = f"more than {MAX_OBJECTS:,} objects"
                raise ManifestError([Problem("file", came, f"up to {MAX_OBJECTS:,}", "that is too many at once")])
    return tuple(found), tuple(problems)


def _unrolled(where: str, tree: Any) -> Iterator[tuple[str, Any]]:
    """Give a document's objects: a List holds them in `items`, and may hold lists; one level at a time, so nothing overflows."""
    left: list[tuple[str, Any]] = [(where, tree)]
    while left:
        where, tree = left.pop()
        kind = tree.get("kind") if isinstance(tree, Mapping) else None
        items = tree.get("items") if isinstance(tree, Mapping) else None
        if isinstance(kind, str) and kind.endswith("List") and isinstance(items, list):
            left += reversed([(f"{where}, item {place}", item) for place, item in enumerate(items, 1)])
        else:
            yield where, tree


def _what_is_missing(where: str, tree: Any) -> list[Problem]:
    """Say why a document is no object."""
    if not isinstance(tree, Mapping):
        allowed = "one object a document, or a List with items"
        return [Problem(where, _kind_of_value(tree), allowed, "this is no object of Kubernetes")]
    return [
        Problem(
            f"{where}: {name}", short(tree.get(name)) if name in tree else "nothing", "a word", f"it names no {name}"
        )
        for name in ("apiVersion", "kind")
        if not (isinstance(tree.get(name), str) and tree[name])
    ]


def _kind_of_value(tree: Any) -> str:
    return "a list" if isinstance(tree, list) else short(tree, 40)


def _object(where: str, tree: Mapping[str, Any]) -> Object:
    plain = trees.pruned(tree)
    about = trees.inner(plain, "metadata")
    name = (trees.text(about, "name") or trees.text(about, "generateName"))[:_LONGEST_NAME]
    kind = plain["kind"][:63]
    return Object(
        plain["apiVersion"][:253],
        kind,
        name,
        trees.text(about, "namespace"),
        plain,
        f"{kind} {name[:63] or f'({where})'}",
    )


def noted(documents: list[Document]) -> tuple[Finding, ...]:
    """Give what was odd about the file's documents, in the words of manifests."""
    return tuple(
        Finding(note.code, note.where, note.allowed, "manifest") for document in documents for note in document.notes
    )
