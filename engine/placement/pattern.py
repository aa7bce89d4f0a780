"""Patterns: the regular expressions of the query language, matched so that no pattern can hang.

A pattern is read into a tree, and the tree walks a whole set of positions at once: bit i of a mask says that the
match may stand before character i. So nothing is ever tried twice, and `(a+)+b` costs what `a+b` costs.

What Java's syntax has beyond these (look-around, back-references, flags) is refused with its place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

MAX_PATTERN = 128  # characters, as many as an attribute's value may have
MAX_TIMES = 128  # {n}: more than any value has characters
MAX_DEPTH = 3  # repetitions inside repetitions

_CLASSES: dict[str, Callable[[str], bool]] = {
    "d": lambda c: "0" <= c <= "9",
    "w": lambda c: c == "_" or (c.isascii() and c.isalnum()),
    "s": lambda c: c in " \t\n\r\f\v",
}


class PatternError(ValueError):
    """A pattern that cannot be read: `at` counts its characters from 0; the message says what was expected there."""

    def __init__(self, at: int, expected: str) -> None:
        """Keep the place and what was expected there."""
        super().__init__(expected)
        self.at = at


@dataclass(frozen=True, slots=True)
class Some:
    """One character out of some: `one_of` says of each whether it will do."""

    one_of: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Edge:
    """The beginning (`^`) or the end (`$`)."""

    is_end: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """One of several."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Again:
    """The same, `least` to `most` times; most None = for ever."""

    part: Node
    least: int
    most: int | None


Node: TypeAlias = "Some | Edge | Row | Either | Again"


def matches(pattern: str, text: str) -> bool:
    """Say whether a pattern covers the whole text.

    >>> matches("g2.*", "g2.2xlarge"), matches("g2", "g2.2xlarge"), matches("(m|c)5[ad]?", "c5d")
    (True, False, True)
    """
    return bool(_Walk(text).from_(1, compiled(pattern)) >> len(text) & 1)


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Node:
    """Read a pattern. Errors: PatternError."""
    if len(pattern) > MAX_PATTERN:
        raise PatternError(MAX_PATTERN, f"a pattern of at most {MAX_PATTERN} characters")
    reader = _Reader(pattern)
    tree = reader.either()
    if reader.at < len(pattern):
        raise PatternError(reader.at, "a `(` before this `)`")
    if (deep := _depth(tree)) > MAX_DEPTH:
        raise PatternError(0, f"repetitions inside repetitions {MAX_DEPTH} deep at most, not {deep}")
    return tree


