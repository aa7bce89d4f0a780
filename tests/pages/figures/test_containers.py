"""Containers' figures: bars where layers are fetched, words where they are not; a line a request and a cross where one is lost."""

import numpy as np
import pytest

from engine.containers.asks import StopAsk
from engine.containers.stopping import OUTCOMES, stop
from pages.figures.containers import LOOKS, MOST_LINES, Stack, pull_figure, stop_figure
from pages.figures.theme import SCALES


def test_a_layer_that_is_there_has_a_word_and_no_bar():
    nan = np.nan
    stack = Stack(*(np.array(row) for row in ([nan, 0.0], [nan, 2.0], [nan, 2.0], [nan, 5.0])))
    figure = pull_figure(stack, names=["below", "above"], words={"cached": "here"})
    download, unpack = figure.data

    assert np.nanmax(download.x) == 2
    assert (np.nanmin(unpack.x), np.nanmax(unpack.x)) == (2, 5)
    assert np.nanmin(download.y) > 1  # the upper row
    assert [(note.text, note.y) for note in figure.layout.annotations] == [("here", 0.5)]
    assert list(figure.layout.yaxis.ticktext) == ["below", "above"]


@pytest.mark.parametrize(
    "settings", [{}, {"place": "ecs", "long_share": 0.2, "deregistration_delay_s": 5}, {"rps": 0}, {"rps": 200}]
)
@pytest.mark.parametrize("size", SCALES)
def test_requests_are_lines_and_the_lost_have_a_cross(settings, size):
    found = stop(StopAsk(**settings))
    figure = stop_figure(
        found.came_s, found.over_s, found.outcome, marks=[(0.0, "begins"), (found.order.term_s, "SIGTERM")],
        end_s=max(found.ended_s, 5), scale=SCALES[size],
    )  # fmt: skip
    names = {trace.name for trace in figure.data}

    assert len(LOOKS) == len(OUTCOMES)
    assert {f"{LOOKS[code]}-end" in names for code in set(found.outcome) - {0}} <= {True}
    assert sum(len(trace.x) // 3 for trace in figure.data if trace.mode == "lines") <= MOST_LINES
    assert [note.text for note in figure.layout.annotations] == ["begins", "SIGTERM"]
    assert all(np.nanmin(trace.x) >= figure.layout.xaxis.range[0] for trace in figure.data if len(trace.x))
