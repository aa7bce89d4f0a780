"""The cluster query language: "which hosts?", as a sentence about attributes and tasks.

    attribute:ecs.instance-type =~ m5.* and not (task:group == service:web)

A small parser (what to read is in `lexer`), a tree of frozen records, and an evaluation over the whole fleet at once:
each distinct value of an attribute is tested once, each host only looks its value up.

Source: facts `ecs.query.operators`, `ecs.query.max_length`. Four things that AWS leaves open are our assumptions: `and` binds
tighter than `or`; a negated operator is the plain opposite, so a host without the attribute is "not equal"; sizes are
compared as numbers where both are numbers, else as text; a pattern must cover the whole value.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np

from engine import catalog
from engine.placement.hosts import Bools, Column, Hosts, Ints, Traits
from engine.placement.lexer import ATTRIBUTE, OPERATORS, Lexer, Mistake, Token
from engine.placement.pattern import PatternError, compiled, matches

MAX_QUERY = int(catalog.number("ecs.query.max_length"))
MAX_NESTED = 32  # parentheses and nots inside each other

_EQUAL = ("==", "!=", "in", "!in", "=~", "!~")
_SIZES = ("==", "!=", ">", ">=", "<", "<=")
SUBJECTS: dict[str, tuple[str, ...]] = {
    "agentConnected": _EQUAL,
    "ec2InstanceId": _EQUAL,
    "runningTasksCount": _SIZES,
    "task:group": _EQUAL,
}
NOT_HERE = {
    "agentVersion": "ECS knows agentVersion, but no host here tells its agent's version",
    "registeredAt": "ECS knows registeredAt, but a simulation begins on no date",
}
_OPPOSITE = {"!=": "==", "!~": "=~", "!in": "in", "!exists": "exists"}


@dataclass(frozen=True, slots=True)
class Compare:
    """A subject, an operator (its short form) and what it is compared with: none, one value, or the list of `in`."""

    subject: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    part: Expression


@dataclass(frozen=True, slots=True)
class And:
    """And of them: `and`."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of them at least: `or`."""

    parts: tuple[Expression, ...]


Expression: TypeAlias = "Compare | Not | And | Or"


@lru_cache(maxsize=256)
def parse(text: str) -> tuple[Expression | None, tuple[Mistake, ...]]:
    """Read an expression; give its tree, or None and every mistake with its place.

    >>> parse("runningTasksCount == 1")[0]
    Compare(subject='runningTasksCount', operator='==', values=('1',))
    >>> print(*parse("attribute:disk = ssd and (agentConnected == yes")[1], sep=chr(10))
    character 16: `=` came; expected `==` or `=~`
    character 45: `yes` came; expected true or false
    character 48: the end came; expected `)`
    """
    if len(text) > MAX_QUERY:
        return None, (Mistake(MAX_QUERY + 1, f"{len(text):,} characters", f"at most {MAX_QUERY:,} characters"),)
    parser = _Parser(text)
    tree = parser.whole()
    return (None if parser.mistakes else tree), tuple(parser.mistakes)


def holds(expression: Expression, hosts: Hosts) -> Bools:
    """Say for each host whether an expression is true of it. Shape (n_hosts,).

    Errors: ValueError for hosts that tell no traits: our bug.
    """
    if hosts.traits is None:
        raise ValueError("an expression asks for traits, and these hosts have none")
    return _holds(expression, hosts.traits)


def is_moving(expression: Expression) -> bool:
    """Say whether placing a task may change the answer: it asks for tasks, not only for what hosts are."""
    match expression:
        case Compare(subject):
            return subject in {"runningTasksCount", "task:group"}
        case Not(part):
            return is_moving(part)
        case And(parts) | Or(parts):
            return any(is_moving(part) for part in parts)


def attributes_of(expression: Expression) -> frozenset[str]:
    """Name the attributes that an expression asks for."""
    match expression:
        case Compare(subject):
            return frozenset({subject.removeprefix(ATTRIBUTE)} if subject.startswith(ATTRIBUTE) else ())
        case Not(part):
            return attributes_of(part)
        case And(parts) | Or(parts):
            return frozenset().union(*(attributes_of(part) for part in parts))


