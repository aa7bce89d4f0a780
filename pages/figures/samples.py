"""Samples: which of many to keep, so that a chart stays light and nothing that happened is lost."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

MOST_POINTS = 1_000


def thinned(columns: list[Floats], most: int = MOST_POINTS) -> Ints:
    """Choose which samples to draw, so that nothing that happened is lost: a 2 s failure in an hour stays.

    Time is cut into equal runs of samples; of each run stay the first, and every column's lowest and highest.  Where a
    column starts or stops being zero, both samples stay while they fit in half the budget, so a short trouble keeps its
    edges.  The number of runs is the largest (by steps of a fifth) whose choice fits into `most`.

    columns: each of shape (n,), one x axis.  Returns ascending indices, shape (<= most,).
    """
    n = columns[0].size
    if n <= most:
        return np.arange(n)
    edges = [np.flatnonzero(np.diff((column != 0).astype(np.int8))) for column in columns]
    marks = np.unique(np.concatenate([np.concatenate([edge, edge + 1]) for edge in edges]))
    if marks.size > most // 2:
        marks = marks[:0]
    runs = most
    while True:
        size = -(-n // runs)
        starts = np.arange(0, n, size)
        kept = np.unique(np.concatenate([starts, [n - 1], marks, *(_extremes(column, size) for column in columns)]))
        if kept.size <= most:
            return kept
        runs = runs * 4 // 5


def _extremes(column: Floats, size: int) -> Ints:
    """Find where each run of `size` samples is lowest and highest.  An unknown value (NaN) is neither."""
    starts = np.arange(0, column.size, size)
    rest = starts.size * size - column.size
    rows = np.pad(column, (0, rest), mode="edge").reshape(-1, size)
    found = [np.where(np.isnan(rows), worst, rows) for worst in (np.inf, -np.inf)]
    places = np.concatenate([starts + found[0].argmin(axis=1), starts + found[1].argmax(axis=1)])
    return np.asarray(np.minimum(places, column.size - 1), dtype=np.intp)
