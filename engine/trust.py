"""Trust: model by model, what is followed, what is left out, what it is held against, and which of its numbers are assumed.

The sentences are data (data/table/trust.yaml); the assumed numbers are read off the engine's own fields, and the cases off what
the conformance command wrote. Nothing here is typed twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from pydantic import BaseModel, ValidationError

from engine import catalog
from engine.errors import CatalogError
from engine.fields import Both


@dataclass(frozen=True, slots=True)
class Model:
    """One model. agree, cases: of the tables it is held against; 0 where there are none.

    assumed: record and field of each number that nobody documents.
    """

    id: str
    name: Both
    follows: Both
    leaves_out: Both
    held: Both
    agree: int
    cases: int
    assumed: tuple[tuple[str, str], ...]


def models() -> tuple[Model, ...]:
    """Give every model, in the order in which a reader meets them. Raises CatalogError where a name is unknown."""
    return tuple(_model(name, row) for name, row in catalog.table("trust").items())


def checked() -> Mapping[str, tuple[int, int]]:
    """Give how many cases of each table agree, of how many, as the conformance command wrote it."""
    return {name: (row["agree"], row["cases"]) for name, row in catalog.table("conformance").items()}


def origins() -> Mapping[str, tuple[str, ...]]:
    """Give the repositories, with version or commit, that each table's cases come from; none where it is a closed form."""
    return {name: _names(row, "from") for name, row in catalog.table("conformance").items()}


def _model(name: str, row: Mapping[str, object]) -> Model:
    sets = _names(row, "sets")
    found = [counts for table, counts in checked().items() if table.startswith(tuple(sets))] if sets else []
    if sets and (idle := [one for one in sets if not any(table.startswith(one) for table in checked())]):
        raise CatalogError(f"trust.yaml {name}: no table begins with {', '.join(idle)}")
    said = [_said(name, row, key) for key in ("name", "follows", "leaves_out", "held")]
    return Model(
        name, said[0], said[1], said[2], said[3],
        agree=sum(agree for agree, _ in found), cases=sum(cases for _, cases in found),
        assumed=tuple(pair for path in _names(row, "records") for pair in assumed(_record(name, path))),
    )  # fmt: skip


def assumed(record: type[BaseModel]) -> list[tuple[str, str]]:
    """List a record's numbers that nobody documents: the record's name as the texts have it, and the field's."""
    return [
        (record.__name__.lower(), name)
        for name, field in record.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("assumed")
    ]


def _record(model: str, path: str) -> type[BaseModel]:
    """Find a record by its module and name."""
    module, _, name = path.rpartition(".")
    try:
        found = getattr(import_module(f"engine.{module}"), name)
    except (ImportError, AttributeError):
        found = None
    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        raise CatalogError(f"trust.yaml {model}: no record is called {path}")
    return found


def _names(row: Mapping[str, object], key: str) -> tuple[str, ...]:
    found = row.get(key, ())
    return tuple(str(one) for one in found) if isinstance(found, tuple | list) else ()


def _said(name: str, row: Mapping[str, object], key: str) -> Both:
    try:
        return Both.model_validate(row.get(key))
    except ValidationError:
        raise CatalogError(f"trust.yaml {name}.{key}: a text in each language is needed") from None
