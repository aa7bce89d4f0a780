"""The matrix: thirteen layers by ten models, whose each cell is, and who says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from engine import catalog
from engine.catalog import Basis, Fact
from engine.duties import LAYERS, Layer, Owner, duties
from engine.errors import CatalogError
from engine.responsibility.rules import MODELS, TABLE, Model, ids, models


@dataclass(frozen=True, slots=True)
class Cell:
    """One layer in one model. sources: who says so, the closest to the cell first; the model's own duties always last."""

    layer: Layer
    model: Model
    owner: Owner
    sources: tuple[Fact, ...]

    @property
    def basis(self) -> Basis:
        """Say whether the closest source documents it."""
        return self.sources[0].basis


@cache
def matrix() -> Mapping[tuple[Layer, Model], Cell]:
    """Give every cell, model by model, bottom layer first."""
    own = dict(_own_sources())
    return {
        (layer, name): Cell(
            layer, name, duties(row.duties)[layer], (*own.get((layer, name), ()), catalog.fact(row.duties))
        )
        for name, row in models().items()
        for layer in LAYERS
    }


def owners(model: Model) -> Mapping[Layer, Owner]:
    """Say who has each layer in a model.

    >>> owners("lambda")["host_os_patching"], owners("lambda")["iam_config"]
    ('aws', 'customer')
    """
    return {layer: matrix()[layer, model].owner for layer in LAYERS}


def never_moves() -> tuple[Layer, ...]:
    """Name the layers that are the customer's whole in every model: the hard part of the lesson.

    >>> never_moves()
    ('iam_config', 'app_code', 'data')
    """
    return tuple(layer for layer in LAYERS if all(matrix()[layer, model].owner == "customer" for model in MODELS))


def _own_sources() -> Iterator[tuple[tuple[Layer, Model], tuple[Fact, ...]]]:
    """Read the sources that single cells have of their own; a cell named twice is a mistake of ours."""
    seen: set[tuple[Layer, Model]] = set()
    rows: list[Mapping[str, Any]] = list(catalog.table(TABLE)["cells"])
    for row in rows:
        facts = (
            *(catalog.notes(TABLE)[name] for name in ids(row, "notes")),
            *(catalog.fact(name) for name in ids(row, "facts")),
        )
        for layer in row["layers"]:
            for model in row["models"]:
                if layer not in LAYERS or model not in MODELS or (layer, model) in seen:
                    raise CatalogError(f"table/{TABLE}.yaml cells: {layer} of {model} stands twice, or is no cell")
                seen.add((layer, model))
                yield (layer, model), facts
