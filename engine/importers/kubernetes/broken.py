"""A file that is no manifest yet: everything that has to be mended, document by document, so that one look is enough."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from engine.errors import DefinitionError, ManifestError, Problem
from engine.importers import files
from engine.importers.files import Document
from engine.importers.kubernetes import schemas
from engine.importers.kubernetes.objects import Object, objects_of

_MAX_PARTS = 2_000
_SHOWN = 100  # problems that are named; the rest are counted
_BETWEEN = re.compile(r"^---(?:[ \t].*)?$", re.MULTILINE)
_WORDS = {
    "bad_value": ("what the API asks for", "Kubernetes cannot take this value"),
    "missing_member": ("a value", "something required is missing"),
    "unknown_field": ("a field of the API", "Kubernetes has no such field"),
}


def refused(problems: Iterable[Problem], objects: Iterable[Object]) -> ManifestError:
    """Refuse a file for its problems, and say in the same breath what its objects lack."""
    found = [*problems, *lacking(objects)]
    rest = len(found) - _SHOWN
    if rest > 0:
        found[_SHOWN:] = [Problem("file", f"{rest:,} problems more", "none", "these are too many to list")]
    return ManifestError(found)


def lacking(objects: Iterable[Object]) -> Iterator[Problem]:
    """Say what the schema says against objects."""
    for one in objects:
        for fault in schemas.faults(one):
            allowed, message = _WORDS[fault.flaw]
            yield Problem(one.where, fault.where, allowed, message)


def broken(data: bytes | str, error: DefinitionError) -> ManifestError:
    """Say everything that is wrong with a file that cannot be read: each broken document, and what the sound ones lack.

    `error` is what the file as a whole brought.
    """
    parts = _parts(data)
    if not parts:
        return ManifestError(error.problems)
    sound: list[tuple[str, Document]] = []
    problems: list[Problem] = []
    for line, text in parts:
        try:
            first = line + 1 + text[: len(text) - len(text.lstrip())].count("\n")
            sound += [(f"line {first}", document) for document in files.yaml_part(text, line)]
        except DefinitionError as found:
            problems += found.problems
    objects, none = objects_of(sound)
    return refused([*(problems or error.problems), *none], objects)


def _parts(data: bytes | str) -> list[tuple[int, str]]:
    """Cut a text where documents end: (lines before, text). Nothing where the bytes are no text, or it is not worth it."""
    if len(data) > files.MAX_BYTES:
        return []
    try:
        text = files.text_of(data)
    except DefinitionError:
        return []
    cuts = [match.span() for match in _BETWEEN.finditer(text)]
    if not 0 < len(cuts) < _MAX_PARTS:
        return []
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
    parts, line, before = [], 0, 0
    for start, end in zip(starts, ends, strict=True):
        line += text.count("\n", before, start)
        before = start
        if text[start:end].strip():
            parts.append((line, text[start:end]))
    return parts
