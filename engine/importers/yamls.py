"""YAML into plain trees, event by event: no recursion, no code, and aliases paid for at their full size.

CloudFormation's short forms (!Ref, !If, ...) become the long ones ({"Ref": ...}, {"Fn::If": ...}), so that what follows
sees one form only.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml

from engine.errors import DefinitionError, Problem

MAX_NODES = 300_000  # with every alias written out: a small file could grow to gigabytes
MAX_DEPTH = 100
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDARD = "tag:yaml.org,2002:"
_RESOLVERS = yaml.SafeLoader.yaml_implicit_resolvers
_BOOLS = yaml.SafeLoader.bool_values


@dataclass(slots=True)
class _Open:
    """A mapping or list that is being filled. `size` counts nodes, `height` levels below."""

    items: dict[str, Any] | list[Any]
    tag: str | None
    anchor: str | None
    line: int
    size: int = 1
    height: int = 1
    key: str | None = None
    merged: list[Any] = field(default_factory=list)


class _Builder:
    """Takes events, gives trees."""

    def __init__(self, lines_before: int) -> None:
        self.lines_before = lines_before
        self.trees: list[Any] = []
        self.twice: list[str] = []
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Any, int, int] | None] = {}

    def take(self, event: Any) -> None:
        line = event.start_mark.line + 1 + self.lines_before
        match event:
            case yaml.DocumentStartEvent():
                self.anchors = {}
            case yaml.ScalarEvent():
                self._scalar(event, line)
            case yaml.AliasEvent():
                self._alias(event.anchor, line)
            case yaml.MappingStartEvent() | yaml.SequenceStartEvent():
                items: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
                if event.anchor:
                    self.anchors[event.anchor] = None  # open: an alias to it now would never end
                self.stack.append(_Open(items, event.tag, event.anchor, line))
                if len(self.stack) > MAX_DEPTH:
                    raise _refused(line, f"more than {MAX_DEPTH} levels", "it is nested too deeply")
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._close()
            case _:
                pass

    def _scalar(self, event: Any, line: int) -> None:
        here = self.stack[-1] if self.stack else None
        if here is not None and isinstance(here.items, dict) and here.key is None:
            if event.anchor:
                self.anchors[event.anchor] = (event.value, 1, 1)
            self._key(here, event.value, line, is_plain=event.style is None)
            return
        value = _value(event.value, event.tag, is_plain=event.implicit[0])
        if event.anchor:
            self.anchors[event.anchor] = (value, 1, 1)
        self._put(value, 1, 1, line)

    def _alias(self, name: str | None, line: int) -> None:
        found = self.anchors.get(name or "")
        if found is None:
            message = "an alias must name what stands complete above it"
            raise _refused(line, f"*{name}", message)
        value, size, height = found
        here = self.stack[-1] if self.stack else None
        if here is not None and isinstance(here.items, dict) and here.key is None:
            if not isinstance(value, str):
                raise _refused(line, f"*{name}", "a key is one word")
            self._key(here, value, line, is_plain=False)
            return
        self._put(value, size, height, line)

    def _key(self, here: _Open, name: str, line: int, *, is_plain: bool) -> None:
        here.key = name
        if name in here.items and not (is_plain and name == "<<"):
            self.twice.append(f"{name} (line {line})")

    def _put(self, value: Any, size: int, height: int, line: int) -> None:
        if not self.stack:
            self.trees.append(value)
            return
        here = self.stack[-1]
        here.size += size
        here.height = max(here.height, height + 1)
        if here.size > MAX_NODES:
            raise _refused(
                line, f"more than {MAX_NODES:,} values", "it grows too large when its aliases are written out"
            )
        if here.height + len(self.stack) > MAX_DEPTH + 1:
            raise _refused(line, f"more than {MAX_DEPTH} levels", "it is nested too deeply")
        if isinstance(here.items, list):
            here.items.append(value)
        elif here.key is None:
            raise _refused(line, "a mapping or list as a key", "a key is one word")
        else:
            if here.key == "<<" and isinstance(value, dict | list):
                here.merged += value if isinstance(value, list) else [value]
            else:
                here.items[here.key] = value
            here.key = None

    def _close(self) -> None:
        here = self.stack.pop()
        value: Any = here.items
        for more in here.merged:
            if isinstance(more, dict) and isinstance(value, dict):
                value.update({key: inner for key, inner in more.items() if key not in value})
        if here.tag and not here.tag.startswith(_STANDARD):
            value = _intrinsic(here.tag, value)
            here.height += 1
        if here.anchor:
            self.anchors[here.anchor] = (value, here.size, here.height)
        self._put(value, here.size, here.height, here.line)


def load_all(text: str, lines_before: int = 0) -> tuple[list[Any], list[str]]:
    """Read every document; give the trees, and the keys that stand twice (the last one counts).

    lines_before: where the text is only a part of a file, so that lines are counted from the file's beginning.

    >>> load_all("NetworkMode: !If [IsBridge, bridge, !Ref Mode]")[0]
    [{'NetworkMode': {'Fn::If': ['IsBridge', 'bridge', {'Ref': 'Mode'}]}}]
    """
    build = _Builder(lines_before)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            build.take(event)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1 + lines_before}, column {mark.column + 1}" if mark else "file"
        what = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it is neither JSON nor YAML")
        problem = Problem(where, "text that cannot be read", "JSON or YAML", what)
        raise DefinitionError([problem], "not_json") from None
    except (ValueError, RecursionError):  # half a surrogate pair, for one
        problem = Problem("file", "text that cannot be read", "JSON or YAML", "it holds signs that are no text")
        raise DefinitionError([problem], "not_json") from None
    return [tree for tree in build.trees if tree is not None], build.twice


def refuse_too_deep(tree: Any) -> None:
    """Raise ValueError where a tree has more levels than anything real; level by level, so nothing overflows."""
    level, depth = [tree], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise ValueError(f"it is nested more than {MAX_DEPTH} levels deep")
        level = [
            inner
            for node in level
            if isinstance(node, dict | list)
            for inner in (node.values() if isinstance(node, dict) else node)
            if isinstance(inner, dict | list)
        ]


def _value(text: str, tag: str | None, *, is_plain: bool) -> Any:
    """Give a scalar its meaning: quoted is text, a plain word what YAML 1.1 says, a short form its long one."""
    if tag and tag != "!" and not tag.startswith(_STANDARD):
        return _intrinsic(tag, text)
    if tag and tag.startswith(_STANDARD):
        return _typed(text, tag)
    if not is_plain:
        return text
    for kind, pattern in _RESOLVERS.get(text[:1], []):
        if pattern.match(text):
            return _typed(text, kind)
    return text


def _typed(text: str, tag: str) -> Any:
    kind = tag.removeprefix(_STANDARD)
    try:
        if kind == "null":
            return None
        if kind == "bool":
            return _BOOLS.get(text.lower(), text)
        if kind == "int" and ":" not in text:  # 22:22 is a time or a pair of ports to everybody but YAML 1.1
            digits = text.replace("_", "")
            is_octal = digits.lstrip("+-").startswith("0") and digits.lstrip("+-").isdecimal()
            return int(digits, 8 if is_octal else 0)
        if kind == "float" and ":" not in text:
            number = float(text.replace("_", ""))
            return number if number - number == 0 else text
    except ValueError:  # .inf, or thousands of digits
        return text
    return text


def _intrinsic(tag: str, value: Any) -> dict[str, Any]:
    """Write a short form out."""
    name = tag.lstrip("!")
    if name in {"Ref", "Condition"}:
        return {name: value}
    if name == "GetAtt" and isinstance(value, str):
        return {"Fn::GetAtt": value.split(".", 1)}
    return {f"Fn::{name}": value}


def _refused(line: int, came: str, message: str) -> DefinitionError:
    return DefinitionError([Problem(f"line {line}", came, "a plain file", message)], "not_json")
