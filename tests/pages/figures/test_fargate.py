"""Fargate's figures draw what they are given, and mark what they say they mark."""

import numpy as np
import pytest

from engine.era import ERAS
from engine.fargate import BreakEvenAsk, LaunchAsk, break_even, by_tasks, launches, level, rising
from pages.figures.fargate import (
    Launched,
    agents_figure,
    bucket_figure,
    discount_figure,
    even_figure,
    launches_figure,
    short_figure,
    whole_hosts_figure,
)


def texts(figure):
    return [note.text for note in figure.layout.annotations]


@pytest.fixture(scope="module")
def eras():
    found = {}
    for era in ERAS:
        run = launches(LaunchAsk(tasks=300), era)
        line = rising(run)
        found[era] = Launched(
            line.at_s, line.launched * 1.0, line.running * 1.0, level(run, line.at_s), run.done_s, f"{era} is done"
        )
    return found


def test_both_eras_stand_on_one_axis_and_each_says_when_it_is_done(eras):
    figure = launches_figure(eras, end_s=400)

    assert tuple(figure.layout.xaxis.range) == (0, 400)
    assert sorted(texts(figure)) == ["talk is done", "today is done"]
    assert [max(trace.y) for trace in figure.data] == [300] * 4


def test_a_task_is_launched_before_it_runs(eras):
    for one in eras.values():
        assert (one.launched >= one.running).all()
        assert one.running[-1] == 300


def test_the_bucket_is_drawn_as_it_empties_and_fills(eras):
    figure = bucket_figure(eras, end_s=400)

    assert [trace.y[-1] for trace in figure.data] == [eras[era].level[-1] for era in eras]
    assert all(trace.y.min() >= 0 for trace in figure.data)


def even(**ask):
    found = break_even(BreakEvenAsk(**ask))
    words = {"ec2": "host", "fargate": "tasks", "cross": "meet", "box": "price"}
    return found, even_figure(
        found.curve_utilisation, found.curve_ec2_usd, found.curve_fargate_usd, cross=found.utilisation, box=0.8,
        words=words, unit="${v}", percents=["0", "1"],
    )  # fmt: skip


def test_the_dot_stands_where_the_two_lines_meet():
    found, figure = even(cpu_units=256, memory_mib=512)
    (x,), (y,) = figure.data[-1].x, figure.data[-1].y

    assert x == pytest.approx(found.utilisation)
    assert np.interp(x, found.curve_utilisation, found.curve_fargate_usd) == pytest.approx(y) == found.host_usd
    assert "meet" in texts(figure)


def test_lines_that_never_meet_are_not_said_to():
    found, figure = even(is_spot=True)

    assert found.utilisation > 1
    assert "meet" not in texts(figure)
    assert len(figure.data) == 2


def test_an_agents_costs_cross_where_the_engine_says():
    tasks = np.arange(1.0, 10)
    words = {"daemon": "d", "sidecar": "s", "cross": "c"}
    crossed = agents_figure(tasks, 0.012 / tasks, np.full(9, 0.004), cross=3, words=words, unit="${v}")
    apart = agents_figure(tasks, 0.012 / tasks, np.full(9, np.nan), cross=None, words=words, unit="${v}")

    assert crossed.data[-1].x[0] == 3
    assert texts(apart) == ["d"]


def test_the_other_figures_hold_their_points():
    line = by_tasks(BreakEvenAsk(), 12)
    whole = whole_hosts_figure(
        line.tasks * 1.0, line.ec2_usd, line.fargate_usd, words={"ec2": "h", "fargate": "f"}, unit="${v}"
    )
    words = {"now": "here", "percent": "%"}
    off = discount_figure(
        np.linspace(0, 0.9, 4), np.linspace(1, 0.1, 4), now=(0.3, 0.7), words=words, percents=["a", "b"]
    )
    short = short_figure(
        np.geomspace(1, 100, 5), np.geomspace(6, 0.1, 5), now=(10, 1.0), least=0.1, texts=["1", "10"], at=np.array([1, 10.0]),
        words=words, unit="${v}",
    )  # fmt: skip

    assert list(whole.data[0].y) == list(line.ec2_usd)
    assert (off.data[-1].x[0], off.data[-1].y[0]) == pytest.approx((0.3, 70))
    assert (short.data[-1].x[0], short.data[-1].y[0]) == pytest.approx((1.0, 1.0))
    assert texts(off) == texts(short) == ["here"]
