"""The tables of a sweep as Parquet: the same content, the same bytes, whoever played it and how often it was stopped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from engine.sweep.measured import MEASURED, Floats
from engine.sweep.plan import Axis, Batch, Plan, as_word
from engine.sweep.results import Results
from engine.sweep.spread import Difference, Row, Spread

# Nothing of a writer's own choice is left open; what it writes beside the data (its own version) is part of a plan's digest.
_SETTINGS: dict[str, Any] = {
    "version": "2.6", "data_page_version": "1.0", "compression": "zstd", "compression_level": 3, "use_dictionary": False,
    "write_statistics": True, "row_group_size": 100_000, "store_schema": True, "write_page_checksum": True,
}  # fmt: skip


def runs(results: Results) -> pa.Table:
    """Lay out `Results.columns`, one row a run: variant, the grid's paths, replication, seed, and a column for each measure."""
    axes = {axis.path: axis for axis in results.plan.axes}
    return pa.table({name: _column(name, column, axes) for name, column in results.columns().items()})


def summary(rows: Iterable[Row]) -> pa.Table:
    """Lay out a summary, one row for each variant and measure."""
    rows = list(rows)
    return pa.table(
        {
            "variant": pa.array([row.variant for row in rows], pa.int32()),
            "label": pa.array([row.label for row in rows], pa.string()),
            "measure": pa.array([row.measure for row in rows], pa.string()),
            "unit": pa.array([row.unit for row in rows], pa.string()),
            "missing": pa.array([row.missing for row in rows], pa.int64()),
            **_spreads([row.spread for row in rows]),
        }
    )


def differences(rows: Iterable[Difference]) -> pa.Table:
    """Lay out paired differences, one row for each pair of variants and each measure."""
    rows = list(rows)
    words = ("along", "value", "instead_of", "where", "measure", "unit")
    return pa.table(
        {
            "variant": pa.array([row.variant for row in rows], pa.int32()),
            "against": pa.array([row.against for row in rows], pa.int32()),
            **{name: pa.array([getattr(row, name) for row in rows], pa.string()) for name in words},
            **_spreads([row.spread for row in rows]),
            "excludes_zero": pa.array([row.excludes_zero for row in rows], pa.bool_()),
        }
    )


def batch(plan: Plan, piece: Batch, rows: Floats) -> pa.Table:
    """Lay out what a worker handed in, one row a replication."""
    seeds = [plan.seed(piece.first + row) for row in range(piece.count)]
    measures = {name: _floats(rows[:, number]) for number, name in enumerate(MEASURED)}
    return pa.table({"seed": pa.array(seeds, pa.int64()), **measures})


def rows_of(plan: Plan, piece: Batch, content: bytes) -> Floats | None:
    """Read back what `batch` laid out; None where it is not that, to the bit."""
    try:
        table = parquet.read_table(BytesIO(content), page_checksum_verification=True)
    except (pa.ArrowInvalid, OSError):
        return None
    expected = [plan.seed(piece.first + row) for row in range(piece.count)]
    if table.column_names != ["seed", *MEASURED] or table["seed"].to_pylist() != expected:
        return None
    return np.column_stack([table[name].to_numpy(zero_copy_only=False).astype(np.float64) for name in MEASURED])


def written(table: pa.Table) -> bytes:
    """Write a table as Parquet."""
    buffer = BytesIO()
    parquet.write_table(table, buffer, **_SETTINGS)
    return buffer.getvalue()


def _spreads(spreads: Sequence[Spread]) -> dict[str, pa.Array]:
    numbers = ("mean", "sd", "low", "high", "half_width")
    columns = {name: _floats(np.array([getattr(one, name) for one in spreads], dtype=np.float64)) for name in numbers}
    return {"n": pa.array([one.n for one in spreads], pa.int64()), **columns}


def _floats(values: Floats) -> pa.Array:
    """Lay out numbers; what is missing is null, not a number of its own."""
    return pa.array(values, pa.float64(), mask=np.isnan(values))


def _column(name: str, column: Any, axes: dict[str, Axis]) -> pa.Array:
    if name in axes:
        return _of_axis(column, axes[name])
    if name in MEASURED:
        return _floats(column)
    return pa.array(column, pa.int64() if name == "seed" else pa.int32())


def _of_axis(column: Sequence[Any], axis: Axis) -> pa.Array:
    """Lay out an axis by what its values are; values of several kinds, and lists, as the words that were typed."""
    kinds = {type(value) for value in axis.values}
    if kinds == {bool}:
        return pa.array(column, pa.bool_())
    if kinds == {int}:
        return pa.array(column, pa.int64())
    if kinds <= {int, float}:
        return pa.array([float(value) for value in column], pa.float64())
    return pa.array([as_word(value) for value in column], pa.string())
