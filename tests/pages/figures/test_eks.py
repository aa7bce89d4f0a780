"""EKS's figures draw what they are given, and mark what they say they mark."""

import numpy as np
import pytest

from engine.eks import PodAsk, VersionsAsk, by_memory, calendar, rounded
from pages.figures.eks import (
    Ready,
    Supported,
    cost_figure,
    ready_labels,
    ready_strip,
    ready_top,
    staircase_figure,
    versions_figure,
)


def trace(figure, name):
    return next(one for one in figure.data if one.name == name)


@pytest.fixture(scope="module")
def years():
    return calendar(VersionsAsk())


def drawn(found):
    versions = Supported(*(np.array([getattr(one, what) for one in found.versions], dtype=float)
                           for what in ("released", "standard_until", "extended_until")))  # fmt: skip
    points = {
        what: [(float(e.month), float(e.version)) for e in found.events if e.what == what]
        for what in ("forced", "upgraded")
    }
    return versions_figure(
        versions, found.version * 1.0, forced=points["forced"], planned=points["upgraded"], names=[str(one.number) for one in found.versions],
        ticks=[(0, "year 0"), (12, "year 1")],
    )  # fmt: skip


def test_the_clusters_way_ends_on_the_last_version_and_each_force_is_a_cross(years):
    figure = drawn(years)

    assert list(trace(figure, "x").x) == [26, 30, 34, 38, 42, 46]
    assert list(trace(figure, "x").y) == [1.5, 2.5, 3.5, 4.5, 5.5, 6.5]
    assert trace(figure, "path").y[-1] == years.version[-1] + 0.5
    assert list(figure.layout.xaxis.ticktext) == ["year 0", "year 1"]
    assert list(trace(drawn(calendar(VersionsAsk(every_months=12))), "triangle-up").x) == [12, 24, 36]


def test_bars_end_where_support_does_and_never_beyond_the_calendar(years):
    figure = drawn(years)

    assert np.nanmax(trace(figure, "standard").x) == 48
    assert np.nanmax(trace(figure, "extended").x) == 48
    assert trace(figure, "standard").x[1] == 14, "the first version's standard support"


def test_dear_months_are_hatched_and_the_others_filled(years):
    figure = cost_figure(years.usd, years.is_extended * 1.0, ticks=[(0, "0")], unit="${v}")

    assert np.nanmax(trace(figure, "standard").y) == pytest.approx(73)
    assert np.nanmax(trace(figure, "extended").y) == pytest.approx(438)
    assert np.nanmin(trace(figure, "extended").x) == 13 or np.nanmin(trace(figure, "extended").x) == 14
    assert trace(figure, "extended").fillpattern.shape


def test_the_readers_dot_lies_on_the_staircase():
    ask = PodAsk(cpu_m=1000, memory_mib=8192)
    line, found = by_memory(1000, 16 * 1024, 128), rounded(ask)
    figure = staircase_figure(
        line.memory_mib / 1024, line.billed_usd, line.asked_usd, now=(8.0, found.usd), words={"now": "here", "asked": "exactly", "billed": "b"},
        unit="${v}",
    )  # fmt: skip
    billed = trace(figure, "billed")

    assert billed.y[list(billed.x).index(8.0)] == pytest.approx(trace(figure, "now").y[0])
    assert [note.text for note in figure.layout.annotations] == ["here", "exactly"]
    assert (np.array(billed.y) >= np.array(trace(figure, "asked").y)).all()


def test_where_fewer_are_ready_than_promised_is_hatched_and_only_there():
    kept, broken = (Ready(np.array([0.0, 10, 20]), np.array([6.0, low, 6]), 5.0) for low in (5, 3))

    assert not len(trace(ready_strip(kept, end_s=30), "short").x)
    assert np.nanmin(trace(ready_strip(broken, end_s=30), "short").y) == 3
    assert ready_top(broken) == 6
    assert [
        label.hides_zero
        for label in ready_labels(kept, {"ready": "", "ready_name": "", "promised": "", "promised_name": ""})
    ] == [False, True]
