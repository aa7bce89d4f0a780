"""Figures of nodes: each state of a life is a look of its own, and what waits is told from what is paid for nothing."""

import numpy as np
import pytest

from pages.figures.nodes import (
    MOST_ROWS,
    ROW_PX,
    Bar,
    Vcpu,
    life_bars,
    lives_height_px,
    vcpu_labels,
    vcpu_strip,
)
from pages.figures.theme import DARK, LIGHT, painted

LIVES = [
    Bar("a1 · m5.large", 0, 0, None, 600, goes=False),
    Bar("b1 · c5.large", 60, 120, 300, 320, goes=True, idle=((200, 280),)),
    Bar("c1 · c5.large", 500, None, None, 600, goes=False),
]


def spans(figure, name):
    trace = next(one for one in figure.data if one.name == name)
    return [(row, start, start + width) for row, start, width in zip(trace.y, trace.base, trace.x, strict=True)]


def test_a_life_is_drawn_state_by_state_the_first_node_above():
    figure = life_bars(LIVES, end_s=600)

    assert spans(figure, "boots") == [(1, 60, 120), (0, 500, 600)]
    assert spans(figure, "there") == [(2, 0, 600), (1, 120, 300)]
    assert spans(figure, "idle") == [(1, 200, 280)]
    assert spans(figure, "drains") == [(1, 300, 320)]
    assert figure.layout.yaxis.ticktext == tuple(bar.name for bar in LIVES)


def test_the_states_differ_by_more_than_colour():
    marks = {one.name: one.marker for one in life_bars(LIVES, end_s=600).data}

    assert marks["idle"].pattern.shape == "/"
    assert marks["boots"].color == "rgba(0,0,0,0)"
    assert marks["boots"].line.width > 0


def test_a_large_fleet_shows_its_first_nodes_and_says_how_many_more():
    many = [Bar(f"a{n}", n, n, None, 600, goes=False) for n in range(40)]
    figure = life_bars(many, end_s=600, more="and 14 more")

    assert len(figure.layout.yaxis.ticktext) == MOST_ROWS
    assert figure.layout.annotations[0].text == "and 14 more"
    assert lives_height_px(many) == lives_height_px(many[:MOST_ROWS]) == ROW_PX * MOST_ROWS + 52


@pytest.mark.parametrize(("wanted", "bought", "filled", "empty"), [(6, 4, "short", "spare"), (4, 6, "spare", "short")])
def test_vcpu_that_wait_and_vcpu_that_are_paid_for_nothing_are_two_areas(wanted, bought, filled, empty):
    found = Vcpu(np.array([0.0, 60.0]), np.array([2.0, wanted]), np.array([2.0, bought]))
    figure = vcpu_strip(found, end_s=120)
    area = {one.name: len(one.x) for one in figure.data}

    assert area[filled] > 0
    assert area[empty] == 0
    words = {"wanted": "{v} w", "wanted_name": "w", "bought": "{v} b", "bought_name": "b"}
    assert [label.v[1] for label in vcpu_labels(found, words)] == [wanted, bought]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_every_colour_is_known_to_both_themes(theme):
    assert "var(--" not in str(painted(life_bars(LIVES, end_s=600).to_plotly_json(), theme))
