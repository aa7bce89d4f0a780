"""Strips show what happened: the columns' meaning survives thinning, stacking and translation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pages.figures import (
    Cost,
    Histogram,
    Latency,
    Requests,
    Tasks,
    cost_strip,
    latency_histogram,
    latency_strip,
    requests_labels,
    requests_strip,
    requests_top,
    tasks_strip,
)
from pages.figures.axes import MOST_TICKS, ribbon, stairs, ticks, time_ticks, written
from pages.figures.labels import MOST_SAMPLES, Label
from pages.figures.samples import MOST_POINTS, thinned
from pages.figures.theme import DARK, LAPTOP, LIGHT, SMALL, STAGE, Scale, painted

HOUR = np.arange(3600.0)
SPANISH = {"group": "\u00a0", "decimal": ",", "from": 10_000}


def flat(value: float) -> np.ndarray:
    return np.full(HOUR.size, value)


def hour(failed_at: int | None = None, refused_at: int | None = None) -> Requests:
    """An hour at 1,000 requests a second, with 2 s of trouble where asked for."""
    failed, refused = flat(0.0), flat(0.0)
    if failed_at is not None:
        failed[failed_at : failed_at + 2] = 400.0
    if refused_at is not None:
        refused[refused_at : refused_at + 2] = 300.0
    ok = 1000 + np.random.Generator(np.random.SFC64(7)).normal(0, 9, HOUR.size) - failed - refused
    return Requests(HOUR, ok, flat(0.0), failed, refused)


FIGURES = [
    requests_strip(hour(1800, 2000), end_s=3600),
    latency_strip(Latency(HOUR, np.abs(np.sin(HOUR))), end_s=3600, goal_s=0.5),
    tasks_strip(Tasks(HOUR, flat(24.0), 24 - HOUR % 7), end_s=3600),
    cost_strip(Cost(HOUR, 1.14 + HOUR % 3), end_s=3600, has_ticks=True),
    latency_histogram(Histogram(np.geomspace(0.01, 3, 60), np.arange(59.0)), goal_s=0.2),
]


@pytest.mark.parametrize("second", [0, 1, 17, 1799, 3597])
def test_a_failure_of_two_seconds_in_an_hour_stays_as_high_and_as_short(second: int) -> None:
    figure = requests_strip(hour(failed_at=second), end_s=3600)
    [area] = [trace for trace in figure.data if trace.name == "failed"]
    heights = np.nanmax(area.y) - np.nanmin(area.y)

    assert heights > 390
    assert np.nanmin(area.x) >= second - 1
    assert np.nanmax(area.x) <= second + 2


@pytest.mark.parametrize("figure", FIGURES)
def test_a_trace_never_passes_its_budget_and_is_an_array(figure) -> None:
    for trace in figure.data:
        assert isinstance(trace.x, np.ndarray)
        assert isinstance(trace.y, np.ndarray)
        assert trace.x.size == trace.y.size <= MOST_POINTS


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_brings_no_colour_of_its_own_and_no_furniture(figure) -> None:
    spec = figure.to_json()

    assert figure.layout.showlegend is False
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert "#" not in spec
    for theme in (LIGHT, DARK):
        assert "var(--" not in str(painted(figure.to_plotly_json(), theme))


@pytest.mark.parametrize("scale", [LAPTOP, STAGE, SMALL])
def test_stacked_strips_share_their_time_axis(scale: Scale) -> None:
    above = requests_strip(hour(), end_s=3600, scale=scale)
    below = cost_strip(Cost(HOUR, flat(1.14)), end_s=3600, scale=scale, has_ticks=True)

    assert above.layout.margin.l == below.layout.margin.l
    assert above.layout.margin.r == below.layout.margin.r
    assert above.layout.xaxis.range == below.layout.xaxis.range
    assert (above.layout.xaxis.showticklabels, below.layout.xaxis.showticklabels) == (False, True)


def test_requests_stack_without_a_gap() -> None:
    requests = Requests(
        *(np.array(column, float) for column in ([0, 1, 2], [6, 5, 4], [1, 1, 1], [0, 2, 0], [0, 0, 3]))
    )
    figure = requests_strip(requests, end_s=2)
    tops = {trace.name: np.nanmax(trace.y) for trace in figure.data}

    assert requests_top(requests) == 8
    assert tops == {"ok": 6, "slow": 7, "failed": 8, "refused": 8, "ok line": 6}


def test_what_never_happened_is_not_drawn() -> None:
    assert {trace.name for trace in requests_strip(hour(), end_s=3600).data} == {"ok", "ok line"}


def test_every_trouble_has_a_pattern_of_its_own() -> None:
    figure = requests_strip(hour(100, 200), end_s=3600)
    shapes = {trace.name: trace.fillpattern.shape for trace in figure.data if trace.fillpattern.shape}

    assert shapes == {"failed": "/", "refused": "\\"}


def test_compared_strips_can_be_given_one_scale() -> None:
    low, high = (requests_strip(hour(), end_s=3600, top=top) for top in (None, 5000.0))

    assert low.layout.yaxis.range[1] < high.layout.yaxis.range[1] == 5000 * 1.16


def test_labels_stand_in_the_middle_of_their_area_and_zeros_hide() -> None:
    words = {name: "{v} " + name for name in ("ok", "slow", "failed", "refused")}
    words |= {f"{name}_name": name for name in words}
    ok, failed = requests_labels(hour(failed_at=10), words)

    assert ok.y[0] == ok.v[0] / 2
    assert failed.y[10] == ok.v[10] + 200
    assert (ok.hides_zero, failed.hides_zero) == (False, True)


def test_a_label_of_a_whole_day_keeps_its_two_worst_seconds() -> None:
    day = np.arange(86_400.0)
    label = Label(day, np.where(np.isin(day, [5000, 5001]), 400.0, 0.0), day * 0, "{v} failed", "Failed").thinned()

    assert label.t.size <= MOST_SAMPLES
    assert label.t[label.v == 400].tolist() == [5000, 5001]


def test_the_gap_between_wanted_and_running_is_drawn_to_the_second() -> None:
    tasks = Tasks(np.array([0.0, 120.0, 268.0]), np.array([24.0, 24, 24]), np.array([24.0, 16, 24]))
    [gap] = [trace for trace in tasks_strip(tasks, end_s=360).data if trace.name == "gap"]

    assert (np.nanmin(gap.x), np.nanmax(gap.x)) == (120, 268)
    assert (np.nanmin(gap.y), np.nanmax(gap.y)) == (16, 24)


def test_a_step_is_drawn_by_its_corners_alone() -> None:
    figure = cost_strip(Cost(HOUR, np.where(HOUR < 1800, 1.14, 0.76)), end_s=3600)

    assert figure.data[0].x.tolist() == [0, 1800, 3600]
    assert figure.data[0].line.shape == "hv"


def test_an_unknown_latency_leaves_a_gap() -> None:
    latency = Latency(np.arange(4.0), np.array([0.2, np.nan, np.nan, 0.4]))
    figure = latency_strip(latency, end_s=3)

    assert np.isnan(figure.data[0].y).sum() == 2
    assert figure.data[0].connectgaps is False


def test_ticks_are_written_in_the_readers_language() -> None:
    english = requests_strip(hour(), end_s=3600, top=12000)
    spanish = requests_strip(hour(), end_s=3600, top=12000, signs=SPANISH)
    cost = cost_strip(Cost(HOUR, flat(1.14)), end_s=3600, signs=SPANISH, unit="US${v}")

    assert english.layout.yaxis.ticktext == ("0", "6,000", "12,000")
    assert spanish.layout.yaxis.ticktext == ("0", "6000", "12\u00a0000")
    assert cost.layout.yaxis.ticktext == ("US$0", "US$0,50", "US$1")


def test_the_histogram_parts_slow_from_well_at_the_goal() -> None:
    figure = latency_histogram(Histogram(np.array([0.1, 0.2, 0.4, 0.8]), np.array([5.0, 9, 2])), goal_s=0.3)
    well, slow = figure.data

    assert well.x.max() == slow.x.min() == 0.3
    assert slow.fillpattern.shape == "."


@given(st.floats(0.01, 1e6))
def test_ticks_are_few_and_reach_near_the_top(highest: float) -> None:
    values = ticks(highest)

    assert 2 <= values.size - 1 <= MOST_TICKS
    assert highest * 0.66 <= values[-1] <= highest * (1 + 1e-9)


@given(st.integers(60, 86_400), st.integers(4, 7))
def test_moments_are_few_and_inside(end_s: int, most: int) -> None:
    moments = time_ticks(0, end_s, most)

    assert 1 <= moments.size <= most
    assert moments[-1] <= end_s


@given(st.integers(1, 5000), st.integers(0, 2**32 - 1))
def test_thinning_keeps_every_columns_extremes(n: int, seed: int) -> None:
    random = np.random.Generator(np.random.SFC64(seed))
    columns = [random.normal(size=n), np.where(random.random(n) < 0.01, 1.0, 0.0)]
    kept = thinned(columns)

    assert kept.size <= MOST_POINTS
    assert (np.diff(kept) > 0).all()
    for column in columns:
        assert column[kept].max() == column.max()
        assert column[kept].min() == column.min()


def test_a_run_without_a_sample_is_an_empty_strip() -> None:
    none = np.empty(0)
    figures = [
        requests_strip(Requests(none, none, none, none, none), end_s=60),
        latency_strip(Latency(none, none), end_s=60),
        tasks_strip(Tasks(none, none, none), end_s=60),
        cost_strip(Cost(none, none), end_s=60),
    ]

    assert all(trace.x.size == 0 for figure in figures for trace in figure.data)


@given(st.lists(st.integers(0, 3), min_size=1, max_size=40))
def test_stairs_say_the_same_at_every_second(levels: list[int]) -> None:
    time_s, column = np.arange(len(levels), dtype=float), np.array(levels, float)
    x, y = stairs(time_s, column, end_s=len(levels))
    held = y[np.searchsorted(x, time_s, side="right") - 1]

    assert held.tolist() == column.tolist()


@given(st.lists(st.floats(0, 9), min_size=2, max_size=30))
def test_a_ribbon_covers_exactly_what_has_a_height(heights: list[float]) -> None:
    high = np.array(heights)
    x, y = ribbon(np.arange(high.size, dtype=float), np.zeros(high.size), high)
    covered = {int(value) for value in x[~np.isnan(x)]}

    assert {*np.flatnonzero(high > 0)} <= covered
    assert np.nanmax(y, initial=0.0) == high.max()


def test_numbers_keep_four_digits_together_in_spanish() -> None:
    assert [written(n, 0, SPANISH) for n in (1200, 12000)] == ["1200", "12\u00a0000"]
