"""Fields: what the scenario's own records say about a path: its record, its range, whether anybody documents it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from engine import Scenario
from engine.architecture.cut import Cut
from engine.changes import CUT
from engine.operations import Operation
from pages.parts.lesson import Control

KINDS: tuple[type[BaseModel], ...] = get_args(
    get_args(Operation)[0]
)  # of operations; a field's name tells which is meant


def field_at(path: str) -> tuple[str, FieldInfo]:
    """Find a field by its dotted path; return its record's name among the texts, and the field.

    >>> field_at("services.web.desired")[0], field_at("balancer.cross_zone")[0]
    ('service', 'balancer')
    """
    return field_of(Scenario, path)


def field_of(model: type[BaseModel], path: str) -> tuple[str, FieldInfo]:
    """Find a field of any record by its dotted path; return the name of the record that holds it, and the field."""
    steps = path.split(".")
    if steps[0] == "operations":
        model = next(kind for kind in KINDS if steps[-1] in kind.model_fields)
        return model.__name__.lower(), model.model_fields[steps[-1]]
    if path.startswith(CUT):
        return "cut", Cut.model_fields[steps[-1]]
    for step in steps[:-1]:
        if step in model.model_fields and (found := list(_models_of(model.model_fields[step].annotation))):
            # Of records of several kinds, a field's name tells which is meant.
            model = next((one for one in found if steps[-1] in one.model_fields), found[0])
    return model.__name__.lower(), model.model_fields[steps[-1]]


def _models_of(annotation: Any) -> Iterator[type[BaseModel]]:
    """Dig the records out of tuple[Record, ...], Record | None, or records of several kinds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        return
    for part in get_args(annotation):
        yield from _models_of(part)


def _assumed() -> tuple[Control, ...]:
    """List every number that nobody publishes: the scenario marks its fields so."""
    found = []
    for group in ("assumptions", "balancer", "fleet"):
        for name, field in next(_models_of(Scenario.model_fields[group].annotation)).model_fields.items():
            extra = field.json_schema_extra
            if isinstance(extra, dict) and extra.get("assumed"):
                low, high = _limits(field)
                found.append(Control(f"{group}.{name}", name, low, high))
    return tuple(found)


def _limits(field: FieldInfo) -> tuple[float, float]:
    """Read a field's range off its own constraints."""
    found = {type(limit).__name__.lower(): limit for limit in field.metadata}
    low = getattr(found.get("ge"), "ge", None)
    low = getattr(found.get("gt"), "gt", 0) + 0.01 if low is None else low
    high = getattr(found.get("le"), "le", None)
    return float(low), float(getattr(found.get("lt"), "lt", 1e9) if high is None else high)


ASSUMED = _assumed()