class _Walk:
    """One text, and for each kind of character where in it that kind stands."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._where: dict[int, int] = {}

    def from_(self, here: int, node: Node) -> int:
        """Give the positions that can be reached from the positions `here`, both as bits."""
        match node:
            case Some():
                return (here & self._mask(node)) << 1
            case Edge(is_end):
                return here & (1 << len(self._text) if is_end else 1)
            case Row(parts):
                for part in parts:
                    here = self.from_(here, part) if here else 0
                return here
            case Either(parts):
                found = 0
                for part in parts:
                    found |= self.from_(here, part)
                return found
            case Again():
                return self._again(here, node)

    def _mask(self, some: Some) -> int:
        if id(some) not in self._where:
            self._where[id(some)] = sum(1 << i for i, c in enumerate(self._text) if some.one_of(c))
        return self._where[id(some)]

    def _again(self, here: int, node: Again) -> int:
        """Repeat: first as often as it must, then as often as it may, going on only from positions that are new."""
        for _ in range(node.least):
            there = self.from_(here, node.part)
            if there == here:  # once more would change nothing
                break
            here = there
        reached = new = here
        for _ in range(len(self._text) + 1 if node.most is None else node.most - node.least):
            new = self.from_(new, node.part) & ~reached
            if not new:
                break
            reached |= new
        return reached


def _depth(node: Node) -> int:
    """Count the repetitions that lie inside each other."""
    match node:
        case Row(parts) | Either(parts):
            return max((_depth(part) for part in parts), default=0)
        case Again(part):
            return 1 + _depth(part)
        case _:
            return 0


class _Reader:
    """Reads a pattern from the left, one level of its grammar a method."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def either(self) -> Node:
        parts = [self._row()]
        while self._take("|"):
            parts.append(self._row())
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _row(self) -> Node:
        parts: list[Node] = []
        while self._next() not in ("", "|", ")"):
            parts.append(self._again(self._one()))
        return parts[0] if len(parts) == 1 else Row(tuple(parts))

    def _again(self, part: Node) -> Node:
        began = self.at
        if self._take("*"):
            found = Again(part, 0, None)
        elif self._take("+"):
            found = Again(part, 1, None)
        elif self._take("?"):
            found = Again(part, 0, 1)
        elif self._take("{"):
            found = Again(part, *self._times())
        else:
            return part
        self._take("?")  # greedy or not: a whole match is the same
        if self._next() in ("*", "+", "?", "{"):
            raise PatternError(began, "one sign of repetition, not two")
        return found

    def _times(self) -> tuple[int, int | None]:
        """Read `3}`, `3,}` or `3,5}`."""
        began = self.at
        inside, brace, _ = self.pattern[began:].partition("}")
        low, comma, high = inside.partition(",")
        if not brace or not low.isdecimal() or not (high.isdecimal() or not high):
            raise PatternError(began, "`{n}`, `{n,}` or `{n,m}`")
        least = int(low)
        most = least if not comma else int(high) if high else None
        if max(least, most or 0) > MAX_TIMES or (most is not None and most < least):
            raise PatternError(began, f"counts from 0 to {MAX_TIMES}, the smaller first")
        self.at += len(inside) + 1
        return least, most

    def _one(self) -> Node:
        began = self.at
        c = self._pop()
        if c == "(":
            if self._take("?") and not self._take(":"):
                raise PatternError(began, "a plain group `(…)` or `(?:…)`: look-around and flags are not known here")
            inside = self.either()
            if not self._take(")"):
                raise PatternError(began, "a `)` for this `(`")
            return inside
        if c == "[":
            return Some(self._set(began))
        if c == "\\":
            return Some(self._escape(began))
        if c == ".":
            return Some(lambda one: one != "\n")
        if c in "^$":
            return Edge(c == "$")
        if c in "*+?{":
            raise PatternError(began, "something to repeat before this sign")
        return Some(c.__eq__)

    def _escape(self, began: int) -> Callable[[str], bool]:
        c = self._pop()
        if c.lower() in _CLASSES and c:
            known = _CLASSES[c.lower()]
            return known if c.islower() else lambda one: not known(one)
        if not c or c.isalnum():
            raise PatternError(began, "an escaped sign, such as `\\.`, or one of `\\d \\w \\s \\D \\W \\S`")
        return c.__eq__

    def _set(self, began: int) -> Callable[[str], bool]:
        """Read what stands between `[` and `]`."""
        is_not = self._take("^")
        tests: list[Callable[[str], bool]] = []
        while not self._take("]"):
            place = self.at
            c = self._pop()
            if not c:
                raise PatternError(began, "a `]` for this `[`")
            if c == "[" or self.pattern[place:].startswith("&&"):
                raise PatternError(place, "a plain set of characters; `[` inside one is written `\\[`")
            test = self._escape(place) if c == "\\" else c.__eq__
            is_range = self._next() == "-" and self.pattern[self.at + 1 : self.at + 2] not in ("", "]")
            tests.append(self._range(c, place) if is_range else test)
        if not tests:
            raise PatternError(began, "a character or more between `[` and `]`")
        return lambda one: any(test(one) for test in tests) != is_not

    def _range(self, low: str, place: int) -> Callable[[str], bool]:
        self._take("-")
        high = self._pop()
        if "\\" in (low, high) or not low <= high:
            raise PatternError(place, "a range of plain characters that goes up, such as `a-z`")
        return lambda one: low <= one <= high

    def _next(self) -> str:
        return self.pattern[self.at : self.at + 1]

    def _pop(self) -> str:
        c = self._next()
        self.at += len(c)
        return c

    def _take(self, sign: str) -> bool:
        if self._next() != sign:
            return False
        self.at += 1
        return True
