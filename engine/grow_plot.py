"""The curves of `engine.grow` as one SVG: time above, memory below, both axes in powers of ten."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

WIDTH, HEIGHT, GAP = 230, 150, 62
ROWS = (("seconds", "time (s)", "#0b6e99"), ("peak_mb", "peak memory (MB)", "#a3541a"))
STYLE = """<style>
text { font: 12px sans-serif; fill: #333 } line { stroke: #999 } svg { background: #fff }
@media (prefers-color-scheme: dark) { text { fill: #ddd } svg { background: #1a1a1a } }
</style>"""


def svg(found: Mapping[str, Any], caption: str) -> str:
    """Draw all curves; caption: on which machine. It follows the reader's light or dark."""
    wide, high = len(found) * (WIDTH + GAP) + GAP, len(ROWS) * (HEIGHT + GAP) + GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img" aria-label="How cost grows">',
        STYLE,
    ]
    for row, (key, label, colour) in enumerate(ROWS):
        for column, (what, curve) in enumerate(found.items()):
            left, top = GAP + column * (WIDTH + GAP), GAP / 2 + row * (HEIGHT + GAP)
            parts.append(f'<g transform="translate({left} {top})">')
            parts += _panel(curve["sizes"], curve[key], what, label if column == 0 else "", colour)
            parts.append("</g>")
    parts.append(f'<text x="{GAP}" y="{high - 12}">{caption}</text></svg>')
    return "\n".join(parts) + "\n"


def _panel(sizes: Sequence[float], values: Sequence[float], what: str, label: str, colour: str) -> Iterator[str]:
    """Draw one curve between its own powers of ten."""
    low_x, high_x = _decades(sizes)
    low_y, high_y = _decades(values)
    places = [
        (WIDTH * (math.log10(x) - low_x) / (high_x - low_x), HEIGHT * (1 - (math.log10(y) - low_y) / (high_y - low_y)))
        for x, y in zip(sizes, values, strict=True)
    ]
    yield f'<line x1="0" y1="{HEIGHT}" x2="{WIDTH}" y2="{HEIGHT}"/><line x1="0" y1="0" x2="0" y2="{HEIGHT}"/>'
    for power in range(low_x, high_x + 1):
        x = WIDTH * (power - low_x) / (high_x - low_x)
        yield f'<text x="{x:.0f}" y="{HEIGHT + 15}" text-anchor="middle">{_power(power)}</text>'
    for power in range(low_y, high_y + 1):
        y = HEIGHT * (1 - (power - low_y) / (high_y - low_y))
        yield f'<text x="-5" y="{y + 4:.0f}" text-anchor="end">{_power(power)}</text>'
    yield f'<text x="{WIDTH / 2:.0f}" y="{HEIGHT + 30}" text-anchor="middle">{what}</text>'
    if label:
        yield f'<text x="0" y="-8">{label}</text>'
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for (x, y), size, value in zip(places, sizes, values, strict=True):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"><title>{size:,}: {value:.3g}</title></circle>'


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """Give the powers of ten around all values: at least one apart."""
    low = math.floor(math.log10(min(values)))
    return low, max(low + 1, math.ceil(math.log10(max(values))))


def _power(power: int) -> str:
    """Write a power of ten as one would say it.

    >>> _power(3), _power(6), _power(-2)
    ('1,000', '10⁶', '0.01')
    """
    if power < -3 or power > 4:
        return "10" + str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{10**power:,}" if power >= 0 else f"{10.0**power:g}"
