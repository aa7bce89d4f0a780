"""Architecture's figures draw what they are given, and mark the reader's own place."""

import numpy as np

from pages.figures.architecture import (
    Drawn,
    Lines,
    bills_figure,
    heat_figure,
    lines_labels,
    lines_strip,
    measured_figure,
)

X = np.array([1.0, 2, 3])


def test_a_formula_is_a_line_and_what_was_measured_are_dots_with_their_intervals():
    known = Drawn(X, X * 2, X * 2.1, X * 1.5, X * 2.5, "known", "lost")
    unknown = Drawn(X, X * np.nan, X * 3, X * 2.9, X * 3.3, "unknown", "serving", "6px 3px")
    figure = measured_figure([known, unknown], now=2)
    line, dots, dashed, _ = figure.data

    assert line.y.tolist() == [2, 4, 6]
    assert dots.y.tolist() == (X * 2.1).tolist()
    assert np.allclose(dots.y + dots.error_y.array, X * 2.5)
    assert np.allclose(dots.y - dots.error_y.arrayminus, X * 1.5)
    assert dashed.y.tolist() == [3, 6, 9]  # no formula: drawn through its dots
    assert [note.text for note in figure.layout.annotations] == ["known", "unknown"]
    assert figure.layout.shapes[0].x0 == 2


def test_a_bill_stands_on_its_tasks():
    figure = bills_figure(X, X / 10, X / 20, now=3, words=("tasks", "calls"), unit="${v}")
    tasks, calls = figure.data

    assert calls.base.tolist() == tasks.y.tolist()
    assert calls.marker.pattern.shape == "."  # never colour alone
    assert list(figure.layout.xaxis.ticktext) == ["1", "2", "3"]


def test_every_line_has_a_dash_of_its_own_and_one_alone_is_ink():
    rows = {name: X * n for n, name in enumerate("abcde", 1)}
    figure = lines_strip(Lines(X, rows), end_s=3, least=100)

    assert len({trace.line.dash for trace in figure.data}) == 5
    assert figure.layout.yaxis.range[1] > 100
    labels = lines_labels(Lines(X, rows), {name: name.upper() for name in rows}, "{v}% {name}")
    assert [label.text for label in labels] == [f"{{v}}% {name}" for name in "ABCDE"]
    (alone,) = lines_labels(Lines(X, {"a": X}), {"a": "calls"}, "{v} {name}")
    assert alone.tone == "ink"


def test_runs_are_dots_on_the_line_of_their_rule():
    figure = heat_figure(X, [X, 2 * X], [[(1, 1), (3, 3)], [(1, 2), (3, 6)]], words=("one", "ten"), unit="${v}")

    assert [list(trace.y) for trace in figure.data[1::2]] == [[1, 3], [2, 6]]
    assert [note.text for note in figure.layout.annotations] == ["one", "ten"]
    assert figure.data[0].line.dash != figure.data[2].line.dash