# --- evaluation ------------------------------------------------------------------------------------------------------


def _holds(expression: Expression, traits: Traits) -> Bools:
    match expression:
        case Not(part):
            return ~_holds(part, traits)
        case And(parts):
            return np.asarray(np.all([_holds(part, traits) for part in parts], axis=0))
        case Or(parts):
            return np.asarray(np.any([_holds(part, traits) for part in parts], axis=0))
        case Compare(subject, operator, values):
            if operator in _OPPOSITE:
                return ~_compare(subject, _OPPOSITE[operator], values, traits)
            return _compare(subject, operator, values, traits)


def _compare(subject: str, operator: str, values: tuple[str, ...], traits: Traits) -> Bools:
    """Compare, with an operator that is no negation."""
    if subject == "runningTasksCount":
        return _sizes(traits.running, operator, int(values[0]))
    test = _test(operator, values)
    if subject == "task:group":
        here = [tasks > 0 for group, tasks in traits.groups.items() if test(group)]
        return np.any(here, axis=0) if here else np.zeros(len(traits.running), dtype=np.bool_)
    if subject == "agentConnected":
        return np.where(traits.is_connected, test("true"), test("false"))
    if subject == "ec2InstanceId":
        return _over(traits.instance_id, test)
    column = traits.attributes.get(subject.removeprefix(ATTRIBUTE))
    return np.zeros(len(traits.running), dtype=np.bool_) if column is None else _over(column, test)


def _over(column: Column, test: Callable[[str], bool]) -> Bools:
    """Test each word once, and look up each host's; a host without one fails."""
    return np.array([*(test(word) for word in column.words), False], dtype=np.bool_)[column.code]


def _test(operator: str, values: tuple[str, ...]) -> Callable[[str], bool]:
    """Make the test of one word."""
    if operator == "exists":
        return lambda word: word is not None
    if operator in ("==", "in"):
        return values.__contains__
    if operator == "=~":
        return lambda word: matches(values[0], word)
    return lambda word: _is_beyond(word, operator, values[0])


def _is_beyond(word: str, operator: str, value: str) -> bool:
    """Compare sizes: numbers as numbers, all else as text.

    >>> _is_beyond("10", ">", "9"), _is_beyond("v10", ">", "v9")
    (True, False)
    """
    try:
        low, high = float(word), float(value)
    except ValueError:
        return {">": word > value, ">=": word >= value, "<": word < value, "<=": word <= value}[operator]
    return {">": low > high, ">=": low >= high, "<": low < high, "<=": low <= high}[operator]


def _sizes(counts: Ints, operator: str, value: int) -> Bools:
    match operator:
        case "==":
            return np.asarray(counts == value)
        case ">":
            return np.asarray(counts > value)
        case ">=":
            return np.asarray(counts >= value)
        case "<":
            return np.asarray(counts < value)
        case _:
            return np.asarray(counts <= value)


# --- reading ---------------------------------------------------------------------------------------------------------


