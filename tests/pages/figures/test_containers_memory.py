"""The memory strips draw what a run says: gaps where a copy was away, a cross at each kill, each request in one layer."""

import numpy as np
import pytest

from engine.containers.memory import simulate
from engine.containers.memory_rules import MemoryAsk
from pages.figures.containers_memory import FATES, fates_strip, memory_strip

T = np.arange(6.0)
USED = np.array([10.0, 20, 0, 0, 15, 30])
UP = np.array([True, True, False, False, True, True])


def named(figure):
    return {trace.name: trace for trace in figure.data}


def test_a_gap_is_drawn_where_a_copy_was_away_and_washed():
    figure = memory_strip(T, USED, UP, np.array([1.5]), 25.0, end_s=6, top=30)

    assert np.isnan(named(figure)["used"].y[2:4]).all()
    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [(2, 4)]
    assert not named(figure)["used"].connectgaps
    assert list(named(figure)["area"].y[2:4]) == [0, 0], "the area ends with the copy"


def test_who_is_away_until_the_end_is_washed_until_the_end():
    figure = memory_strip(T, USED, np.array([True] * 4 + [False] * 2), np.array([3.5]), 25.0, end_s=6, top=30)

    assert [(shape.x0, shape.x1) for shape in figure.layout.shapes] == [(4, 6)]


def test_every_kill_has_a_cross_on_the_limit():
    found = simulate(MemoryAsk())
    kills = found.kills.t_s[found.kills.copy == 0]
    figure = memory_strip(found.t_s, found.highest_mib[0], found.is_up[0], kills, 1024.0, end_s=600, top=1100)

    assert list(named(figure)["kills"].x) == list(kills)
    assert set(named(figure)["kills"].y) == {1024.0}
    assert set(named(figure)["limit"].y) == {1024.0}
    assert all(len(trace.x) <= 1_000 for trace in figure.data)


def test_a_copy_without_a_limit_of_its_own_has_no_line():
    figure = memory_strip(T, USED, UP, np.empty(0), None, end_s=6, top=30)

    assert set(named(figure)) == {"area", "used"}


def test_each_request_is_in_one_layer_and_an_empty_layer_is_not_drawn():
    found = simulate(MemoryAsk())
    per_s = (found.ok_per_s, found.killed_per_s, found.refused_per_s)
    figure = fates_strip(found.window_s, per_s, until_s=600, end_s=600)

    assert [trace.name for trace in figure.data] == list(FATES)
    patterns = [trace.fillpattern.shape for trace in figure.data]
    assert patterns[0] is None
    assert len(set(patterns)) == 3, "no layer is told by its colour alone"
    assert max(np.nanmax(trace.y) for trace in figure.data) == pytest.approx(float(sum(per_s).max()))


def test_what_is_not_to_be_seen_yet_is_not_drawn_and_the_axis_gives_nothing_away():
    seen = fates_strip(T, (np.full(6, 4.0), np.zeros(6), np.zeros(6)), until_s=6, end_s=60)
    copy = memory_strip(T, USED, np.ones(6, dtype=bool), np.empty(0), 25.0, end_s=60, top=30)

    assert [trace.name for trace in seen.data] == ["ok"]
    assert max(seen.data[0].x[np.isfinite(seen.data[0].x)]) == 6
    assert tuple(seen.layout.xaxis.range) == tuple(copy.layout.xaxis.range) == (0, 60)
    assert len(copy.layout.shapes) == 0
