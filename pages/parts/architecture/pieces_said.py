"""What all of the price of pieces is said and drawn with: a chart, a verdict, and numbers in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Literal

import numpy as np

from engine.architecture import Curve
from pages.figures.architecture import Drawn
from pages.parts.charts import Strip, charts
from pages.parts.words import Voice

NAME = "architecture_pieces"
Size = Literal["laptop", "stage"]
VALUE = "{v}"  # where the figure writes its number


def verdict(sentences: Sequence[str]) -> str:
    """Write sentences as a paragraph, the first one with weight."""
    first, *rest = sentences
    return f'<p class="q-verdict"><b>{escape(first)}</b> {escape(" ".join(rest))}</p>'


def chart(key: str, speaker: Voice, figure: object, size: Size, height_px: int) -> None:
    """Draw one figure without a time axis."""
    title, sub = speaker.say(f"{NAME}.chart.{key}"), speaker.say(f"{NAME}.axis.{key}")
    charts(
        [Strip(key, title, figure, sub=sub, height_px=720 if size == "stage" else height_px)],  # type: ignore[arg-type]
        run_id=key, end_s=1, key=f"{NAME}.{key}.{size}", on_clock=False, name=title, size=size,
    )  # fmt: skip


def drawn(curve: Curve, name: str, colour: str, dash: str = "solid", *, times: float = 1.0) -> Drawn:
    """Hand a curve to the figure, in the unit of its axis."""
    y = (column * times for column in (curve.theory, curve.mean, curve.low, curve.high))
    return Drawn(curve.x.astype(np.float64), *y, name, colour, dash)


def lost(curve: Curve) -> Curve:
    """Turn shares that are answered into shares that are not."""
    return Curve(curve.x, 1 - curve.theory, 1 - curve.mean, 1 - curve.high, 1 - curve.low)


def minutes_text(speaker: Voice, minutes: float) -> str:
    """Write a span of minutes as one would say it."""
    return speaker.seconds(60 * minutes)


def ms_text(speaker: Voice, ms: float) -> str:
    """Write milliseconds whole."""
    return speaker.say(f"{NAME}.times.ms", value=speaker.number(ms))


def percent_text(speaker: Voice, percent: float) -> str:
    """Write 99.99 as it is promised, with its own decimals."""
    digits = next(digits for digits in range(5) if round(percent, digits) == percent)
    return speaker.percent(percent / 100, digits)
