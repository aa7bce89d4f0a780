"""Golden tables as records, checked all at once; and what it means that a number agrees."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from engine import reading
from engine.errors import Problem


class Given(BaseModel):
    """A case's input. Kinds are strict ("2" is no number); fields that the engine does not know are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


I = TypeVar("I", bound=Given)  # noqa: E741  (an input)


@dataclass(frozen=True, slots=True)
class Case(Generic[I]):
    """One case. given: its input, read; `input` and `expect` are as they stand in the file. day: its source's."""

    id: str
    given: I
    input: Mapping[str, Any]
    expect: Mapping[str, Any]
    day: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One file: a set, and its cases as they came. `where` is the file's name."""

    where: str
    set: str
    cases: Sequence[Any]


Got = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Known(Generic[I]):
    """A set that the engine can answer. answer: all cases of a table -> for each, the figures by their names."""

    model: Callable[[Mapping[str, Any]], type[I]]
    answer: Callable[[Sequence[Case[I]]], Sequence[Got]]


def each(answer: Callable[[Case[I]], Got]) -> Callable[[Sequence[Case[I]]], list[Got]]:
    """Answer a table case by case."""
    return lambda cases: [answer(case) for case in cases]


# --- what agrees -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rounded:
    """A figure that the table prints with so many decimals."""

    value: float
    decimals: int


@dataclass(frozen=True, slots=True)
class Span:
    """A figure that was measured: the interval's ends, and its middle."""

    low: float
    high: float
    mean: float


@dataclass(frozen=True, slots=True)
class AnyOrder:
    """A list whose order says nothing."""

    members: tuple[Any, ...]


def agrees(expected: Any, got: Any) -> bool:
    """Say whether a table's figure and the engine's are the same.

    >>> agrees(0.012343, Rounded(0.0123425, 6)), agrees(3.0, Span(2.9, 2.99, 2.95)), agrees(True, 1)
    (True, False, False)
    """
    if isinstance(got, Span):
        return _is_number(expected) and got.low <= expected <= got.high
    if isinstance(got, Rounded):
        half = 0.5 * 10**-got.decimals
        return _is_number(expected) and abs(expected - got.value) <= half * (1 + 1e-6)  # a tie may go either way
    if isinstance(got, AnyOrder):
        return isinstance(expected, list) and sorted(map(repr, expected)) == sorted(map(repr, got.members))
    if isinstance(got, Mapping):
        return isinstance(expected, Mapping) and all(key in got and agrees(expected[key], got[key]) for key in expected)
    if _is_number(expected) and _is_number(got) and (isinstance(expected, float) or isinstance(got, float)):
        return math.isclose(expected, got, rel_tol=1e-9)
    return type(expected) is type(got) and bool(expected == got)


def plain(got: Any) -> Any:
    """Give a figure as JSON can hold it."""
    if isinstance(got, Span):
        return {"low": got.low, "high": got.high, "mean": got.mean}
    if isinstance(got, Rounded):
        return round(got.value, got.decimals + 1)
    if isinstance(got, AnyOrder):
        return list(got.members)
    return {key: plain(inner) for key, inner in got.items()} if isinstance(got, Mapping) else got


def _is_number(found: Any) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool)


# --- reading ---------------------------------------------------------------------------------------------------------


def read_tables(files: Mapping[str, str]) -> tuple[list[Table], list[Problem]]:
    """Read the files of a folder, by name; which of them are no tables is given back, not raised yet."""
    found: list[Table] = []
    problems: list[Problem] = []
    for name, text in files.items():
        try:
            table = _table(name, json.loads(text))
        except (ValueError, RecursionError) as error:
            problems.append(Problem(name, "text that is not JSON", "JSON", str(error) or "nested too deeply"))
            continue
        if isinstance(table, Problem):
            problems.append(table)
        elif twin := next((other.where for other in found if other.set == table.set), None):
            problems.append(Problem(f"{name}.set", table.set, "a set of its own", f"{twin} holds this set too"))
        else:
            found.append(table)
    return found, problems


def _table(name: str, whole: Any) -> Table | Problem:
    if not isinstance(whole, dict):
        return Problem(name, type(whole).__name__, "{set, cases[]}", "a table is an object")
    if not isinstance(whole.get("set"), str):
        return Problem(f"{name}.set", _came(whole, "set"), "the set's name", "a table says which set it is")
    if not isinstance(whole.get("cases"), list):
        return Problem(f"{name}.cases", _came(whole, "cases"), "a list of cases", "a table holds its cases")
    return Table(name, whole["set"], whole["cases"])


def read_cases(table: Table, known: Known[I]) -> tuple[list[Case[I]], list[Problem]]:
    """Read a table's cases; what is wrong is given back, all of it, and not raised yet: other tables follow."""
    cases: list[Case[I]] = []
    problems: list[Problem] = []
    for number, row in enumerate(table.cases):
        where = f"{table.where} case {number}"
        if not isinstance(row, dict):
            problems.append(Problem(where, type(row).__name__, "{id, input, expect}", "a case is an object"))
            continue
        where = f"{table.where} {row['id']}" if isinstance(row.get("id"), str) else where
        mine = _shape(where, row)
        if not mine:
            model = known.model(row["input"])
            try:
                given = model.model_validate(row["input"])
            except ValidationError as error:
                mine = [replace(p, path=f"{where} input.{p.path}") for p in reading.explained(error, model)]
            else:
                source = row.get("source")
                day = source.get("date") if isinstance(source, dict) else None
                cases.append(Case(row["id"], given, row["input"], row["expect"], day if isinstance(day, str) else None))
        problems += mine
    return cases, problems


def _shape(where: str, row: Mapping[str, Any]) -> list[Problem]:
    """List which of a case's three parts are missing."""
    problems: list[Problem] = []
    if not isinstance(row.get("id"), str):
        problems.append(Problem(f"{where} id", _came(row, "id"), "a word", "a case has a name"))
    return problems + [
        Problem(f"{where} {part}", _came(row, part), "an object with fields", "the case needs it")
        for part in ("input", "expect")
        if not isinstance(row.get(part), dict) or not row[part]
    ]


def _came(row: Mapping[str, Any], key: str) -> str:
    return repr(row[key])[:60] if key in row else "nothing"
