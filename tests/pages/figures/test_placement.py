"""The curves of a comparison: one line a strategy, told apart without colour, ending where the numbers end."""

import numpy as np

from pages.figures import Curve, filling
from pages.figures.theme import SERIES

CURVES = [Curve(name, np.arange(9.0) * k) for k, name in enumerate(["one", "two", "three", "four"], 1)]


def test_each_line_has_a_dash_and_a_marker_of_its_own():
    lines = [trace for trace in filling(CURVES).data if trace.mode == "lines"]
    ends = [trace for trace in filling(CURVES).data if trace.mode == "markers"]

    assert len({trace.line.dash for trace in lines}) == len({trace.marker.symbol for trace in ends}) == 4
    assert [float(trace.y[0]) for trace in ends] == [8, 16, 24, 32]
    assert len(SERIES) == 4


def test_the_axis_counts_tasks_from_none_to_all():
    axis = filling(CURVES).layout.xaxis

    assert (axis.tickvals[0], axis.ticktext[0]) == (0, "0")
    assert tuple(axis.range) == (0, 8)


def test_nothing_to_compare_is_an_empty_figure_and_no_error():
    assert len(filling([]).data) == 0
