"""Words and signs of the cluster query language, one after the other, each with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass

ATTRIBUTE = "attribute:"
OPERATORS = {  # short form -> long form
    "==": "equals",
    "!=": "not_equals",
    ">": "greater_than",
    ">=": "greater_than_equal",
    "<": "less_than",
    "<=": "less_than_equal",
    "=~": "matches",
    "!~": "not_matches",
    "in": "in",
    "!in": "not_in",
    "exists": "exists",
    "!exists": "not_exists",
}
_SHORT = {long: short for short, long in OPERATORS.items()}
_SIGN = re.compile(r"==|!=|>=|<=|=~|!~|>|<|!(?:in|exists)(?![\w.:/-])")
_WORD = re.compile(r"""[^\s()\[\],'"=!<>~&|]+""")
_NAME = re.compile(r"[\w./\\-]{1,128}", re.ASCII)
_MEANT = {"&": "`&&`", "|": "`||`", "=": "`==` or `=~`"}
_JOINTS = {"&&": "and", "||": "or", "!": "not"}


@dataclass(frozen=True, slots=True)
class Token:
    """One word or sign. at: its first character, counted from 1. hint: of what cannot be read, what was meant perhaps."""

    kind: str  # word text operator and or not ( ) [ ] , end ?
    text: str
    at: int
    hint: str = ""

    @property
    def shown(self) -> str:
        """Quote it."""
        short = self.text if len(self.text) <= 40 else self.text[:39] + "…"
        return "the end" if self.kind == "end" else f"`{short}`"


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong, and where: at the character `at`, counted from 1."""

    at: int
    came: str
    expected: str

    def __str__(self) -> str:
        """Say it in one line."""
        return f"character {self.at}: {self.came} came; expected {self.expected}"


class Lexer:
    """Reads on from where it stands."""

    def __init__(self, text: str) -> None:
        """Stand at the beginning."""
        self.expects_pattern = False  # what comes next is a regular expression: its signs are its own
        self._text = text
        self._at = 0

    @staticmethod
    def is_name(text: str) -> bool:
        """Say whether an attribute may be called so."""
        return bool(_NAME.fullmatch(text))

    def next(self) -> Token:
        """Give the next word or sign."""
        text = self._text
        while self._at < len(text) and text[self._at].isspace():
            self._at += 1
        at = self._at
        wants_pattern, self.expects_pattern = self.expects_pattern, False
        if at == len(text):
            return Token("end", "", at + 1)
        if text[at] in "'\"":
            return self._quoted(text[at])
        if wants_pattern and (end := self._end_of_pattern()) > at:
            return self._give("word", end)
        if text[at] in "()[],":
            return self._give(text[at], at + 1)
        if sign := _SIGN.match(text, at):
            return self._give("operator", sign.end())
        for joint, kind in _JOINTS.items():
            if text.startswith(joint, at):
                return self._give(kind, at + len(joint))
        if word := _WORD.match(text, at):
            return self._word(word.end())
        self._at += 1
        return Token("?", text[at], at + 1, _MEANT.get(text[at], ""))

    def _word(self, end: int) -> Token:
        """Tell joints and operators that are words from other words."""
        word, at = self._text[self._at : end], self._at
        self._at = end
        if word in ("and", "or", "not"):
            return Token(word, word, at + 1)
        if word in _SHORT:
            return Token("operator", _SHORT[word], at + 1)
        return Token("word", word, at + 1)

    def _quoted(self, quote: str) -> Token:
        """Read up to the closing quote; a backslash before a quote keeps it, before all else it stays a backslash."""
        at = self._at
        end = at + 1
        while end < len(self._text) and self._text[end] != quote:
            end += 2 if self._text.startswith("\\" + quote, end) else 1
        inside = self._text[at + 1 : end].replace("\\" + quote, quote)
        self._at = min(end + 1, len(self._text))
        if end >= len(self._text):
            return Token("?", self._text[at:], at + 1, f"a closing {quote}")
        return Token("text", inside, at + 1)

    def _end_of_pattern(self) -> int:
        """Find where a bare pattern ends: at a space, or at a `)` that it did not open."""
        depth, end = 0, self._at
        while end < len(self._text) and not self._text[end].isspace():
            c = self._text[end]
            depth += (c == "(") - (c == ")")
            if depth < 0:
                break
            end += 2 if c == "\\" else 1
        return min(end, len(self._text))

    def _give(self, kind: str, end: int) -> Token:
        text, at = self._text[self._at : end], self._at
        self._at = end
        return Token(kind, text, at + 1)
