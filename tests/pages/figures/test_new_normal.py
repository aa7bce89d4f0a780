"""Pace against stability: spans are drawn as wide as they are, fast is at the right, and an open end says so."""

from math import inf, log10

import numpy as np
import pytest

from pages.figures.new_normal import BAR, Group, pace_figure
from pages.figures.theme import SCALES

WEEKLY = Group(low=1, high=4, fails_low=0.1, fails_high=0.1, is_open=False, is_past=False, name="medium")
BEST = Group(low=30, high=inf, fails_low=0, fails_high=0.15, is_open=True, is_past=True, name="elite")
TICKS = [(0.1, "rarely"), (1, "monthly"), (100, "often")]
PERCENTS = [(0, "0%"), (0.2, "20%")]


def figure(groups, *, you=None, ticks=TICKS, is_reversed=False, size="laptop"):
    return pace_figure(
        groups,
        you=you,
        ticks=ticks,
        is_reversed=is_reversed,
        words={"you": "you"},
        percents=PERCENTS,
        scale=SCALES[size],
    )


def box(trace):
    return min(trace.x), max(trace.x), min(trace.y), max(trace.y)


def test_a_span_is_as_wide_as_published_and_a_single_number_is_a_thin_bar():
    left, right, low, high = box(figure([WEEKLY]).data[0])

    assert (left, right) == (0, pytest.approx(log10(4)))
    assert (low, high) == (10 - BAR, 10 + BAR)


def test_an_open_end_runs_to_the_figures_edge_with_an_arrow():
    drawn = figure([BEST])
    left, right, low, high = box(drawn.data[0])

    assert left == pytest.approx(log10(30))
    assert right == drawn.layout.xaxis.range[1] > log10(100)
    assert (low, high) == (0, 15)
    assert [note.showarrow for note in drawn.layout.annotations] == [False, True]
    assert drawn.data[0].line.dash != "solid", "the talk's year is dashed, not only another colour"


def test_hours_count_backwards_so_that_fast_is_at_the_right_on_both_axes():
    slow = Group(low=24, high=168, fails_low=0.2, fails_high=0.2, is_open=False, is_past=False, name="high")
    fast = Group(low=1, high=24, fails_low=0.05, fails_high=0.05, is_open=True, is_past=False, name="elite")
    drawn = figure([slow, fast], ticks=[(168, "a week"), (24, "a day"), (1, "an hour")], is_reversed=True)
    (a, b, *_), (c, d, *_) = (box(trace) for trace in drawn.data)

    assert a < b == c < d
    assert list(drawn.layout.xaxis.tickvals) == sorted(drawn.layout.xaxis.tickvals)


def test_ones_own_team_stands_at_its_numbers_and_its_word_stays_inside():
    for pace, side in ((0.2, "left"), (90, "right")):
        drawn = figure([WEEKLY], you=(pace, 0.3))

        assert (drawn.data[-1].x[0], drawn.data[-1].y[0]) == (pytest.approx(log10(pace)), pytest.approx(30))
        assert drawn.layout.annotations[-1].xanchor == side


@pytest.mark.parametrize("size", ["laptop", "stage"])
def test_every_size_keeps_its_types_and_its_points_few(size):
    drawn = figure([WEEKLY, BEST], you=(3, 0.1), size=size)

    assert sum(np.size(trace.x) for trace in drawn.data) < 1_000
    if size == "stage":
        assert min(note.font.size for note in drawn.layout.annotations if note.text) >= 24
