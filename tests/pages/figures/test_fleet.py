"""Figures of the fleet: what is missing and what is spare are told apart, and every way has its point."""

import numpy as np
import pytest

from pages.figures.fleet import (
    Hosts,
    Left,
    Offer,
    Reservation,
    hosts_labels,
    hosts_strip,
    hosts_top,
    left_strip,
    lettered,
    reservation_strip,
    reservation_top,
    trade,
)
from pages.figures.theme import DARK, LIGHT, painted

T = np.array([0.0, 60.0, 120.0])
SHORT, SPARE = Hosts(T, np.array([2, 5, 5]), np.array([2, 2, 5])), Hosts(T, np.array([5, 2, 5]), np.array([5, 5, 5]))
WORDS = {"needed": "{v} n", "needed_name": "n", "there": "{v} t", "there_name": "t"}
WAYS = [Offer("cheap", 0.5, 90), Offer("dear", 1.0, 0, is_yours=True)]


def area(figure, name):
    return next(trace for trace in figure.data if trace.name == name).x


@pytest.mark.parametrize(("hosts", "filled", "empty"), [(SHORT, "short", "spare"), (SPARE, "spare", "short")])
def test_hosts_that_are_missing_and_hosts_that_are_spare_are_two_areas(hosts, filled, empty):
    figure = hosts_strip(hosts, end_s=180)

    assert (len(area(figure, filled)) > 0, len(area(figure, empty))) == (True, 0)


def test_strips_that_are_compared_share_the_highest_of_both_lines():
    assert hosts_top(SHORT) == 5
    assert [label.v[1] for label in hosts_labels(SHORT, WORDS)] == [5, 2]
    assert hosts_strip(SHORT, end_s=180, top=20).layout.yaxis.range[1] > 20


def test_the_target_has_room_even_where_nothing_reaches_it():
    low = Reservation(T, np.array([10.0, 20.0, 10.0]), 90.0)
    figure = reservation_strip(low, end_s=180)

    assert reservation_top(low) == 90
    assert set(next(trace for trace in figure.data if trace.name == "target").y) == {90.0}


def test_the_old_release_ends_on_the_ground():
    figure = left_strip(Left(T, np.array([0.0, 30.0, 0.0])), end_s=180)

    assert next(trace for trace in figure.data if trace.name == "left").y[-1] == 0


def test_every_way_has_its_letter_the_cheapest_first_and_yours_is_another_shape():
    figure = trade(WAYS, {"x": "$"})

    assert [(trace.text[0], trace.x[0], trace.y[0]) for trace in figure.data] == [("A", 0.5, 90), ("B", 1.0, 0)]
    assert [offer.name for offer in lettered(reversed(WAYS)).values()] == ["cheap", "dear"]
    assert [trace.marker.symbol for trace in figure.data] == ["circle", "square"]


def test_ways_that_fall_on_one_spot_share_a_point_and_none_is_lost():
    near = trade([Offer(str(n), 0.5 + n / 1_000, 1.0) for n in range(3)] + [Offer("far", 1.0, 50)], {"x": "$"})

    assert [trace.text[0] for trace in near.data] == ["ABC", "D"]


def test_no_way_saw_errors_and_the_picture_still_stands():
    assert trade([Offer("calm", 0.5, 0)], {"x": "$"}).data[0].y[0] == 0


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_every_colour_has_a_meaning_in_both_themes(theme):
    for figure in (hosts_strip(SHORT, end_s=180), trade(WAYS, {"x": "$"})):
        assert "var(--" not in str(painted(figure.to_plotly_json(), theme))
