"""Uptime: how often an answer comes when each of n parts must be up. The formula, and a clock that breaks parts.

A part of availability a fails the share q = 1 - a of the calls. Some of that is brief, and another try finds the part
well; the rest is an outage, in which no try helps, only another copy. With b the brief share, r tries more and c copies
a call is answered with (1 - (q (1 - b))^c) (1 - e^(r+1)), e = q b / (1 - q (1 - b)); n parts in a row to the power of n.
"""

from __future__ import annotations

import math

import numpy as np

from engine.architecture.asks import MOST_PARTS, PiecesAsk
from engine.architecture.curves import Curve, Floats, Ints, curve
from engine.rng import stream

YEARS = 40  # replications
ASKED = 20_000  # requests a year, at moments of their own
YEAR_MIN = 365 * 24 * 60.0


def answered(ask: PiecesAsk, parts: int) -> float:
    """Give the share of answers that come when so many parts are needed.

    >>> round(answered(PiecesAsk(available_percent=99.9), 10), 6)
    0.990045
    >>> round(answered(PiecesAsk(available_percent=99.9, copies=2, brief_share=0), 10), 6)
    0.99999
    """
    if not ask.retries and ask.copies == 1:
        return float((ask.available_percent / 100) ** parts)
    down, brief = _down(ask), _brief(ask)
    return float(((1 - down**ask.copies) * (1 - brief ** (ask.retries + 1))) ** parts)


def by_parts(ask: PiecesAsk) -> Curve:
    """Ask a chain of 0 to 50 parts at random moments of forty years, and hold it beside the formula."""
    parts = np.arange(MOST_PARTS + 1)
    theory = np.array([answered(ask, int(n)) for n in parts])
    return curve(parts, theory, np.array([_year(ask, year) for year in range(YEARS)]), share_of=YEARS * ASKED)


def storm(retries: int, depth: int) -> int:
    """Count the calls that reach the last part of a chain when it is down: every caller above it tries again.

    >>> storm(retries=3, depth=3)
    64
    """
    return int((retries + 1) ** depth)


def allowed_min(share: float) -> float:
    """Say how many minutes of an average month an availability allows nobody to answer."""
    return (1 - share) * YEAR_MIN / 12


def _down(ask: PiecesAsk) -> float:
    """Give the share of the time that one copy is out."""
    return (1 - ask.available_percent / 100) * (1 - ask.brief_share)


def _brief(ask: PiecesAsk) -> float:
    """Give the chance that one try fails at a part that is up."""
    return (1 - ask.available_percent / 100) * ask.brief_share / (1 - _down(ask))


def _year(ask: PiecesAsk, year: int) -> Floats:
    """Live one year; return the share answered by the number of parts needed, 0 to 50."""
    moments = np.sort(stream(ask.seed, "moments", year).random(ASKED)) * YEAR_MIN
    # The first part that fails a request fails every longer chain too.
    first = _first_brief(ask, year)
    for part in range(MOST_PARTS):
        out = np.ones(ASKED, dtype=np.bool_)
        for copy in range(ask.copies):
            out &= _is_out(ask, moments, year, part, copy)
            if not out.any():
                break
        first[out] = np.minimum(first[out], part)
    failed = np.bincount(first, minlength=MOST_PARTS + 1)[:MOST_PARTS].cumsum()
    return np.concatenate([[1.0], 1 - failed / ASKED])


def _first_brief(ask: PiecesAsk, year: int) -> Ints:
    """Find for each request the first part at which every try fails; the number of parts where none does."""
    rng, chance = stream(ask.seed, "brief", year), _brief(ask)
    first = np.full(ASKED, MOST_PARTS, dtype=np.int64)
    if not chance:
        return first
    # Failures are rare: draw how many tries go well until the next one fails, over all requests and parts in a row.
    cells, many = ASKED * MOST_PARTS, ASKED * MOST_PARTS * chance
    gaps = rng.geometric(chance, size=int(many + 8 * math.sqrt(many) + 16))
    failed = gaps.cumsum() - 1
    failed = failed[failed < cells]
    for _ in range(ask.retries):
        failed = failed[rng.random(len(failed)) < chance]
    np.minimum.at(first, failed // MOST_PARTS, failed % MOST_PARTS)
    return first


def _is_out(
    ask: PiecesAsk, moments: Floats, year: int, part: int, copy: int
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Say at which moments a copy is out: times up and times down follow each other, both exponential."""
    down, out = _down(ask), np.zeros(len(moments) + 1, dtype=np.int64)
    if down:
        rng, up_min = stream(ask.seed, "outages", year, part, copy), ask.restore_min * (1 - down) / down
        mean = YEAR_MIN / (up_min + ask.restore_min)
        size = int(mean + 8 * math.sqrt(mean) + 16)
        lengths = rng.exponential(ask.restore_min, size)
        gaps = rng.exponential(up_min, size)
        gaps[0] *= rng.random() >= down  # the year may begin in the middle of an outage
        ends = (gaps + lengths).cumsum()
        np.add.at(out, np.searchsorted(moments, ends - lengths), 1)
        np.add.at(out, np.searchsorted(moments, ends), -1)
    return np.asarray(out.cumsum()[:-1] > 0)
