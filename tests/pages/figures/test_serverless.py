"""Serverless figures draw what they are given, and mark what they say they mark."""

import numpy as np
import pytest

from engine.serverless.breakeven import DIALS, Dials, crossing, day
from pages.figures.serverless import (
    Waiting,
    against_labels,
    against_strip,
    day_figure,
    dial_figure,
    waiting_labels,
    waiting_strip,
)

WORDS = {"by_use": "by use", "flat": "flat", "even": "here"}
QUARTERS = ["0", "1/4", "1/2", "3/4", "1"]
T = np.arange(200.0)


def texts(figure):
    return [note.text for note in figure.layout.annotations]


@pytest.mark.parametrize("dial", DIALS)
def test_a_line_stands_where_both_cost_the_same(dial):
    found = crossing(Dials(), dial)
    figure = dial_figure(
        found.share, found.by_use_usd, found.flat_usd, even=found.even, words=WORDS, unit="${v}", percents=QUARTERS
    )

    assert [shape.x0 for shape in figure.layout.shapes] == [found.even]
    assert texts(figure) == ["flat", "by use", "here"]
    assert tuple(figure.layout.xaxis.range) == (0, 1)


def test_while_a_guess_is_open_only_the_flat_line_is_drawn():
    found = crossing(Dials(), "table")
    figure = dial_figure(
        found.share,
        found.by_use_usd,
        found.flat_usd,
        even=found.even,
        words=WORDS,
        unit="{v}",
        percents=QUARTERS,
        is_open=True,
    )

    assert len(figure.data) == 1
    assert texts(figure) == ["flat"]
    assert len(figure.layout.shapes) == 0
    assert figure.layout.yaxis.range[1] > found.by_use_usd.max(), "the axis gives nothing away"


def test_no_line_stands_where_they_never_do():
    found = crossing(Dials(memory_mb=128), "lambda_fargate")
    figure = dial_figure(
        found.share, found.by_use_usd, found.flat_usd, even=found.even, words=WORDS, unit="{v}", percents=QUARTERS
    )

    assert len(figure.layout.shapes) == 0
    assert texts(figure) == ["flat", "by use"]


def test_what_is_paid_and_not_used_is_hatched_between_the_two():
    found = day(Dials())
    words = {name: name for name in ("used", "flat", "following", "unused")}
    figure = day_figure(found.used, found.flat, found.following, words=words, hours=["0", "12", "24"])

    assert figure.data[0].fillpattern.shape == "/"
    assert np.nanmax(figure.data[0].y) == found.flat.max()
    assert all(len(trace.x) <= 1_000 for trace in figure.data)
    assert set(texts(figure)) == set(words)


def test_parts_of_a_queue_are_stacked_and_what_is_missing_is_not_drawn():
    held = Waiting(T, np.full(200, 3.0), T, np.zeros(200))
    figure = waiting_strip(held, end_s=199)

    assert [trace.name for trace in figure.data] == ["working", "queued"]
    assert figure.layout.yaxis.range[1] > 202
    words = {
        "working": "{v} in hand",
        "working_name": "w",
        "queued": "{v} wait",
        "queued_name": "q",
        "dead": "",
        "dead_name": "",
    }
    labels = waiting_labels(held, words)
    assert [label.text for label in labels] == ["{v} in hand", "{v} wait"]
    assert labels[1].y[10] == 3 + 5


def test_a_limit_far_above_stays_at_the_edge_of_the_picture_and_keeps_its_number():
    asked, limit = np.full(200, 10.0), np.full(200, 4_000.0)
    figure = against_strip(T, asked, limit, end_s=199)
    words = {"asked": "{v} asked", "asked_name": "a", "limit": "{v} at most", "limit_name": "l"}
    label = against_labels(T, asked, limit, words)[1]

    assert max(figure.data[1].y) < figure.layout.yaxis.range[1]
    assert label.v[0] == 4_000
    assert label.y[0] < 30
