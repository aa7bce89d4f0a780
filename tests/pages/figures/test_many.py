"""Many runs: every run a dot in its own row, the mean over them, and no interval where nothing is known."""

import numpy as np
import pytest

from pages.figures.many import MOST_DOTS, Row, many_figure
from pages.figures.theme import SCALES


@pytest.mark.parametrize("size", SCALES)
def test_a_row_has_its_runs_its_mean_and_its_interval(size):
    values = np.linspace(90, 100, 50)
    figure = many_figure(
        [Row("A", values, 95, 94, 96), Row("B", values[:1], 90, np.nan, np.nan)], unit="{v} %", scale=SCALES[size]
    )
    names = [trace.name for trace in figure.data]

    assert names == ["A", "interval", "mean", "B"]
    assert list(figure.data[1].x) == [94, 96]
    assert min(figure.data[0].y) > 1 > max(figure.data[3].y)  # the first stands on top
    assert list(figure.layout.yaxis.ticktext) == ["A", "B"]
    assert all(text.endswith(" %") for text in figure.layout.xaxis.ticktext)
    assert figure.layout.xaxis.range[0] < 90
    assert figure.layout.xaxis.range[1] > 100


def test_nothing_yet_and_very_much_can_be_drawn():
    many_figure([Row("A", np.empty(0), np.nan, np.nan, np.nan)])
    figure = many_figure([Row("A", np.ones(5_000), 1, 1, 1)])

    assert len(figure.data[0].x) == MOST_DOTS
