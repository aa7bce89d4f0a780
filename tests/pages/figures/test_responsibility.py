"""Responsibility's figures: every model has its row, the chosen ones in full ink, and money is stacked."""

import numpy as np
import pytest

from pages.figures.responsibility import Spreads, money_figure, spread_figure

NAMES = ["first", "second", "third"]


def spreads(*rows):
    return Spreads(*(np.array(column, dtype=float) for column in zip(*rows, strict=True)))


def trace(figure, name):
    return next(one for one in figure.data if one.name == name)


@pytest.fixture
def figure():
    return spread_figure(spreads((1, 2, 3), (4, 5, 60), (7, 8, 9)), NAMES, chosen=[False, True, False], unit="{v} h")


def test_the_first_model_is_drawn_at_the_top(figure):
    assert list(figure.layout.yaxis.ticktext) == NAMES
    assert list(figure.layout.yaxis.tickvals) == [2.5, 1.5, 0.5]


def test_the_chosen_model_is_drawn_apart(figure):
    assert list(trace(figure, "accent.middle").x) == [5]
    assert list(trace(figure, "idle.middle").x) == [2, 8]
    assert list(trace(figure, "accent.span").x[:2]) == [4, 60]
    assert list(trace(figure, "idle.span").y[:2]) == [2.5, 2.5]


def test_each_middle_is_written_right_of_its_line(figure):
    assert [(note.x, note.text) for note in figure.layout.annotations] == [(3, "2 h"), (60, "5 h"), (9, "8 h")]
    assert figure.layout.xaxis.range[1] > 60


def test_what_is_not_there_is_not_drawn():
    nothing = (np.nan, np.nan, np.nan)
    figure = spread_figure(spreads(nothing, (1, 2, 3), nothing), NAMES, chosen=[True, True, True])

    assert [note.text for note in figure.layout.annotations] == ["2"]
    assert spread_figure(spreads(nothing, nothing, nothing), NAMES, chosen=[False] * 3).layout.annotations == ()


def test_people_come_first_and_the_bill_is_stacked_on_them():
    figure = money_figure(np.array([10.0, 20, 30]), np.array([5.0, 0, 1]), NAMES, unit="${v}")
    people, bill = trace(figure, "people"), trace(figure, "bill")

    assert list(people.x[:5]) == [0, 10, 10, 0, 0]
    assert list(bill.x[:5]) == [10, 15, 15, 10, 10]
    assert [note.text for note in figure.layout.annotations] == ["$15", "$20", "$31"]


def test_nothing_at_all_can_be_drawn_too():
    assert money_figure(np.zeros(3), np.zeros(3), NAMES, unit="{v}").layout.xaxis.range[1] > 0
