"""What DORA published is read as spans of working time, gaps and all."""

import math

import pytest

from engine.delivery import cluster_of, clusters
from engine.delivery.bands import span_min, span_per_day
from engine.errors import CatalogError

DAY = 480


def test_the_clusters_of_2024_are_read_from_the_facts():
    elite, high, medium, low = clusters(DAY)

    assert elite.frequency_per_day == (1, math.inf)
    assert high.lead_min == (DAY, 5 * DAY)
    assert medium.fail_rate == 0.1 < high.fail_rate == 0.2  # the odd one of that year
    assert low.recovery_min[0] == 5 * DAY


@pytest.mark.parametrize(
    ("minutes", "name"),
    [(30, "elite"), (90, "high"), (479, "high"), (600, None), (3_000, "low"), (math.nan, None), (1e9, None)],
)
def test_what_no_cluster_published_has_no_name(minutes, name):
    assert cluster_of(minutes, "recovery_min", clusters(DAY)) == name


@pytest.mark.parametrize("text", ["soon", "<1 fortnight", "1-2", "", "1 day-1 aeon"])
def test_a_span_that_cannot_be_read_is_our_bug_and_says_so(text):
    with pytest.raises(CatalogError, match="such as"):
        span_min(text, DAY)


@pytest.mark.parametrize("text", ["often", "daily-never", "daily"])
def test_how_often_that_cannot_be_read_is_our_bug_too(text):
    with pytest.raises(CatalogError, match="such as"):
        span_per_day(text)
