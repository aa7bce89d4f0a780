"""The rules of data/table/responsibility.yaml, typed: what a year brings, on which layers it falls, and how long AWS takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from engine import catalog
from engine.duties import LAYERS, Layer
from engine.errors import CatalogError

TABLE = "responsibility"
DAY_H = 24.0
Model = Literal[
    "on-prem", "self-run", "eks-unmanaged", "ecs-ec2", "eks-managed", "ecs-managed-instances", "eks-auto", "ecs-fargate",
    "eks-fargate", "lambda",
]  # fmt: skip
MODELS: tuple[Model, ...] = get_args(Model)
Kind = Literal[
    "kernel_cve", "runtime_cve", "image_cve", "certificate", "disk_fault", "host_retired", "traffic", "zone_loss", "iam_rule",
    "version_end", "quota",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
Per = Literal["all", "host", "disk", "image"]


@dataclass(frozen=True, slots=True)
class Hit:
    """What a kind of event asks of one layer. h: hours of work, and host_h more for each host; wakes: chance that it cannot wait."""

    layer: Layer
    h: float
    host_h: float
    wakes: float


@dataclass(frozen=True, slots=True)
class Happening:
    """A kind of event. rate: a year, for each of `per`; opens_hole: something stands open until it is handled."""

    kind: Kind
    rate: float
    per: Per
    opens_hole: bool
    hits: tuple[Hit, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that a model no longer lets you do, and what says so."""

    what: str
    facts: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One way of running containers. lag_h: how long AWS takes to patch its hosts, least and most; None where it has none to patch.

    renews: a deployment puts tasks on new hosts by itself.
    """

    name: Model
    duties: str
    since: str
    lag_h: tuple[float, float] | None
    renews: bool
    loses: tuple[Loss, ...]


@cache
def models() -> Mapping[Model, ModelRow]:
    """Give the ten models, from everything yours to hardly anything."""
    rows = _part("models")
    _same("models", rows, MODELS)
    return {name: _model(name, rows[name]) for name in MODELS}


@cache
def happenings() -> Mapping[Kind, Happening]:
    """Give what a year may bring."""
    rows = _part("events")
    _same("events", rows, KINDS)
    return {kind: _happening(kind, rows[kind]) for kind in KINDS}


@cache
def night() -> tuple[float, float]:
    """Say from which hour till which somebody who is called has been asleep; the night begins before midnight."""
    row = _part("night")
    ids(row, "notes")
    return _number("night.from_h", row["from_h"], most=DAY_H), _number("night.to_h", row["to_h"], most=DAY_H)


def ids(row: Mapping[str, Any], key: Literal["facts", "notes"]) -> tuple[str, ...]:
    """Read citations; each must exist."""
    known = catalog.facts() if key == "facts" else catalog.notes(TABLE)
    found = tuple(row.get(key, ()))
    if lost := [name for name in found if name not in known]:
        raise CatalogError(f"table/{TABLE}.yaml: nobody wrote down {', '.join(lost)}")
    return found


def _part(name: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = catalog.table(TABLE)[name]
    return found


def _same(part: str, rows: Mapping[str, Any], names: tuple[str, ...]) -> None:
    """Hold that the file tells of exactly these, in this order: the order is the slider's."""
    if tuple(rows) != names:
        raise CatalogError(f"table/{TABLE}.yaml {part}: needed are {', '.join(names)}, got {', '.join(map(str, rows))}")


def _model(name: Model, row: Mapping[str, Any]) -> ModelRow:
    lag = row.get("lag")
    return ModelRow(
        name=name,
        duties=row["duties"],
        since=str(row["since"]),
        lag_h=(_hours(name, lag["least"]), _hours(name, lag["most"])) if lag else None,
        renews=bool(row.get("renews", False)),
        loses=tuple(Loss(one["what"], ids(one, "facts"), ids(one, "notes")) for one in row["loses"]),
    )


def _hours(name: str, row: Mapping[str, Any]) -> float:
    """Read a duration out of a fact or a note."""
    keys = (row["at"],) if "at" in row else ()
    if "fact" in row:
        found: Any = catalog.value(row["fact"], *keys)
    else:
        found = catalog.notes(TABLE)[row["note"]].value
        for key in keys:
            found = found[key]
    return _number(f"{name}.lag", found) * (DAY_H if row["unit"] == "days" else 1.0)


def _happening(kind: Kind, row: Mapping[str, Any]) -> Happening:
    if row["per"] not in get_args(Per):
        raise CatalogError(f"table/{TABLE}.yaml {kind}: per is one of {get_args(Per)}, got {row['per']!r}")
    if strangers := set(row["hits"]) - set(LAYERS):
        raise CatalogError(f"table/{TABLE}.yaml {kind}: no such layer: {', '.join(sorted(strangers))}")
    hits = tuple(
        Hit(
            layer=layer,
            h=_number(f"{kind}.h", row["hits"][layer]["h"]),
            host_h=_number(f"{kind}.host_h", row["hits"][layer].get("host_h", 0)),
            wakes=_number(f"{kind}.wakes", row["hits"][layer]["wakes"], most=1),
        )
        for layer in LAYERS
        if layer in row["hits"]
    )
    return Happening(
        kind, _number(f"{kind}.rate", row["rate"]), row["per"], bool(row.get("hole", False)), hits, ids(row, "notes")
    )


def _number(where: str, found: object, most: float = float("inf")) -> float:
    if isinstance(found, bool) or not isinstance(found, int | float) or not 0 <= found <= most:
        raise CatalogError(f"table/{TABLE}.yaml {where}: a number from 0 to {most:g} is needed, got {found!r}")
    return float(found)
