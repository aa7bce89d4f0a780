"""Trust: model by model, what is followed, what is left out, what it is held against, and which of its numbers are assumed.

The sentences are data (data/table/trust.yaml); the assumed numbers are read off the engine's own fields, and the cases off what
the conformance command wrote. Nothing here is typed twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, ValidationError

from engine import application, catalog, function_settings, scenario
from engine.delivery import Organisation
from engine.errors import CatalogError
from engine.fields import Both
from engine.kubernetes import autoscaler
from engine.responsibility import Rates, YearAsk

RECORDS: Mapping[str, type[BaseModel]] = {
    record.__name__: record
    for record in (
        scenario.Balancer, scenario.Assumptions, scenario.Scaling, scenario.CapacityProvider, scenario.Service,
        function_settings.FunctionSettings, autoscaler.Autoscaler, autoscaler.ClusterAutoscaler, autoscaler.Karpenter,
        application.Module, Organisation, YearAsk, Rates,
    )
}  # fmt: skip


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


def _model(name: str, row: Mapping[str, object]) -> Model:
    sets = _names(row, "sets")
    found = [counts for table, counts in checked().items() if table.startswith(tuple(sets))] if sets else []
    if sets and (idle := [one for one in sets if not any(table.startswith(one) for table in checked())]):
        raise CatalogError(f"trust.yaml {name}: no table begins with {', '.join(idle)}")
    if unknown := [record for record in _names(row, "records") if record not in RECORDS]:
        raise CatalogError(f"trust.yaml {name}: no record is called {', '.join(unknown)}")
    said = [_said(name, row, key) for key in ("name", "follows", "leaves_out", "held")]
    return Model(
        name, said[0], said[1], said[2], said[3],
        agree=sum(agree for agree, _ in found), cases=sum(cases for _, cases in found),
        assumed=tuple(pair for record in _names(row, "records") for pair in _assumed(record)),
    )  # fmt: skip


def _assumed(record: str) -> list[tuple[str, str]]:
    fields = RECORDS[record].model_fields
    return [
        (record.lower(), name)
        for name, field in fields.items()
        if isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("assumed")
    ]


def _names(row: Mapping[str, object], key: str) -> tuple[str, ...]:
    found = row.get(key, ())
    return tuple(str(one) for one in found) if isinstance(found, tuple | list) else ()


def _said(name: str, row: Mapping[str, object], key: str) -> Both:
    try:
        return Both.model_validate(row.get(key))
    except ValidationError:
        raise CatalogError(f"trust.yaml {name}.{key}: a text in each language is needed") from None
