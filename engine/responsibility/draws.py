"""What the years bring: the same events whoever has to handle them. Nothing here knows of a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from engine.duties import LAYERS
from engine.responsibility.asks import YearAsk
from engine.responsibility.rules import DAY_H, KINDS, Kind, happenings
from engine.rng import stream

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

YEAR_H = 365 * DAY_H
_COLUMNS = 4  # of an event: its gap, its size, its luck, and AWS's


@dataclass(frozen=True, slots=True)
class Tickets:
    """What has to be done: one row for each layer that an event hits, in order of time within a year.  Arrays of shape (n,).

    year: which replication; event: which event, counted through all years; at_h: hours from the year's beginning; work_h: hours
    of work for whoever does all of it; wakes: the chance that it cannot wait, luck: the draw it is held against; aws_luck: where
    in AWS's span its patch comes; hole: stands open until it is done. starts: shape (years + 1,), where each year's rows begin.
    """

    year: Ints
    event: Ints
    at_h: Floats
    kind: Ints
    layer: Ints
    work_h: Floats
    wakes: Floats
    luck: Floats
    aws_luck: Floats
    hole: Flags
    starts: Ints


def draw(ask: YearAsk) -> Tickets:
    """Draw every year's events, and open a ticket for each layer that one hits."""
    years = [_year(ask, number) for number in range(ask.replications)]
    sizes = [len(at_h) for at_h, _, _ in years]
    year = np.repeat(np.arange(ask.replications), sizes)
    at_h, kind, draws = (np.concatenate(column) for column in zip(*years, strict=True))
    return _opened(ask, year, at_h, kind, draws)


def arrivals(ask: YearAsk, kind: Kind, number: int) -> Floats:
    """Draw a kind's events of one year: when, and what belongs to each.  Shape (n, 4): hours, size, luck, AWS's luck.

    Gaps are exponential, so that counts are Poisson's. Each event owns its row of the stream: a higher rate brings the same
    events earlier, and more of them after.
    """
    rate = ask.rate(kind)
    if rate <= 0:
        return np.empty((0, _COLUMNS))
    random = stream(ask.seed, "responsibility", number, kind)
    rows = random.random((int(rate + 6 * rate**0.5) + 8, _COLUMNS))
    while (at := np.cumsum(-np.log1p(-rows[:, 0])))[-1] < rate:
        rows = np.concatenate([rows, random.random((len(rows), _COLUMNS))])
    found = rows[at < rate]
    size = -np.log1p(-found[:, 1])  # most work is quick, some eats days: exponential, with mean 1
    return np.column_stack([at[at < rate] * (YEAR_H / rate), size, found[:, 2], found[:, 3]])


def _year(ask: YearAsk, number: int) -> tuple[Floats, Ints, Floats]:
    """Put the kinds of one year into one order."""
    each = [arrivals(ask, kind, number) for kind in KINDS]
    rows = np.concatenate(each)
    kinds = np.repeat(np.arange(len(KINDS)), [len(one) for one in each])
    order = np.argsort(rows[:, 0], kind="stable")
    return rows[order, 0], kinds[order], rows[order, 1:]


def _opened(ask: YearAsk, year: Ints, at_h: Floats, kind: Ints, draws: Floats) -> Tickets:
    """Repeat each event for each layer that it hits."""
    known = [happenings()[name] for name in KINDS]
    hits = [hit for one in known for hit in one.hits]
    n_hits = np.array([len(one.hits) for one in known])
    first = np.concatenate([[0], np.cumsum(n_hits)])
    event = np.repeat(np.arange(len(at_h)), n_hits[kind])
    # The place of a ticket among its event's: 0, 1, 2, then again from 0.
    place = np.arange(len(event)) - np.repeat(np.cumsum(n_hits[kind]) - n_hits[kind], n_hits[kind])
    hit = first[kind[event]] + place
    hours = np.array([one.h + one.host_h * ask.hosts for one in hits]) * ask.effort
    return Tickets(
        year=year[event],
        event=event,
        at_h=at_h[event],
        kind=kind[event],
        layer=np.array([LAYERS.index(one.layer) for one in hits])[hit],
        work_h=hours[hit] * draws[event, 0],
        wakes=np.array([one.wakes for one in hits])[hit],
        luck=draws[event, 1],
        aws_luck=draws[event, 2],
        hole=np.array([one.opens_hole for one in known])[kind[event]],
        starts=np.searchsorted(year[event], np.arange(ask.replications + 1)),
    )
