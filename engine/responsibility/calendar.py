"""The team's calendars: who does what when. Compiled: two hundred years of ten models are played while a finger moves.

Each member has a calendar. Work that can wait goes into the one that has room first. What cannot wait is done at once, by the
same member, and the hours are taken off afterwards: they go into the calendar too.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from numba import njit

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@njit(cache=True, nogil=True)
def work(
    starts: Ints, at_h: Floats, mine_h: Floats, cannot_wait: Flags, lag_h: Floats, team: int, pace: float
) -> tuple[Floats, Floats]:
    """Put every ticket into a calendar, year by year.

    starts: shape (years + 1,), where each year's tickets begin; at_h, ascending within a year, mine_h (0: not the team's),
    cannot_wait, lag_h (what AWS takes, where it is AWS's): shape (n,). pace: hours that a member has for this, of each hour.
    Returns when each is begun and when it is done, shape (n,), in hours.
    """
    n = len(at_h)
    begun_h, done_h, free_h = np.empty(n), np.empty(n), np.empty(team)
    for year in range(len(starts) - 1):
        free_h[:] = 0.0
        for i in range(starts[year], starts[year + 1]):
            if mine_h[i] <= 0.0:
                begun_h[i], done_h[i] = at_h[i], at_h[i] + lag_h[i]
                continue
            who = 0
            for other in range(1, team):
                if free_h[other] < free_h[who]:
                    who = other
            room_h = max(at_h[i], free_h[who])
            taken_h = mine_h[i] / pace
            free_h[who] = room_h + taken_h
            if cannot_wait[i]:
                begun_h[i], done_h[i] = at_h[i], at_h[i] + mine_h[i]
            else:
                begun_h[i], done_h[i] = room_h, room_h + taken_h
    return begun_h, done_h


@njit(cache=True, nogil=True)
def open_h(starts: Ints, from_h: Floats, to_h: Floats, counts: Flags, end_h: float) -> Floats:
    """Measure how long of each year at least one thing stood open.

    from_h, ascending within a year, to_h, counts (which of them matter): shape (n,). Returns hours, shape (years,).
    """
    found = np.zeros(len(starts) - 1)
    for year in range(len(found)):
        last = 0.0
        for i in range(starts[year], starts[year + 1]):
            if counts[i]:
                until = min(to_h[i], end_h)
                found[year] += max(0.0, until - max(from_h[i], last))
                last = max(last, until)
    return found
