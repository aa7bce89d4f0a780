"""Labels: the live values beside a strip.  They name the areas, so no chart needs a legend."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pages.figures.samples import Floats, thinned

MOST_SAMPLES = 4_000  # more than an hour of seconds: a day of them would be megabytes


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

    def thinned(self) -> Label:
        """Keep what a long run needs: every label's own extremes among 4,000 samples."""
        if self.t.size <= MOST_SAMPLES:
            return self
        kept = thinned([self.v], MOST_SAMPLES)
        return replace(self, t=self.t[kept], v=self.v[kept], y=self.y[kept])