class _Parser:
    """Recursive descent: or, and, not, comparison. After a mistake it goes on behind the next `and`, `or` or `)`."""

    def __init__(self, text: str) -> None:
        self.mistakes: list[Mistake] = []
        self._lexer = Lexer(text)
        self._token = self._lexer.next()
        self._nested = 0

    def whole(self) -> Expression | None:
        tree = self._any()
        while self._token.kind != "end":
            self._note(self._token, "`and`, `or` or the end")
            self._step()
            self._skip()
            if self._token.kind in ("and", "or"):
                self._step()
                self._any()
        return tree

    def _any(self) -> Expression:
        parts = [self._all()]
        while self._token.kind == "or":
            self._step()
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _all(self) -> Expression:
        parts = [self._not()]
        while self._token.kind == "and":
            self._step()
            parts.append(self._not())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self) -> Expression:
        token = self._token
        if token.kind not in ("not", "("):
            return self._compare()
        if self._nested >= MAX_NESTED:
            self._note(token, f"at most {MAX_NESTED} parentheses and nots inside each other")
            while self._token.kind != "end":
                self._step()
            return NOTHING
        self._nested += 1
        self._step()
        inside = Not(self._not()) if token.kind == "not" else self._any()
        self._nested -= 1
        if token.kind == "(":
            if self._token.kind == ")":
                self._step()
            else:
                self._note(self._token, "`)`")
        return inside

    def _compare(self) -> Expression:
        """Read `subject operator [argument]`."""
        subject, before = self._token, len(self.mistakes)
        allowed = self._operators_of(subject)
        if allowed is None:
            self._skip()
            return NOTHING
        self._step()
        operator = self._token
        if operator.kind != "operator" or operator.text not in allowed:
            self._note(operator, f"an operator: {', '.join(allowed)}")
            self._skip()
            return NOTHING
        self._lexer.expects_pattern = operator.text in ("=~", "!~")
        self._step()
        values: tuple[str, ...] = ()
        if operator.text in ("in", "!in"):
            values = self._list(subject.text)
        elif operator.text not in ("exists", "!exists"):
            values = self._value(subject.text, operator.text)
        if len(self.mistakes) > before:
            self._skip()
            return NOTHING
        return Compare(subject.text, operator.text, values)

    def _operators_of(self, subject: Token) -> tuple[str, ...] | None:
        """Give the operators that a subject knows; note what is wrong with it."""
        text = subject.text
        if subject.kind == "word" and text.startswith(ATTRIBUTE) and Lexer.is_name(text.removeprefix(ATTRIBUTE)):
            return tuple(OPERATORS)
        if subject.kind == "word" and text in SUBJECTS:
            return SUBJECTS[text]
        if text in NOT_HERE:
            self._note(subject, f"a subject that hosts here can answer ({NOT_HERE[text]})")
        elif text.startswith(ATTRIBUTE):
            self._note(subject, "`attribute:` and a name of letters, digits, `.`, `-`, `_` or `/`")
        else:
            self._note(subject, f"a subject: attribute:NAME, {', '.join(SUBJECTS)}")
        return None

    def _list(self, subject: str) -> tuple[str, ...]:
        """Read `[a, b]`."""
        if self._token.kind != "[":
            self._note(self._token, "a list in brackets, such as `[a, b]`")
            return ()
        self._step()
        found = self._value(subject, "in")
        while found and self._token.kind == ",":
            self._step()
            found += self._value(subject, "in")
        if self._token.kind == "]":
            self._step()
        elif found:
            self._note(self._token, "`,` or `]`")
        return found

    def _value(self, subject: str, operator: str) -> tuple[str, ...]:
        """Read one value, and check that it is of the subject's kind."""
        token = self._token
        if token.kind not in ("word", "text"):
            self._note(token, "a value")
            return ()
        self._step()
        if operator in ("=~", "!~"):
            try:
                compiled(token.text)
            except PatternError as error:
                at = token.at + (token.kind == "text") + error.at
                self.mistakes.append(Mistake(at, f"`{token.text}`", str(error)))
        elif subject == "agentConnected" and token.text not in ("true", "false"):
            self._note(token, "true or false")
        elif subject == "runningTasksCount" and not (token.text.isdecimal() and len(token.text) < 10):
            self._note(token, "a whole number")
        return (token.text,)

    def _note(self, token: Token, expected: str) -> None:
        """Write a mistake down; of what cannot be read at all the lexer may know what was meant."""
        self.mistakes.append(Mistake(token.at, token.shown, token.hint or expected))

    def _skip(self) -> None:
        """Go on to where another comparison may begin."""
        while self._token.kind not in ("and", "or", ")", "end"):
            self._step()

    def _step(self) -> None:
        self._token = self._lexer.next()


NOTHING = Compare("", "exists", ())  # stands where a mistake was; a tree with mistakes is never given out
