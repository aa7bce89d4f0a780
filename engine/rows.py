"""Rows of a table, checked as they are read: a bad cell names its file, its row and its column."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from engine.errors import CatalogError

N = TypeVar("N", int, float)


@dataclass(frozen=True, slots=True)
class Row:
    """One row, and the words that name its place."""

    where: str
    cells: Mapping[str, str]

    def text(self, column: str, *, may_be_empty: bool = False) -> str:
        """Read a text."""
        if not self.cells[column] and not may_be_empty:
            raise CatalogError(f"{self.where}: {column} is empty")
        return self.cells[column]

    def count(self, column: str, least: int = 1) -> int:
        """Read a whole number of at least `least`."""
        found = self._number(column, int)
        if found < least:
            raise CatalogError(f"{self.where}: {column} must be {least} or more, got {found}")
        return found

    def above_zero(self, column: str) -> float:
        """Read an amount that cannot be free, and cannot be endless."""
        found = self._number(column, float)
        if not 0 < found < float("inf"):
            raise CatalogError(f"{self.where}: {column} must be above 0, got {found}")
        return found

    def one_of(self, column: str, *choices: str) -> str:
        """Read a word from a short list."""
        found = self.text(column)
        if found not in choices:
            raise CatalogError(f"{self.where}: {column} must be one of {', '.join(choices)}, got {found!r}")
        return found

    def _number(self, column: str, read: Callable[[str], N]) -> N:
        """Read a number, or say where and what it was."""
        try:
            return read(self.text(column))
        except ValueError:
            raise CatalogError(f"{self.where}: {column} must be a number, got {self.cells[column]!r}") from None


def rows(name: str, text: str, columns: Sequence[str]) -> Iterator[Row]:
    r"""Read a CSV's text row by row; its columns must be these, in this order.

    >>> [row.count("hosts") for row in rows("fleet.csv", "zone,hosts\na,2\nb,3", ["zone", "hosts"])]
    [2, 3]
    """
    table = csv.reader(text.splitlines(), strict=True)
    heads = next(table, [])
    if heads != list(columns):
        raise CatalogError(f"{name}: columns must be {list(columns)}, got {heads}")
    for cells in table:
        where = f"{name} row {table.line_num}"
        if len(cells) != len(columns):
            raise CatalogError(f"{where}: {len(columns)} cells are needed, got {len(cells)}")
        yield Row(where, dict(zip(columns, cells, strict=True)))
