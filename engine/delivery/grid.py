"""Who wins, over how many teams there are and how tightly their services hang together; and where the winner changes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from engine.delivery.changes import Floats
from engine.delivery.four import four_of, in_threads
from engine.delivery.organisation import MOST_SERVICES, Architecture, Organisation
from engine.delivery.simulation import run

TEAMS = (2, 3, 4, 6, 8, 10, 12, 14, 16, 18, 21, 24)
COUPLING = tuple(round(0.1 * n, 1) for n in range(11))
REPLICATIONS = 3


@dataclass(frozen=True, slots=True)
class Grid:
    """Both ways for each pair. teams, coupling: the axes; the others: shape (teams, coupling), means over the replications.

    train_min, pipelines_min: how long a change is on its way, `Four.on_the_way_min`; the shares: delivered of what was written.
    """

    teams: Floats
    coupling: Floats
    train_min: Floats
    pipelines_min: Floats
    train_share: Floats
    pipelines_share: Floats

    @property
    def times_slower(self) -> Floats:
        """Say how many times as long a change is on its way through pipelines: below 1 they win."""
        found: Floats = self.pipelines_min / self.train_min
        return found

    @property
    def points_more(self) -> Floats:
        """Say how many more of the written changes pipelines deliver, as a share from -1 to 1."""
        return self.pipelines_share - self.train_share


def grid(
    organisation: Organisation,
    teams: Sequence[int] = TEAMS,
    coupling: Sequence[float] = COUPLING,
    replications: int = REPLICATIONS,
    watch: Callable[[float], None] | None = None,
) -> Grid:
    """Play both ways for every pair, with the same commits. Services and build workers grow with the teams.

    watch: called with the share done, now and then.
    """
    ways: tuple[Architecture, ...] = ("train", "pipelines")
    cells = [at(organisation, way, n, share) for n in teams for share in coupling for way in ways]
    found: list[tuple[float, float]] = []
    for chunk in in_threads(lambda cell: _measure(cell, replications), cells):
        found += chunk
        if watch:
            watch(len(found) / len(cells))
    table = np.array(found).reshape(len(teams), len(coupling), 2, 2)
    return Grid(
        np.array(teams, dtype=np.float64),
        np.array(coupling),
        table[:, :, 0, 0],
        table[:, :, 1, 0],
        table[:, :, 0, 1],
        table[:, :, 1, 1],
    )


def at(organisation: Organisation, way: Architecture, teams: int, coupling: float) -> Organisation:
    """Make the organisation larger or smaller: as many services and build workers a team as it has now."""
    scale = teams / organisation.teams
    services = min(MOST_SERVICES, max(1, round(organisation.services * scale))) if organisation.services else 0
    workers = max(1, round(organisation.build_workers * scale))
    return organisation.with_(
        architecture=way, teams=teams, coupling=coupling, services=services, build_workers=workers
    )


def frontier(grid_: Grid) -> Floats:
    """Say from which coupling on pipelines are slower, for each number of teams; inf where never, 0 where always.

    Between two columns of the grid: where the logarithm of the ratio crosses zero.
    """
    return np.array([_crossing(grid_.coupling, row) for row in np.log(grid_.times_slower)])


def _crossing(coupling: Floats, logs: Floats) -> float:
    """Find where a row leaves the side on which pipelines win, for good."""
    wins = np.flatnonzero(logs < 0)
    if not len(wins):
        return 0.0
    last = int(wins[-1])
    if last == len(logs) - 1:
        return math.inf
    share = -logs[last] / (logs[last + 1] - logs[last])
    return float(coupling[last] + share * (coupling[last + 1] - coupling[last]))


def _measure(organisation: Organisation, replications: int) -> tuple[float, float]:
    """Average a few quarters: how long changes were on their way, and the share that was delivered."""
    measured = [four_of(run(organisation, number)) for number in range(replications)]
    minutes = [one["on_the_way_min"] for one in measured if one["written"]]
    written = sum(one["written"] for one in measured)
    if not written:
        return math.nan, math.nan
    return sum(minutes) / len(minutes), sum(one["delivered"] for one in measured) / written
