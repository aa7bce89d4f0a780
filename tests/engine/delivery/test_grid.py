"""Who wins over teams and coupling, and the line where the winner changes."""

import numpy as np
import pytest

from engine.delivery import Grid, Organisation, frontier, grid
from engine.delivery.grid import at

FEW = {"teams": (2, 8, 16), "coupling": (0, 0.1, 0.5, 1), "replications": 2}


def test_pipelines_win_where_nothing_is_coupled_and_lose_where_everything_is():
    """At coupling 1 each change needs every service: one train again, of one change at a time, with the builds of all."""
    found = grid(Organisation(), **FEW)

    assert (found.times_slower[:, 0] < 0.7).all()
    assert (found.times_slower[:, -1] > 1).all()
    assert ((frontier(found) > 0.05) & (frontier(found) < 1)).all()


def test_the_grid_at_the_readers_own_place_is_the_readers_own_organisation():
    own = Organisation(teams=8, services=16, build_workers=3, coupling=0.5)

    assert at(own, "train", 8, 0.5) == own.with_(architecture="train")
    assert at(own, "pipelines", 16, 0.5).build_workers == 6
    assert at(own, "pipelines", 4, 0.5).n_pipelines == 8


def test_the_share_done_is_told():
    seen = []
    grid(Organisation(days=3), teams=(2,), coupling=(0, 1), replications=1, watch=seen.append)

    assert seen[-1] == 1


@pytest.mark.parametrize(
    ("times", "crosses"),
    [
        ([0.5, 0.5, 2.0, 2.0], 0.3),     # halfway between 0.2 and 0.4, where 1/2 turns into 2
        ([2.0, 2.0, 2.0, 2.0], 0.0),     # never wins
        ([0.5, 0.5, 0.5, 0.5], np.inf),  # never loses
        ([2.0, 0.5, 0.25, 0.5], np.inf), # loses early, but not for good
        ([0.25, 2.0, 0.25, 2.0], 0.55),  # the last time counts: two thirds of the way in a logarithm
    ],
)  # fmt: skip
def test_the_frontier_is_where_pipelines_lose_for_good(times, crosses):
    ones = np.ones((1, 4))
    found = Grid(np.array([8.0]), np.array([0, 0.2, 0.4, 0.6]), ones, np.array([times]), ones, ones)

    assert frontier(found)[0] == pytest.approx(crosses, abs=0.02)
