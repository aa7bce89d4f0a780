"""The rules of data/table/eks.yaml, typed: who has what since when, and what each answer rests on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import catalog
from engine.duties import duties
from engine.eks.records import COLUMNS, Column, RowName
from engine.era import existed, last_day
from engine.errors import CatalogError

TABLE = "eks"


def column_since(column: Column) -> str:
    """Say since when a way to run pods is there; "" where it was there before the talk."""
    return str(catalog.table(TABLE)["columns"][column]["since"])


def column_exists(column: Column, day: str) -> bool:
    """Say whether a way to run pods is there on a day."""
    return existed(column_since(column), day)


def column_duties(column: Column) -> Mapping[str, str]:
    """Say who does what in a column. Source: facts `resp.eks_fargate`, `resp.eks_managed_nodes`, `resp.eks_unmanaged`, `resp.eks_auto`."""
    return duties(str(catalog.table(TABLE)["columns"][column]["duties"]))


def slide_says(row: RowName, column: Column) -> tuple[str, ...]:
    """Give the slide's words for a cell, none where it has no such column."""
    return tuple(catalog.table(TABLE)["rows"][row]["slide"].get(column, ()))


def answers(row: RowName, column: Column, day: str) -> frozenset[str]:
    """Answer a cell for a day, in the slide's own words."""
    if not column_exists(column, day):
        return frozenset()
    found: Mapping[str, Any] = catalog.table(TABLE)["rows"][row]["answers"][column]
    return frozenset(word for word, since in found.items() if existed(str(since), day))


def rests_on(row: RowName) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the facts and the notes of a row; each must exist."""
    found = catalog.table(TABLE)["rows"][row]
    return ids(found, "facts"), ids(found, "notes")


def ids(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Read citations; each must exist."""
    known = catalog.facts() if key == "facts" else catalog.notes(TABLE)
    found = tuple(row.get(key, ()))
    if lost := [name for name in found if name not in known]:
        raise CatalogError(f"table/{TABLE}.yaml: nobody wrote down {', '.join(lost)}")
    return found


def note(name: str, *keys: str) -> float:
    """Take a number out of a note."""
    found: Any = catalog.notes(TABLE)[name].value
    for key in keys:
        found = found[key]
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise CatalogError(f"table/{TABLE}.yaml {name}: a number is needed, got {found!r}")
    return float(found)


def days_of_change() -> tuple[str, ...]:
    """List every day, month and year at which a column came or an answer changed, earliest first."""
    rows = catalog.table(TABLE)["rows"].values()
    found = {column_since(column) for column in COLUMNS}
    found |= {str(since) for row in rows for words in row["answers"].values() for since in words.values()}
    return tuple(sorted(found - {""}, key=last_day))


def has_prefixes(day: str) -> bool:
    """Say whether prefix delegation is there on a day."""
    return existed(str(catalog.table(TABLE)["prefix_delegation"]["since"]), day)
