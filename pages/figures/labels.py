"""Labels: the live values beside a strip.  They name the areas, so no chart needs a legend."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Label:
    """Say one value in words, at the height where the playhead meets it.

    t, v, y: shape (n,), seconds, value, height on the y axis; each value holds until the next.
    text: with `{v}` where the number goes.  tone: a colour by name.  name: how the table's column is headed.
    to: round the number to a multiple of this, so that noise does not flicker.
    hides_zero: whether the label goes away while its value rounds to 0.
    """

    t: Floats
    v: Floats
    y: Floats
    text: str
    name: str
    tone: str = "ink"
    digits: int = 0
    to: float = 0.0
    hides_zero: bool = False
