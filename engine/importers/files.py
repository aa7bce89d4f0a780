"""From bytes to trees: JSON or YAML as people really keep it, in bounded time, and what is odd about it noted.

Real files come with a byte order mark, comments, a key twice, or as templates whose placeholders nobody filled in.
What can be read is read and the oddity noted; what cannot is refused with every place that has to be mended.
"""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

from engine.errors import DefinitionError, Problem
from engine.importers import yamls
from engine.importers.findings import Finding, listed, short

MAX_BYTES = 1_500_000  # more than the largest template that CloudFormation takes
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# Each pattern ends somewhere near its start or takes all there is: no text makes them slow.
_STRING = r'"(?:\\.|[^"\\])*(?:"|\\?\Z)'
_COMMENT = re.compile(rf"({_STRING})|//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|#[^\n]*", re.DOTALL)
_COMMA = re.compile(rf"({_STRING})|,(?=\s*[}}\]])", re.DOTALL)
_OPEN = re.compile(
    r"\$\{[^}\n]{0,80}\}|\{\{[^}\n]{0,80}\}\}|\{%[^%\n]{0,80}%\}|<[A-Za-z_][\w .:-]{0,60}>"
    r"|\[\[ ?[A-Za-z_]\w{0,60} ?\]\]|%[A-Za-z_]\w{0,60}%|@\w{1,60}@|\$[A-Za-z_]\w{0,60}"
)


@dataclass(frozen=True, slots=True)
class Document:
    """One tree of mappings, lists and plain values, with what was odd on the way."""

    tree: Any
    is_json: bool
    notes: tuple[Finding, ...]


def documents(data: bytes | str) -> list[Document]:
    """Read a file: JSON, JSON with comments, or YAML of one or more documents.

    Raises DefinitionError (reason `not_json`) with every place to mend, where it is none of them.
    """
    if len(data) > MAX_BYTES:
        raise _unreadable(Problem("file", f"{len(data):,} bytes", f"up to {MAX_BYTES:,}", "the file is too large"))
    text = text_of(data)
    if not text.strip():
        raise _unreadable(Problem("file", "nothing", "JSON or YAML", "the file is empty"))
    return _json(text) if _looks_like_json(text) else _yaml(text)


def text_of(data: bytes | str) -> str:
    """Give the text of a file; DefinitionError where the bytes are none."""
    return (_decoded(data) if isinstance(data, bytes) else data).removeprefix("\ufeff")


def yaml_part(text: str, lines_before: int) -> list[Document]:
    """Read some of a file's YAML documents; lines are counted from the file's beginning."""
    return _yaml(text, lines_before)


def _looks_like_json(text: str) -> bool:
    """Tell by the first sign, comments before it passed over (a # begins YAML's comments too, and YAML reads braces)."""
    begin = text.lstrip()
    return (_COMMENT.sub(r"\1", begin).lstrip() if begin.startswith("/") else begin)[:1] in {"{", "["}


def _decoded(data: bytes) -> str:
    encoding = next((name for mark, name in _BOMS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        problem = Problem(f"byte {error.start:,}", "no UTF-8", "UTF-8 text", "the file is no text that can be read")
        raise _unreadable(problem) from None
    if "\0" in text:
        raise _unreadable(Problem("file", "zero bytes", "UTF-8 text", "the file is no text that can be read"))
    return text


def _json(text: str) -> list[Document]:
    """Read JSON; then the same without comments and spare commas; then YAML's own braces; else say where it breaks."""
    try:
        return [_loaded(text)]
    except (ValueError, RecursionError) as error:
        broken = error
    try:
        loose = _COMMA.sub(r"\1", _COMMENT.sub(r"\1", text))
        read = _loaded(loose)
        return [Document(read.tree, True, (*read.notes, Finding("loose_json")))]
    except (ValueError, RecursionError):
        pass
    open_places = _placeholders(text)
    if open_places:
        raise _unreadable(*open_places)
    try:
        return _of_yaml(text)
    except DefinitionError:
        raise _unreadable(_why(broken)) from None


def _loaded(text: str) -> Document:
    """Read strict JSON, remembering keys that stand twice; the last one counts, as for every JSON reader."""
    twice: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        table = dict(found)
        if len(table) < len(found):
            twice.extend(name for name, times in Counter(name for name, _ in found).items() if times > 1)
        return table

    tree = json.loads(text, object_pairs_hook=pairs, parse_constant=_no_number)
    yamls.refuse_too_deep(tree)
    return Document(tree, True, (Finding("key_twice", listed(twice)),) if twice else ())


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON number")


def _why(error: Exception) -> Problem:
    if isinstance(error, json.JSONDecodeError):
        return Problem(f"line {error.lineno}, column {error.colno}", "text that is no JSON", "JSON or YAML", error.msg)
    message = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
    return Problem("file", "text that is no JSON", "JSON or YAML", message)


def _placeholders(text: str, lines_before: int = 0) -> list[Problem]:
    """Find what a template engine should have filled in, outside of quotation marks, each once."""
    bare = re.sub(_STRING, lambda found: '"' + "\n" * found[0].count("\n") + '"', text, flags=re.DOTALL)
    found: dict[str, Problem] = {}
    for number, line in enumerate(bare.splitlines(), lines_before + 1):
        for match in _OPEN.finditer(line):
            message = "a placeholder is left open, so this is a template and nothing to run yet: fill it in first"
            found.setdefault(match[0], Problem(f"line {number}", match[0], "a value", message))
            if len(found) > 50:
                return list(found.values())
    return list(found.values())


def _yaml(text: str, lines_before: int = 0) -> list[Document]:
    try:
        return _of_yaml(text, lines_before)
    except DefinitionError:
        # Only a template engine writes {{ x }} or {% if %}: that is the better answer than what YAML trips over.
        open_places = [p for p in _placeholders(text, lines_before) if p.came.startswith("{")]
        if open_places:
            raise _unreadable(*open_places) from None
        raise


def _of_yaml(text: str, lines_before: int = 0) -> list[Document]:
    trees, twice = yamls.load_all(text, lines_before)
    if not any(isinstance(tree, dict | list) for tree in trees) and not (lines_before and not trees):
        came = short(text.lstrip()[:40])
        where = f"line {lines_before + 1}" if lines_before else "file"
        raise _unreadable(Problem(where, came, "JSON or YAML", "this is text, but neither JSON nor YAML"))
    notes = (Finding("key_twice", listed(twice)),) if twice else ()
    return [Document(tree, False, notes) for tree in trees]


def _unreadable(*problems: Problem) -> DefinitionError:
    return DefinitionError(problems, "not_json")
