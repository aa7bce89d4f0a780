"""Delivery's figures draw what they are given: spreads before bands, the line where the winner changes, what is on its way."""

import math

import numpy as np
import pytest

from pages.figures.delivery import (
    Arrived,
    Band,
    OnTheWay,
    Spread,
    lead_labels,
    lead_strip,
    spread_figure,
    way_labels,
    way_strip,
    winner_figure,
)

NAMES = {"train": "One train", "pipelines": "Pipelines"}


def spread(*values):
    middle = float(np.median(values)) if values else math.nan
    return Spread(
        np.array(values, dtype=float),
        min(values, default=math.nan),
        middle,
        max(values, default=math.nan),
        f"{middle:g}",
    )


def drawn(is_log=True, **spreads):
    bands = [Band(0, 10, "fast"), Band(10, 100, "slow"), Band(30, 30, "one number")]
    return spread_figure(
        spreads, bands, ticks={1: "one", 10: "ten", 5_000: "far"}, names=NAMES, is_log=is_log, span=(1, 200)
    )


def test_each_way_has_its_row_its_dots_its_span_and_its_median():
    figure = drawn(train=spread(5, 6, 7), pipelines=spread(50, 60, 70))
    dots, span, middle = figure.data[:3]

    assert 10 ** np.sort(dots.x) == pytest.approx([5, 6, 7])
    assert 10 ** np.array(span.x) == pytest.approx([5, 7])
    assert 10 ** middle.x[0] == pytest.approx(6)
    assert [note.text for note in figure.layout.annotations] == ["fast", "slow", "one number", "6", "60"]
    assert {trace.marker.symbol for trace in figure.data if trace.mode == "markers"} == {"circle", "square"}


def test_the_axis_makes_room_for_every_quarter_and_writes_only_ticks_that_it_holds():
    narrow, wide = drawn(train=spread(5, 6)), drawn(train=spread(5, 90_000))

    assert list(narrow.layout.xaxis.ticktext) == ["one", "ten"]
    assert list(wide.layout.xaxis.ticktext) == ["one", "ten", "far"]


def test_where_nothing_was_measured_nothing_is_drawn_but_it_is_said():
    figure = drawn(train=spread(), pipelines=spread(5, 6))

    assert len(figure.data) == 3
    assert "nan" in [note.text for note in figure.layout.annotations]


def test_a_share_begins_at_nothing():
    assert drawn(is_log=False, train=spread(20, 30)).layout.xaxis.range[0] == 0


def winners(here=(0.3, 8.0), frontier=(0.1, 0.5)):
    times = np.array([[0.5, 2.0, 64.0], [0.01, 1.0, 12.0]])
    return winner_figure(
        np.array([4.0, 8.0]), np.array([0, 0.5, 1]), times, np.array(frontier), here=here, percents=["0", "50", "100"],
        words={"here": "you"},
    )  # fmt: skip


def test_the_field_is_drawn_in_doublings_and_writes_each_ratio():
    field, pale, full = winners().data[:3]

    assert list(field.z[0]) == [-1, 1, 4]  # more than 16 times as slow looks the same
    assert list(pale.text) == ["0.50", "2.0", "1.0"]
    assert list(full.text) == ["64", "0.01", "12"]


def test_the_line_and_the_readers_own_place_stand_where_they_belong():
    figure = winners()
    *_, line, dot = figure.data

    assert list(line.x) == [0.25] * 4  # between no coupling, where pipelines are faster in both rows, and one half
    assert list(line.y) == [-0.5, 0.5, 0.5, 1.5]
    assert (dot.x[0], dot.y[0]) == (0.3, 1)
    assert figure.layout.annotations[0].text == "you"


@pytest.mark.parametrize(("teams", "row"), [(4, 0), (6, 0.5), (8, 1), (40, 1)])
def test_a_number_of_teams_between_two_rows_stands_between_them(teams, row):
    assert winners(here=(0.2, teams)).data[-1].y[0] == row


def test_a_line_that_never_comes_stays_at_the_edge():
    assert list(winners(frontier=(np.inf, 0.0)).data[-2].x) == [1.25, 1.25, -0.25, -0.25]


def test_what_is_on_its_way_is_a_stair_and_its_label_holds_until_the_next():
    counts = {
        "train": OnTheWay(np.array([0.0, 10]), np.array([0.0, 3])),
        "pipelines": OnTheWay(np.array([0.0]), np.array([0.0])),
    }
    figure = way_strip(counts, end_s=100)

    assert list(zip(figure.data[0].x, figure.data[0].y, strict=True)) == [(0, 0), (10, 0), (10, 3), (100, 3), (100, 3)]
    assert max(figure.data[0].y) == 3
    assert [label.name for label in way_labels(counts, NAMES, NAMES)] == list(NAMES.values())


def test_a_label_says_the_mean_lead_so_far():
    arrived = {"train": Arrived(np.array([5.0, 9]), np.array([2.0, 4])), "pipelines": Arrived(np.empty(0), np.empty(0))}
    (label,) = lead_labels(arrived, NAMES, NAMES)

    assert list(label.v) == [2, 3]
    assert lead_strip(arrived, end_s=10, unit="{v} h").data[1].x.size == 0
