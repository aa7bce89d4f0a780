"""The rules of data/table/fargate.yaml, typed: who has what since when, what data live with, which door needs what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, get_args

from engine import catalog
from engine.era import existed, last_day
from engine.errors import CatalogError
from engine.fargate.records import COLUMNS, Column, RowName

TABLE = "fargate"
LivesWith = Literal["task", "host", "zone", "region"]
Since = Mapping[Column, str]


@dataclass(frozen=True, slots=True)
class Volume:
    """A place to keep data. rejoins: whether a replacement gets the old data by itself, where it can reach them."""

    name: str
    lives_with: LivesWith
    rejoins: bool
    on: Since
    refused: Mapping[Column, str]
    facts: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Door:
    """A way to a shell beside a sick task. needs: what must have been seen to, each a name among the texts."""

    name: str
    on: Since
    needs: tuple[str, ...]
    facts: tuple[str, ...]
    notes: tuple[str, ...]


def has(on: Since, column: Column, day: str) -> bool:
    """Say whether a column has a thing on a day: the column itself must be there."""
    return column in on and existed(on[column], day) and column_exists(column, day)


def column_exists(column: Column, day: str) -> bool:
    """Say whether a launch type is there on a day."""
    return existed(column_since(column), day)


def column_since(column: Column) -> str:
    """Say since when a launch type is there; "" where it was there before the talk."""
    return str(catalog.table(TABLE)["columns"][column]["since"])


@cache
def volumes() -> Mapping[str, Volume]:
    """Give the kinds of volume, in the file's order: shortest-lived first, roughly."""
    return MappingProxyType({name: _volume(name, row) for name, row in catalog.table(TABLE)["volumes"].items()})


@cache
def doors() -> tuple[Door, ...]:
    """Give the doors, in the order in which one would try them."""
    return tuple(
        Door(name, _since(row["has"]), tuple(row["needs"]), _ids(row, "facts"), _ids(row, "notes"))
        for name, row in catalog.table(TABLE)["doors"].items()
    )


@cache
def offer(name: str) -> Since:
    """Say who has a thing of one word, and since when."""
    return _since(catalog.table(TABLE)["offers"][name]["has"])


def network_modes(column: Column) -> frozenset[str]:
    """List a column's network modes: they have been the same from its beginning.

    Source: facts `ecs.network.modes_ec2`, `fargate.network_mode`; note `table.mi_networks`.
    """
    found: Any = {
        "ecs-ec2": catalog.value("ecs.network.modes_ec2"),
        "ecs-fargate": (catalog.value("fargate.network_mode"),),
        "ecs-managed-instances": catalog.notes(TABLE)["table.mi_networks"].value,
    }[column]
    return frozenset(str(mode) for mode in found)


def slide_says(row: RowName, column: Column) -> tuple[str, ...]:
    """Give the slide's words for a cell, none where it has no such column."""
    return tuple(catalog.table(TABLE)["rows"][row]["slide"].get(column, ()))


def rests_on(row: RowName) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the facts and the notes of a row."""
    found = catalog.table(TABLE)["rows"][row]
    return _ids(found, "facts"), _ids(found, "notes")


def setting(*keys: str) -> Any:
    """Take what stands at a path in the table's file; where it names a fact, the fact's number."""
    found: Any = catalog.table(TABLE)
    for key in keys:
        found = found[key]
    if isinstance(found, Mapping) and "fact" in found:
        return catalog.number(found["fact"], *([found["at"]] if "at" in found else []))
    return found


def days_of_change() -> tuple[str, ...]:
    """List every day, month and year at which a column came to have something, earliest first."""
    found = {column_since(column) for column in COLUMNS}
    held: Iterable[Since] = (
        *(volume.on for volume in volumes().values()),
        *(door.on for door in doors()),
        *(offer(name) for name in catalog.table(TABLE)["offers"]),
    )
    return tuple(sorted(found | {since for on in held for since in on.values()} - {""}, key=last_day))


def _volume(name: str, row: Mapping[str, Any]) -> Volume:
    if row["lives_with"] not in get_args(LivesWith):
        raise CatalogError(f"table/{TABLE}.yaml {name}: lives_with must be one of {get_args(LivesWith)}")
    on, refused = _since(row["has"]), dict(row.get("refused", {}))
    if missing := set(COLUMNS) - set(on) - set(refused):
        raise CatalogError(f"table/{TABLE}.yaml {name}: has, or refused? {', '.join(sorted(missing))}")
    return Volume(
        name, row["lives_with"], row.get("rejoins", True), on, refused, _ids(row, "facts"), _ids(row, "notes")
    )


def _since(on: Mapping[str, Any]) -> Since:
    """Read `has`: a date as text, or the fact that holds it."""
    if strangers := sorted(set(on) - set(COLUMNS)):
        raise CatalogError(f"table/{TABLE}.yaml: no such column: {', '.join(strangers)}")
    return {
        c: str(catalog.value(at["fact"]) if isinstance(at, Mapping) else at)
        for c in COLUMNS
        for at in [on.get(c)]
        if at is not None
    }


def _ids(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """Read citations; each must exist."""
    known = catalog.facts() if key == "facts" else catalog.notes(TABLE)
    found = tuple(row.get(key, ()))
    if lost := [name for name in found if name not in known]:
        raise CatalogError(f"table/{TABLE}.yaml: nobody wrote down {', '.join(lost)}")
    return found
