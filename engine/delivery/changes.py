"""What is written, by whom and when, and what chance holds for it: the same commits whichever way they take to users.

A draw belongs to a change, an attempt and a purpose, never to a moment: so both architectures, every coupling and every
number of teams meet the same commits, with the same mistakes in them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from numba import njit

from engine import rng
from engine.delivery.organisation import MOST_SERVICES, Organisation
from engine.placement.kernel import draw

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

PARTS = MOST_SERVICES  # a part's draws: attempt x PARTS + part
_A_TEAM = 1 << 32  # a change's key: the team, and its number among the team's own


class For(IntEnum):
    """What a draw is for: each purpose is a stream of its own."""

    GAP = 0
    SERVICE = 1
    COUPLING = 2
    PARTNER = 3
    BAD = 4
    INTERFACE = 5
    CAUGHT = 6
    REVIEW = 7
    BUILD = 8
    TEST = 9
    RELEASE = 10
    MONITOR = 11
    SEARCH = 12
    RECOVERY = 13
    REWORK = 14


# A compiled loop takes plain numbers.
GAP, SERVICE, COUPLING, PARTNER = int(For.GAP), int(For.SERVICE), int(For.COUPLING), int(For.PARTNER)


@dataclass(frozen=True, slots=True)
class Changes:
    """Every change of a quarter, in the order of writing. Arrays of shape (n,), minutes of working time.

    key: what its draws belong to. touches: shape (n, services), the services it changes, its own first; n_touched: how many
    of a row count.
    """

    at_min: Floats
    team: Ints
    key: Ints
    touches: Ints
    n_touched: Ints


@lru_cache(maxsize=4_096)
def salts(seed: int, replication: int) -> Ints:
    """Open the named streams of one replication. Shape (purposes,)."""
    return np.array([rng.salt(seed, "delivery", replication, purpose.name.lower()) for purpose in For], dtype=np.int64)


def written(organisation: Organisation, salts_: Ints) -> Changes:
    """Write the quarter's changes: each team's at random moments, and which services each touches."""
    return Changes(
        *_written(
            salts_,
            organisation.teams,
            organisation.day_min / organisation.commits_per_day,
            organisation.end_min,
            organisation.n_services,
            organisation.coupling,
        )
    )


@njit(cache=True, nogil=True)
def minutes(mean: float, salt: int, key: int, number: int, evenly: bool) -> float:
    """Draw how long something takes: exponential, or evenly between half its mean and one and a half; 0 stays 0."""
    if mean <= 0:
        return 0.0
    chance = draw(salt, key, number)
    return mean * (0.5 + chance) if evenly else -mean * math.log1p(-chance)


@njit(cache=True, nogil=True)
def longest(mean: float, salt: int, key: int, number: int, parts: int, evenly: bool) -> float:
    """Draw for every part, and wait for the slowest."""
    found = 0.0
    for part in range(parts):
        found = max(found, minutes(mean, salt, key, number * PARTS + part, evenly))
    return found


@njit(cache=True, nogil=True)
def _written(
    salts_: Ints, teams: int, gap_min: float, end_min: float, services: int, coupling: float
) -> tuple[Floats, Ints, Ints, Ints, Ints]:
    """Write every team's changes, then put them into one order."""
    at, keys = [0.0 for _ in range(0)], [0 for _ in range(0)]
    for team in range(teams):
        now, number = 0.0, 0
        while True:
            now += minutes(gap_min, salts_[GAP], team, number, False)
            if now > end_min:
                break
            at.append(now)
            keys.append(team * _A_TEAM + number)
            number += 1
    at_min, key = np.array(at), np.array(keys, dtype=np.int64)
    order = np.argsort(at_min, kind="mergesort")
    at_min, key = at_min[order], key[order]
    touches = np.zeros((len(key), services), dtype=np.int64)
    n_touched = np.zeros(len(key), dtype=np.int64)
    for i in range(len(key)):
        n_touched[i] = _touch(touches[i], salts_, key[i], teams, coupling)
    return at_min, key // _A_TEAM, key, touches, n_touched


@njit(cache=True, nogil=True)
def _touch(row: Ints, salts_: Ints, key: int, teams: int, coupling: float) -> int:
    """Name the services that a change touches: its team's own, and as long as chance says so, one more; return how many."""
    services, team = len(row), key // _A_TEAM
    for i in range(services):
        row[i] = i
    own = team % services
    if services > teams:  # service s belongs to team s modulo teams
        own = team + teams * int(draw(salts_[SERVICE], key, 0) * ((services - team + teams - 1) // teams))
    row[0], row[own] = own, 0
    count = 1
    while count < services and draw(salts_[COUPLING], key, count) < coupling:
        other = count + int(draw(salts_[PARTNER], key, count) * (services - count))
        row[count], row[other] = row[other], row[count]
        count += 1
    return count
