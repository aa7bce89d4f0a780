"""The pager: how often a person is called, with one service and with many."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from engine.architecture.asks import PagerAsk
from engine.architecture.curves import Ints
from engine.conformance.cases import Span
from engine.conformance.interval import span_of
from engine.rng import stream

NIGHTS = 30
MONTHS = 240  # replications of a month


@dataclass(frozen=True, slots=True)
class Pager:
    """What a month brings. alarms, hours, nights: means by the formula; calm: the chance of a month without a call at night.

    measured_calm: the same over many simulated months. days: one month as it may come, alarms a day and a night; shape (30,).
    """

    alarms: float
    hours: float
    nights: float
    calm: float
    measured_calm: Span
    by_day: Ints
    by_night: Ints


def pager(ask: PagerAsk) -> Pager:
    """Count the calls of a month: the code's own wherever it runs, and those that each service brings.

    >>> pager(PagerAsk(services=1)).alarms, pager(PagerAsk(services=10)).alarms
    (3.4, 7.0)
    """
    alarms = ask.modules * ask.of_code + ask.services * ask.of_service
    night = alarms * ask.night_share / NIGHTS
    months = stream(ask.seed, "pager", "nights").poisson(night, (MONTHS, NIGHTS))
    return Pager(
        alarms=alarms,
        hours=alarms * ask.minutes / 60,
        nights=NIGHTS * (1 - math.exp(-night)),
        calm=math.exp(-night * NIGHTS),
        measured_calm=span_of((months.sum(axis=1) == 0).astype(np.float64), doubt=0.01, share_of=MONTHS),
        by_day=stream(ask.seed, "pager", "days").poisson(alarms * (1 - ask.night_share) / NIGHTS, NIGHTS),
        by_night=np.asarray(months[0]),
    )
